package grants

import (
	"crypto/sha256"
	"encoding/json"
	"fmt"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// verifierMark keeps a sealed PKCE verifier from being opened as tokens, and the other way round.
const verifierMark = ":verifier"

// Seal seals a grant for the row of credential (google_calendar, outlook) in org_credentials or oauth_states.
func (k *Keeper) Seal(org uuid.UUID, credential string, g calendar.Grant) (vault.Sealed, error) {
	plain, err := json.Marshal(g)
	if err != nil {
		return vault.Sealed{}, fmt.Errorf("write the grant: %w", err)
	}
	sealed, err := k.Keys.Seal(org, credential, plain)
	if err != nil {
		return vault.Sealed{}, fmt.Errorf("seal the grant: %w", err)
	}
	return sealed, nil
}

// Open opens what Seal sealed. ErrNotOpened when it does not.
func (k *Keeper) Open(org uuid.UUID, credential string, s vault.Sealed) (calendar.Grant, error) {
	plain, err := k.Keys.Open(org, credential, s)
	var g calendar.Grant
	if err != nil || json.Unmarshal(plain, &g) != nil {
		return calendar.Grant{}, ErrNotOpened
	}
	return g, nil
}

// SealVerifier seals the PKCE verifier of a consent that begins, for oauth_states.
func (k *Keeper) SealVerifier(org uuid.UUID, credential, verifier string) (vault.Sealed, error) {
	sealed, err := k.Keys.Seal(org, credential+verifierMark, []byte(verifier))
	if err != nil {
		return vault.Sealed{}, fmt.Errorf("seal the verifier: %w", err)
	}
	return sealed, nil
}

// OpenVerifier opens what SealVerifier sealed. ErrNotOpened when it does not.
func (k *Keeper) OpenVerifier(org uuid.UUID, credential string, s vault.Sealed) (string, error) {
	plain, err := k.Keys.Open(org, credential+verifierMark, s)
	if err != nil {
		return "", ErrNotOpened
	}
	return string(plain), nil
}

// AccountHash is how the database knows an account without its name: the same for every clinic that uses it.
func AccountHash(g calendar.Grant) []byte {
	sum := sha256.Sum256([]byte(g.AccountID))
	return sum[:]
}
