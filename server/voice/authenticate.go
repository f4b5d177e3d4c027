package voice

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// ErrUnauthenticated is wrapped by every refusal of [Authenticator.Verify]: answer 401 without saying which one it was.
var ErrUnauthenticated = errors.New("the request is not authenticated")

// The reasons of a refusal, for the log and the counter. None of them holds a secret, a signature or a header value.
var (
	ErrNoCredential   = fmt.Errorf("%w: no secret and no signature was sent", ErrUnauthenticated)
	ErrWrongSecret    = fmt.Errorf("%w: the secret is wrong", ErrUnauthenticated)
	ErrWrongSignature = fmt.Errorf("%w: the signature does not match the body", ErrUnauthenticated)
	ErrBadTimestamp   = fmt.Errorf("%w: the timestamp of the signature is missing, unreadable or contradictory", ErrUnauthenticated)
	ErrStaleTimestamp = fmt.Errorf("%w: the timestamp of the signature is too far from now", ErrUnauthenticated)
)

// The values of VAPI_WEBHOOK_AUTH.
const (
	ModeSecret = "secret" // header x-vapi-secret
	ModeHMAC   = "hmac"   // signature over timestamp and body
	ModeEither = "either" // one of the two; a signature that is present must verify
)

const (
	// signatureWindow is how far the timestamp of a signature may be from our clock, either way.
	signatureWindow = 5 * time.Minute
	// millisFrom is the smallest number read as milliseconds: as seconds it would be the year 5138.
	millisFrom = 100_000_000_000
)

// Authenticator checks that a webhook was sent by someone who holds one of our secrets.
// It is safe for concurrent use.
type Authenticator struct {
	mode    string
	secrets [][]byte
	now     func() time.Time
}

// NewAuthenticator returns an Authenticator for one of the modes `secret`, `hmac` and `either`. Several secrets are
// all accepted, so that one can be rotated without losing a call. Blanks around a secret are cut, as HTTP does with
// header values. An unknown mode, no secret and an empty secret are errors: a server without one must not start.
func NewAuthenticator(mode string, secrets []string, now func() time.Time) (*Authenticator, error) {
	if mode != ModeSecret && mode != ModeHMAC && mode != ModeEither {
		return nil, fmt.Errorf("unknown webhook authentication %q: use secret, hmac or either", mode)
	}
	if len(secrets) == 0 {
		return nil, errors.New("no webhook secret is configured")
	}
	a := &Authenticator{mode: mode, now: now}
	for _, s := range secrets {
		s = strings.TrimSpace(s)
		if s == "" {
			return nil, errors.New("a webhook secret is empty")
		}
		a.secrets = append(a.secrets, []byte(s))
	}
	return a, nil
}

// Verify returns nil when the headers authenticate the raw body, else an error that wraps [ErrUnauthenticated].
// Call it before parsing, with the bytes as they came over the wire.
//
// An empty header counts as absent: Vapi sends an empty x-vapi-secret when nothing is configured on its side.
func (a *Authenticator) Verify(h http.Header, body []byte) error {
	signatures := present(h, "X-Signature", "X-Vapi-Signature")
	secrets := present(h, "X-Vapi-Secret")
	switch {
	case a.mode == ModeSecret:
		return a.verifySecret(secrets)
	case a.mode == ModeHMAC || len(signatures) > 0:
		return a.verifySignatures(signatures, h, body)
	default:
		return a.verifySecret(secrets)
	}
}

// verifySecret wants exactly the secret in every x-vapi-secret that was sent. Digests are compared, so that neither
// the content nor the length of a secret shows in the time taken, and all secrets are tried whatever the result.
func (a *Authenticator) verifySecret(sent []string) error {
	if len(sent) == 0 {
		return ErrNoCredential
	}
	for _, value := range sent {
		got := sha256.Sum256([]byte(value))
		known := false
		for _, secret := range a.secrets {
			want := sha256.Sum256(secret)
			known = hmac.Equal(got[:], want[:]) || known
		}
		if !known {
			return ErrWrongSecret
		}
	}
	return nil
}

// verifySignatures wants every signature that was sent to be right and fresh.
func (a *Authenticator) verifySignatures(signatures []string, h http.Header, body []byte) error {
	if len(signatures) == 0 {
		return ErrNoCredential
	}
	stamps := present(h, "X-Timestamp", "X-Vapi-Timestamp")
	if len(stamps) == 0 {
		return ErrBadTimestamp
	}
	for _, other := range stamps[1:] {
		if other != stamps[0] {
			return ErrBadTimestamp
		}
	}
	for _, signature := range signatures {
		if !a.signed(signature, stamps[0], body) {
			return ErrWrongSignature
		}
	}
	// Freshness is asked last: a stranger learns nothing about our clock.
	at, err := parseStamp(stamps[0])
	if err != nil {
		return err
	}
	if a.now().Sub(at).Abs() > signatureWindow {
		return ErrStaleTimestamp
	}
	return nil
}

// signed reports whether signature is the hex HMAC-SHA256 of `{timestamp}.{body}` under one of the secrets.
func (a *Authenticator) signed(signature, stamp string, body []byte) bool {
	got, err := hex.DecodeString(strings.TrimPrefix(signature, "sha256="))
	if err != nil {
		return false
	}
	known := false
	for _, secret := range a.secrets {
		mac := hmac.New(sha256.New, secret)
		mac.Write([]byte(stamp))
		mac.Write([]byte{'.'})
		mac.Write(body)
		known = hmac.Equal(got, mac.Sum(nil)) || known
	}
	return known
}

// parseStamp reads whole seconds or milliseconds since 1970; Vapi does not document the unit.
func parseStamp(s string) (time.Time, error) {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n <= 0 {
		return time.Time{}, ErrBadTimestamp
	}
	if n >= millisFrom {
		return time.UnixMilli(n), nil
	}
	return time.Unix(n, 0), nil
}

// present returns all non-blank values of the named headers.
func present(h http.Header, names ...string) []string {
	var values []string
	for _, name := range names {
		for _, value := range h.Values(name) {
			if value = strings.TrimSpace(value); value != "" {
				values = append(values, value)
			}
		}
	}
	return values
}
