// Package webvoice bridges test calls: a page of the dashboard on one side, Vapi on the other, sound and what is told of
// the call between them. Nothing of it is kept here.
package webvoice

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/socket"
)

const (
	lookEvery    = time.Second      // how soon a test that was ended elsewhere is noticed, or a member who left
	beatEvery    = 15 * time.Second // proxies cut what is silent for longer
	idleLimit    = time.Minute      // without sound or ping of the page
	openTimeout  = 10 * time.Second // taking the bridge over in the database
	finish       = 5 * time.Second  // writing down that it is over
	leaveTimeout = 8 * time.Second  // what bridges have to say goodbye to both sides when the process stops
)

// Database is what bridges ask of package db.
type Database interface {
	// AsUser runs fn in a transaction of the claims' user; db.ErrNotMember when they are none.
	AsUser(ctx context.Context, claims []byte, fn func(db.Tx, db.Member) error) error
	// AsTenant runs fn in a transaction of the organization itself.
	AsTenant(ctx context.Context, org uuid.UUID, fn func(db.Tx) error) error
}

// Joiner opens the sound of a test call; *server.WebCalls does.
type Joiner interface {
	Join(ctx context.Context, org uuid.UUID, line db.WebTestLine) (*vapi.WebLine, error)
}

// Options is what a Server is made of; everything is required but Origins and the durations.
type Options struct {
	DB    Database
	Auth  *server.Verifier
	Calls Joiner
	Log   *slog.Logger
	Count prometheus.Registerer
	// Origins are the pages that may open a bridge, as in https://dashboard.clinic.example; the server's own may too.
	Origins []string
	// LookEvery, BeatEvery and IdleLimit replace 1 s, 15 s and 1 min in tests; zero keeps them.
	LookEvery, BeatEvery, IdleLimit time.Duration
}

// Server holds the bridges of one process. Run must run for bridges to open.
type Server struct {
	db    Database
	auth  *server.Verifier
	calls Joiner
	log   *slog.Logger
	pages socket.Pages
	count *metrics

	lookEvery, beatEvery, idleLimit time.Duration

	stopping chan struct{} // closed when Run's context ends
	mu       sync.Mutex
	closed   bool
	open     sync.WaitGroup // of bridges; none is added once closed
}

// New makes a Server. An error means that options are missing or that Count holds the metrics of another.
func New(o Options) (*Server, error) {
	if o.DB == nil || o.Auth == nil || o.Calls == nil || o.Log == nil || o.Count == nil {
		return nil, errors.New("webvoice: DB, Auth, Calls, Log and Count are required")
	}
	count, err := newMetrics(o.Count)
	if err != nil {
		return nil, err
	}
	return &Server{
		db: o.DB, auth: o.Auth, calls: o.Calls, log: o.Log, pages: socket.PagesOf(o.Origins), count: count, stopping: make(chan struct{}),
		lookEvery: orElse(o.LookEvery, lookEvery), beatEvery: orElse(o.BeatEvery, beatEvery), idleLimit: orElse(o.IdleLimit, idleLimit),
	}, nil
}

func orElse(given, otherwise time.Duration) time.Duration {
	if given > 0 {
		return given
	}
	return otherwise
}

// Run lets bridges stand until ctx ends; then both sides of each are told goodbye, and Run returns when they are gone,
// within eight seconds. It returns nil.
func (s *Server) Run(ctx context.Context) error {
	<-ctx.Done()
	s.mu.Lock()
	if !s.closed {
		s.closed = true
		close(s.stopping)
	}
	s.mu.Unlock()
	gone := make(chan struct{})
	go func() { defer close(gone); s.open.Wait() }() // ends with the last bridge, all of which are bounded
	select {
	case <-gone:
	case <-time.After(leaveTimeout):
		s.log.Warn("test calls were still open when the server stopped")
	}
	return nil
}

// enter is false when the process stops; else leave must be called.
func (s *Server) enter() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.closed {
		return false
	}
	s.open.Add(1)
	s.count.open.Inc()
	return true
}

func (s *Server) leave() {
	s.count.open.Dec()
	s.open.Done()
}
