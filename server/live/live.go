// Package live tells dashboards what happens as it happens: one relay in each process reads the events that
// transactions left (app.announce), and hands them to the streams of the organization they belong to.
//
// Streams are server-sent events (GET /api/events), which resume where they were cut, and WebSockets for older
// dashboards (/ws/live-calls). Both carry ids only; who wants to know more asks the API, with its rights.
package live

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"golang.org/x/sync/errgroup"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/socket"
)

const (
	pollEvery    = 50 * time.Millisecond // how often the database is asked, at most
	checkEvery   = 3 * time.Second       // how soon who left is noticed
	beatEvery    = 15 * time.Second      // proxies cut what is silent for longer, often after 30 s or 60 s
	openTimeout  = 10 * time.Second      // opening a stream, with everything that is asked
	writeTimeout = 10 * time.Second      // one write; a client whose buffers stay full for so long is too slow
	leaveTimeout = 5 * time.Second       // what streams have to say goodbye when the process stops
)

// Database is what the relay and the streams ask of package db.
type Database interface {
	// Platform gives the queries that belong to no tenant.
	Platform() *db.Queries
	// AsUser runs fn in a transaction of the claims' user; db.ErrNotMember when they are none.
	AsUser(ctx context.Context, claims []byte, fn func(db.Tx, db.Member) error) error
}

// Options is what a Server is made of; everything is required but Origins and the durations.
type Options struct {
	DB   Database
	Auth *server.Verifier
	Log  *slog.Logger
	// Count takes the metrics.
	Count prometheus.Registerer
	// Origins are the pages that may open a WebSocket, as in https://dashboard.clinic.example; the server's own may too.
	Origins []string
	// BeatEvery and CheckEvery replace 15 s and 3 s in tests; zero keeps them.
	BeatEvery, CheckEvery time.Duration
}

// Server is the relay and the streams of one process. Run must run for streams to open.
type Server struct {
	db    Database
	auth  *server.Verifier
	log   *slog.Logger
	pages socket.Pages
	count *metrics
	hub   *hub

	beatEvery, checkEvery time.Duration
}

// New makes a Server. An error means that options are missing or that Count holds the metrics of another.
func New(o Options) (*Server, error) {
	if o.DB == nil || o.Auth == nil || o.Log == nil || o.Count == nil {
		return nil, errors.New("live: DB, Auth, Log and Count are required")
	}
	count, err := newMetrics(o.Count)
	if err != nil {
		return nil, err
	}
	s := &Server{
		db: o.DB, auth: o.Auth, log: o.Log, pages: socket.PagesOf(o.Origins), count: count, hub: newHub(count),
		beatEvery: orElse(o.BeatEvery, beatEvery), checkEvery: orElse(o.CheckEvery, checkEvery),
	}
	return s, nil
}

func orElse(given, otherwise time.Duration) time.Duration {
	if given > 0 {
		return given
	}
	return otherwise
}

// Run relays events until ctx ends; then every stream is told to reconnect elsewhere, and Run returns when they are
// gone, within five seconds. It returns nil: trouble with the database is waited out.
func (s *Server) Run(ctx context.Context) error {
	var both errgroup.Group
	both.Go(func() error { s.relay(ctx); return nil })
	both.Go(func() error { s.watchMembers(ctx); return nil })
	<-ctx.Done()
	gone := s.hub.close()
	err := both.Wait()
	select {
	case <-gone:
	case <-time.After(leaveTimeout):
	}
	return err
}

// ServeHTTP answers GET /api/events and GET /ws/live-calls.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.Method != http.MethodGet: // the mux lets HEAD pass as GET; a stream has no length to tell
		w.Header().Set("Allow", http.MethodGet)
		server.WriteError(w, r, server.NewError(server.CodeMethodNotAllowed, "This path answers to GET only.", nil))
	case r.URL.Path == "/api/events":
		s.serveStream(w, r)
	default:
		s.serveSocket(w, r)
	}
}
