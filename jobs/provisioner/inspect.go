package provisioner

import (
	"context"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

// ErrNoLine: the clinic has no line that could be looked at.
var ErrNoLine = errors.New("the clinic has no working line")

// Finding is one thing that was looked at. Code is empty when it is as it should be, else what is wrong, in a word of ours.
type Finding struct {
	About string // account, texts, calls, vapi or routing
	Code  string
}

// Inspect asks Twilio and Vapi whether the clinic's line is as it was set up: the account active, the number owned and
// capable, its texts and calls going where they should, the number at Vapi routed to us. It changes nothing outside, and
// writes the first thing wrong into the run. Errors: [ErrNoLine], or of the database; a provider that cannot be asked is a
// finding.
func (p *Provisioner) Inspect(ctx context.Context, org uuid.UUID) (found []Finding, err error) {
	var task db.ProvisioningTask
	err = p.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		task, err = tx.LineToCheck(ctx)
		return err
	})
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return nil, ErrNoLine
	case err != nil:
		return nil, fmt.Errorf("read the clinic's line: %w", err)
	}
	run, err := uuid.Parse(text(task.Step))
	if err != nil {
		return nil, fmt.Errorf("read the run's id: %w", err)
	}
	w := &work{worker: &worker{Provisioner: p, org: org, id: run}, task: task}
	found = append(w.inspectTwilio(ctx), w.inspectVapi(ctx)...)
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	return found, p.note(ctx, org, run, found)
}

// note keeps the first thing that is wrong. What may pass is no word about the line, nor is what the workers change by
// themselves.
func (p *Provisioner) note(ctx context.Context, org, run uuid.UUID, found []Finding) error {
	var wrong *string
	for _, f := range found {
		switch f.Code {
		case "", "twilio_unavailable", "twilio_busy", "vapi_unavailable", "vapi_busy", "old_secret":
			continue
		}
		wrong = &f.Code
		break
	}
	err := p.DB.AsTenant(ctx, org, func(tx db.Tx) error { return tx.NoteNumberCheck(ctx, run, wrong) })
	if err != nil {
		return fmt.Errorf("write what the check found: %w", err)
	}
	return nil
}

func (w *work) inspectTwilio(ctx context.Context) []Finding {
	account := Finding{About: "account"}
	if err := w.open(ctx); err != nil {
		account.Code = judge(err, false).code
		return []Finding{account}
	}
	w.account = w.Twilio.Account(w.credentials)
	number, err := w.account.VerifyLine(ctx, text(w.task.Number))
	if err != nil {
		account.Code = judge(err, false).code
		return []Finding{account}
	}
	texts, calls := Finding{About: "texts"}, Finding{About: "calls"}
	if number.Webhooks.Texts != w.texts {
		texts.Code = "texts_go_elsewhere"
	}
	var set imported
	if len(w.task.Undo) > 0 && json.Unmarshal(w.task.Undo, &set) == nil && number.Webhooks.Calls != set.Calls {
		calls.Code = "calls_go_elsewhere"
	}
	return []Finding{account, texts, calls}
}

func (w *work) inspectVapi(ctx context.Context) []Finding {
	there, routing := Finding{About: "vapi"}, Finding{About: "routing"}
	number, err := w.Vapi.GetPhoneNumber(ctx, text(w.task.VapiNumberID))
	switch {
	case errors.Is(err, vapi.ErrNotFound), err == nil && number.Text("number") != text(w.task.Number):
		there.Code = "number_gone"
		return []Finding{there}
	case err != nil:
		there.Code = judge(err, false).code
		return []Finding{there}
	case !w.routed(number):
		routing.Code = "routed_elsewhere"
	case w.provesOtherwise(number):
		routing.Code = "old_secret"
	}
	return []Finding{there, routing}
}

// provesOtherwise: the number's messages carry another secret than ours.
func (w *work) provesOtherwise(number vapi.Object) bool {
	_, secret := vapi.ServerOf(number)
	return secret != "" && subtle.ConstantTimeCompare([]byte(secret), []byte(w.Secret)) == 0
}

// Knows reports whether exactly this account is stored as the organisation's. One that cannot be read is not known: it is
// about to be replaced.
func (p *Provisioner) Knows(ctx context.Context, org uuid.UUID, account twilio.Credentials) bool {
	stored, err := p.Accounts.TwilioAccount(ctx, org)
	return err == nil && stored.AccountSID == account.AccountSID &&
		subtle.ConstantTimeCompare([]byte(stored.AuthToken), []byte(account.AuthToken)) == 1
}
