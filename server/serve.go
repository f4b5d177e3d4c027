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
	shutdownTimeout   = 25 * time.Second // at least one apiTimeout; container runtimes allow 30 s
)

// Serve listens on addr (":8080") and serves handler until ctx ends. Then it
// stops accepting, lets running requests finish for up to 25 s, and returns nil
// if they did. A port in use is an error at once.
func Serve(ctx context.Context, handler http.Handler, addr string, log *slog.Logger) error {
	var listen net.ListenConfig
	l, err := listen.Listen(ctx, "tcp", addr)
	if err != nil {
		return fmt.Errorf("listen on %s: %w", addr, err)
	}
	return ServeListener(ctx, handler, l, log)
}

// ServeListener is Serve on a listener that the caller has opened; it is closed
// on return.
func ServeListener(ctx context.Context, handler http.Handler, l net.Listener, log *slog.Logger) error {
	srv := &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: readHeaderTimeout,
		ReadTimeout:       readTimeout,
		WriteTimeout:      writeTimeout,
		IdleTimeout:       idleTimeout,
		MaxHeaderBytes:    maxHeaderBytes,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}
	failed := make(chan error, 1)
	go func() { failed <- srv.Serve(l) }()
	log.Info("listening", slog.String("addr", l.Addr().String()))

	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
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
