// Package messenger takes messages to the providers: texts through Twilio, e-mail through Resend or SMTP. Every message
// has its row before anything leaves (app.begin_message), every answer is written into it (app.finish_message), and what
// nobody knows is asked of the provider, never sent again. No request leaves inside a transaction.
package messenger

import (
	"errors"
	"html/template"
	"log/slog"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

// ErrNotConfigured says that the organisation gave no key for this way of sending, and the platform has none either.
var ErrNotConfigured = errors.New("no provider is set up for such messages")

// Options is what a Messenger needs.
type Options struct {
	DB     *db.DB
	Keys   *vault.Keyring  // opens the organisations' credentials and derives codes
	Twilio *twilio.Gateway // texts go out with each organisation's own account
	Resend *email.Resend   // for organisations with a key of their own
	// PlatformEmail sends for all other organisations; nil: they send no e-mail.
	PlatformEmail email.Sender
	PlatformFrom  string   // the address PlatformEmail sends from
	BackendURL    string   // where Twilio reaches us, without a trailing slash
	DashboardURL  string   // where people open the dashboard, without a trailing slash; empty: invitations cannot be mailed
	Metrics       *Metrics // nil: nobody counts
	Log           *slog.Logger
}

// Messenger sends, and finds out what became of what was sent. It is safe for concurrent use and keeps no key longer
// than one call.
type Messenger struct {
	Options
	html *template.Template
}

// New checks that nothing required is missing. PlatformEmail is optional, and its address only needed with it.
func New(o Options) (*Messenger, error) {
	switch {
	case o.DB == nil, o.Keys == nil, o.Twilio == nil, o.Resend == nil, o.Log == nil:
		return nil, errors.New("messenger: database, keys, providers and log are required")
	case o.BackendURL == "":
		return nil, errors.New("messenger: without BACKEND_URL no delivery could be reported")
	case o.PlatformEmail != nil && o.PlatformFrom == "":
		return nil, errors.New("messenger: EMAIL_FROM is needed to send e-mail")
	}
	page, err := template.New("email").Parse(emailPage)
	if err != nil {
		return nil, err
	}
	return &Messenger{Options: o, html: page}, nil
}
