package server

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"time"
)

const (
	readHeaderTimeout = 5 * time.Second
	readTimeout       = 30 * time.Second
	writeTimeout      = 60 * time.Second // live streams lift it with http.ResponseController
	idleTimeout       = 2 * time.Minute
	maxHeaderBytes    = 32 << 10
	shutdownTimeout   = 25 * time.Second // at least one apiTimeout; with DRAIN_SECONDS, under the 30 s that container runtimes allow
)

// Serve listens on addr (":8080") and serves handler until ctx ends. From then
// on /readyz refuses and connections are not kept; for as long as drain says,
// requests are still answered, so that whoever balances the load sees it before
// the port closes. Then it stops accepting, lets running requests finish for up
// to 25 s, and returns nil if they did. A port in use is an error at once.
func Serve(ctx context.Context, handler http.Handler, addr string, drain time.Duration, log *slog.Logger) error {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", addr, err)
	}
	return serve(ctx, handler, l, drain, log)
}

// ServeListener is Serve on a listener that the caller has opened; it is closed
// on return. Nobody balances its load: there is nothing to wait for at the end.
func ServeListener(ctx context.Context, handler http.Handler, l net.Listener, log *slog.Logger) error {
	return serve(ctx, handler, l, 0, log)
}

func serve(ctx context.Context, handler http.Handler, l net.Listener, drain time.Duration, log *slog.Logger) error {
	srv := newHTTPServer(handler, log)
	// Requests outlive ctx; they only learn from it that it ended.
	srv.BaseContext = func(net.Listener) context.Context { return withStopping(context.WithoutCancel(ctx), ctx.Done()) }
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	log.Info("listening", slog.String("addr", l.Addr().String()))

	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	if drain > 0 {
		log.Info("draining", slog.Duration("for", drain))
		srv.SetKeepAlivesEnabled(false)
		select {
		case err := <-failed:
			return fmt.Errorf("serve while draining: %w", err)
		case <-time.After(drain):
		}
	}
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTimeout)
	defer cancel()
	if err := srv.Shutdown(stopping); err != nil {
		return fmt.Errorf("stop serving: %w", errors.Join(err, srv.Close()))
	}
	<-failed // http.ErrServerClosed
	log.Info("stopped")
	return nil
}

// stoppingKey is under which a request's context holds the channel that closes when the process was told to stop.
type stoppingKey struct{}

func withStopping(ctx context.Context, stopping <-chan struct{}) context.Context {
	return context.WithValue(ctx, stoppingKey{}, stopping)
}

// isStopping tells whether the process that serves a request was told to stop.
func isStopping(ctx context.Context) bool {
	stopping, _ := ctx.Value(stoppingKey{}).(<-chan struct{})
	select {
	case <-stopping: // nil, and so never, where Serve does not serve
		return true
	default:
		return false
	}
}

// newHTTPServer keeps no connection for clients that are slow, or silent.
func newHTTPServer(handler http.Handler, log *slog.Logger) *http.Server {
	return &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
}
