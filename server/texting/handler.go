package texting

import (
	"context"
	"errors"
	"net/http"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/server"
)

// Accounts knows the organisations' accounts at Twilio; *messenger.Messenger is one.
type Accounts interface {
	// TwilioAccount returns messenger.ErrNotConfigured for an organisation without an account.
	TwilioAccount(ctx context.Context, org uuid.UUID) (twilio.Credentials, error)
}

// Counter counts what came in; *server.Metrics is one.
type Counter interface {
	Message(category, outcome string)
}

// Categories of the counter.
const (
	countDelivery = "delivery"
	countInbound  = "inbound"
)

// Options is what the webhooks need; everything is required.
type Options struct {
	DB       *db.DB
	Accounts Accounts
	// BackendURL is the address under which Twilio reaches us, without a trailing slash: what Twilio signs, whatever
	// host and scheme a proxy makes of it.
	BackendURL string
	Count      Counter
}

// Texting answers Twilio's webhooks. It is safe for concurrent use.
type Texting struct{ Options }

// New returns the handler of everything under /api/twilio/.
func New(o Options) (http.Handler, error) {
	if o.DB == nil || o.Accounts == nil || o.BackendURL == "" || o.Count == nil {
		return nil, errors.New("texting: database, accounts, BACKEND_URL and counter are required")
	}
	t := &Texting{o}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/twilio/status", t.webhook("From", t.status))
	mux.HandleFunc("POST /api/twilio/inbound", t.webhook("To", t.inbound))
	mux.HandleFunc("/api/twilio/status", onlyPosts)
	mux.HandleFunc("/api/twilio/inbound", onlyPosts)
	mux.HandleFunc("/api/twilio/", func(w http.ResponseWriter, r *http.Request) {
		server.WriteError(w, r, server.NewError(server.CodeNotFound,
			"There is nothing here. Twilio posts to /api/twilio/status and /api/twilio/inbound.", nil))
	})
	return mux, nil
}

// onlyPosts answers every other method: Twilio can be set to GET in its console, and whoever did must hear what is wrong.
func onlyPosts(w http.ResponseWriter, r *http.Request) {
	server.NoteRoute(r.Context(), r.Pattern)
	w.Header().Set("Allow", http.MethodPost)
	server.WriteError(w, r, server.NewError(server.CodeMethodNotAllowed,
		"This path answers to POST only. Choose HTTP POST for the webhook in Twilio's console.", nil))
}

// answerer acts on a form that was proved to be Twilio's for org, and writes the answer.
type answerer func(w http.ResponseWriter, r *http.Request, org uuid.UUID) error

// webhook reads the form, finds the organisation by the field that holds its number, checks that Twilio signed for it,
// and hands over. Whatever goes wrong with us becomes 503: Twilio then takes its fallback address, or tries again.
func (t *Texting) webhook(ourNumber string, answer answerer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		server.NoteRoute(r.Context(), r.Pattern)
		if err := readForm(r); err != nil {
			server.WriteError(w, r, err)
			return
		}
		org, err := t.authenticate(r, r.PostForm.Get(ourNumber))
		if err == nil {
			server.NoteOrg(r.Context(), org)
			err = answer(w, r, org)
		}
		if err != nil {
			server.WriteError(w, r, inTrouble(err))
		}
	}
}

// inTrouble makes 503 of every error that is no refusal of ours.
func inTrouble(err error) error {
	var refusal *server.Error
	if errors.As(err, &refusal) {
		return err
	}
	return server.NewError(server.CodeBusy, "The message could not be taken in. Please send it again.", err)
}
