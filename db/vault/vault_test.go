package vault_test

import (
	"bytes"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/vault"
)

const plain = `{"accountSid":"AC0","authToken":"test-secret-token"}`

var (
	org   = uuid.MustParse("0197f2a4-6c1e-7b3a-9a55-0d6c4c1f9b10")
	other = uuid.MustParse("0197f2a4-6c1e-7b3a-9a55-0d6c4c1f9b11")

	oldKey = strings.Repeat("0a", 32)
	newKey = strings.Repeat("f1", 32)
)

func ring(t *testing.T, list string) *vault.Keyring {
	t.Helper()
	k, err := vault.ParseKeyring(list)
	require.NoError(t, err)
	return k
}

func seal(t *testing.T, k *vault.Keyring) vault.Sealed {
	t.Helper()
	s, err := k.Seal(org, "twilio", []byte(plain))
	require.NoError(t, err)
	return s
}

func TestSealedOpensForItsOrganizationAndProviderOnly(t *testing.T) {
	t.Parallel()
	k := ring(t, oldKey)
	s := seal(t, k)
	require.Len(t, s.Nonce, 12)
	require.Len(t, s.AuthTag, 16)
	require.Len(t, s.Ciphertext, len(plain))
	require.Equal(t, "k1", s.KeyID)
	require.NotContains(t, string(s.Ciphertext), "test-secret")

	opened, err := k.Open(org, "twilio", s)
	require.NoError(t, err)
	require.Equal(t, plain, string(opened))
	_, err = k.Open(other, "twilio", s)
	require.ErrorIs(t, err, vault.ErrNotOpened)
	_, err = k.Open(org, "resend", s)
	require.ErrorIs(t, err, vault.ErrNotOpened)
}

func TestEmptyValueIsSealedToo(t *testing.T) {
	t.Parallel()
	k := ring(t, oldKey)
	s, err := k.Seal(org, "twilio", nil)
	require.NoError(t, err)
	opened, err := k.Open(org, "twilio", s)
	require.NoError(t, err)
	require.Empty(t, opened)
}

func TestTamperingWithAnyPartIsSeen(t *testing.T) {
	t.Parallel()
	k := ring(t, "new:"+newKey+",old:"+oldKey)
	flip := func(b []byte, at int) []byte {
		changed := bytes.Clone(b)
		changed[at] ^= 1
		return changed
	}
	for name, change := range map[string]func(*vault.Sealed){
		"first byte of the text": func(s *vault.Sealed) { s.Ciphertext = flip(s.Ciphertext, 0) },
		"last byte of the text":  func(s *vault.Sealed) { s.Ciphertext = flip(s.Ciphertext, len(s.Ciphertext)-1) },
		"text cut":               func(s *vault.Sealed) { s.Ciphertext = s.Ciphertext[1:] },
		"text gone":              func(s *vault.Sealed) { s.Ciphertext = nil },
		"nonce":                  func(s *vault.Sealed) { s.Nonce = flip(s.Nonce, 11) },
		"nonce cut":              func(s *vault.Sealed) { s.Nonce = s.Nonce[:11] },
		"nonce gone":             func(s *vault.Sealed) { s.Nonce = nil },
		"tag":                    func(s *vault.Sealed) { s.AuthTag = flip(s.AuthTag, 0) },
		"tag cut":                func(s *vault.Sealed) { s.AuthTag = s.AuthTag[:12] },
		"tag and text exchanged": func(s *vault.Sealed) {
			s.Ciphertext, s.AuthTag = append(s.Ciphertext, s.AuthTag[0]), s.AuthTag[1:]
		},
		"another key's id": func(s *vault.Sealed) { s.KeyID = "old" },
	} {
		s := seal(t, k)
		_, err := k.Open(org, "twilio", s)
		require.NoError(t, err, "control")
		change(&s)
		_, err = k.Open(org, "twilio", s)
		require.ErrorIs(t, err, vault.ErrNotOpened, name)
	}
}

