package messenger

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

// Names of the providers, in org_credentials and in messages.service_provider.
const (
	providerTwilio = "twilio"
	providerResend = "resend"
	// platformPrefix tells the platform's own Resend account from an organisation's: what went through the one must not
	// be repeated through the other, whose keys know nothing of it.
	platformPrefix = "platform_"
)

// ErrNoCredential says that an account is stored but does not open: the key that sealed it is gone.
var ErrNoCredential = errors.New("the organisation's credential does not open")

// texter sends texts from one organisation's number.
type texter struct {
	account *twilio.Account
	from    string
	since   time.Time // when the credential was last written
}

// resendSecret is what is sealed of a Resend account.
type resendSecret struct {
	APIKey string `json:"apiKey"`
}

// mailer sends e-mail for one organisation.
type mailer struct {
	sender email.Sender
	name   string // for messages.service_provider
	from   string
	since  time.Time // when the organisation's credential was last written; zero for the platform's
}

// CanText returns nil when the organisation has a Twilio account to text with, ErrNotConfigured when it has none, and
// another error when its credential does not open (a lost or wrong CREDENTIALS_KEY).
func (m *Messenger) CanText(ctx context.Context, org uuid.UUID) error {
	return m.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		_, err := m.texter(ctx, tx, org)
		return err
	})
}

// CanEmail returns the name by which the organisation's e-mail leaves, as messages.service_provider has it: its own
// Resend account, else the platform's way. Errors as CanText's.
func (m *Messenger) CanEmail(ctx context.Context, org uuid.UUID) (provider string, err error) {
	err = m.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		by, err := m.mailer(ctx, tx, org)
		provider = by.name
		return err
	})
	return provider, err
}

// TwilioAccount is the organisation's account at Twilio, whose webhooks name its SID and are signed with its token.
// ErrNotConfigured when there is none.
func (m *Messenger) TwilioAccount(ctx context.Context, org uuid.UUID) (account twilio.Credentials, err error) {
	err = m.DB.AsTenant(ctx, org, func(tx db.Tx) error {
		account, _, err = m.twilioAccount(ctx, tx, org)
		return err
	})
	return account, err
}

func (m *Messenger) texter(ctx context.Context, tx db.Tx, org uuid.UUID) (texter, error) {
	account, row, err := m.twilioAccount(ctx, tx, org)
	switch {
	case err != nil:
		return texter{}, err
	case row.Sender == nil: // its number was released
		return texter{}, ErrNotConfigured
	}
	return texter{account: m.Twilio.Account(account), from: *row.Sender, since: row.UpdatedAt}, nil
}

func (m *Messenger) twilioAccount(ctx context.Context, tx db.Tx, org uuid.UUID) (twilio.Credentials, db.OrgCredential, error) {
	var secret struct {
		AccountSID string `json:"accountSid"`
		AuthToken  string `json:"authToken"`
	}
	row, err := m.open(ctx, tx, org, providerTwilio, &secret)
	return twilio.Credentials{AccountSID: secret.AccountSID, AuthToken: secret.AuthToken}, row, err
}

// mailer is the organisation's own Resend account, else the platform's way. ErrNotConfigured when there is neither.
func (m *Messenger) mailer(ctx context.Context, tx db.Tx, org uuid.UUID) (mailer, error) {
	var secret resendSecret
	row, err := m.open(ctx, tx, org, providerResend, &secret)
	switch {
	case err == nil && row.Sender == nil:
		return mailer{}, ErrNoCredential
	case err == nil:
		return mailer{sender: m.Resend.With(secret.APIKey), name: providerResend, from: *row.Sender, since: row.UpdatedAt}, nil
	case !errors.Is(err, ErrNotConfigured):
		return mailer{}, err
	case m.PlatformEmail == nil:
		return mailer{}, ErrNotConfigured
	}
	return mailer{sender: m.PlatformEmail, name: m.PlatformMail(), from: m.PlatformFrom}, nil
}

// PlatformMail names the platform's way of sending e-mail, as messages.service_provider does; empty without one.
func (m *Messenger) PlatformMail() string {
	if m.PlatformEmail == nil {
		return ""
	}
	return platformPrefix + m.PlatformEmail.Name()
}

// open reads a provider's credential and decrypts it into secret.
func (m *Messenger) open(ctx context.Context, tx db.Tx, org uuid.UUID, provider string, secret any) (db.OrgCredential, error) {
	row, err := tx.ReadCredential(ctx, provider)
	if errors.Is(err, pgx.ErrNoRows) {
		return row, ErrNotConfigured
	}
	if err != nil {
		return row, fmt.Errorf("read the credential: %w", err)
	}
	sealed := vault.Sealed{Ciphertext: row.Ciphertext, Nonce: row.Nonce, AuthTag: row.AuthTag, KeyID: row.KeyID}
	plain, err := m.Keys.Open(org, provider, sealed)
	if err != nil || json.Unmarshal(plain, secret) != nil {
		return row, ErrNoCredential
	}
	return row, nil
}
