package webvoice_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/coder/websocket"
	"github.com/google/uuid"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"golang.org/x/sync/errgroup"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/logtest"
	"github.com/voxanne-ai/voxanne/server/webvoice"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	jwtSecret = "test-secret-jwt-test-secret-jwt-test"
	vapiKey   = "test-secret-vapi-key"
	sealKey   = "7e57000000000000000000000000000000000000000000000000000000000001"
	dashboard = "https://dashboard.clinic.example"
	issuer    = "https://api.clinic.example"
	// soon bounds waiting for what must happen; reached only when it does not.
	soon = 15 * time.Second

	pathStart = "/api/founder-console/agent/web-test"
	pathEnd   = pathStart + "/end"
)

// lakeside and harbor are the clinics of sql/tests/clinics.psql.
var (
	lakeside = uuid.MustParse("a0000000-0000-7000-8000-000000000001")
	harbor   = uuid.MustParse("b0000000-0000-7000-8000-000000000001")
)

// bundle is a database with two clinics whose agents are in step, a played Vapi, and one process over them.
type bundle struct {
	data   *dbtest.Database
	played *sandbox.Vapi
	calls  *server.WebCalls
	log    *journal
	url    string // of the server
	client *http.Client
	stop   func() error
	limits webvoice.Options // what tests shorten
}

func setup(t *testing.T, shorten ...func(*webvoice.Options)) *bundle {
	t.Helper()
	b := &bundle{data: dbtest.New(t, dbtest.WithClock()), played: sandbox.NewVapi(vapiKey), log: &journal{}}
	b.limits = webvoice.Options{LookEvery: 50 * time.Millisecond, BeatEvery: time.Hour, IdleLimit: time.Hour}
	for _, change := range shorten {
		change(&b.limits)
	}
	b.furnish(t)
	far := httptest.NewServer(b.played)
	t.Cleanup(far.Close)
	transport := &http.Transport{DisableKeepAlives: true}
	client, err := vapi.New(vapi.Options{BaseURL: far.URL, Key: vapiKey, HTTP: &http.Client{Transport: transport}, Timeout: 5 * time.Second})
	require.NoError(t, err)
	keys, err := vault.ParseKeyring(sealKey)
	require.NoError(t, err)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	b.url, b.client = "http://"+listener.Addr().String(), &http.Client{Transport: transport}
	b.calls = server.NewWebCalls(client, keys, b.url)
	b.start(t, listener, keys)
	return b
}

// journal is a log that may be read while it is written.
type journal struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (j *journal) Write(line []byte) (int, error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.Write(line)
}

func (j *journal) String() string {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.text.String()
}

// furnish makes the clinics, whose assistants the played Vapi knows.
func (b *bundle) furnish(t *testing.T) {
	t.Helper()
	root, err := dbtest.Root()
	require.NoError(t, err)
	fixture, err := os.ReadFile(filepath.Join(root, "sql/tests/clinics.psql"))
	require.NoError(t, err)
	b.data.Exec(t, string(fixture))
	b.data.SetClock(t, time.Time{})
	b.data.Exec(t, "update public.agents set sync_status = 'synced', synced_version = desired_version")
	for _, id := range []string{"assistant-a", "assistant-b"} {
		_, err := b.played.AddAssistant(json.RawMessage(`{"id": "` + id + `", "name": "Receptionist"}`))
		require.NoError(t, err)
	}
}

// start runs the whole server with its bridges, until the test ends or stop is called.
func (b *bundle) start(t *testing.T, listener net.Listener, keys *vault.Keyring) {
	t.Helper()
	opened, err := db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	log := server.NewLogger(logtest.Keep(t, b.log), slog.LevelDebug)
	auth := server.NewVerifier(server.Config{BackendURL: issuer, JWTSecret: jwtSecret}, http.DefaultClient)
	options := b.limits
	options.DB, options.Auth, options.Calls, options.Log, options.Count = opened, auth, b.calls, log, prometheus.NewRegistry()
	options.Origins = []string{dashboard}
	bridges, err := webvoice.New(options)
	require.NoError(t, err)
	handler, err := server.New(server.Deps{DB: server.NewDatabase(opened), Auth: auth, Log: log, Metrics: server.NewMetrics(),
		Accounts: server.NewAccounts(keys, nil, nil), WebCalls: b.calls, WebVoice: bridges})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(context.Background())
	group, running := errgroup.WithContext(ctx)
	group.Go(func() error { return server.ServeListener(running, handler, listener, log) })
	group.Go(func() error { return bridges.Run(running) })
	b.stop = func() error { cancel(); return group.Wait() }
	t.Cleanup(func() {
		require.NoError(t, b.stop())
		require.NotContains(t, b.log.String(), "test-secret-", "no address, no token")
		require.NotContains(t, b.log.String(), "zanzibar-lilac", "no words")
	})
}

