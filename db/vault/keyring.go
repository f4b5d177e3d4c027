package vault

import (
	"crypto/aes"
	"crypto/cipher"
	"crypto/hkdf"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

const (
	keySize   = 32   // bytes of a configured key and of every derived one
	defaultID = "k1" // of a key that is written without one

	howToMake = "make one with: openssl rand -hex 32"
)

// keyID is what org_credentials.key_id admits.
var keyID = regexp.MustCompile(`^[a-z0-9_-]{1,32}$`)

// ParseKeyring reads the value of CREDENTIALS_KEY: "id:key[,id:key …]", each key
// 64 hexadecimal digits, the first the one that seals; a key alone has the id
// "k1". Blanks around a part are dropped. The error reads on after the
// variable's name, says what to do, and never holds anything of the list: what
// looks like an id may be a key in the wrong place.
func ParseKeyring(list string) (*Keyring, error) {
	if strings.TrimSpace(list) == "" {
		return nil, errors.New("is not set; " + howToMake)
	}
	ring := &Keyring{}
	seen := map[[keySize]byte]bool{}
	for i, part := range strings.Split(list, ",") {
		id, root, err := parseKey(strings.TrimSpace(part))
		if err != nil {
			return nil, fmt.Errorf("has a mistake in value %d: %w", i+1, err)
		}
		if ring.holds(id) {
			return nil, fmt.Errorf("has a mistake in value %d: its id is that of another value; give each key an id of its own, as in k2:<64 hexadecimal digits>,k1:<64 hexadecimal digits>", i+1)
		}
		if seen[root] {
			return nil, fmt.Errorf("has a mistake in value %d: it is the key of another value; %s", i+1, howToMake)
		}
		seen[root] = true
		key, err := deriveKey(id, root[:])
		if err != nil {
			return nil, err
		}
		ring.keys = append(ring.keys, key)
	}
	return ring, nil
}

// parseKey reads "id:key" or a key alone.
func parseKey(part string) (id string, root [keySize]byte, err error) {
	if part == "" {
		return "", root, errors.New("it is empty; remove the comma beside it")
	}
	id, digits, named := strings.Cut(part, ":")
	if !named {
		id, digits = defaultID, part
	}
	id, digits = strings.TrimSpace(id), strings.TrimSpace(digits)
	if !keyID.MatchString(id) {
		return "", root, errors.New("its id must be 1 to 32 small letters, digits, _ or -, as in k2:<64 hexadecimal digits>")
	}
	if len(digits) != hex.EncodedLen(keySize) {
		return "", root, errors.New("a key has 64 hexadecimal digits; " + howToMake)
	}
	if _, err := hex.Decode(root[:], []byte(digits)); err != nil { // its text quotes the digit
		return "", root, errors.New("a key has hexadecimal digits only; " + howToMake)
	}
	return id, root, nil
}

// KeysOf are the keys of a list as they are written in it, without ids, for a
// logger to blank. The list need not be valid.
func KeysOf(list string) []string {
	var keys []string
	for part := range strings.SplitSeq(list, ",") {
		if key := strings.TrimSpace(part[strings.LastIndex(part, ":")+1:]); key != "" {
			keys = append(keys, key)
		}
	}
	return keys
}

// deriveKey derives the keys for each use from a root. The labels are part of
// what is stored: a change of one makes all that was sealed unreadable.
func deriveKey(id string, root []byte) (key, error) {
	derived := map[string][]byte{}
	for _, use := range []string{"seal", "codes", "code hashes", "tokens"} {
		sub, err := hkdf.Key(sha256.New, root, nil, "voxanne "+use+" v1", keySize)
		if err != nil {
			return key{}, fmt.Errorf("derive the key for %s: %w", use, err)
		}
		derived[use] = sub
	}
	block, err := aes.NewCipher(derived["seal"])
	if err != nil {
		return key{}, fmt.Errorf("make the cipher: %w", err)
	}
	aead, err := cipher.NewGCM(block)
	if err != nil {
		return key{}, fmt.Errorf("make the cipher: %w", err)
	}
	return key{id: id, aead: aead, codes: derived["codes"], hashes: derived["code hashes"], tokens: derived["tokens"]}, nil
}

func (k Keyring) holds(id string) bool {
	for _, key := range k.keys {
		if key.id == id {
			return true
		}
	}
	return false
}

// String names the keys by their ids.
func (k Keyring) String() string {
	ids := make([]string, len(k.keys))
	for i, key := range k.keys {
		ids[i] = key.id
	}
	return "keys " + strings.Join(ids, ", ")
}

// GoString hides the keys from %#v.
func (k Keyring) GoString() string { return k.String() }
