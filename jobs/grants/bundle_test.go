package grants_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/json"
	"io"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	clientID = "client.patients.example"
	secret   = "test-secret-client"
	redirect = "https://voxanne.patients.example/callback"
	person   = "dr.quill@patients.example"
	verifier = "test-secret-verifier-0123456789-0123456789-0123456789"
)

// testBundle is a played provider with one person, a Keeper, and one clinic.
type testBundle struct {
	data      *dbtest.Database
	owner     *pgxpool.Pool
	db        *db.DB
	k         *grants.Keeper
	p         calendar.Provider
	google    *sandbox.Google    // one of the two
	microsoft *sandbox.Microsoft // is nil
	wire      *wire
	clock     *clock
	log       *logBuffer
	org       uuid.UUID
}

// eachProvider runs a test with both, and looks for tokens in the log afterwards.
func eachProvider(t *testing.T, test func(*testing.T, *testBundle)) {
	t.Helper()
	for name, play := range map[string]func(*testing.T, *testBundle){calendar.Google: playGoogle, calendar.Microsoft: playMicrosoft} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, play)
			test(t, b)
			b.isDiscreet(t, b.log.String())
		})
	}
}

func setup(t *testing.T, play func(*testing.T, *testBundle)) *testBundle {
	t.Helper()
	b := &testBundle{data: dbtest.New(t, dbtest.WithClock()), wire: &wire{tokens: map[string]bool{}}, clock: &clock{},
		log: &logBuffer{kept: dbtest.Kept(t, dbtest.KeptServer)}}
	b.owner = b.data.Pool(t)
	var err error
	b.db, err = db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(b.db.Close)
	keys, err := vault.ParseKeyring("k1:" + strings.Repeat("5a", 32))
	require.NoError(t, err)
	play(t, b)
	b.k, err = grants.New(grants.Options{DB: b.db, Keys: keys, Providers: []calendar.Provider{b.p},
		Log: slog.New(slog.NewJSONHandler(b.log, &slog.HandlerOptions{Level: slog.LevelDebug})), Now: b.clock.now})
	require.NoError(t, err)
	b.org = b.found(t, "ada.quillby@patients.example")
	return b
}

func playGoogle(t *testing.T, b *testBundle) {
	t.Helper()
	b.google = sandbox.NewGoogle(clientID, secret, redirect)
	t.Cleanup(b.google.Close)
	b.google.AddPerson(person, "America/Chicago")
	client, err := google.New(google.Options{ClientID: clientID, ClientSecret: secret, BaseURL: b.serve(t, b.google),
		Timeout: 5 * time.Second, Waits: []time.Duration{}})
	require.NoError(t, err)
	b.p = calendar.NewGoogle(client, redirect)
}

func playMicrosoft(t *testing.T, b *testBundle) {
	t.Helper()
	b.microsoft = sandbox.NewMicrosoft(sandbox.MicrosoftApp{ClientID: clientID, ClientSecret: secret, Redirects: []string{redirect}})
	t.Cleanup(b.microsoft.Close)
	b.microsoft.AddMailbox(person, "America/Chicago", "Central Standard Time")
	at := b.serve(t, b.microsoft)
	client, err := microsoft.New(microsoft.Options{BaseURL: at, LoginURL: at, ClientID: clientID, ClientSecret: secret,
		RedirectURL: redirect, Timeout: 5 * time.Second, Waits: []time.Duration{}})
	require.NoError(t, err)
	b.p = calendar.NewMicrosoft(client)
}

func (b *testBundle) serve(t *testing.T, next http.Handler) string {
	t.Helper()
	b.wire.next = next
	s := httptest.NewServer(b.wire)
	t.Cleanup(s.Close)
	return s.URL
}

// found makes a clinic.
func (b *testBundle) found(t *testing.T, email string) (org uuid.UUID) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), `
		insert into auth.users (id, email) values (gen_random_uuid(), $1) returning (raw_app_meta_data ->> 'org_id')::uuid`, email).Scan(&org))
	return org
}

// asOwner acts as the clinic's owner.
func (b *testBundle) asOwner(t *testing.T, org uuid.UUID, do func(db.Tx) error) {
	t.Helper()
	var user uuid.UUID
	require.NoError(t, b.owner.QueryRow(t.Context(), `select user_id from public.profiles where org_id = $1`, org).Scan(&user))
	claims, err := json.Marshal(map[string]any{"sub": user, "app_metadata": map[string]any{"org_id": org}})
	require.NoError(t, err)
	require.NoError(t, b.db.AsUser(t.Context(), claims, func(tx db.Tx, _ db.Member) error { return do(tx) }))
}

// consent has the person allow it, and returns what came back: the row and the code.
func (b *testBundle) consent(t *testing.T, org uuid.UUID) (db.OAuthTaken, string) {
	t.Helper()
	state := "test-secret-" + uuid.NewString()
	hash := sha256.Sum256([]byte(state))
	sealed, err := b.k.SealVerifier(org, b.p.Credential(), verifier)
	require.NoError(t, err)
	b.asOwner(t, org, func(tx db.Tx) error {
		_, err := tx.BeginOAuth(t.Context(), db.BeginOAuthParams{Provider: b.p.Credential(), StateHash: hash[:],
			Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID})
		return err
	})
	code := b.allow(t, b.p.AuthURL(state, verifier, person))
	taken, err := b.db.Platform().TakeOAuth(t.Context(), hash[:])
	require.NoError(t, err)
	return taken, code
}

