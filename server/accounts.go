package server

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/server/api"
)

// verifyTimeout bounds what a provider may take to look at an account. It ends
// well before apiTimeout, so that the dashboard hears whose fault it was.
const verifyTimeout = 10 * time.Second

// The providers of org_credentials that clinics connect themselves.
const (
	providerTwilio = "twilio"
	providerResend = "resend"
)

// Accounts shows the accounts that clinics connect to their providers and seals
// them for the database. It is safe for concurrent use.
type Accounts struct {
	keys   *vault.Keyring
	twilio *twilio.Gateway
	resend *email.Resend
}

// NewAccounts needs all three.
func NewAccounts(keys *vault.Keyring, texts *twilio.Gateway, mail *email.Resend) *Accounts {
	return &Accounts{keys: keys, twilio: texts, resend: mail}
}

// account is one account that somebody wants to connect.
type account struct {
	provider string
	ref      string // masked, for people
	sender   string // E.164 or e-mail address
	secret   any    // becomes the sealed JSON; jobs read it back
	verify   func(context.Context) error
	refuse   func(error) *Error // the provider's refusal as a sentence
}

// twilioSecret is what is sealed of a Twilio account.
type twilioSecret struct {
	AccountSID string `json:"accountSid"`
	AuthToken  string `json:"authToken"`
}

// resendSecret is what is sealed of a Resend account.
type resendSecret struct {
	APIKey string `json:"apiKey"`
}

// ofTwilio is the account of a request that openapi.yaml let through.
func (a *Accounts) ofTwilio(in api.TwilioAccount) account {
	return account{
		provider: providerTwilio, ref: mask(in.AccountSid, 4), sender: in.PhoneNumber,
		secret: twilioSecret{AccountSID: in.AccountSid, AuthToken: in.AuthToken},
		verify: func(ctx context.Context) error {
			return a.twilio.Account(twilio.Credentials{AccountSID: in.AccountSid, AuthToken: in.AuthToken}).Verify(ctx, in.PhoneNumber)
		},
		refuse: refusedByTwilio,
	}
}

// ofLine is ofTwilio for a number that is to take calls as well.
func (a *Accounts) ofLine(in api.TwilioAccount) account {
	line := a.ofTwilio(in)
	line.verify = func(ctx context.Context) error {
		_, err := a.twilio.Account(twilio.Credentials{AccountSID: in.AccountSid, AuthToken: in.AuthToken}).VerifyLine(ctx, in.PhoneNumber)
		return err
	}
	return line
}

// ofResend is the account of a request that openapi.yaml let through.
func (a *Accounts) ofResend(in api.ResendAccount) account {
	return account{
		provider: providerResend, ref: mask(in.ApiKey, 3), sender: in.FromAddress,
		secret: resendSecret{APIKey: in.ApiKey},
		verify: func(ctx context.Context) error { return a.resend.Verify(ctx, in.ApiKey, in.FromAddress) },
		refuse: refusedByResend,
	}
}

// mask keeps the first head and the last two characters: enough to recognise an
// account among a few, of no use to anyone else.
func mask(s string, head int) string {
	return s[:head] + "…" + s[len(s)-2:]
}

// seal asks the provider whether it accepts the account, for at most
// verifyTimeout, and seals it for org. Errors: *Error with bad_request when the
// provider refuses, busy when it cannot be asked.
func (a *Accounts) seal(ctx context.Context, org uuid.UUID, acc account) (db.SaveCredentialParams, error) {
	asking, cancel := context.WithTimeout(ctx, verifyTimeout)
	defer cancel()
	if err := acc.verify(asking); err != nil {
		return db.SaveCredentialParams{}, acc.refuse(err)
	}
	plain, err := json.Marshal(acc.secret)
	if err != nil {
		return db.SaveCredentialParams{}, fmt.Errorf("encode the account: %w", err)
	}
	sealed, err := a.keys.Seal(org, acc.provider, plain)
	if err != nil {
		return db.SaveCredentialParams{}, fmt.Errorf("seal the account: %w", err)
	}
	return db.SaveCredentialParams{
		Provider: acc.provider, AccountRef: acc.ref, Sender: acc.sender,
		Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID,
	}, nil
}

func refusedByTwilio(err error) *Error {
	var refused *twilio.RefusedError
	switch {
	case errors.Is(err, twilio.ErrUnauthorized):
		return NewError(CodeBadRequest, "Invalid Twilio credentials: check the account SID and the auth token.", err)
	case errors.Is(err, twilio.ErrSuspended):
		return NewError(CodeBadRequest, "This Twilio account is suspended or closed. Twilio's console says why.", err)
	case errors.Is(err, twilio.ErrNumberNotOwned):
		return NewError(CodeBadRequest, "This phone number does not belong to that Twilio account.", err)
	case errors.Is(err, twilio.ErrNoSMS):
		return NewError(CodeBadRequest, "This phone number cannot send texts. Choose one of the account's numbers that can.", err)
	case errors.Is(err, twilio.ErrNoVoice):
		return NewError(CodeBadRequest, "This phone number cannot take calls. Choose one of the account's numbers that can.", err)
	case errors.As(err, &refused):
		return NewError(CodeBadRequest, "Twilio refused to check this account. Look for the reason in Twilio's console, then connect it again.", err)
	default:
		return NewError(CodeBusy, "Twilio cannot be asked at the moment. Nothing was changed; please try again.", err)
	}
}

func refusedByResend(err error) *Error {
	var refused *email.RefusedError
	switch {
	case errors.Is(err, email.ErrUnauthorized):
		return NewError(CodeBadRequest, "Invalid Resend credentials: check the API key.", err)
	case errors.Is(err, email.ErrNotVerified):
		return NewError(CodeBadRequest, "Resend has not verified this address's domain. Verify it there, or use another address.", err)
	case errors.As(err, &refused):
		return NewError(CodeBadRequest, "Resend refused to check this account. Look for the reason in Resend's dashboard, then connect it again.", err)
	default:
		return NewError(CodeBusy, "Resend cannot be asked at the moment. Nothing was changed; please try again.", err)
	}
}
