package voice

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	secretOld = "test-secret-old"
	secretNew = "test-secret-new"
)

func authClock() time.Time { return time.Date(2026, 5, 4, 15, 0, 0, 0, time.UTC) }

func newAuth(t testing.TB, mode string) *Authenticator {
	t.Helper()
	a, err := NewAuthenticator(mode, []string{secretOld, " " + secretNew + " "}, authClock)
	require.NoError(t, err)
	return a
}

func sign(secret, stamp, body string) string {
	mac := hmac.New(sha256.New, []byte(secret))
	mac.Write([]byte(stamp + "." + body))
	return hex.EncodeToString(mac.Sum(nil))
}

func headers(pairs ...string) http.Header {
	h := http.Header{}
	for i := 0; i < len(pairs); i += 2 {
		h.Add(pairs[i], pairs[i+1])
	}
	return h
}

func TestNewAuthenticatorRefusesWhatCannotProtect(t *testing.T) {
	t.Parallel()
	for name, try := range map[string]struct {
		mode    string
		secrets []string
	}{
		"unknown mode":    {"none", []string{secretOld}},
		"empty mode":      {"", []string{secretOld}},
		"no secret":       {ModeSecret, nil},
		"empty secret":    {ModeEither, []string{""}},
		"one blank":       {ModeHMAC, []string{secretOld, "  "}},
		"trailing commas": {ModeEither, strings.Split(secretOld+",", ",")},
	} {
		_, err := NewAuthenticator(try.mode, try.secrets, authClock)
		require.Error(t, err, name)
		require.NotContains(t, err.Error(), "test-secret", name)
	}
}

