package grants

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// held is a clinic's grant as it was read.
type held struct {
	k        *Keeper
	org      uuid.UUID
	provider calendar.Provider
	version  int32 // org_credentials.grant_version
	grant    calendar.Grant
}

// With opens the clinic's account and has do use it. An access token that has run out is refreshed before; one that is
// refused although it should hold is refreshed, and do is called once more, so do must be harmless to repeat. provider is
// the name of the provider or of its credential.
//
// Errors: ErrNotOffered, ErrNotConnected, ErrNeedsReconnect, ErrBusy, ErrNotOpened, those of [calendar.Provider.Refresh] but
// ErrGrantRevoked, the database's, and do's own: calendar.ErrUnauthorized if even a new token was refused.
func (k *Keeper) With(ctx context.Context, org uuid.UUID, provider string, do func(context.Context, calendar.Account) error) error {
	h, err := k.read(ctx, org, provider)
	if err != nil {
		return err
	}
	if !h.grant.Fresh(k.Now()) {
		if err := h.renew(ctx); err != nil {
			return err
		}
	}
	err = do(ctx, h.provider.Open(h.grant))
	if !errors.Is(err, calendar.ErrUnauthorized) {
		return err
	}
	if renewal := h.renew(ctx); renewal != nil {
		return renewal
	}
	return do(ctx, h.provider.Open(h.grant))
}

// read gets and opens the clinic's grant.
func (k *Keeper) read(ctx context.Context, org uuid.UUID, provider string) (*held, error) {
	p, err := k.known(provider)
	if err != nil {
		return nil, err
	}
	var row db.OrgCredential
	err = k.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		row, err = tx.ReadCredential(ctx, p.Credential())
		return err
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, ErrNotConnected
	case err != nil:
		return nil, fmt.Errorf("read the credential: %w", err)
	case row.NeedsReconnectAt != nil:
		return nil, ErrNeedsReconnect
	}
	h := &held{k: k, org: org, provider: p, version: row.GrantVersion}
	h.grant, err = k.Open(org, p.Credential(), vault.Sealed{
		Ciphertext: row.Ciphertext, Nonce: row.Nonce, AuthTag: row.AuthTag, KeyID: row.KeyID})
	if err != nil {
		return nil, err
	}
	return h, nil
}
