package grants

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// What app.begin_refresh says; see app.refresh_turn.
const (
	turnRefresh   = "refresh"
	turnRefreshed = "refreshed"
	turnBusy      = "busy"
	turnReconnect = "needs_reconnect"
	turnGone      = "gone"
)

// renew exchanges the tokens, which are used up, for newer ones: those that somebody else got meanwhile, else by a refresh.
func (h *held) renew(ctx context.Context) error {
	lease, pause := uuid.New(), firstPause
	waiting, stop := context.WithTimeout(ctx, patience)
	defer stop()
	for {
		turn, err := h.begin(ctx, lease)
		if err != nil {
			return err
		}
		switch turn.Outcome {
		case turnReconnect:
			return ErrNeedsReconnect
		case turnGone:
			return ErrNotConnected
		case turnRefresh, turnRefreshed:
			if err := h.take(turn); err != nil {
				return errors.Join(err, h.leave(ctx, lease))
			}
			if turn.Outcome == turnRefreshed && h.grant.Fresh(h.k.Now()) {
				return nil
			}
			if turn.Outcome == turnRefresh {
				if done, err := h.refresh(ctx, lease); done || err != nil {
					return err
				}
			}
			if waiting.Err() == nil {
				continue // there are other tokens meanwhile: look at those
			}
		case turnBusy:
			select {
			case <-waiting.Done():
			case <-time.After(pause):
				pause = min(2*pause, longestWait)
				continue
			}
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		return ErrBusy
	}
}

// begin asks for the turn to refresh the version that h holds.
func (h *held) begin(ctx context.Context, lease uuid.UUID) (turn db.RefreshTurn, err error) {
	err = h.k.DB.AsTenant(ctx, h.org, func(tx db.Tx) (err error) {
		turn, err = tx.BeginRefresh(ctx, h.provider.Credential(), h.version, lease)
		return err
	})
	if err != nil {
		return turn, fmt.Errorf("take the turn to refresh: %w", err)
	}
	return turn, nil
}

// take makes the tokens that came with a turn those of h.
func (h *held) take(turn db.RefreshTurn) error {
	if turn.Version == nil || turn.KeyID == nil {
		return errors.New("app.begin_refresh gave a turn without tokens")
	}
	grant, err := h.k.Open(h.org, h.provider.Credential(), vault.Sealed{
		Ciphertext: turn.Ciphertext, Nonce: turn.Nonce, AuthTag: turn.AuthTag, KeyID: *turn.KeyID})
	if err != nil {
		return err
	}
	h.grant, h.version = grant, *turn.Version
	return nil
}

// refresh asks the provider for new tokens and stores them. Not done: there are other tokens than those it began with.
func (h *held) refresh(ctx context.Context, lease uuid.UUID) (done bool, err error) {
	asking, stop := context.WithTimeout(context.WithoutCancel(ctx), reachTime)
	defer stop()
	fresh, err := h.provider.Refresh(asking, h.grant)
	switch {
	case errors.Is(err, calendar.ErrGrantRevoked), errors.Is(err, calendar.ErrNoRefreshToken):
		return h.noteRevoked(ctx)
	case err != nil:
		return false, errors.Join(fmt.Errorf("refresh the tokens: %w", err), h.leave(ctx, lease))
	}
	return h.note(ctx, kept(h.grant, fresh))
}

// kept is the new grant with what the provider did not repeat.
func kept(old, fresh calendar.Grant) calendar.Grant {
	if fresh.Refresh == "" {
		fresh.Refresh = old.Refresh
	}
	if fresh.AccountID == "" {
		fresh.AccountID = old.AccountID
	}
	if fresh.Email == "" {
		fresh.Email = old.Email
	}
	return fresh
}

// note stores new tokens before they are used, whatever became of the caller meanwhile.
func (h *held) note(ctx context.Context, fresh calendar.Grant) (done bool, err error) {
	sealed, err := h.k.Seal(h.org, h.provider.Credential(), fresh)
	if err != nil {
		return false, err
	}
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer stop()
	var version int32
	err = h.k.DB.AsTenant(ctx, h.org, func(tx db.Tx) (err error) {
		version, err = tx.NoteRefresh(ctx, db.NoteRefreshParams{Provider: h.provider.Credential(), Version: h.version,
			Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID})
		return err
	})
	if err != nil {
		return false, fmt.Errorf("store the refreshed tokens: %w", err)
	}
	if version == 0 {
		return false, nil
	}
	h.grant, h.version = fresh, version
	return true, nil
}

// noteRevoked tells staff that they must connect again, unless there are newer tokens, which may be good.
func (h *held) noteRevoked(ctx context.Context) (done bool, err error) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer stop()
	var noted bool
	err = h.k.DB.AsTenant(ctx, h.org, func(tx db.Tx) (err error) {
		noted, err = tx.NoteGrantRevoked(ctx, h.provider.Credential(), h.version)
		return err
	})
	if err != nil {
		return false, fmt.Errorf("note that the grant has ended: %w", err)
	}
	if !noted {
		return false, nil
	}
	h.k.ofOrg(h.org, h.provider).Warn("a calendar's grant has ended; staff were asked to connect again")
	return true, ErrNeedsReconnect
}

// leave gives the turn back.
func (h *held) leave(ctx context.Context, lease uuid.UUID) error {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), noteTime)
	defer stop()
	err := h.k.DB.AsTenant(ctx, h.org, func(tx db.Tx) error {
		return tx.LeaveRefresh(ctx, h.provider.Credential(), lease)
	})
	if err != nil {
		return fmt.Errorf("give the turn to refresh back: %w", err)
	}
	return nil
}