// member makes a person of the clinic and returns their token.
func (b *bundle) member(t *testing.T, org uuid.UUID, role string) (user uuid.UUID, token string) {
	t.Helper()
	user = uuid.New()
	b.data.Exec(t, `insert into auth.users (id, email) values ($1, $2)`, user, user.String()+"@patients.example")
	b.data.Exec(t, `delete from profiles where user_id = $1`, user) // of the organization that signing up founds
	b.data.Exec(t, `insert into profiles (org_id, user_id, role) values ($1, $2, $3)`, org, user, role)
	token, err := server.MintDevToken(jwtSecret, org, user, issuer+"/auth/v1", time.Hour)
	require.NoError(t, err)
	return user, token
}

// ask asks the API and reads the answer.
func (b *bundle) ask(t *testing.T, token, method, path, body string) (status int, answer map[string]any) {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, b.url+path, strings.NewReader(body))
	require.NoError(t, err)
	r.Header.Set("Authorization", "Bearer "+token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	response, err := b.client.Do(r)
	require.NoError(t, err)
	defer func() { _ = response.Body.Close() }()
	require.NoError(t, json.NewDecoder(response.Body).Decode(&answer))
	return response.StatusCode, answer
}

// begin begins a test call.
func (b *bundle) begin(t *testing.T, token string) (bridge, tracking, callID string) {
	t.Helper()
	status, answer := b.ask(t, token, http.MethodPost, pathStart, `{"role": "inbound"}`)
	require.Equal(t, http.StatusOK, status, answer)
	return answer["bridgeWebsocketUrl"].(string), answer["trackingId"].(string), answer["vapiCallId"].(string)
}

// page is an old dashboard's socket.
type page struct{ *websocket.Conn }

// dial opens a bridge from a page of origin; "" is a program.
func dial(t *testing.T, address, origin string) (page, *http.Response, error) {
	t.Helper()
	header := http.Header{}
	if origin != "" {
		header.Set("Origin", origin)
	}
	conn, response, err := websocket.Dial(t.Context(), address, &websocket.DialOptions{HTTPHeader: header})
	if err == nil {
		conn.SetReadLimit(1 << 20)
		t.Cleanup(func() { _ = conn.CloseNow() })
	}
	return page{conn}, response, err
}

// knock opens a bridge and authenticates.
func knock(t *testing.T, address, token string) page {
	t.Helper()
	p, _, err := dial(t, address, dashboard)
	require.NoError(t, err)
	p.send(t, map[string]string{"type": "auth", "token": token})
	return p
}

// talk begins a test call and opens its bridge: both ends of the call.
func (b *bundle) talk(t *testing.T, token string) (near page, far *sandbox.WebCall, tracking string) {
	t.Helper()
	bridge, tracking, callID := b.begin(t, token)
	near = knock(t, bridge, token)
	require.Equal(t, map[string]any{"type": "connected", "vapiCallId": callID, "trackingId": tracking}, near.next(t))
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	far = b.played.WebCall(ctx, callID)
	require.NotNil(t, far)
	return near, far, tracking
}

func (p page) send(t *testing.T, message any) {
	t.Helper()
	encoded, err := json.Marshal(message)
	require.NoError(t, err)
	require.NoError(t, p.Write(t.Context(), websocket.MessageText, encoded))
}

// read returns the next message.
func (p page) read(t *testing.T) (websocket.MessageType, []byte) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	kind, data, err := p.Read(ctx)
	require.NoError(t, err)
	return kind, data
}

// next is the next message, which must be JSON.
func (p page) next(t *testing.T) (message map[string]any) {
	t.Helper()
	kind, data := p.read(t)
	require.Equal(t, websocket.MessageText, kind)
	require.NoError(t, json.Unmarshal(data, &message))
	return message
}

// closed reads until the server closes the socket, and returns how.
func (p page) closed(t *testing.T) websocket.CloseError {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), soon)
	defer cancel()
	for {
		if _, _, err := p.Read(ctx); err != nil {
			var closed websocket.CloseError
			require.ErrorAs(t, err, &closed)
			return closed
		}
	}
}

// over waits until Vapi's side is closed.
func over(t *testing.T, far *sandbox.WebCall) {
	t.Helper()
	select {
	case <-far.Over():
	case <-time.After(soon):
		t.Fatal("Vapi's side is still open")
	}
}

// ended waits until the test is over and says why.
func (b *bundle) ended(t *testing.T, token, tracking string) string {
	t.Helper()
	var answer map[string]any
	require.Eventually(t, func() bool {
		_, answer = b.ask(t, token, http.MethodGet, "/api/founder-console/calls/"+tracking+"/state", "")
		return answer["state"] == "ended"
	}, soon, 20*time.Millisecond)
	return answer["reason"].(string)
}