func TestVerify(t *testing.T) {
	t.Parallel()
	const body = `{"message":{"type":"hang"}}`
	seconds := strconv.FormatInt(authClock().Unix(), 10)
	millis := strconv.FormatInt(authClock().UnixMilli(), 10)
	at := func(d time.Duration) string { return strconv.FormatInt(authClock().Add(d).Unix(), 10) }
	good := sign(secretOld, seconds, body)

	for _, c := range []struct {
		name string
		mode string
		h    http.Header
		want error
	}{
		{"secret", ModeSecret, headers("x-vapi-secret", secretOld), nil},
		{"second secret", ModeSecret, headers("x-vapi-secret", secretNew), nil},
		{"no secret", ModeSecret, headers(), ErrNoCredential},
		{"empty secret", ModeSecret, headers("x-vapi-secret", ""), ErrNoCredential},
		{"blank secret", ModeSecret, headers("x-vapi-secret", "  "), ErrNoCredential},
		{"wrong secret", ModeSecret, headers("x-vapi-secret", "test-secret-wrong"), ErrWrongSecret},
		{"prefix of the secret", ModeSecret, headers("x-vapi-secret", secretOld[:8]), ErrWrongSecret},
		{"both secrets joined", ModeSecret, headers("x-vapi-secret", secretOld+","+secretNew), ErrWrongSecret},
		{"right and wrong secret", ModeSecret, headers("x-vapi-secret", secretOld, "x-vapi-secret", "x"), ErrWrongSecret},
		{"signature does not help", ModeSecret, headers("x-signature", good, "x-timestamp", seconds), ErrNoCredential},

		{"seconds", ModeHMAC, headers("x-signature", good, "x-timestamp", seconds), nil},
		{"millis", ModeHMAC, headers("x-signature", sign(secretNew, millis, body), "x-timestamp", millis), nil},
		{"vapi headers", ModeHMAC, headers("x-vapi-signature", good, "x-vapi-timestamp", seconds), nil},
		{"mixed headers", ModeHMAC, headers("x-vapi-signature", good, "x-timestamp", seconds), nil},
		{"prefix", ModeHMAC, headers("x-signature", "sha256="+good, "x-timestamp", seconds), nil},
		{"capitals", ModeHMAC, headers("x-signature", strings.ToUpper(good), "x-timestamp", seconds), nil},
		{"early edge", ModeHMAC, headers("x-signature", sign(secretOld, at(-5*time.Minute), body), "x-timestamp", at(-5*time.Minute)), nil},
		{"late edge", ModeHMAC, headers("x-signature", sign(secretOld, at(5*time.Minute), body), "x-timestamp", at(5*time.Minute)), nil},
		{"too old", ModeHMAC, headers("x-signature", sign(secretOld, at(-301*time.Second), body), "x-timestamp", at(-301*time.Second)), ErrStaleTimestamp},
		{"from the future", ModeHMAC, headers("x-signature", sign(secretOld, at(301*time.Second), body), "x-timestamp", at(301*time.Second)), ErrStaleTimestamp},
		{"no timestamp", ModeHMAC, headers("x-signature", good), ErrBadTimestamp},
		{"timestamp in words", ModeHMAC, headers("x-signature", sign(secretOld, "now", body), "x-timestamp", "now"), ErrBadTimestamp},
		{"two timestamps", ModeHMAC, headers("x-signature", good, "x-timestamp", seconds, "x-vapi-timestamp", millis), ErrBadTimestamp},
		{"other timestamp", ModeHMAC, headers("x-signature", good, "x-timestamp", at(time.Second)), ErrWrongSignature},
		{"other body", ModeHMAC, headers("x-signature", sign(secretOld, seconds, body+" "), "x-timestamp", seconds), ErrWrongSignature},
		{"cut signature", ModeHMAC, headers("x-signature", good[:32], "x-timestamp", seconds), ErrWrongSignature},
		{"not hex", ModeHMAC, headers("x-signature", "zz", "x-timestamp", seconds), ErrWrongSignature},
		{"foreign key", ModeHMAC, headers("x-signature", sign("test-secret-wrong", seconds, body), "x-timestamp", seconds), ErrWrongSignature},
		{"good and bad signature", ModeHMAC, headers("x-signature", good, "x-vapi-signature", "00", "x-timestamp", seconds), ErrWrongSignature},
		{"no signature", ModeHMAC, headers("x-timestamp", seconds), ErrNoCredential},
		{"empty signature", ModeHMAC, headers("x-signature", "", "x-timestamp", seconds), ErrNoCredential},
		{"secret does not help", ModeHMAC, headers("x-vapi-secret", secretOld), ErrNoCredential},

		{"either: secret", ModeEither, headers("x-vapi-secret", secretOld), nil},
		{"either: signature, empty secret", ModeEither, headers("x-vapi-secret", "", "x-signature", good, "x-timestamp", seconds), nil},
		{"either: secret, empty signature", ModeEither, headers("x-vapi-secret", secretOld, "x-signature", ""), nil},
		{"either: nothing", ModeEither, headers(), ErrNoCredential},
		{"either: wrong signature beside the right secret", ModeEither,
			headers("x-vapi-secret", secretOld, "x-signature", sign("x", seconds, body), "x-timestamp", seconds), ErrWrongSignature},
		{"either: stale signature beside the right secret", ModeEither,
			headers("x-vapi-secret", secretOld, "x-signature", sign(secretOld, at(-time.Hour), body), "x-timestamp", at(-time.Hour)), ErrStaleTimestamp},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			err := newAuth(t, c.mode).Verify(c.h, []byte(body))
			if c.want == nil {
				require.NoError(t, err)
				return
			}
			require.ErrorIs(t, err, c.want)
			require.ErrorIs(t, err, ErrUnauthenticated)
			require.NotContains(t, err.Error(), "test-secret")
		})
	}
}

// FuzzVerify: whoever does not hold a secret is refused, whatever the headers say, and nothing panics.
func FuzzVerify(f *testing.F) {
	stamp := strconv.FormatInt(authClock().Unix(), 10)
	f.Add("", "", stamp, []byte(`{}`))
	f.Add(secretOld, "", "", []byte(`{}`))
	f.Add("wrong", "sha256=00", "9223372036854775807", []byte{0})
	f.Add("", sign(secretOld, stamp, "{}"), stamp, []byte(`{}`))
	f.Add("", "sha256="+sign(secretNew, stamp, "{}"), "-9223372036854775808", []byte(`{}`))
	f.Fuzz(func(t *testing.T, secret, signature, stamp string, body []byte) {
		h := headers("x-vapi-secret", secret, "x-signature", signature, "x-timestamp", stamp)
		knowsSecret := strings.TrimSpace(secret) == secretOld || strings.TrimSpace(secret) == secretNew
		sent := strings.ToLower(strings.TrimPrefix(strings.TrimSpace(signature), "sha256="))
		trimmed := strings.TrimSpace(stamp)
		signed := sent == sign(secretOld, trimmed, string(body)) || sent == sign(secretNew, trimmed, string(body))
		for mode, may := range map[string]bool{ModeSecret: knowsSecret, ModeHMAC: signed, ModeEither: signed || (sent == "" && knowsSecret)} {
			err := newAuth(t, mode).Verify(h, body)
			if err == nil && !may {
				t.Fatalf("mode %s accepted a request without the secret", mode)
			}
		}
	})
}
