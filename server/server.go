package server

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"go.opentelemetry.io/otel/trace"

	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/server/transcript"
)

// Database is what the server asks of package db.
type Database interface {
	pinger
	memberships
	credentials
	visitors
	calendarVisitors
}

// VapiAccount is what the dashboard may know of the platform's account at Vapi.
type VapiAccount struct {
	PublicKey  string // shown for reference; "" when there is none
	Configured bool   // there is a private key, which itself never comes here
	// Verify asks Vapi whether it accepts the private key (vapi.Client.Verify); nil: nobody can ask.
	Verify func(context.Context) error
}

// InvitationMail is how invitations are mailed.
type InvitationMail struct {
	// DashboardURL is where their links lead, and browsers that come back from a calendar's provider; without a trailing slash.
	// Empty: no invitations are mailed, and those browsers get a page of ours.
	DashboardURL string
	Platform     string // how e-mail of clinics without an account of their own leaves, as in messages.service_provider; empty: it does not
}

// Deps is what a server is made of. Vapi, Voice, Texting, Texts, Lines, Readiness, Checks, Invitations, Links, Files, Live,
// Uploads, Questions, WebCalls, WebVoice, Calendars, Traces, Version, Schema, Turns and Pace may be missing.
type Deps struct {
	DB      Database
	Auth    *Verifier
	Log     *slog.Logger // see NewLogger
	Metrics *Metrics
	// Accounts checks and seals the accounts that clinics connect.
	Accounts *Accounts
	// Vapi is shown to members, and asked only when one of them wants its key verified or their line tested.
	Vapi VapiAccount
	// Voice answers everything under /api/vapi/. It sees full paths,
	// authenticates by itself and reports errors through WriteError.
	Voice http.Handler
	// Texting answers everything under /api/twilio/, as Voice does.
	Texting http.Handler
	// Texts sends what staff send. nil: every organization is told that nothing is configured.
	Texts Sender
	// Lines looks after the clinics' numbers. nil: accounts are only stored, and no number is set up.
	Lines Lines
	// Readiness asks the providers whether a call would work. nil: nobody can ask.
	Readiness Readiness
	// Checks asks providers about connected accounts. nil: nobody can ask.
	Checks AccountChecker
	// Invitations says how invitations are mailed; the zero value: they are not.
	Invitations InvitationMail
	// Links makes the addresses of exported files. nil: there are no such files.
	Links *Links
	// Files gives out recordings; nil: there are none to be had.
	Files *Files
	// Live answers GET /api/events and /ws/live-calls, see package live. Its answers last, so no limit of time stands before it.
	Live http.Handler
	// Uploads looks at files before they are taken; nil: jobs alone do.
	Uploads *Uploads
	// Questions makes vectors of questions; nil: documents are searched by words alone.
	Questions *Questions
	// WebCalls places test calls. nil: there are none.
	WebCalls *WebCalls
	// WebVoice answers GET /api/web-voice/{trackingId}, the bridges of test calls, see package webvoice. It sets its own limits.
	WebVoice http.Handler
	// Calendars keeps what people allowed us to do with their calendars. nil: no provider is set up, so none can be connected.
	Calendars *grants.Keeper
	// BackendURL is where this server is reached, without a trailing slash; empty: no calendar feeds are opened.
	BackendURL string
	// Traces gets a span for each request; nil: none.
	Traces trace.TracerProvider
	// Origins are the dashboards whose pages may ask from a browser, as in https://dashboard.clinic.example; nil: none.
	Origins []string
	// Version is what /healthz says the program is; empty: it does not say.
	Version string
	// Schema is the last migration that the program knows: /readyz refuses while the database lacks it. 0: it does not ask.
	Schema int64
	// Turns are the members' part of the database's connections; nil: they take what they get.
	Turns *MemberTurns
	// Pace limits how often members ask; nil: nothing does.
	Pace *MemberPace
	// HTTPS says that this server is reached over https only, which browsers are told to keep to.
	HTTPS bool
	// Now is the clock by which clients are told how long to wait; nil: the machine's.
	Now func() time.Time
}

// New returns the server's handler: the dashboard API, the voice webhooks, the
// probes, /metrics, /openapi.yaml and /docs. An error means that deps are incomplete
// or the API description is broken.
func New(deps Deps) (http.Handler, error) {
	if deps.DB == nil || deps.Auth == nil || deps.Log == nil || deps.Metrics == nil || deps.Accounts == nil {
		return nil, errors.New("server: DB, Auth, Log, Metrics and Accounts are required")
	}
	if deps.Now == nil {
		deps.Now = time.Now
	}
	deps.DB = inTurns{deps.DB, deps.Turns}
	mux := http.NewServeMux()
	mountHealth(mux, probes{deps.DB, deps.Schema}, deps.Version, deps.Metrics)
	mux.HandleFunc("GET /openapi.yaml", serveDescription)
	printer, err := transcript.NewPrinter()
	if err != nil {
		return nil, err
	}
	dashboard := handlers{
		db: deps.DB, accounts: deps.Accounts, texts: deps.Texts, lines: deps.Lines, readiness: deps.Readiness, count: deps.Metrics, now: deps.Now, vapi: deps.Vapi,
		checks: deps.Checks, invitations: deps.Invitations, links: deps.Links, files: deps.Files, printer: printer,
		webCalls: deps.WebCalls, questions: deps.Questions, uploads: deps.Uploads, calendars: deps.Calendars, backend: deps.BackendURL,
	}
	about, err := described()
	if err != nil {
		return nil, err
	}
	mux.HandleFunc("GET /docs", serveDocs(about.page))
	mountAPI(mux, about.spec, dashboard, deps.Accounts.keys, &memberDoor{deps.Auth, deps.Pace, deps.Turns, deps.Now})
	strangers := make(turns, strangersAtOnce)
	if err := mountConsents(mux, dashboard, strangers); err != nil {
		return nil, err
	}
	if deps.Files != nil {
		if err := mountFiles(mux, dashboard, strangers); err != nil {
			return nil, err
		}
	}
	feeds := &feedPage{handlers: dashboard, turns: strangers}
	mux.Handle("GET "+feedPath+"{token}", limit(maxAPIBody, apiTimeout, http.HandlerFunc(feeds.serve)))
	mountPushes(mux, dashboard)
	if deps.Voice != nil {
		mux.Handle("/api/vapi/", limit(maxVoiceBody, voiceTimeout, deps.Voice))
	}
	if deps.Texting != nil {
		mux.Handle("/api/twilio/", limit(maxTextingBody, textingTimeout, deps.Texting))
	}
	if deps.Live != nil {
		mux.Handle("GET /api/events", deps.Live)
		mux.Handle("GET /ws/live-calls", deps.Live)
	}
	if deps.WebVoice != nil {
		mux.Handle("GET "+bridgePath+"{trackingId}", deps.WebVoice)
	}
	answers := recoverPanics(allowOrigins(deps.Origins, router{mux}))
	return withScope(deps.Log, logRequests(deps.Metrics, traceRequests(deps.Traces, mux, secured(deps.HTTPS, answers)))), nil
}

func serveDescription(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml; charset=utf-8")
	_, _ = w.Write(description) // a client that has gone away cannot be told
}
