package sandbox

import (
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"sync"
	"time"
)

// maxMicrosoftBody is the most that is read of a request.
const maxMicrosoftBody = 4 << 20

// Microsoft plays the Microsoft identity platform (/{tenant}/oauth2/v2.0) and the calendars of Microsoft Graph (/v1.0) at
// one address: grants with PKCE and rotation, calendars, events with recurrence, deltas, subscriptions. Tests edit its
// calendars as staff would in Outlook. It is an http.Handler, safe for concurrent use.
type Microsoft struct {
	app      MicrosoftApp
	routes   *http.ServeMux
	failures failures
	client   *http.Client    // of validations and notifications
	life     context.Context // of the automatic notifications
	end      context.CancelFunc
	running  sync.WaitGroup

	mu            sync.Mutex
	skew          time.Duration // its clock is ahead by this
	boxes         []*outlookBox
	grants        microsoftGrants
	deltas        map[string]outlookDelta // by token
	subscriptions map[string]*outlookSubscription
	hooks         outlookHooks
}

// MicrosoftApp is the app registration that may ask for grants.
type MicrosoftApp struct {
	ClientID, ClientSecret string
	Redirects              []string
}

// NewMicrosoft plays Microsoft for one app, without mailboxes. Close ends its automatic notifications.
func NewMicrosoft(app MicrosoftApp) *Microsoft {
	life, end := context.WithCancel(context.Background())
	m := &Microsoft{
		app: app, routes: http.NewServeMux(), life: life, end: end,
		client: &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: 10 * time.Second},
		grants: newMicrosoftGrants(), deltas: map[string]outlookDelta{}, subscriptions: map[string]*outlookSubscription{},
	}
	m.routes.HandleFunc("GET /{tenant}/oauth2/v2.0/authorize", m.authorize)
	m.routes.HandleFunc("POST /{tenant}/oauth2/v2.0/token", m.token)
	m.routes.HandleFunc("GET /v1.0/me", m.graph("User.Read", m.me))
	m.routes.HandleFunc("GET /v1.0/me/mailboxSettings/timeZone", m.graph("MailboxSettings.Read", m.mailboxZone))
	m.routes.HandleFunc("GET /v1.0/me/calendars", m.graph("Calendars.ReadWrite", m.listCalendars))
	const events = "/v1.0/me/calendars/{calendar}/events"
	m.routes.HandleFunc("GET "+events, m.graph("Calendars.ReadWrite", m.findEvents))
	m.routes.HandleFunc("POST "+events, m.graph("Calendars.ReadWrite", m.createEvent))
	m.routes.HandleFunc("GET "+events+"/{event}", m.graph("Calendars.ReadWrite", m.getEvent))
	m.routes.HandleFunc("PATCH "+events+"/{event}", m.graph("Calendars.ReadWrite", m.patchEvent))
	m.routes.HandleFunc("DELETE "+events+"/{event}", m.graph("Calendars.ReadWrite", m.deleteEvent))
	m.routes.HandleFunc("GET "+events+"/{event}/instances", m.graph("Calendars.ReadWrite", m.listInstances))
	m.routes.HandleFunc("GET /v1.0/me/calendars/{calendar}/calendarView/delta", m.graph("Calendars.ReadWrite", m.calendarViewDelta))
	m.routes.HandleFunc("POST /v1.0/subscriptions", m.subscribe)
	m.routes.HandleFunc("PATCH /v1.0/subscriptions/{id}", m.graph("Calendars.ReadWrite", m.renewSubscription))
	m.routes.HandleFunc("DELETE /v1.0/subscriptions/{id}", m.graph("Calendars.ReadWrite", m.deleteSubscription))
	m.routes.HandleFunc("/", func(w http.ResponseWriter, r *http.Request) {
		refuseGraph(http.StatusBadRequest, "BadRequest", "Resource not found for the segment of "+r.URL.Path).write(w)
	})
	return m
}

