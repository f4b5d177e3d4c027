package server

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"strings"
)

// Secret is a configured value that must never be printed. Every way of
// formatting it says only whether it is set; string(s) is the one way to its
// value, so that a reader sees each place where a secret is used.
type Secret string

// String returns "[set]" or "[not set]".
func (s Secret) String() string {
	if s == "" {
		return "[not set]"
	}
	return "[set]"
}

// GoString hides the value from %#v.
func (s Secret) GoString() string { return s.String() }

// LogValue hides the value from slog.
func (s Secret) LogValue() slog.Value { return slog.StringValue(s.String()) }

// MarshalText hides the value from encoders.
func (s Secret) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

const (
	maxWebhookSecrets = 2
	minWebhookSecret  = 16 // bytes; shorter secrets can be guessed offline from one signed request
	minJWTSecret      = 32 // bytes; HS256 asks for a key as long as its hash (RFC 7518 §3.2)
)

// ParseSecrets splits a comma-separated list of at most two webhook secrets:
// during a rotation both the old and the new one are accepted. Blanks around a
// value are dropped. The error never contains a value.
func ParseSecrets(list string) ([]Secret, error) {
	if strings.TrimSpace(list) == "" {
		return nil, nil
	}
	parts := strings.Split(list, ",")
	if len(parts) > maxWebhookSecrets {
		return nil, fmt.Errorf("holds %d values; give one, or two separated by a comma while rotating", len(parts))
	}
	secrets := make([]Secret, 0, len(parts))
	for _, part := range parts {
		part = strings.TrimSpace(part)
		if part == "" {
			return nil, errors.New("has an empty value beside its comma; remove the comma")
		}
		if len(part) < minWebhookSecret {
			return nil, fmt.Errorf("has a value shorter than %d characters; make one with: openssl rand -hex 32", minWebhookSecret)
		}
		secrets = append(secrets, Secret(part))
	}
	return secrets, nil
}

// makeSecret returns 32 random bytes as 64 hexadecimal characters.
func makeSecret() Secret {
	var b [32]byte
	rand.Read(b[:]) // never fails: crypto/rand ends the process when the system has no randomness
	return Secret(hex.EncodeToString(b[:]))
}
