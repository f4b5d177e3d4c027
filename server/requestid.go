package server

import (
	"context"
	"log/slog"
	"net/http"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
)

const (
	requestIDHeader = "X-Request-Id"
	maxRequestID    = 64
)

// withScope gives every request an id and a scope. A well-formed X-Request-Id
// of the client is kept: the dashboard sends the same one on every try of a
// call, which ties the tries together. The answer always carries the id.
func withScope(log *slog.Logger, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		id := r.Header.Get(requestIDHeader)
		if !wellFormedID(id) {
			id = uuid.NewString()
		}
		w.Header().Set(requestIDHeader, id)
		ctx := context.WithValue(r.Context(), scopeKey{}, &scope{id: id, log: log})
		next.ServeHTTP(w, r.WithContext(db.WithRequestID(ctx, id)))
	})
}

// wellFormedID accepts up to 64 letters, digits, '.', '_' and '-', unless they
// would be blanked in the log: a phone number is no request id.
func wellFormedID(id string) bool {
	if id == "" || len(id) > maxRequestID || scrub(id) != id {
		return false
	}
	for _, c := range []byte(id) {
		safe := c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '.' || c == '_' || c == '-'
		if !safe {
			return false
		}
	}
	return true
}
