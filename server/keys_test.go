package server

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/hmac"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/json"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
	"github.com/stretchr/testify/require"
)

// supabase plays the key endpoint of Supabase Auth.
type supabase struct {
	*httptest.Server
	asked  atomic.Int64
	mu     sync.Mutex
	set    jwk.Set
	broken bool
}

func startSupabase(t *testing.T) *supabase {
	t.Helper()
	s := &supabase{set: jwk.NewSet()}
	s.Server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		s.asked.Add(1)
		s.mu.Lock()
		defer s.mu.Unlock()
		if s.broken || r.URL.Path != "/auth/v1/.well-known/jwks.json" {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		_ = json.NewEncoder(w).Encode(s.set)
	}))
	t.Cleanup(s.Close)
	return s
}

// publish adds key's public half, or key itself when it is symmetric.
func (s *supabase) publish(t *testing.T, kid string, key any, fields map[string]any) jwk.Key {
	t.Helper()
	signing, err := jwk.Import(key)
	require.NoError(t, err)
	require.NoError(t, signing.Set(jwk.KeyIDKey, kid))
	public, err := signing.PublicKey()
	require.NoError(t, err)
	for name, value := range fields {
		require.NoError(t, public.Set(name, value))
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	require.NoError(t, s.set.AddKey(public))
	return signing
}

func (s *supabase) breakDown(broken bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.broken = broken
}

// clock is a hand-moved clock.
type clock struct {
	mu sync.Mutex
	t  time.Time
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
}

// jwksVerifier trusts s, and the shared secret too where secret is given.
func jwksVerifier(s *supabase, secret Secret) (*Verifier, *clock) {
	v := NewVerifier(Config{Env: Production, SupabaseURL: s.URL, JWTSecret: secret}, s.Client())
	c := &clock{t: time.Now()}
	v.keys.now = c.now
	return v, c
}

func supabaseClaims(s *supabase) map[string]any {
	claims := goodClaims()
	claims["iss"] = s.URL + "/auth/v1"
	return claims
}

func newRSA(t *testing.T, bits int) *rsa.PrivateKey {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, bits)
	require.NoError(t, err)
	return key
}

func newEC(t *testing.T, curve elliptic.Curve) *ecdsa.PrivateKey {
	t.Helper()
	key, err := ecdsa.GenerateKey(curve, rand.Reader)
	require.NoError(t, err)
	return key
}

func TestVerifyTakesPublishedKeys(t *testing.T) {
	t.Parallel()
	s := startSupabase(t)
	rsaKey := s.publish(t, "rsa-1", newRSA(t, 2048), map[string]any{"alg": "RS256", "use": "sig"})
	ecKey := s.publish(t, "ec-1", newEC(t, elliptic.P256()), nil)
	v, _ := jwksVerifier(s, testJWTSecret)

	for _, token := range []string{
		sign(t, supabaseClaims(s), jwa.RS256(), rsaKey),
		sign(t, supabaseClaims(s), jwa.ES256(), ecKey),
		sign(t, supabaseClaims(s), jwa.HS256(), []byte(testJWTSecret)), // sessions from before the project changed its keys
	} {
		_, err := v.Verify(t.Context(), token)
		require.NoError(t, err)
	}
	require.EqualValues(t, 1, s.asked.Load(), "keys are fetched once")
}

func TestVerifyRefusesAPublicKeyUsedAsASecret(t *testing.T) {
	t.Parallel()
	s := startSupabase(t)
	private := newRSA(t, 2048)
	s.publish(t, "rsa-1", private, nil)
	der, err := x509.MarshalPKIXPublicKey(private.Public())
	require.NoError(t, err)
	asPEM := pem.EncodeToMemory(&pem.Block{Type: "PUBLIC KEY", Bytes: der})

	for _, secret := range []Secret{"", testJWTSecret} {
		v, _ := jwksVerifier(s, secret)
		for _, bytes := range [][]byte{der, asPEM} {
			symmetric, err := jwk.Import(bytes)
			require.NoError(t, err)
			require.NoError(t, symmetric.Set(jwk.KeyIDKey, "rsa-1"))
			_, err = v.Verify(t.Context(), sign(t, supabaseClaims(s), jwa.HS256(), symmetric))
			requireCode(t, err, CodeUnauthenticated)
		}
	}
}