func TestOldAndNewKeySideBySide(t *testing.T) {
	t.Parallel()
	before := seal(t, ring(t, "old:"+oldKey))
	both := ring(t, "new:"+newKey+", old:"+oldKey)
	require.Equal(t, "new", both.SealsWith())
	opened, err := both.Open(org, "twilio", before)
	require.NoError(t, err)
	require.Equal(t, plain, string(opened))

	after := seal(t, both)
	require.Equal(t, "new", after.KeyID)
	alone := ring(t, "new:"+newKey)
	_, err = alone.Open(org, "twilio", after)
	require.NoError(t, err)
	_, err = alone.Open(org, "twilio", before)
	require.ErrorIs(t, err, vault.ErrUnknownKey)
}

func TestNoncesDiffer(t *testing.T) {
	t.Parallel()
	k, seen := ring(t, oldKey), map[string]bool{}
	for range 1000 {
		s := seal(t, k)
		require.False(t, seen[string(s.Nonce)])
		seen[string(s.Nonce)] = true
	}
}

// What is stored must open with later versions of this program.
func TestDerivationsStayAsTheyAre(t *testing.T) {
	t.Parallel()
	k := ring(t, oldKey)
	nonce, _ := hex.DecodeString("000102030405060708090a0b")
	text, _ := hex.DecodeString(knownCiphertext)
	tag, _ := hex.DecodeString(knownTag)
	opened, err := k.Open(org, "twilio", vault.Sealed{Ciphertext: text, Nonce: nonce, AuthTag: tag, KeyID: "k1"})
	require.NoError(t, err)
	require.Equal(t, plain, string(opened))
	require.Equal(t, knownCode, k.Code(org, other, 1))
	require.Equal(t, knownHash, hex.EncodeToString(k.CodeHash(org, "012345")))
	require.Equal(t, knownToken, k.Token(org, other))
}

func TestTokensDependOnEverythingAndOutliveARotation(t *testing.T) {
	t.Parallel()
	k := ring(t, oldKey)
	token := k.Token(org, other)
	require.Regexp(t, `^[A-Za-z0-9_-]{43}$`, token)
	require.Equal(t, token, k.Token(org, other))
	require.NotEqual(t, token, k.Token(other, org))
	require.NotEqual(t, token, k.Token(org, org))
	rotated := ring(t, "k2:"+newKey+",k1:"+oldKey)
	require.NotEqual(t, token, rotated.Token(org, other))
	require.Equal(t, []string{rotated.Token(org, other), token}, rotated.Tokens(org, other))
}

func TestCodesAreSixDigitsAndDependOnEverything(t *testing.T) {
	t.Parallel()
	k := ring(t, oldKey)
	code := k.Code(org, other, 1)
	require.Equal(t, code, k.Code(org, other, 1), "derived, not drawn")
	for _, different := range []string{
		k.Code(org, other, 2), k.Code(other, org, 1), k.Code(org, org, 1), ring(t, newKey).Code(org, other, 1),
	} {
		require.NotEqual(t, code, different)
	}
	six := regexp.MustCompile(`^[0-9]{6}$`)
	for version := range int32(5000) { // some need a second draw
		require.Regexp(t, six, k.Code(org, other, version-10))
	}
}

// Every leading digit must be as likely as the others; the bound is more than six standard deviations wide.
func TestCodesAreSpreadEvenly(t *testing.T) {
	t.Parallel()
	k := ring(t, oldKey)
	var count [10]int
	const draws = 100_000
	for version := range int32(draws) {
		count[k.Code(org, other, version)[0]-'0']++
	}
	for digit, n := range count {
		require.InDelta(t, draws/10, n, 600, "leading digit %d", digit)
	}
}

func TestCodeHashesNameEveryKey(t *testing.T) {
	t.Parallel()
	before := ring(t, "old:"+oldKey)
	both := ring(t, "new:"+newKey+",old:"+oldKey)
	hashes := both.CodeHashes(org, "012345")
	require.Len(t, hashes, 2)
	require.Equal(t, both.CodeHash(org, "012345"), hashes[0])
	require.Equal(t, before.CodeHash(org, "012345"), hashes[1], "a code sent before the rotation is recognised")
	require.Len(t, hashes[0], 32)
	require.NotEqual(t, both.CodeHash(other, "012345"), hashes[0])
	require.NotEqual(t, both.CodeHash(org, "012346"), hashes[0])
}

