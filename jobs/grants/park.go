package grants

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// Park exchanges the code of a consent that app.take_oauth found and puts the tokens aside until the person who began
// confirms. It returns the account's address, empty when the provider did not tell it. Tokens that are of no use are given
// back at once, and that outlasts ctx: a browser that leaves must not leave a grant behind. What the provider does not take
// at once is left to [Keeper.ReturnOld].
//
// Errors: ErrNotOffered, ErrNotOpened, ErrTooLate, those of [calendar.Provider.Exchange], and the database's.
func (k *Keeper) Park(ctx context.Context, taken db.OAuthTaken, code string) (email string, err error) {
	p, err := k.known(taken.Provider)
	if err != nil {
		return "", err
	}
	verifier, err := k.OpenVerifier(taken.OrgID, taken.Provider, vault.Sealed{
		Ciphertext: taken.Ciphertext, Nonce: taken.Nonce, AuthTag: taken.AuthTag, KeyID: taken.KeyID})
	if err != nil {
		return "", err
	}
	asking, stop := context.WithTimeout(context.WithoutCancel(ctx), reachTime)
	defer stop()
	grant, err := p.Exchange(asking, code, verifier)
	if err == nil && grant.AccountID == "" {
		err = calendar.ErrScopeMissing // whose it is belongs to what we ask for
	}
	if err == nil {
		err = k.park(ctx, p, taken, grant)
	}
	if err != nil {
		return "", errors.Join(err, k.discard(ctx, p, taken, grant))
	}
	return grant.Email, nil
}

func (k *Keeper) park(ctx context.Context, p calendar.Provider, taken db.OAuthTaken, grant calendar.Grant) error {
	sealed, err := k.Seal(taken.OrgID, p.Credential(), grant)
	if err != nil {
		return err
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer stop()
	var parked bool
	err = k.DB.AsTenant(ctx, taken.OrgID, func(tx db.Tx) (err error) {
		parked, err = tx.ParkGrant(ctx, db.ParkGrantParams{ID: taken.ID,
			Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID,
			Email: optional(grant.Email), AccountHash: AccountHash(grant)})
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("park the grant: %w", err)
	case !parked:
		return ErrTooLate
	}
	return nil
}

// discard gives a grant back that is of no use. It is kept before, so that neither a provider that is down nor the end of this
// process leaves it behind.
func (k *Keeper) discard(ctx context.Context, p calendar.Provider, taken db.OAuthTaken, g calendar.Grant) error {
	if g.AccountID == "" {
		return nil // there is none, or whether somebody else uses its account cannot be told
	}
	ctx = context.WithoutCancel(ctx)
	id, err := k.keep(ctx, p, taken, g)
	if err != nil {
		return errors.Join(err, k.revoke(ctx, taken.OrgID, p, g))
	}
	if err := k.revoke(ctx, taken.OrgID, p, g); err != nil {
		return err
	}
	return k.forget(ctx, taken.OrgID, id)
}

// keep puts a grant among those to give back.
func (k *Keeper) keep(ctx context.Context, p calendar.Provider, taken db.OAuthTaken, g calendar.Grant) (id uuid.UUID, err error) {
	sealed, err := k.Seal(taken.OrgID, p.Credential(), g)
	if err != nil {
		return id, err
	}
	ctx, stop := context.WithTimeout(ctx, noteTime)
	defer stop()
	err = k.DB.AsTenant(ctx, taken.OrgID, func(tx db.Tx) (err error) {
		id, err = tx.KeepRefusedGrant(ctx, db.KeepRefusedGrantParams{Provider: p.Credential(), UserID: taken.UserID,
			Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID,
			AccountHash: AccountHash(g)})
		return err
	})
	if err != nil {
		return id, fmt.Errorf("keep a grant to give back: %w", err)
	}
	return id, nil
}

// optional is s, or nil when it is empty.
func optional(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}