// allow has the person consent and returns the code that comes back.
func (b *testBundle) allow(t *testing.T, address string) string {
	t.Helper()
	browser := &http.Client{CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, http.NoBody)
	require.NoError(t, err)
	resp, err := browser.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	back, err := url.Parse(resp.Header.Get("Location"))
	require.NoError(t, err)
	return back.Query().Get("code")
}

// connect goes the whole way to a connected account.
func (b *testBundle) connect(t *testing.T, org uuid.UUID) {
	t.Helper()
	taken, code := b.consent(t, org)
	email, err := b.k.Park(t.Context(), taken, code)
	require.NoError(t, err)
	require.Equal(t, person, email)
	b.asOwner(t, org, func(tx db.Tx) error {
		_, err := tx.ConfirmGrant(t.Context(), taken.ID)
		return err
	})
}

// use lists the account's calendars, as work does.
func use(ctx context.Context, account calendar.Account) error {
	_, err := account.Calendars(ctx)
	return err
}

func (b *testBundle) with(t *testing.T) error {
	t.Helper()
	return b.k.With(t.Context(), b.org, b.p.Name(), use)
}

// stored is the grant as it stands in the database, and its version.
func (b *testBundle) stored(t *testing.T) (g calendar.Grant, version int32) {
	t.Helper()
	require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) error {
		row, err := tx.ReadCredential(t.Context(), b.p.Credential())
		if err != nil {
			return err
		}
		version = row.GrantVersion
		g, err = b.k.Open(b.org, b.p.Credential(), vault.Sealed{Ciphertext: row.Ciphertext, Nonce: row.Nonce, AuthTag: row.AuthTag, KeyID: row.KeyID})
		return err
	}))
	return g, version
}

// expire lets the stored access token look used up.
func (b *testBundle) expire(t *testing.T) {
	t.Helper()
	g, _ := b.stored(t)
	g.Expires = time.Now().Add(-time.Second)
	sealed, err := b.k.Seal(b.org, b.p.Credential(), g)
	require.NoError(t, err)
	_, err = b.owner.Exec(t.Context(), `update public.org_credentials set ciphertext = $2, nonce = $3, auth_tag = $4 where org_id = $1`,
		b.org, sealed.Ciphertext, sealed.Nonce, sealed.AuthTag)
	require.NoError(t, err)
}

// expireAccess ends the access tokens at the provider, so that they are refused though they look fresh.
func (b *testBundle) expireAccess() {
	if b.google != nil {
		b.google.ExpireAccess(person)
		return
	}
	b.microsoft.ExpireAccessTokens()
}

// endGrants plays a person who takes our access away.
func (b *testBundle) endGrants() {
	if b.google != nil {
		b.google.RemoveAccess(person)
		return
	}
	b.microsoft.EndGrants(person, "bad_token")
}

// rotate has every refresh give another refresh token; Microsoft always does.
func (b *testBundle) rotate() {
	if b.google != nil {
		b.google.Rotate(true)
	}
}

// count runs a query that counts.
func (b *testBundle) count(t *testing.T, sql string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), sql, args...).Scan(&n))
	return n
}

// isDiscreet looks for tokens, and whose they are.
func (b *testBundle) isDiscreet(t *testing.T, said string) {
	t.Helper()
	for _, hidden := range append(b.wire.seen(), secret, verifier, person, "test-secret") {
		require.NotContains(t, said, hidden)
	}
}

// wire stands before the provider: it counts, remembers tokens, and lets a test act once a refresh was answered.
type wire struct {
	next   http.Handler
	mu     sync.Mutex
	tokens map[string]bool
	asked  int    // for tokens
	all    int    // requests
	began  func() // as a request comes in
	acted  func() // after the provider answered a request for tokens, before we know
}

func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	forTokens := strings.HasSuffix(r.URL.Path, "/token")
	w.mu.Lock()
	w.all++
	acted, began := w.acted, w.began
	if forTokens {
		w.asked++
	}
	w.mu.Unlock()
	if began != nil {
		began()
	}
	answer := httptest.NewRecorder()
	w.next.ServeHTTP(answer, r)
	if forTokens {
		w.remember(answer.Body.Bytes())
		if acted != nil {
			acted()
		}
	}
	maps.Copy(out.Header(), answer.Header())
	out.WriteHeader(answer.Code)
	_, _ = io.Copy(out, answer.Body)
}

func (w *wire) remember(body []byte) {
	var answer struct {
		Access  string `json:"access_token"`
		Refresh string `json:"refresh_token"`
	}
	if json.Unmarshal(body, &answer) != nil {
		return
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, token := range []string{answer.Access, answer.Refresh} {
		if token != "" {
			w.tokens[token] = true
		}
	}
}

// onTokens runs act after each request for tokens that the provider answered; nil: nothing.
func (w *wire) onTokens(act func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.acted = act
}

// onRequest runs act as each request comes in.
func (w *wire) onRequest(act func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.began = act
}

func (w *wire) seen() (tokens []string) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for token := range w.tokens {
		tokens = append(tokens, token)
	}
	return tokens
}

// counts are how often tokens were asked for, and anything.
func (w *wire) counts() (tokens, all int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.asked, w.all
}

// clock is ours, ahead of the machine's.
type clock struct {
	mu    sync.Mutex
	ahead time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return time.Now().Add(c.ahead)
}

func (c *clock) pass(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.ahead += d
}

// logBuffer collects log lines of concurrent writers.
type logBuffer struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	kept *os.File // for cmd/logscrub; nil when nothing is kept
}

func (b *logBuffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.kept != nil {
		_, _ = b.kept.Write(p) // what is said after the test's end is nobody's
	}
	return b.buf.Write(p)
}

func (b *logBuffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.buf.String()
}
