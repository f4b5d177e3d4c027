package server

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"

	"github.com/lestrrat-go/jwx/v3/jwa"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/server/apitest"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

// fakeDB answers as the database would: Membership of the claims' user.
type fakeDB struct {
	Database // nothing else is asked
	answer   Membership
	err      error
	ping     error
	schema   int64  // the last migration applied
	unknown  error  // why nobody can say which that is
	seen     []byte // the claims that were handed over
	panics   any
}

func (f *fakeDB) AsUser(context.Context, []byte, func(db.Tx, db.Member) error) error { return f.err }

func (f *fakeDB) Ping(context.Context) error { return f.ping }

func (f *fakeDB) SchemaVersion(context.Context) (int64, error) { return f.schema, f.unknown }

func (f *fakeDB) Membership(_ context.Context, claims []byte) (Membership, error) {
	f.seen = claims
	if f.panics != nil {
		panic(f.panics)
	}
	return f.answer, f.err
}

// logBuffer collects log lines of concurrent writers.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}

// lines returns the log's lines with the given message.
func (b *logBuffer) lines(t *testing.T, msg string) []map[string]any {
	t.Helper()
	var found []map[string]any
	for line := range bytes.Lines([]byte(b.String())) {
		var fields map[string]any
		require.NoError(t, json.Unmarshal(line, &fields))
		if fields["msg"] == msg {
			found = append(found, fields)
		}
	}
	return found
}

type testBundle struct {
	db      *fakeDB
	log     *logBuffer
	metrics *Metrics
	handler http.Handler
	token   string // of the member of testIDs
}

func setup(t *testing.T, voice http.Handler) *testBundle {
	t.Helper()
	org, user := testIDs()
	b := &testBundle{
		db:      &fakeDB{answer: Membership{OrgID: org, UserID: user, Role: "owner"}},
		log:     &logBuffer{},
		metrics: NewMetrics(),
		token:   sign(t, goodClaims(), jwa.HS256(), []byte(testJWTSecret)),
	}
	handler, err := New(Deps{DB: b.db, Auth: hs256Verifier(), Log: NewLogger(logtest.Keep(t, b.log), slog.LevelDebug), Metrics: b.metrics, Accounts: &Accounts{}, Voice: voice})
	require.NoError(t, err)
	b.handler = apitest.Checked(t, logtest.KeepErrors(t, handler))
	return b
}

// do serves one request; a non-empty token is sent as bearer.
func (b *testBundle) do(method, target, token string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, nil)
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	w := httptest.NewRecorder()
	b.handler.ServeHTTP(w, r)
	return w
}

// requireRefusal checks status and shape of an error answer.
func requireRefusal(t *testing.T, w *httptest.ResponseRecorder, status int, code Code) errorBody {
	t.Helper()
	require.Equal(t, status, w.Code, w.Body.String())
	require.Equal(t, "application/json; charset=utf-8", w.Header().Get("Content-Type"))
	decoder := json.NewDecoder(bytes.NewReader(w.Body.Bytes()))
	decoder.DisallowUnknownFields()
	var body errorBody
	require.NoError(t, decoder.Decode(&body))
	require.Equal(t, code, body.Code)
	require.NotEmpty(t, body.Error)
	require.Equal(t, w.Header().Get("X-Request-Id"), body.RequestID)
	return body
}
