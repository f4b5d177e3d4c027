package server

import (
	"bufio"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// Whatever is answered, and by whichever door, browsers are told what not to do with it.
func TestEveryAnswerIsSecured(t *testing.T) {
	t.Parallel()
	for _, https := range []bool{false, true} {
		d := behindDoor(t, &fakeDB{}, func(deps *Deps) {
			deps.HTTPS, deps.Origins = https, []string{"https://dashboard.clinic.example"}
			deps.Voice = http.HandlerFunc(func(http.ResponseWriter, *http.Request) { panic("quill") })
		})
		for _, target := range []string{
			"/healthz", "/metrics", "/openapi.yaml", "/docs", "/api/nothing", "/api/locations", "/api/csrf-token", "/api/vapi/webhook",
			"/api/calendar-feeds/x", GoogleCallbackPath, "OPTIONS",
		} {
			r := httptest.NewRequest(http.MethodGet, "/api/locations", nil)
			if target == "OPTIONS" {
				r.Method = http.MethodOptions
				r.Header.Set("Origin", "https://dashboard.clinic.example")
				r.Header.Set("Access-Control-Request-Method", http.MethodPost)
			} else {
				r.URL.Path = target
			}
			w := httptest.NewRecorder()
			d.handler.ServeHTTP(w, r)
			h := w.Header()
			require.Equal(t, "nosniff", h.Get("X-Content-Type-Options"), target)
			require.Equal(t, "no-referrer", h.Get("Referrer-Policy"), target)
			require.Contains(t, h.Get("Content-Security-Policy"), "frame-ancestors 'none'", target)
			require.Equal(t, https, h.Get("Strict-Transport-Security") == hstsYear, target)
		}
	}
}

func TestHTTPSIsPromisedInProductionOnly(t *testing.T) {
	t.Parallel()
	require.True(t, Config{Env: Production, BackendURL: "https://api.clinic.example"}.HTTPS())
	require.False(t, Config{Env: Production, BackendURL: "http://localhost:8080"}.HTTPS())
	require.False(t, Config{Env: Dev, BackendURL: "https://api.clinic.example"}.HTTPS())
}

// Who sends a header slowly, a header without end, or nothing, does not keep a connection.
func TestSlowAndEndlessHeadersAreCut(t *testing.T) {
	t.Parallel()
	srv := newHTTPServer(http.NotFoundHandler(), slog.New(slog.DiscardHandler))
	for name, limit := range map[string]time.Duration{
		"header": srv.ReadHeaderTimeout, "request": srv.ReadTimeout, "answer": srv.WriteTimeout, "idle": srv.IdleTimeout,
	} {
		require.Positive(t, limit, name)
		require.LessOrEqual(t, limit, 2*time.Minute, name)
	}
	ctx, stop := context.WithCancel(t.Context())
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- ServeListener(ctx, http.NotFoundHandler(), l, slog.New(slog.DiscardHandler)) }()
	endless, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	_, err = fmt.Fprintf(endless, "GET / HTTP/1.1\r\nHost: voxanne\r\nX-Long: %s\r\n\r\n", strings.Repeat("q", 2*maxHeaderBytes))
	require.NoError(t, err)
	response, err := http.ReadResponse(bufio.NewReader(endless), nil)
	require.NoError(t, err)
	require.Equal(t, http.StatusRequestHeaderFieldsTooLarge, response.StatusCode)
	require.NoError(t, response.Body.Close())
	require.NoError(t, endless.Close())

	slow, err := net.Dial("tcp", l.Addr().String())
	require.NoError(t, err)
	_, err = fmt.Fprint(slow, "GET / HTTP/1.1\r\nHost: vox")
	require.NoError(t, err)
	require.NoError(t, slow.SetReadDeadline(time.Now().Add(4*readHeaderTimeout)))
	_, err = bufio.NewReader(slow).ReadByte()
	require.Error(t, err)
	require.NotErrorIs(t, err, os.ErrDeadlineExceeded, "the server cut it, we did not give up")
	require.NoError(t, slow.Close())
	stop()
	require.NoError(t, <-served)
}