func TestVerifyPinsTheAlgorithmOfAKey(t *testing.T) {
	t.Parallel()
	s := startSupabase(t)
	rsaKey := s.publish(t, "rsa-1", newRSA(t, 2048), nil)
	declared := s.publish(t, "declares-PS256", newRSA(t, 2048), map[string]any{"alg": "PS256"})
	forEncryption := s.publish(t, "encrypts", newRSA(t, 2048), map[string]any{"use": "enc"})
	wide := s.publish(t, "p384", newEC(t, elliptic.P384()), nil)
	symmetric := s.publish(t, "symmetric", []byte(testJWTSecret), map[string]any{"alg": "HS256"})
	unpublished, err := jwk.Import(newRSA(t, 2048))
	require.NoError(t, err)
	require.NoError(t, unpublished.Set(jwk.KeyIDKey, "rsa-1"))
	noID := newRSA(t, 2048)
	v, _ := jwksVerifier(s, "")

	_, err = v.Verify(t.Context(), sign(t, supabaseClaims(s), jwa.RS256(), rsaKey))
	require.NoError(t, err, "control: the good key is accepted")

	for name, token := range map[string]string{
		"another algorithm of the type": sign(t, supabaseClaims(s), jwa.RS512(), rsaKey),
		"declared for another":          sign(t, supabaseClaims(s), jwa.RS256(), declared),
		"declared for encryption":       sign(t, supabaseClaims(s), jwa.RS256(), forEncryption),
		"a curve that is not used":      sign(t, supabaseClaims(s), jwa.ES384(), wide),
		"published symmetric key":       sign(t, supabaseClaims(s), jwa.HS256(), symmetric),
		"another key under a known id":  sign(t, supabaseClaims(s), jwa.RS256(), unpublished),
		"no key id":                     sign(t, supabaseClaims(s), jwa.RS256(), noID),
	} {
		_, err := v.Verify(t.Context(), token)
		require.Error(t, err, name)
		requireCode(t, err, CodeUnauthenticated)
	}
}

func TestVerifyRefusesAnEmptySecret(t *testing.T) {
	t.Parallel()
	s := startSupabase(t)
	signed := sign(t, supabaseClaims(s), jwa.HS256(), []byte(testJWTSecret))
	content := signed[:strings.LastIndex(signed, ".")]
	mac := hmac.New(sha256.New, nil)
	mac.Write([]byte(content))
	v, _ := jwksVerifier(s, "")
	_, err := v.Verify(t.Context(), content+"."+base64.RawURLEncoding.EncodeToString(mac.Sum(nil)))
	requireCode(t, err, CodeUnauthenticated)
	var reason reasonError
	require.ErrorAs(t, err, &reason)
	require.Equal(t, reasonError("HS256, but no secret is configured"), reason)
}

func TestVerifyFetchesForAnUnknownKeyButNotForEvery(t *testing.T) {
	t.Parallel()
	s := startSupabase(t)
	first := s.publish(t, "first", newEC(t, elliptic.P256()), nil)
	v, now := jwksVerifier(s, "")
	_, err := v.Verify(t.Context(), sign(t, supabaseClaims(s), jwa.ES256(), first))
	require.NoError(t, err)

	second := s.publish(t, "second", newEC(t, elliptic.P256()), nil)
	rotated := sign(t, supabaseClaims(s), jwa.ES256(), second)
	for range 5 {
		_, err = v.Verify(t.Context(), rotated)
		requireCode(t, err, CodeUnauthenticated)
	}
	require.EqualValues(t, 1, s.asked.Load(), "within 30 seconds nobody makes us ask again")

	now.advance(keysRetry)
	_, err = v.Verify(t.Context(), rotated)
	require.NoError(t, err)
	require.EqualValues(t, 2, s.asked.Load())
}

func TestVerifyForgetsAWithdrawnKey(t *testing.T) {
	t.Parallel()
	s := startSupabase(t)
	key := s.publish(t, "first", newEC(t, elliptic.P256()), nil)
	v, now := jwksVerifier(s, "")
	token := sign(t, supabaseClaims(s), jwa.ES256(), key)
	_, err := v.Verify(t.Context(), token)
	require.NoError(t, err)

	s.mu.Lock()
	require.NoError(t, s.set.Clear())
	s.mu.Unlock()
	now.advance(keysFresh)
	_, err = v.Verify(t.Context(), token)
	requireCode(t, err, CodeUnauthenticated)
}

func TestVerifyOutlivesSupabaseForAnHour(t *testing.T) {
	t.Parallel()
	s := startSupabase(t)
	key := s.publish(t, "first", newEC(t, elliptic.P256()), nil)
	v, now := jwksVerifier(s, "")
	token := sign(t, supabaseClaims(s), jwa.ES256(), key)

	s.breakDown(true)
	_, err := v.Verify(t.Context(), token)
	requireCode(t, err, CodeBusy) // nobody's token is bad: ask again

	s.breakDown(false)
	now.advance(keysRetry)
	_, err = v.Verify(t.Context(), token)
	require.NoError(t, err)

	s.breakDown(true)
	now.advance(keysFresh)
	_, err = v.Verify(t.Context(), token)
	require.NoError(t, err, "old keys serve while Supabase is away")
	now.advance(keysUsable)
	_, err = v.Verify(t.Context(), token)
	requireCode(t, err, CodeBusy)
}

func TestVerifyAsksOnceForManyRequests(t *testing.T) {
	t.Parallel()
	s := startSupabase(t)
	token := sign(t, supabaseClaims(s), jwa.ES256(), s.publish(t, "first", newEC(t, elliptic.P256()), nil))
	v, _ := jwksVerifier(s, "")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			_, err := v.Verify(t.Context(), token)
			if err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, s.asked.Load())
}
