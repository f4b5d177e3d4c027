// Package twilio sends texts through Twilio with the credentials of a clinic's own account, and says honestly what
// became of them: sent, surely not sent, or uncertain. Nothing is ever repeated here.
package twilio

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/twilio/twilio-go/client"
	rest "github.com/twilio/twilio-go/rest/api/v2010"

	"github.com/voxanne-ai/voxanne/providers/internal/exchange"
)

// DefaultBaseURL is Twilio's public address.
const DefaultBaseURL = "https://api.twilio.com"

// DefaultTimeout is the longest one request takes.
const DefaultTimeout = 10 * time.Second

var (
	e164       = regexp.MustCompile(`^\+[1-9][0-9]{6,14}$`)
	accountSID = regexp.MustCompile(`^AC[0-9a-fA-F]{32}$`)
	messageSID = regexp.MustCompile(`^(SM|MM)[0-9a-fA-F]{32}$`)
)

// Options of a [Gateway]; the zero value reaches Twilio.
type Options struct {
	BaseURL string        // empty: [DefaultBaseURL]
	HTTP    *http.Client  // nil: one of its own. Redirects are never followed
	Timeout time.Duration // of one request, beside the context's; 0: [DefaultTimeout]
}

// Gateway is the way to Twilio, for every account. It is safe for concurrent use.
type Gateway struct {
	base    string
	http    *http.Client
	timeout time.Duration
}

// New returns a gateway. An unusable address or a negative time-out is an error.
func New(o Options) (*Gateway, error) {
	base, err := exchange.BaseURL(o.BaseURL, DefaultBaseURL)
	if err != nil {
		return nil, fmt.Errorf("the Twilio base URL: %w", err)
	}
	if o.Timeout < 0 {
		return nil, errors.New("the Twilio time-out is negative")
	}
	if o.Timeout == 0 {
		o.Timeout = DefaultTimeout
	}
	return &Gateway{base: base, http: exchange.TracedClient(o.HTTP, "twilio"), timeout: o.Timeout}, nil
}

// Credentials of an account. Formatting them shows nothing.
type Credentials struct{ AccountSID, AuthToken string }

// String hides the token from every format verb that asks for text.
func (c Credentials) String() string { return "[twilio credentials]" }

// GoString hides the token from %#v.
func (c Credentials) GoString() string { return c.String() }

// Account is one clinic's account at Twilio.
type Account struct {
	gateway     *Gateway
	credentials Credentials
}

// Account returns the account that the credentials open. Nothing is asked yet.
func (g *Gateway) Account(c Credentials) *Account { return &Account{gateway: g, credentials: c} }

// usable keeps what is no account out of paths and headers.
func (a *Account) usable() bool {
	return accountSID.MatchString(a.credentials.AccountSID) && a.credentials.AuthToken != ""
}

// Verify asks Twilio whether the credentials open an active account that owns the number (E.164) and may text from it.
//
// Errors: [ErrUnauthorized], [ErrSuspended], [ErrNumberNotOwned], [ErrNoSMS], [*RateLimitedError], [*RefusedError],
// [*UnavailableError] (Twilio: GET Accounts/{sid}, GET IncomingPhoneNumbers).
func (a *Account) Verify(ctx context.Context, number string) error {
	if err := a.active(ctx); err != nil {
		return err
	}
	owned, err := a.owned(ctx, number)
	switch {
	case err != nil:
		return err
	case owned.Capabilities == nil || !owned.Capabilities.Sms:
		return ErrNoSMS
	}
	return nil
}

// active asks whether the credentials open an account that may be used.
func (a *Account) active(ctx context.Context) error {
	if !a.usable() {
		return ErrUnauthorized
	}
	service, req := a.service(ctx)
	account, err := service.FetchAccount(a.credentials.AccountSID)
	err = req.errorFrom(http.MethodGet, err)
	switch {
	case isNotFound(err):
		return ErrUnauthorized
	case err != nil:
		return err
	case value(account.Status) != "active":
		return ErrSuspended
	}
	return nil
}

// Text is one text message. Numbers are E.164; StatusCallback may be empty. Formatting it shows nothing.
type Text struct{ From, To, Body, StatusCallback string }

// String keeps numbers and words out of logs.
func (t Text) String() string { return "[text]" }

// GoString keeps them out of %#v.
func (t Text) GoString() string { return t.String() }

// Send hands the text to Twilio, once, and returns Twilio's id for it. Never call it again for the same message after
// an [*UncertainError].
//
// Errors: [ErrUnauthorized], [ErrSuspended], [*RefusedError], [*RateLimitedError], [*UnavailableError]: surely not sent.
// [*UncertainError]: it may have been (Twilio: POST Messages).
func (a *Account) Send(ctx context.Context, t Text) (sid string, err error) {
	switch {
	case !a.usable():
		return "", ErrUnauthorized
	case !e164.MatchString(t.To):
		return "", &RefusedError{Code: CodeInvalidTo}
	case !e164.MatchString(t.From):
		return "", &RefusedError{Code: CodeInvalidFrom}
	case strings.TrimSpace(t.Body) == "":
		return "", &RefusedError{Code: codeNoBody}
	}
	params := (&rest.CreateMessageParams{}).SetFrom(t.From).SetTo(t.To).SetBody(t.Body)
	if t.StatusCallback != "" {
		params.SetStatusCallback(t.StatusCallback)
	}
	service, req := a.service(ctx)
	message, err := service.CreateMessage(params)
	if err = req.errorFrom(http.MethodPost, err); err != nil {
		return "", err
	}
	if !messageSID.MatchString(value(message.Sid)) {
		return "", &UncertainError{Status: http.StatusCreated, reason: "the answer has no message id"}
	}
	return *message.Sid, nil
}

// ValidSignature reports whether the signature of a webhook is Twilio's for this account: HMAC-SHA1 over the full URL, as
// Twilio was given it, and the form. Every value of a repeated field is covered. An empty token or signature is never
// valid (Twilio: X-Twilio-Signature).
func ValidSignature(authToken, url string, form url.Values, signature string) bool {
	if authToken == "" || signature == "" {
		return false
	}
	params := make(map[string]string, len(form))
	for key, values := range form {
		distinct := slices.Compact(slices.Sorted(slices.Values(values)))
		params[key] = strings.Join(distinct, key) // Twilio signs key and value for each distinct value in order
	}
	validator := client.NewRequestValidator(authToken)
	return validator.Validate(url, params, signature)
}

// value of an optional field; absent is the zero value.
func value[T any](p *T) T {
	if p == nil {
		var zero T
		return zero
	}
	return *p
}
