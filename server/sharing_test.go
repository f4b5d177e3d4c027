package server

import (
	"bytes"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/storage"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

const (
	resendKey   = "test-secret-resend-key"
	backend     = "https://voxanne.patients.example"
	recordedKey = "recordings/one"
)

// sharedCall is a clinic with one call whose recording is kept, and a played Resend.
type sharedCall struct {
	*clinic
	resend *sandbox.Resend
	store  storage.Store
	log    *logBuffer
	sound  []byte
	call   uuid.UUID
	path   string       // of the call
	clock  atomic.Int64 // the server's, in nanoseconds; it stands still
}

// shareIn founds the clinic with its files in store; mail: the platform sends e-mail.
func shareIn(t *testing.T, store storage.Store, mail bool) *sharedCall {
	t.Helper()
	s := &sharedCall{clinic: found(t), resend: sandbox.NewResend(resendKey), store: store, log: &logBuffer{}, sound: sandbox.Tone(time.Second)}
	s.call = s.made(t, strings.Replace(insertCall, "'at_provider'", "'stored'", 1), s.org, "call-1")
	s.path = "/api/calls-dashboard/" + s.call.String()
	s.made(t, `insert into public.recordings (org_id, call_id, storage_key, content_type, size_bytes, stored_at)
		values ($1, $2, $3, 'audio/wav', $4, app.now())`, s.org, s.call, recordedKey, len(s.sound))
	require.NoError(t, store.Put(t.Context(), recordedKey, bytes.NewReader(s.sound), int64(len(s.sound)), "audio/wav"))
	s.clock.Store(time.Now().UnixNano())
	s.handler = logtest.KeepErrors(t, s.served(t, mail))
	return s
}

// share is shareIn with a directory and e-mail.
func share(t *testing.T) *sharedCall {
	t.Helper()
	folder, err := storage.NewDirectory(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, folder.Close()) })
	return shareIn(t, folder, true)
}

func (s *sharedCall) served(t *testing.T, mail bool) http.Handler {
	t.Helper()
	opened, err := db.Open(t.Context(), s.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	keys, err := vault.ParseKeyring("k1:" + strings.Repeat("5a", 32))
	require.NoError(t, err)
	played := httptest.NewServer(s.resend)
	t.Cleanup(played.Close)
	resend, err := email.NewResend(email.ResendOptions{BaseURL: played.URL, HTTP: played.Client(), Timeout: 2 * time.Second})
	require.NoError(t, err)
	gateway, err := twilio.New(twilio.Options{BaseURL: played.URL, HTTP: played.Client()})
	require.NoError(t, err)
	log := NewLogger(logtest.Keep(t, s.log), slog.LevelDebug)
	o := messenger.Options{DB: opened, Keys: keys, Twilio: gateway, Resend: resend, BackendURL: backend, Log: log}
	if mail {
		o.PlatformEmail, o.PlatformFrom = resend.With(resendKey), "Voxanne <voxanne@patients.example>"
	}
	sender, err := messenger.New(o)
	require.NoError(t, err)
	handler, err := New(Deps{
		DB: NewDatabase(opened), Auth: hs256Verifier(), Log: log, Metrics: NewMetrics(), Accounts: &Accounts{},
		Texts: sender, Files: NewFiles(s.store, keys, backend),
		Now: func() time.Time { return time.Unix(0, s.clock.Load()) },
	})
	require.NoError(t, err)
	return handler
}

// files signs as the server does.
func (s *sharedCall) files(t *testing.T) *Files {
	t.Helper()
	keys, err := vault.ParseKeyring("k1:" + strings.Repeat("5a", 32))
	require.NoError(t, err)
	return NewFiles(s.store, keys, backend)
}

// visit asks without a token, as somebody outside does. Headers are pairs; RemoteAddr is the peer's address.
func (s *sharedCall) visit(t *testing.T, method, address string, headers ...string) *httptest.ResponseRecorder {
	t.Helper()
	r := httptest.NewRequestWithContext(t.Context(), method, strings.TrimPrefix(address, backend), nil)
	for i := 0; i < len(headers); i += 2 {
		if headers[i] == "RemoteAddr" {
			r.RemoteAddr = headers[i+1]
			continue
		}
		r.Header.Set(headers[i], headers[i+1])
	}
	w := httptest.NewRecorder()
	s.handler.ServeHTTP(w, r)
	return w
}

// link makes a link for the member to pass on.
func (s *sharedCall) link(t *testing.T) string {
	t.Helper()
	w := s.console(t, http.MethodPost, s.path+"/share", "")
	require.Equal(t, "no-store", w.Header().Get("Cache-Control"), "a link is kept nowhere")
	address, _ := answered(t, w, http.StatusOK)["share_url"].(string)
	require.True(t, strings.HasPrefix(address, backend+"/s/"), address)
	require.Len(t, strings.TrimPrefix(address, backend+"/s/"), 43, "256 bits")
	return address
}

// nothingHere asks for page and audio of a link that must not open; all such answers are one.
func (s *sharedCall) nothingHere(t *testing.T, address string) string {
	t.Helper()
	page := s.visit(t, http.MethodGet, address)
	audio := s.visit(t, http.MethodGet, address+"/audio")
	require.Equal(t, []int{http.StatusNotFound, http.StatusNotFound}, []int{page.Code, audio.Code})
	require.Equal(t, page.Body.String(), audio.Body.String())
	require.NotContains(t, page.Body.String(), "Lakeside")
	return page.Body.String()
}

func (s *sharedCall) shares(t *testing.T) []any {
	t.Helper()
	shares, _ := s.ok(t, http.MethodGet, s.path+"/shares", "")["shares"].([]any)
	return shares
}

func readAll(t *testing.T, r io.Reader) []byte {
	t.Helper()
	content, err := io.ReadAll(r)
	require.NoError(t, err)
	return content
}
