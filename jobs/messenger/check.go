package messenger

import (
	"context"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

// CheckAccount asks a provider (twilio, resend) whether it still accepts the organisation's account. since names the
// account that was asked about: when it was written. Errors: ErrNotConfigured without an account, ErrNoCredential when it
// does not open, those of twilio.Account.Verify and email.Resend.Verify.
func (m *Messenger) CheckAccount(ctx context.Context, org uuid.UUID, provider string) (since time.Time, err error) {
	var ask func(context.Context) error
	err = m.DB.AsTenant(ctx, org, func(tx db.Tx) (err error) {
		since, ask, err = m.question(ctx, tx, org, provider)
		return err
	})
	if err != nil {
		return since, err
	}
	return since, ask(ctx)
}

// question opens the account, so that it can be asked about outside of the transaction.
func (m *Messenger) question(ctx context.Context, tx db.Tx, org uuid.UUID, provider string) (since time.Time, ask func(context.Context) error, err error) {
	switch provider {
	case providerTwilio:
		var account twilio.Credentials
		var row db.OrgCredential
		account, row, err = m.twilioAccount(ctx, tx, org)
		if err == nil && row.Sender == nil { // its number was released
			return since, nil, ErrNotConfigured
		}
		return row.UpdatedAt, func(ctx context.Context) error { return m.Twilio.Account(account).Verify(ctx, *row.Sender) }, err
	case providerResend:
		var secret resendSecret
		row, err := m.open(ctx, tx, org, providerResend, &secret)
		return row.UpdatedAt, func(ctx context.Context) error { return m.Resend.Verify(ctx, secret.APIKey, *row.Sender) }, err
	default:
		return since, nil, fmt.Errorf("there are no accounts of %q", provider)
	}
}
