package server

import (
	"net/http"
	"strings"
)

const (
	corsMethods = "GET, POST, PUT, PATCH, DELETE"
	// corsHeaders are what dashboards send; X-CSRF-Token comes from those of 2026, which we have no use for.
	corsHeaders = "Authorization, Content-Type, Idempotency-Key, X-Request-Id, X-CSRF-Token, traceparent, Last-Event-ID"
	// corsExposed are the headers that scripts may read.
	corsExposed = "X-Request-Id, Retry-After, Content-Disposition, Idempotent-Replayed"
	corsMaxAge  = "600" // seconds that a browser remembers a preflight
)

// allowOrigins lets scripts of the named origins read answers, and answers their browsers' preflights. Other origins
// get no such header, so their browsers refuse. Credentials are allowed because older dashboards ask for them; nothing
// here reads a cookie.
func allowOrigins(origins []string, next http.Handler) http.Handler {
	allowed := make(map[string]bool, len(origins))
	for _, origin := range origins {
		allowed[strings.ToLower(origin)] = true
	}
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		origin := r.Header.Get("Origin")
		if len(allowed) > 0 {
			h.Add("Vary", "Origin") // also for other origins: a cache must not mix the answers up
		}
		if origin == "" || !allowed[strings.ToLower(origin)] {
			next.ServeHTTP(w, r)
			return
		}
		h.Set("Access-Control-Allow-Origin", origin)
		h.Set("Access-Control-Allow-Credentials", "true")
		if r.Method == http.MethodOptions && r.Header.Get("Access-Control-Request-Method") != "" {
			h.Set("Access-Control-Allow-Methods", corsMethods)
			h.Set("Access-Control-Allow-Headers", corsHeaders)
			h.Set("Access-Control-Max-Age", corsMaxAge)
			w.WriteHeader(http.StatusNoContent)
			return
		}
		h.Set("Access-Control-Expose-Headers", corsExposed)
		next.ServeHTTP(w, r)
	})
}
