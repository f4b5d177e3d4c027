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

// GiveBack ends at the provider what app.disconnect_calendar forgot here: first the push channels, which the tokens are
// needed for, then the tokens, unless another clinic uses the account. It goes on after a failure and returns all of them.
// After one the tokens are left to [Keeper.ReturnOld]; channels end by themselves within days.
//
// Errors: ErrNotOffered, ErrNotOpened, the provider's and the database's.
func (k *Keeper) GiveBack(ctx context.Context, org uuid.UUID, provider string, left db.DisconnectedAccount) error {
	p, err := k.known(provider)
	if err != nil {
		return err
	}
	grant, err := k.Open(org, p.Credential(), vault.Sealed{
		Ciphertext: left.Ciphertext, Nonce: left.Nonce, AuthTag: left.AuthTag, KeyID: left.KeyID})
	if err != nil {
		return err
	}
	channels, err := channelsOf(left)
	if err == nil && len(channels) > 0 {
		if !grant.Fresh(k.Now()) {
			grant, err = k.refreshLeft(ctx, org, p, left.GrantID, grant)
		}
		if err == nil {
			err = k.endChannels(ctx, p, grant, channels)
		}
	}
	if errors.Is(err, calendar.ErrGrantRevoked) {
		return nil // the person was quicker: nothing is left there
	}
	if !left.Shared {
		err = errors.Join(err, k.revoke(ctx, org, p, grant))
	}
	return err
}

// channelsOf reads the two lists that belong together.
func channelsOf(left db.DisconnectedAccount) ([]calendar.Channel, error) {
	if len(left.ChannelIds) != len(left.ChannelResourceIds) {
		return nil, errors.New("app.disconnect_calendar gave channels without their resources")
	}
	channels := make([]calendar.Channel, len(left.ChannelIds))
	for i, id := range left.ChannelIds {
		channels[i] = calendar.Channel{ID: id, ResourceID: left.ChannelResourceIds[i]}
	}
	return channels, nil
}

// refreshLeft gets a new access token for a grant that waits to be given back as id, and stores what came: the old refresh
// token may be good for nothing any more, not even for giving it back. It returns the newest grant there is, also with an error.
func (k *Keeper) refreshLeft(ctx context.Context, org uuid.UUID, p calendar.Provider, id uuid.UUID, g calendar.Grant) (calendar.Grant, error) {
	asking, stop := context.WithTimeout(context.WithoutCancel(ctx), reachTime)
	defer stop()
	fresh, err := p.Refresh(asking, g)
	if err != nil {
		return g, fmt.Errorf("refresh the tokens to end channels with: %w", err)
	}
	g = kept(g, fresh)
	sealed, err := k.Seal(org, p.Credential(), g)
	if err != nil {
		return g, err
	}
	ctx, stop = context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer stop()
	err = k.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		_, err := tx.NoteRefusedGrant(ctx, db.NoteRefusedGrantParams{ID: id,
			Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID})
		return err
	})
	if err != nil {
		return g, fmt.Errorf("store the tokens that are to be given back: %w", err)
	}
	return g, nil
}

// endChannels ends push channels, all it can.
func (k *Keeper) endChannels(ctx context.Context, p calendar.Provider, g calendar.Grant, channels []calendar.Channel) (failed error) {
	account := p.Open(g)
	for _, c := range channels {
		if err := account.Unwatch(ctx, c); err != nil && !errors.Is(err, calendar.ErrNotFound) {
			failed = errors.Join(failed, fmt.Errorf("end a channel: %w", err))
		}
	}
	return failed
}

// revoke ends a grant that nothing in use refers to, unless a clinic uses the account or is about to: at Google one
// revocation ends every grant of the account. A provider that knows no revocation is done: the tokens are forgotten here.
func (k *Keeper) revoke(ctx context.Context, org uuid.UUID, p calendar.Provider, g calendar.Grant) error {
	if g.AccountID == "" {
		return nil // whether somebody uses the account cannot be told
	}
	ctx, stop := context.WithTimeout(ctx, reachTime)
	defer stop()
	var used bool
	err := k.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		used, err = tx.IsAccountUsed(ctx, p.Credential(), AccountHash(g), nil)
		return err
	})
	switch {
	case err != nil:
		return fmt.Errorf("ask whether the account is used: %w", err)
	case used:
		return nil
	}
	if err := p.Revoke(ctx, g); err != nil && !errors.Is(err, calendar.ErrNoRevocation) {
		return fmt.Errorf("give the tokens back: %w", err)
	}
	return nil
}

// forget drops a grant whose tokens are given back; one that is not there is forgotten.
func (k *Keeper) forget(ctx context.Context, org, id uuid.UUID) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer stop()
	err := k.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		_, err := tx.DropGrant(ctx, id)
		return err
	})
	if err != nil {
		return fmt.Errorf("forget a grant: %w", err)
	}
	return nil
}

// ReturnOld gives the tokens back that nobody confirmed in time or that were refused, of all clinics. What fails is tried
// again by the next run, for a day. The error is the database's; the providers' are in the log.
func (k *Keeper) ReturnOld(ctx context.Context) error {
	orgs, err := k.DB.Platform().OrgsWithOldGrants(ctx)
	if err != nil {
		return fmt.Errorf("list organizations: %w", err)
	}
	var failed error
	for _, org := range orgs {
		if ctx.Err() != nil {
			return errors.Join(failed, ctx.Err())
		}
		failed = errors.Join(failed, k.returnOldOf(ctx, org))
	}
	return failed
}

func (k *Keeper) returnOldOf(ctx context.Context, org uuid.UUID) error {
	var old []db.OldGrant
	err := k.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		old, err = tx.TakeOldGrants(ctx)
		return err
	})
	if err != nil {
		return fmt.Errorf("take old grants: %w", err)
	}
	leased, stop := context.WithTimeout(ctx, batchTime)
	defer stop()
	for _, o := range old {
		if leased.Err() != nil {
			return ctx.Err() // the rest goes with the next run
		}
		if err := k.returnOne(leased, org, o); err != nil {
			k.Log.Warn("a grant that nobody confirmed could not be given back yet",
				"org_id", org, "provider", o.Provider, "reason", calendar.Code(err))
			continue
		}
		if err := k.forget(ctx, org, o.ID); err != nil {
			return err
		}
	}
	return nil
}

func (k *Keeper) returnOne(ctx context.Context, org uuid.UUID, o db.OldGrant) error {
	if o.Shared {
		return nil
	}
	p, err := k.known(o.Provider)
	if err != nil {
		return err
	}
	grant, err := k.Open(org, o.Provider, vault.Sealed{Ciphertext: o.Ciphertext, Nonce: o.Nonce, AuthTag: o.AuthTag, KeyID: o.KeyID})
	if err != nil {
		return err
	}
	return k.revoke(ctx, org, p, grant)
}