func TestKeyringRefusals(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct{ list, want string }{
		"nothing":           {"", "is not set; make one with: openssl rand -hex 32"},
		"blanks":            {" ", "is not set"},
		"short":             {"abc123", "value 1: a key has 64 hexadecimal digits; make one with: openssl rand -hex 32"},
		"no hex":            {strings.Repeat("zq", 32), "hexadecimal digits only"},
		"second is short":   {oldKey + ",k2:beef", "value 2: a key has 64 hexadecimal digits"},
		"dangling comma":    {oldKey + ",", "value 2: it is empty; remove the comma"},
		"same id":           {"a:" + oldKey + ",a:" + newKey, "give each key an id of its own"},
		"two without an id": {oldKey + "," + newKey, "give each key an id of its own"},
		"same key":          {"a:" + oldKey + ",b:" + strings.ToUpper(oldKey), "it is the key of another value"},
		"id is no id":       {"K 1:" + oldKey, "its id must be"},
		"no id":             {":" + oldKey, "its id must be"},
		"key before id":     {oldKey + ":k1", "its id must be"},
		"long id":           {strings.Repeat("x", 33) + ":" + oldKey, "its id must be"},
		"two colons":        {"a:b:" + oldKey, "64 hexadecimal digits"},
	} {
		_, err := vault.ParseKeyring(tc.list)
		require.ErrorContains(t, err, tc.want, name)
		for _, secret := range []string{oldKey, newKey, "zq", "beef", "abc123"} {
			require.NotContains(t, err.Error(), secret, name)
		}
	}
}

func TestKeysOfAList(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{newKey, oldKey}, vault.KeysOf("new: "+newKey+" , "+oldKey))
	require.Empty(t, vault.KeysOf(" , a:"))
}

func TestKeyringPrintsIDsOnly(t *testing.T) {
	t.Parallel()
	k := ring(t, "new:"+newKey+",old:"+oldKey)
	asJSON, err := json.Marshal(k)
	require.NoError(t, err)
	raw := string(bytes.Repeat([]byte{0xf1}, 8))
	for _, printed := range []string{
		fmt.Sprint(k), fmt.Sprintf("%+v %#v", k, k), fmt.Sprintf("%v", *k), fmt.Sprintf("%+v", struct{ K *vault.Keyring }{k}), string(asJSON),
	} {
		require.NotContains(t, printed, newKey[:8])
		require.NotContains(t, printed, raw)
		require.NotContains(t, printed, "241 241")
	}
	require.Equal(t, "keys new, old", k.String())
}

func FuzzParseKeyring(f *testing.F) {
	for _, list := range []string{"", oldKey, "k2:" + newKey + ",k1:" + oldKey, " a : " + oldKey + " ", oldKey + ":k1", ",", "a:b:c", "ü:" + oldKey} {
		f.Add(list)
	}
	id := regexp.MustCompile(`^[a-z0-9_-]{1,32}$`)
	f.Fuzz(func(t *testing.T, list string) {
		k, err := vault.ParseKeyring(list)
		if err != nil {
			for _, part := range strings.FieldsFunc(list, func(r rune) bool { return r == ',' || r == ':' || r == ' ' }) {
				if len(part) >= 16 {
					require.NotContains(t, err.Error(), part)
				}
			}
			return
		}
		require.Regexp(t, id, k.SealsWith())
		s, err := k.Seal(org, "twilio", []byte(list))
		require.NoError(t, err)
		opened, err := k.Open(org, "twilio", s)
		require.NoError(t, err)
		require.Equal(t, list, string(opened))
		again := ring(t, k.SealsWith()+":"+vault.KeysOf(list)[0])
		_, err = again.Open(org, "twilio", s)
		require.NoError(t, err, "the first key seals")
	})
}
