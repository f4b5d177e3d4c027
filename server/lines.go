package server

import (
	"context"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/server/api"
)

// Lines looks after the clinics' numbers; *provisioner.Provisioner does. What is done outside is the workers' affair.
type Lines interface {
	// Inspect looks whether the clinic's line is as it was set up. provisioner.ErrNoLine when there is none.
	Inspect(ctx context.Context, org uuid.UUID) ([]provisioner.Finding, error)
	// Knows reports whether exactly this account is stored already.
	Knows(ctx context.Context, org uuid.UUID, account twilio.Credentials) bool
}

// The states of a run: the first three are for good, the others on the way back.
const (
	stateActive    = "active"
	stateUndone    = "undone"
	stateReleased  = "released"
	stateUndoing   = "undoing"
	stateReleasing = "releasing"
)

const (
	// lineWait is how long a request waits for the workers. With the ten seconds that Twilio may take before, it stays
	// below apiTimeout.
	lineWait = 10 * time.Second
	lineLook = 250 * time.Millisecond
)

// setUp verifies a Twilio account and has its number set up. It returns how the run stands after lineWait at most: active,
// or still under way. Errors: as connect's, conflict, and what the run failed of, see lineError.
func (h handlers) setUp(ctx context.Context, in api.TwilioAccount) (db.ProvisioningStatus, error) {
	claims, err := h.administrator(ctx)
	if err != nil {
		return db.ProvisioningStatus{}, err
	}
	sealed, err := h.accounts.seal(ctx, claims.OrgID, h.accounts.ofLine(in))
	if err != nil {
		return db.ProvisioningStatus{}, err
	}
	known := h.lines.Knows(ctx, claims.OrgID, twilio.Credentials{AccountSID: in.AccountSid, AuthToken: in.AuthToken})
	var run db.ProvisioningStatus
	err = h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
		run, err = tx.BeginProvisioning(ctx, db.BeginProvisioningParams{
			Number: in.PhoneNumber, Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID,
			AccountRef: sealed.AccountRef, AccountChanged: !known, Routing: text(in.Routing),
		})
		return err
	})
	if err != nil {
		return run, err
	}
	if run.State == stateUndoing || run.State == stateReleasing {
		return run, NewError(CodeConflict, "This number is being given back, from now on with this token. Set it up again when that is done.", nil)
	}
	if run, err = h.awaitLine(ctx, run); err != nil {
		return run, err
	}
	if run.Error != nil && (run.State == stateActive || run.State == stateUndone) {
		return run, lineError(*run.Error, run.State == stateActive)
	}
	return run, nil
}

// awaitLine looks at a run until it has come to rest, for lineWait at most.
func (h handlers) awaitLine(ctx context.Context, run db.ProvisioningStatus) (db.ProvisioningStatus, error) {
	deadline := time.NewTimer(lineWait)
	defer deadline.Stop()
	look := time.NewTicker(lineLook)
	defer look.Stop()
	for run.State != stateActive && run.State != stateUndone && run.State != stateReleased {
		select {
		case <-ctx.Done():
			return run, ctx.Err()
		case <-deadline.C:
			return run, nil
		case <-look.C:
		}
		err := h.asMember(ctx, func(tx db.Tx, _ db.Organization) (err error) {
			run, err = tx.DescribeProvisioning(ctx, run.ProvisioningID)
			return err
		})
		if err != nil {
			return run, err
		}
	}
	return run, nil
}
