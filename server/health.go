package server

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// readyTimeout bounds the question whether the database answers; a probe that
// hangs is worse than one that fails.
const readyTimeout = 2 * time.Second

// pinger is asked whether the database answers, and how far it is migrated.
type pinger interface {
	Ping(ctx context.Context) error
	// SchemaVersion is the last migration applied; 0: nobody keeps a list of them there.
	SchemaVersion(ctx context.Context) (int64, error)
}

// Why a process cannot serve.
var (
	errStopping     = errors.New("the process was told to stop")
	errSchemaBehind = errors.New("the database is behind the program: migrate it")
)

// probes judges whether a process can serve.
type probes struct {
	db     pinger
	schema int64 // the last migration that the program knows; 0: the database's is not asked
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
// not), and which version it is. /readyz: it can serve (send traffic elsewhere
// if not). /health: both, in the shape that older dashboards and monitors read.
func mountHealth(mux *http.ServeMux, ready probes, version string, metrics *Metrics) {
	started := time.Now()
	mux.HandleFunc("GET /healthz", serveAlive(version))
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, r *http.Request) {
		if err := ready.judge(r.Context()); err != nil {
			WriteError(w, r, NewError(CodeBusy, whyUnready(err), err))
			return
		}
		writeJSON(w, http.StatusOK, map[string]string{"status": "ok"})
	})
	mux.HandleFunc("GET /health", func(w http.ResponseWriter, r *http.Request) {
		body := healthBody{Status: "ok", Services: map[string]bool{"database": true}, Timestamp: time.Now().UTC(), Uptime: time.Since(started).Seconds()}
		status := http.StatusOK
		if err := ready.judge(r.Context()); err != nil {
			body.Status, status = "degraded", http.StatusServiceUnavailable
			body.Services["database"] = errors.Is(err, errStopping) || errors.Is(err, errSchemaBehind)
		}
		writeJSON(w, status, body)
	})
	mux.Handle("GET /metrics", metrics.handler())
}

// serveAlive answers as long as the process can.
func serveAlive(version string) http.HandlerFunc {
	body := map[string]string{"status": "ok"}
	if version != "" {
		body["version"] = version
	}
	return func(w http.ResponseWriter, _ *http.Request) { writeJSON(w, http.StatusOK, body) }
}

type healthBody struct {
	Status    string          `json:"status"` // ok or degraded
	Services  map[string]bool `json:"services"`
	Timestamp time.Time       `json:"timestamp"`
	Uptime    float64         `json:"uptime"` // seconds
}

// judge is nil when requests can be served: the process goes on, the database answers, and it has every migration that the
// program knows. One that has more is served as well: during an update, old processes run on the new schema.
func (p probes) judge(ctx context.Context) error {
	if isStopping(ctx) {
		return errStopping
	}
	ctx, cancel := context.WithTimeout(ctx, readyTimeout)
	defer cancel()
	if err := p.db.Ping(ctx); err != nil || p.schema == 0 {
		return err
	}
	version, err := p.db.SchemaVersion(ctx)
	if isMissing(err) || (err == nil && version != 0 && version < p.schema) {
		return errSchemaBehind
	}
	return err
}

// isMissing tells whether the database has not even the function that would say its version: it is empty, or older than that.
func isMissing(err error) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	return pg.Code == "42883" || pg.Code == "3F000" || pg.Code == "42501" // no such function; no such schema; not opened to us yet
}

// whyUnready is a sentence for whoever looks after the process.
func whyUnready(err error) string {
	switch {
	case errors.Is(err, errStopping):
		return "The server is stopping."
	case errors.Is(err, errSchemaBehind):
		return "The database is behind this version of the server: its migrations are not done yet."
	default:
		return "The database does not answer."
	}
}

// writeJSON answers with body; a client that has gone away cannot be told.
func writeJSON(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/json; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(body)
}
