package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/migrate"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

// setupProbes serves the probes of a program whose last migration is the 40th.
func setupProbes(t *testing.T) (*fakeDB, http.Handler) {
	t.Helper()
	f := &fakeDB{schema: 40}
	handler, err := New(Deps{
		DB: f, Auth: hs256Verifier(), Log: NewLogger(logtest.Keep(t, io.Discard), slog.LevelDebug), Metrics: NewMetrics(), Accounts: &Accounts{},
		Version: "1.2.3", Schema: 40,
	})
	require.NoError(t, err)
	return f, handler
}

func probe(handler http.Handler, path string) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w
}

func TestNothingIsSentToAProgramWhoseDatabaseIsBehind(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		schema  int64
		unknown error
		status  int
		says    string
	}{
		"as the program":         {schema: 40, status: 200},
		"ahead of the program":   {schema: 41, status: 200},
		"nobody keeps a list":    {schema: 0, status: 200},
		"behind":                 {schema: 39, status: 503, says: "behind this version"},
		"older than the answer":  {unknown: &pgconn.PgError{Code: "42883"}, status: 503, says: "behind this version"},
		"empty":                  {unknown: &pgconn.PgError{Code: "3F000"}, status: 503, says: "behind this version"},
		"not answering any more": {unknown: errors.New("dial 10.0.0.1: no route"), status: 503, says: "does not answer"},
	} {
		f, handler := setupProbes(t)
		f.schema, f.unknown = tc.schema, tc.unknown
		w := probe(handler, "/readyz")
		require.Equal(t, tc.status, w.Code, name)
		require.Contains(t, w.Body.String(), tc.says, name)
		require.NotContains(t, w.Body.String(), "10.0.0.1", name)
		require.Equal(t, tc.status, probe(handler, "/health").Code, name)
		require.Equal(t, http.StatusOK, probe(handler, "/healthz").Code, "the process itself is well: "+name)
	}
}

func TestHealthNamesTheVersion(t *testing.T) {
	t.Parallel()
	_, handler := setupProbes(t)
	require.JSONEq(t, `{"status":"ok","version":"1.2.3"}`, probe(handler, "/healthz").Body.String())
	require.JSONEq(t, `{"status":"ok","version":"1.2.3"}`, probe(NewMetrics().Handler("1.2.3"), "/healthz").Body.String())
}

func TestTheLoginRoleReadsTheSchemasVersion(t *testing.T) {
	t.Parallel()
	opened, err := db.Open(t.Context(), dbtest.New(t).LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	target, err := migrate.Target()
	require.NoError(t, err)
	version, err := NewDatabase(opened).SchemaVersion(t.Context())
	require.NoError(t, err)
	require.Equal(t, target, version)
	require.NoError(t, probes{NewDatabase(opened), target}.judge(t.Context()))
	require.ErrorIs(t, probes{NewDatabase(opened), target + 1}.judge(t.Context()), errSchemaBehind)
}

// get asks over a connection of its own, as a balancer's new one would be.
func get(t *testing.T, url string) (status int, body string, kept bool) {
	t.Helper()
	res, err := (&http.Client{Transport: &http.Transport{}, Timeout: 5 * time.Second}).Get(url)
	require.NoError(t, err)
	defer func() { _ = res.Body.Close() }()
	text, err := io.ReadAll(res.Body)
	require.NoError(t, err)
	return res.StatusCode, string(text), !res.Close
}

func TestAServerThatStopsIsUnreadyFirstAndAnswersOn(t *testing.T) {
	t.Parallel()
	const drain = 2 * time.Second
	entered, release := make(chan struct{}), make(chan struct{})
	b := setup(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/api/vapi/slow" {
			close(entered)
			<-release
		}
		_, _ = fmt.Fprintf(w, "booked, %v", r.Context().Err())
	}))
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	at := "http://" + l.Addr().String()
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- serve(ctx, b.handler, l, drain, slog.New(slog.DiscardHandler)) }()
	status, _, _ := get(t, at+"/readyz")
	require.Equal(t, http.StatusOK, status)

	slow := make(chan string, 1)
	go func() {
		_, body, _ := get(t, at+"/api/vapi/slow")
		slow <- body
	}()
	<-entered
	stop()
	stopped := time.Now()
	status, body, kept := get(t, at+"/readyz")
	require.Equal(t, http.StatusServiceUnavailable, status)
	require.Contains(t, body, "is stopping")
	require.False(t, kept, "clients come back elsewhere")
	status, _, _ = get(t, at+"/healthz")
	require.Equal(t, http.StatusOK, status, "nobody kills a process that drains")
	_, body, _ = get(t, at+"/api/vapi/call")
	require.Equal(t, "booked, <nil>", body, "calls that still come are answered")

	require.Eventually(t, func() bool {
		conn, err := net.Dial("tcp", l.Addr().String())
		if err == nil {
			_ = conn.Close()
		}
		return err != nil
	}, 10*time.Second, 10*time.Millisecond, "then the port closes")
	require.GreaterOrEqual(t, time.Since(stopped), drain-100*time.Millisecond)
	close(release)
	require.Equal(t, "booked, <nil>", <-slow, "what began before is finished")
	require.NoError(t, <-served)
}

func TestHowLongAServerDrains(t *testing.T) {
	t.Parallel()
	for given, want := range map[string]time.Duration{"": 4 * time.Second, "0": 0, "20": 20 * time.Second} {
		environ := productionEnv()
		environ["DRAIN_SECONDS"] = given
		cfg, err := LoadConfig(environ)
		require.NoError(t, err)
		require.Equal(t, want, cfg.Drain, given)
	}
	for _, wrong := range []string{"-1", "301", "test-secret"} {
		environ := productionEnv()
		environ["DRAIN_SECONDS"] = wrong
		_, err := LoadConfig(environ)
		require.ErrorContains(t, err, "DRAIN_SECONDS must be a number")
		require.NotContains(t, err.Error(), "test-secret")
	}
	cfg, err := LoadConfig(map[string]string{"VOXANNE_ENV": "dev", "DATABASE_URL": "postgres://u:test-secret-pg@localhost/v"})
	require.NoError(t, err)
	require.Zero(t, cfg.Drain, "Ctrl-C does not wait")
}
