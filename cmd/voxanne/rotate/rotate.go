// Package rotate brings every clinic's sealed credentials under the first key of
// the list, so that the keys behind it can be removed.
package rotate

import (
	"context"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
)

const (
	// maxPasses is how often the whole is looked through: a process that still
	// seals with the old key may have stored something behind our back.
	maxPasses = 3
	// maxTries is how often one credential that keeps being replaced is read again.
	maxTries = 5
)

// Options of a rotation.
type Options struct {
	DB     *db.DB
	Keys   *vault.Keyring
	DryRun bool // open everything, write nothing
	// Progress hears of each credential once it is done; may be nil.
	Progress func(Credential)
}

// Outcome is what became of one credential.
type Outcome string

// The outcomes. WouldReseal is Resealed of a dry run.
const (
	Resealed    Outcome = "resealed"
	WouldReseal Outcome = "would_reseal"
	UnknownKey  Outcome = "unknown_key" // the key that sealed it is not in the list
	NotOpened   Outcome = "not_opened"  // damaged, or sealed for somebody else

	nothingToDo Outcome = ""         // removed, or stored anew under the first key
	replaced    Outcome = "replaced" // between reading and writing: try again
)

// Credential names one credential and what became of it, never what is in it.
type Credential struct {
	OrgID    uuid.UUID `json:"org_id"`
	Provider string    `json:"provider"`
	KeyID    string    `json:"key_id"` // that sealed it before
	Outcome  Outcome   `json:"outcome"`
}

// Summary is what a rotation came to.
type Summary struct {
	KeyID    string       `json:"key_id"` // the key that seals
	DryRun   bool         `json:"dry_run"`
	Resealed int          `json:"resealed"` // would have been, in a dry run
	Failed   []Credential `json:"failed"`
	// Left counts clinics that still have something under another key. Known
	// only when Complete, which is false when the database failed before the end.
	Left int `json:"left"`
	// Waiting counts consents for calendars that are on their way under another
	// key. They are minutes old and are not resealed: what comes of one is a
	// credential under the key that it had, so the old key must stay until then.
	Waiting  int  `json:"waiting"`
	Complete bool `json:"complete"`
}

// Err is nil when the old keys can be removed, or, after a dry run, could be
// after a real one.
func (s Summary) Err() error {
	switch {
	case len(s.Failed) > 0:
		return fmt.Errorf("%d credentials could not be opened and stay as they were: put the missing key back into CREDENTIALS_KEY, or have them connected anew", len(s.Failed))
	case s.Left > 0 && !s.DryRun:
		return fmt.Errorf("%d clinics got credentials under another key meanwhile: give every process the new CREDENTIALS_KEY, then run this again", s.Left)
	case s.Waiting > 0 && !s.DryRun:
		return fmt.Errorf("%d consents for calendars are on their way under another key: keep it and run this again in half an hour; what a provider does not take back is forgotten after a day", s.Waiting)
	default:
		return nil
	}
}

// Run reseals whatever the first key did not seal. It may be stopped and run
// again at any time, beside a running server: each credential is exchanged in
// one statement, and only for the very value that was read. An error is the
// database's; the summary holds what was done until then.
func Run(ctx context.Context, o Options) (Summary, error) {
	r := rotation{Options: o, failed: map[place]bool{}}
	r.sum = Summary{KeyID: o.Keys.SealsWith(), DryRun: o.DryRun, Failed: []Credential{}}
	if r.Progress == nil {
		r.Progress = func(Credential) {}
	}
	for range maxPasses {
		before := r.sum.Resealed + len(r.sum.Failed)
		if err := r.pass(ctx); err != nil {
			return r.sum, err
		}
		if o.DryRun || r.sum.Resealed+len(r.sum.Failed) == before {
			break
		}
	}
	left, err := o.DB.Platform().OrgsToReseal(ctx, r.sum.KeyID)
	if err != nil {
		return r.sum, fmt.Errorf("list the clinics that are left: %w", err)
	}
	waiting, err := o.DB.Platform().ConsentsUnderOtherKeys(ctx, r.sum.KeyID)
	if err != nil {
		return r.sum, fmt.Errorf("count the consents on their way: %w", err)
	}
	r.sum.Left, r.sum.Waiting, r.sum.Complete = len(left), int(waiting), true
	return r.sum, nil
}

