package server

import (
	"context"
	"crypto/ecdsa"
	"crypto/ed25519"
	"crypto/elliptic"
	"crypto/rsa"
	"errors"
	"fmt"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/lestrrat-go/jwx/v3/jwk"
)

const (
	keysFresh    = 10 * time.Minute // how long fetched keys are used without asking again
	keysUsable   = time.Hour        // how long they are used when asking fails; tokens live as long
	keysRetry    = 30 * time.Second // at most one fetch in this time, whatever key ids clients invent
	keysTimeout  = 5 * time.Second
	maxKeysBody  = 256 << 10 // bytes
	minRSAKeyBit = 2048
)

// publicKey is a published key with the one algorithm it may verify.
type publicKey struct {
	alg    jwa.SignatureAlgorithm
	public any
}

// keySet holds the keys that Supabase publishes (JWKS, RFC 7517). It fetches
// when a token needs it, so it runs nothing in the background.
type keySet struct {
	url    string
	client *http.Client
	now    func() time.Time

	turn  sync.Mutex // held while fetching, so that one asks and the others wait
	tried time.Time  // last attempt, guarded by turn

	mu      sync.RWMutex // guards what follows; never held while fetching
	keys    map[string]publicKey
	fetched time.Time // last success
}

func newKeySet(url string, client *http.Client) *keySet {
	return &keySet{url: url, client: client, now: time.Now}
}

// find returns the key named kid. An unknown id leads to one fetch, at most
// every 30 seconds. Errors: a reasonError for an unknown key, *Error busy when
// there are no keys to be had. Known keys never wait for a fetch: otherwise an
// invented key id and a slow Supabase would hold up everybody.
func (s *keySet) find(ctx context.Context, kid string) (publicKey, error) {
	key, known, age := s.look(kid)
	if known && age < keysFresh {
		return key, nil
	}
	if known && age < keysUsable {
		if !s.turn.TryLock() {
			return key, nil
		}
	} else {
		s.turn.Lock()
	}
	defer s.turn.Unlock()

	key, known, age = s.look(kid) // another request may have fetched meanwhile
	if known && age < keysFresh {
		return key, nil
	}
	var err error
	if s.now().Sub(s.tried) >= keysRetry {
		err = s.fetch(ctx)
		key, known, age = s.look(kid)
	}
	switch {
	case age >= keysUsable:
		return publicKey{}, NewError(CodeBusy, sentenceBusy, errors.Join(errors.New("no sign-in keys"), err))
	case !known:
		return publicKey{}, reasonError("unknown key id")
	default:
		return key, nil
	}
}

// look returns the key named kid and the age of the keys.
func (s *keySet) look(kid string) (key publicKey, known bool, age time.Duration) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	key, known = s.keys[kid]
	return key, known, s.now().Sub(s.fetched)
}

// fetch replaces the keys; the caller holds turn. The caller's cancellation does not end it: others
// are waiting for the same answer.
func (s *keySet) fetch(ctx context.Context) error {
	s.tried = s.now()
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), keysTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url, nil)
	if err != nil {
		return fmt.Errorf("fetch sign-in keys: %w", err)
	}
	res, err := s.client.Do(req)
	if err != nil {
		return fmt.Errorf("fetch sign-in keys: %w", err)
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusOK {
		return reasonError(fmt.Sprintf("fetch sign-in keys: status %d", res.StatusCode))
	}
	body, err := io.ReadAll(io.LimitReader(res.Body, maxKeysBody))
	if err != nil {
		return fmt.Errorf("read sign-in keys: %w", err)
	}
	keys, err := parseKeys(body)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.keys, s.fetched = keys, s.now()
	return nil
}

// parseKeys takes the usable public keys out of a JWKS document by key id.
// Keys of other kinds are left out, symmetric ones above all: a secret that is
// published is no secret.
func parseKeys(body []byte) (map[string]publicKey, error) {
	set, err := jwk.Parse(body, jwk.WithIgnoreParseError(true)) // one exotic key must not lock everybody out
	if err != nil {
		return nil, errors.New("read sign-in keys: not a JWKS document")
	}
	keys := make(map[string]publicKey, set.Len())
	for i := range set.Len() {
		key, _ := set.Key(i)
		kid, hasID := key.KeyID()
		if pinned, ok := pin(key); ok && hasID {
			keys[kid] = pinned
		}
	}
	return keys, nil
}

// pin ties a key to the algorithm of its type. A key that declares another
// algorithm, or another use than signatures, is not used.
func pin(key jwk.Key) (publicKey, bool) {
	if private, err := jwk.IsPrivateKey(key); err != nil || private {
		return publicKey{}, false // also false for symmetric keys
	}
	var public any
	if err := jwk.Export(key, &public); err != nil {
		return publicKey{}, false
	}
	var alg jwa.SignatureAlgorithm
	switch k := public.(type) {
	case *rsa.PublicKey:
		if k.N.BitLen() < minRSAKeyBit {
			return publicKey{}, false
		}
		alg = jwa.RS256()
	case *ecdsa.PublicKey:
		if k.Curve != elliptic.P256() {
			return publicKey{}, false
		}
		alg = jwa.ES256()
	case ed25519.PublicKey:
		alg = jwa.EdDSA()
	default:
		return publicKey{}, false
	}
	if declared, ok := key.Algorithm(); ok && declared.String() != alg.String() {
		return publicKey{}, false
	}
	if use, ok := key.KeyUsage(); ok && use != "sig" {
		return publicKey{}, false
	}
	return publicKey{alg: alg, public: public}, true
}
