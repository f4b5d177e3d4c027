package server

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
)

const tokenBytes = 32 // of randomness in a token

// randomToken is what opens something to whoever has it: 256 random bits as 43 characters that stand in an address as
// they are.
func randomToken() string {
	secret := make([]byte, tokenBytes)
	_, _ = rand.Read(secret) // never fails, see its documentation
	return base64.RawURLEncoding.EncodeToString(secret)
}

// HashToken is what is stored of a token. It has 256 bits, so a plain hash cannot be guessed from.
func HashToken(token string) []byte {
	hash := sha256.Sum256([]byte(token))
	return hash[:]
}
