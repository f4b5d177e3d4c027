// Package vault seals what clinics entrust to us (the keys of their Twilio and
// e-mail accounts) and derives the codes that verify callers and the tokens
// that open invitations. It holds the keys
// of CREDENTIALS_KEY and stores nothing.
//
// Each configured key is a root: HKDF-SHA256 (RFC 5869) derives one key for
// sealing, one for codes, one for the hashes of codes and one for tokens from
// it, so that no value made with one says anything about another.
package vault

import (
	"crypto/cipher"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"

	"github.com/google/uuid"
)

const (
	nonceSize = 12 // bytes; the size that GCM was made for (NIST SP 800-38D §8.2)
	tagSize   = 16 // bytes; the full tag
)

// ErrUnknownKey says that the key a value was sealed with is not in the list.
var ErrUnknownKey = errors.New("the key that sealed it is not in the list of keys")

// ErrNotOpened says that a value was not sealed for this organization and
// provider with this key, or was changed since. GCM cannot say which.
var ErrNotOpened = errors.New("the sealed value does not open")

// Keyring holds the keys of CREDENTIALS_KEY: the first seals, all open. It is
// safe for concurrent use and prints as the ids of its keys.
type Keyring struct {
	keys []key // at least one
}

// key is one configured key with what is derived from it.
type key struct {
	id     string
	aead   cipher.AEAD
	codes  []byte
	hashes []byte
	tokens []byte
}

// Sealed is an encrypted value as the row of org_credentials holds it.
type Sealed struct {
	Ciphertext []byte // as long as the plaintext
	Nonce      []byte // 12 bytes, random
	AuthTag    []byte // 16 bytes
	KeyID      string // which key sealed it
}

// SealsWith is the id of the key that Seal uses.
func (k *Keyring) SealsWith() string { return k.keys[0].id }

// Seal encrypts plain with AES-256-GCM under the first key and a random nonce.
// Only Open for the same organization and provider opens the result: a row that
// is copied to another tenant is worthless there.
func (k *Keyring) Seal(org uuid.UUID, provider string, plain []byte) (Sealed, error) {
	first := k.keys[0]
	nonce := make([]byte, nonceSize)
	if _, err := rand.Read(nonce); err != nil {
		return Sealed{}, fmt.Errorf("draw a nonce: %w", err)
	}
	out := first.aead.Seal(nil, nonce, plain, associated(org, provider))
	end := len(out) - tagSize
	return Sealed{Ciphertext: out[:end:end], Nonce: nonce, AuthTag: out[end:], KeyID: first.id}, nil
}

// Open decrypts s with the key that sealed it. Errors: ErrUnknownKey when that
// key is not in the list (any more), ErrNotOpened for everything else.
func (k *Keyring) Open(org uuid.UUID, provider string, s Sealed) ([]byte, error) {
	for _, key := range k.keys {
		if key.id != s.KeyID {
			continue
		}
		if len(s.Nonce) != nonceSize || len(s.AuthTag) != tagSize {
			return nil, ErrNotOpened // GCM would panic over the nonce
		}
		box := append(append(make([]byte, 0, len(s.Ciphertext)+tagSize), s.Ciphertext...), s.AuthTag...)
		plain, err := key.aead.Open(nil, s.Nonce, box, associated(org, provider))
		if err != nil {
			return nil, ErrNotOpened
		}
		return plain, nil
	}
	return nil, ErrUnknownKey
}

// associated is the data that is authenticated but not stored in the sealed value.
func associated(org uuid.UUID, provider string) []byte {
	return []byte(org.String() + "|" + provider)
}

const (
	codeSpace = 1_000_000
	// codeLimit is the greatest multiple of codeSpace that 32 bits hold. Draws
	// from it on are thrown away: their remainders would favour small codes.
	codeLimit = (1 << 32) / codeSpace * codeSpace
)

// Code is the six digits that verify a caller for a subject (an appointment or
// an asked-for code) in the given version. It is derived from the first key and
// the same every time, so that it need not be stored: keep its CodeHash only.
func (k *Keyring) Code(org, subject uuid.UUID, version int32) string {
	return k.keys[0].code(org, subject, version)
}

// Codes are the codes of a subject under every key, the first key's first: one
// of them was sent, if the key was changed since then.
func (k *Keyring) Codes(org, subject uuid.UUID, version int32) []string {
	codes := make([]string, len(k.keys))
	for i, key := range k.keys {
		codes[i] = key.code(org, subject, version)
	}
	return codes
}

func (key key) code(org, subject uuid.UUID, version int32) string {
	mac := hmac.New(sha256.New, key.codes)
	message := append(append(make([]byte, 0, 40), org[:]...), subject[:]...)
	message = binary.BigEndian.AppendUint32(message, uint32(version))
	for try := uint32(0); ; try++ { // a second draw is needed once in 4000 codes
		mac.Reset()
		mac.Write(binary.BigEndian.AppendUint32(message, try))
		if draw := binary.BigEndian.Uint32(mac.Sum(nil)); draw < codeLimit {
			return fmt.Sprintf("%06d", draw%codeSpace)
		}
	}
}

// CodeHash is what is stored of a code: 32 bytes under the first key. Without
// the key a million tries would find the code.
func (k *Keyring) CodeHash(org uuid.UUID, code string) []byte {
	return k.keys[0].hash(org, code)
}

// CodeHashes are the hashes of a code under every key, the first key's first:
// a code that was sent before a rotation is found by one of the others.
func (k *Keyring) CodeHashes(org uuid.UUID, code string) [][]byte {
	hashes := make([][]byte, len(k.keys))
	for i, key := range k.keys {
		hashes[i] = key.hash(org, code)
	}
	return hashes
}

func (key key) hash(org uuid.UUID, code string) []byte {
	mac := hmac.New(sha256.New, key.hashes)
	mac.Write(org[:])
	mac.Write([]byte(code))
	return mac.Sum(nil)
}

// Token is what opens the subject (an invitation's token id) to whoever has it:
// 256 bits as 43 characters that stand in a link as they are. It is derived from
// the first key and the same every time, so that it need not be stored.
func (k *Keyring) Token(org, subject uuid.UUID) string {
	return k.keys[0].token(org, subject)
}

// Tokens are the tokens of a subject under every key, the first key's first: one
// of them was given out, if the key was changed since then.
func (k *Keyring) Tokens(org, subject uuid.UUID) []string {
	tokens := make([]string, len(k.keys))
	for i, key := range k.keys {
		tokens[i] = key.token(org, subject)
	}
	return tokens
}

func (key key) token(org, subject uuid.UUID) string {
	mac := hmac.New(sha256.New, key.tokens)
	mac.Write(org[:])
	mac.Write(subject[:])
	return base64.RawURLEncoding.EncodeToString(mac.Sum(nil))
}
