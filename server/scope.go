package server

import (
	"context"
	"log/slog"
	"net/http"
	"sync"

	"github.com/google/uuid"
)

// scope is what becomes known about a request while it is served. It is made
// at the door and filled from inside, so that the request line, written at the
// door, can name the route and the organization.
type scope struct {
	id  string
	log *slog.Logger

	mu      sync.Mutex
	route   string
	org     uuid.UUID
	claims  *Claims
	working bool // it had, or waits for, its first turn at the database
}

type scopeKey struct{}

// scopeOf returns the request's scope. Outside a request it returns an empty
// one that logs nothing.
func scopeOf(ctx context.Context) *scope {
	if s, ok := ctx.Value(scopeKey{}).(*scope); ok {
		return s
	}
	return &scope{log: slog.New(slog.DiscardHandler)}
}

// RequestID is the id of the request that ctx belongs to, empty outside one.
func RequestID(ctx context.Context) string { return scopeOf(ctx).id }

// Log is the logger of the request that ctx belongs to: its lines carry the
// request id and, once known, the organization.
func Log(ctx context.Context) *slog.Logger {
	s := scopeOf(ctx)
	log := s.log.With(slog.String("request_id", s.id))
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.org != uuid.Nil {
		log = log.With(slog.String("org_id", s.org.String()))
	}
	return log
}

// NoteOrg tells the request line and later log lines which organization the
// request turned out to belong to.
func NoteOrg(ctx context.Context, org uuid.UUID) {
	s := scopeOf(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.org = org
}

// NoteRoute names the pattern that matched, for handlers that route further
// inside one mount. It must be a pattern, never a path.
func NoteRoute(ctx context.Context, pattern string) {
	s := scopeOf(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.route = pattern
}

func (s *scope) routeName() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.route == "" {
		return "unmatched"
	}
	return s.route
}

// orgID is uuid.Nil while the organization is not known.
func (s *scope) orgID() uuid.UUID {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.org
}

// noteClaims remembers who the request's verified token speaks for.
func noteClaims(ctx context.Context, c Claims) {
	s := scopeOf(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	s.claims, s.org = &c, c.OrgID
}

// beginWork tells whether the request comes to the database for the first time. Outside of a request it always does.
func (s *scope) beginWork() (first bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	first, s.working = !s.working, true
	return first
}

// claimsOf returns the verified claims of the request; false when its route
// asks for no token.
func claimsOf(ctx context.Context) (Claims, bool) {
	s := scopeOf(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.claims == nil {
		return Claims{}, false
	}
	return *s.claims, true
}

// responseWriter remembers the status that was sent; 0 while nothing was.
type responseWriter struct {
	http.ResponseWriter
	status int
}

func (w *responseWriter) WriteHeader(status int) {
	if w.status == 0 && (status >= http.StatusOK || status == http.StatusSwitchingProtocols) { // other 1xx may be followed by another
		w.status = status
	}
	w.ResponseWriter.WriteHeader(status)
}

func (w *responseWriter) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	return w.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach Flush and the deadlines.
func (w *responseWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *responseWriter) statusOrOK() int {
	if w.status == 0 {
		return http.StatusOK
	}
	return w.status
}
