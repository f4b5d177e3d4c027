package server

import (
	"context"
	"encoding/json"
	"net/http"
	"time"
)

// readyTimeout bounds the question whether the database answers; a probe that
// hangs is worse than one that fails.
const readyTimeout = 2 * time.Second

// pinger is asked whether the database answers.
type pinger interface {
	Ping(ctx context.Context) error
}

// isProbe tells whether a route is asked by machines every few seconds.
func isProbe(route string) bool {
	switch route {
	case "GET /healthz", "GET /readyz", "GET /metrics":
		return true
	default:
		return false
	}
}

// mountHealth registers the probes. /healthz: the process runs (restart it if
// not). /readyz: it can serve (send traffic elsewhere if not). /health: both,
// in the shape that older dashboards and monitors read.
func mountHealth(mux *http.ServeMux, db pinger, metrics *Metrics) {
	started := time.Now()
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, r *http.Request) {
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := ready(r.Context(), db); err != nil {
			WriteError(w, r, NewError(CodeBusy, "The database does not answer.", err))
			return
		}
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, r *http.Request) {
		body := healthBody{Status: "ok", Services: map[string]bool{"database": true}, Timestamp: time.Now().UTC(), Uptime: time.Since(started).Seconds()}
		status := http.StatusOK
		if err := ready(r.Context(), db); err != nil {
			body.Status, body.Services["database"], status = "degraded", false, http.StatusServiceUnavailable
		}
		writeJSON(w, status, body)
	})
	mux.Handle("GET /metrics", metrics.handler())
}

type healthBody struct {
	Status    string          `json:"status"` // ok or degraded
	Services  map[string]bool `json:"services"`
	Timestamp time.Time       `json:"timestamp"`
	Uptime    float64         `json:"uptime"` // seconds
}

func ready(ctx context.Context, db pinger) error {
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	return db.Ping(ctx)
}

// writeJSON answers with body; a client that has gone away cannot be told.
func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
