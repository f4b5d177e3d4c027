package server

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Who sends a body slowly keeps a connection for readTimeout, at every door.
func TestSlowBodiesAreCutAtEveryDoor(t *testing.T) {
	t.Parallel()
	drained := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			WriteError(w, r, err)
		}
	})
	b := setup(t, nil)
	handler, err := New(Deps{DB: b.db, Auth: hs256Verifier(), Log: slog.New(slog.DiscardHandler), Metrics: NewMetrics(), Accounts: &Accounts{},
		Voice: drained, Texting: drained})
	require.NoError(t, err)
	srv := newHTTPServer(handler, slog.New(slog.DiscardHandler))
	require.Equal(t, readTimeout, srv.ReadTimeout)
	srv.ReadTimeout = time.Second // the test's patience
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	served := make(chan error, 1)
	go func() { served <- srv.Serve(l) }()
	var doors sync.WaitGroup
	for _, path := range []string{"/api/vapi/webhook", "/api/twilio/inbound", "/api/locations", "/api/calendar-push/microsoft"} {
		doors.Go(func() { assertCut(t, l.Addr().String(), path, b.token) })
	}
	doors.Wait()
	require.NoError(t, srv.Shutdown(context.WithoutCancel(t.Context())))
	require.ErrorIs(t, <-served, http.ErrServerClosed)
}

// assertCut begins a body at a door, sends no more of it, and waits until the server has had enough: an answer, if any, and then
// the end of the connection.
func assertCut(t *testing.T, at, path, token string) {
	slow, err := net.Dial("tcp", at)
	if !assert.NoError(t, err) {
		return
	}
	defer slow.Close()
	_, err = fmt.Fprintf(slow, "POST %s HTTP/1.1\r\nHost: voxanne\r\nAuthorization: Bearer %s\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{",
		path, token)
	assert.NoError(t, err)
	assert.NoError(t, slow.SetReadDeadline(time.Now().Add(20*time.Second)))
	_, err = io.Copy(io.Discard, bufio.NewReader(slow))
	assert.NotErrorIs(t, err, os.ErrDeadlineExceeded, "%s: the server cut it, we did not give up", path)
}