// Close stops the automatic notifications and waits for those under way. It may be called twice.
func (m *Microsoft) Close() {
	m.mu.Lock()
	m.end() // under the lock: none starts after it
	m.mu.Unlock()
	m.running.Wait()
}

// Fail makes the next requests fail, one failure each, in order; the ones after them are served.
func (m *Microsoft) Fail(f ...Failure) { m.failures.order(f) }

// Requests returns how many requests came so far, refused and failed ones included.
func (m *Microsoft) Requests() int { return m.failures.count() }

// Skew puts its clock ahead of ours, or behind: tokens, codes and subscriptions end by it.
func (m *Microsoft) Skew(by time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.skew = by
}

// clock needs m.mu.
func (m *Microsoft) clock() time.Time { return time.Now().Add(m.skew) }

// ServeHTTP fails if told to, holds the mailbox to its limits, and serves.
func (m *Microsoft) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if throughDoor(outlookDesk{m}, w, r) {
		return
	}
	failure := m.failures.next()
	if _, whole := readBody(w, r, maxMicrosoftBody); !whole {
		refuseGraph(http.StatusRequestEntityTooLarge, "RequestEntityTooLarge", "The request is too large").write(w)
		return
	}
	leave, admitted := m.admit(r)
	if !admitted {
		w.Header().Set("Retry-After", "1")
		refuseGraph(http.StatusTooManyRequests, "ApplicationThrottled", "Application is over its MailboxConcurrency limit.").write(w)
		return
	}
	defer leave()
	failure.play(w, r, m.routes.ServeHTTP, func(w http.ResponseWriter, status int) {
		if !strings.HasPrefix(r.URL.Path, "/v1.0/") {
			refuseToken(status, "temporarily_unavailable", "", "AADSTS90033: a transient error has occurred").write(w)
			return
		}
		refuseGraph(status, failureCode(status), "provider-words "+http.StatusText(status)).write(w)
	})
}

func failureCode(status int) string {
	switch status {
	case http.StatusTooManyRequests:
		return "ApplicationThrottled"
	case http.StatusServiceUnavailable:
		return "serviceNotAvailable"
	case http.StatusUnauthorized:
		return "InvalidAuthenticationToken"
	case http.StatusForbidden:
		return "ErrorAccessDenied"
	case http.StatusNotFound:
		return "ErrorItemNotFound"
	case http.StatusGone:
		return "SyncStateNotFound"
	case http.StatusConflict:
		return "ErrorIrresolvableConflict"
	}
	return "UnknownError"
}

// graphAnswer is an answer that is not written yet. A nil body is none.
type graphAnswer struct {
	status int
	body   any
}

func (a graphAnswer) write(w http.ResponseWriter) {
	if a.body == nil {
		w.WriteHeader(a.status)
		return
	}
	w.Header().Set("Content-Type", "application/json;odata.metadata=minimal;charset=utf-8")
	w.WriteHeader(a.status)
	_ = json.NewEncoder(w).Encode(a.body) // a client that has gone away is not our trouble
}

// refuseGraph is Graph's error body.
func refuseGraph(status int, code, message string) graphAnswer {
	return graphAnswer{status: status, body: map[string]any{"error": map[string]any{"code": code, "message": message,
		"innerError": map[string]any{"request-id": newID("")}}}}
}

// graph serves a request of a mailbox with m.mu held, but does not hold it while it writes: a client may read slowly.
func (m *Microsoft) graph(scope string, serve func(*http.Request, *outlookBox) graphAnswer) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		m.mu.Lock()
		answer, box := graphAnswer{}, m.boxOf(r)
		switch {
		case box == nil:
			answer = refuseGraph(http.StatusUnauthorized, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
		case !m.covers(r, scope):
			answer = refuseGraph(http.StatusForbidden, "ErrorAccessDenied", "Access is denied. Check credentials and try again.")
		default:
			answer = serve(r, box)
		}
		m.mu.Unlock()
		answer.write(w)
	}
}