// place is where a credential stands.
type place struct {
	org      uuid.UUID
	provider string
}

type rotation struct {
	Options
	sum    Summary
	failed map[place]bool // told already
}

// pass goes through every clinic once.
func (r *rotation) pass(ctx context.Context) error {
	orgs, err := r.DB.Platform().OrgsToReseal(ctx, r.sum.KeyID)
	if err != nil {
		return fmt.Errorf("list the clinics: %w", err)
	}
	for _, org := range orgs {
		var providers []string
		err := r.DB.AsTenant(ctx, org, func(tx db.Tx) error {
			providers, err = tx.ListCredentialsToReseal(ctx, org, r.sum.KeyID)
			return err
		})
		if err != nil {
			return fmt.Errorf("list the credentials of %s: %w", org, err)
		}
		for _, provider := range providers {
			if err := r.reseal(ctx, place{org, provider}); err != nil {
				return fmt.Errorf("reseal %s of %s: %w", provider, org, err)
			}
		}
	}
	return nil
}

// reseal exchanges one credential, reading it again when it was replaced
// meanwhile, and tells what came of it once that is committed.
func (r *rotation) reseal(ctx context.Context, at place) error {
	if r.failed[at] {
		return nil
	}
	for range maxTries {
		var outcome Outcome
		var keyID string
		err := r.DB.AsTenant(ctx, at.org, func(tx db.Tx) (err error) {
			outcome, keyID, err = r.try(ctx, tx, at)
			return err
		})
		if err != nil || outcome == nothingToDo {
			return err
		}
		if outcome != replaced {
			r.tell(at, Credential{OrgID: at.org, Provider: at.provider, KeyID: keyID, Outcome: outcome})
			return nil
		}
	}
	return nil // it is counted in Left
}

// tell counts an outcome and passes it on.
func (r *rotation) tell(at place, c Credential) {
	if c.Outcome == Resealed || c.Outcome == WouldReseal {
		r.sum.Resealed++
	} else {
		r.failed[at] = true
		r.sum.Failed = append(r.sum.Failed, c)
	}
	r.Progress(c)
}

// try reads, opens and writes one credential. keyID is the key that sealed what was read.
func (r *rotation) try(ctx context.Context, tx db.Tx, at place) (outcome Outcome, keyID string, err error) {
	row, err := tx.ReadCredential(ctx, at.provider)
	if errors.Is(err, pgx.ErrNoRows) || (err == nil && row.KeyID == r.sum.KeyID) {
		return nothingToDo, "", nil
	}
	if err != nil {
		return "", "", err
	}
	old := vault.Sealed{Ciphertext: row.Ciphertext, Nonce: row.Nonce, AuthTag: row.AuthTag, KeyID: row.KeyID}
	plain, err := r.Keys.Open(at.org, at.provider, old)
	switch {
	case errors.Is(err, vault.ErrUnknownKey):
		return UnknownKey, row.KeyID, nil
	case err != nil:
		return NotOpened, row.KeyID, nil
	case r.DryRun:
		return WouldReseal, row.KeyID, nil
	}
	written, err := r.write(ctx, tx, at, old, plain)
	if !written {
		return replaced, "", err
	}
	return Resealed, row.KeyID, err
}

// write puts plain under the first key in place of old, if old is still there.
func (r *rotation) write(ctx context.Context, tx db.Tx, at place, old vault.Sealed, plain []byte) (bool, error) {
	sealed, err := r.Keys.Seal(at.org, at.provider, plain)
	if err != nil {
		return false, err
	}
	return tx.ResealCredential(ctx, db.ResealCredentialParams{
		Provider: at.provider, OldNonce: old.Nonce,
		Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID,
	})
}
