package contract_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/jobs/provisioner"
	"github.com/voxanne-ai/voxanne/jobs/readiness"
	"github.com/voxanne-ai/voxanne/jobs/toolsync"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/storage"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
	"github.com/voxanne-ai/voxanne/server"
	"github.com/voxanne-ai/voxanne/server/apitest"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	jwtSecret = "test-secret-jwt-test-secret-jwt-test"
	codeKey   = "7e57000000000000000000000000000000000000000000000000000000000001"
	backend   = "http://localhost:8080"
	issuer    = backend + "/auth/v1"

	// Each clinic's account at the played Twilio ends with its letter; the spare one nobody has connected.
	twilioSID, twilioToken = "AC0000000000000000000000000000000", "test-secret-twilio-contract-000"
	resendKey              = "re_test-secret-contract"
)

// now is when everything happens: no night in Chicago, where the contacts' numbers are.
var now = time.Date(2030, 3, 4, 16, 0, 0, 0, time.UTC)

// clinics is a whole server over a real database with two organizations that have a row in every table, a and b. Requests
// come from a member of a. What a request changed is put back before the next.
type clinics struct {
	handler   http.Handler // checks its answers, see apitest
	unchecked http.Handler
	data      *dbtest.Database
	owner     *pgxpool.Pool // sees everything
	books     books
	vapi      *telephony
	keeper    *grants.Keeper
	connector http.Handler      // the same server where numbers are not set up: what is connected is only stored
	ids       map[string]string // of things of clinic a, by the names that examples use
	foreign   map[string]string // of the same things of clinic b
	user      uuid.UUID         // who asks
	token     string
}

func setup(t testing.TB) *clinics {
	t.Helper()
	c := &clinics{data: dbtest.New(t, dbtest.WithClock())}
	c.owner = c.data.Pool(t)
	c.data.SetClock(t, now)
	c.furnish(t)
	c.unchecked = logtest.KeepErrors(t, c.serve(t))
	c.handler = apitest.Checked(t, c.unchecked)
	c.user = uuid.MustParse(c.ids["asker"])
	c.token = token(t, c.ids["org"], c.ids["asker"])
	c.connect(t, c.token, "a")
	c.connect(t, token(t, c.foreign["org"], c.foreign["asker"]), "b")
	c.connectCalendar(t, c.ids["org"])
	c.connectCalendar(t, c.foreign["org"])
	c.books = openBooks(t, c.owner)
	c.books.elsewhere = func() { c.vapi.forget(t) }
	return c
}

// furnish fills both organizations and learns the ids of what they have.
func (c *clinics) furnish(t testing.TB) {
	t.Helper()
	root, err := dbtest.Root()
	require.NoError(t, err)
	for _, file := range []string{"sql/testdata/tenant.sql", "server/contract/testdata/clinic.sql"} {
		script, err := os.ReadFile(filepath.Join(root, file))
		require.NoError(t, err)
		for _, letter := range []string{"a", "b"} {
			c.data.Exec(t, strings.ReplaceAll(string(script), "$L", letter))
		}
	}
	c.ids, c.foreign = c.named(t, "a"), c.named(t, "b")
}

// named are the ids of a clinic's things by their names in the examples.
func (c *clinics) named(t testing.TB, letter string) map[string]string {
	t.Helper()
	fixed := func(end string) string { return letter + "0000000-0000-7000-8000-0000000000" + end }
	ids := map[string]string{
		"org": fixed("01"), "asker": fixed("e3"), "member": fixed("e4"), "invitation": fixed("21"), "spare location": fixed("31"), "empty location": fixed("32"),
		"spare service": fixed("41"), "spare resource": fixed("51"), "closure": fixed("61"), "spare agent": fixed("a1"), "outbound agent": fixed("a2"),
		"tested agent": fixed("a3"), "tracking": strings.Repeat(letter, 43),
		"visit": fixed("71"), "pending visit": fixed("72"), "template": fixed("81"), "spare template": fixed("82"),
		"campaign": fixed("91"), "running campaign": fixed("92"), "contact": fixed("d1"), "spare contact": fixed("d2"),
		"patient": fixed("f1"), "call": fixed("c1"), "ended call": fixed("c2"), "share": fixed("a2"), "notification": fixed("b1"),
		"outbound call": fixed("c9"), "document": fixed("b1"), "gap": fixed("b4"), "consent": fixed("ca"),
	}
	for _, thing := range []string{"location", "service", "resource", "agent", "calendar link", "calendar feed"} {
		var id string
		require.NoError(t, c.owner.QueryRow(t.Context(), "select id::text from public."+strings.ReplaceAll(thing, " ", "_")+"s where org_id = $1 and id::text not like $2 || '%'",
			ids["org"], letter+"0000000-0000").Scan(&id))
		ids[thing] = id
	}
	var number, its string
	require.NoError(t, c.owner.QueryRow(t.Context(), "select id::text, number from public.phone_numbers where org_id = $1", ids["org"]).Scan(&its, &number))
	ids["number"], ids["dialled"] = its, number
	return ids
}

// serve puts the server together, with providers that are played.
func (c *clinics) serve(t testing.TB) http.Handler {
	t.Helper()
	played, mail := sandbox.NewTwilio(), sandbox.NewResend(resendKey)
	t.Cleanup(played.Close)
	for end, number := range map[string]string{"a": "+13125550190", "b": "+13125550191", "c": "+13125550192"} {
		played.AddAccount(twilioSID[:33]+end, twilioToken+end, number)
	}
	mail.Verified("clinic.example")
	c.vapi = newTelephony(t, played)
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	texts, err := twilio.New(twilio.Options{BaseURL: listen(t, played), HTTP: client, Timeout: 5 * time.Second})
	require.NoError(t, err)
	resend, err := email.NewResend(email.ResendOptions{BaseURL: listen(t, mail), HTTP: client, Timeout: 5 * time.Second})
	require.NoError(t, err)
	keys, err := vault.ParseKeyring(codeKey)
	require.NoError(t, err)
	opened, err := db.Open(t.Context(), c.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	log := server.NewLogger(logtest.Keep(t, io.Discard), slog.LevelDebug)
	sender, err := messenger.New(messenger.Options{
		DB: opened, Keys: keys, Twilio: texts, Resend: resend, BackendURL: backend, Log: log,
	})
	require.NoError(t, err)
	account, err := vapi.New(vapi.Options{BaseURL: listen(t, c.vapi), Key: vapiKey, HTTP: client, Timeout: 5 * time.Second})
	require.NoError(t, err)
	files, err := storage.NewDirectory(t.TempDir())
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, files.Close()) })
	c.keeper = keeper(t, opened, keys, log)
	deps := server.Deps{
		DB: server.NewDatabase(opened), Auth: server.NewVerifier(server.Config{
			Env: server.Dev, BackendURL: backend, JWTSecret: jwtSecret}, client), Log: log,
		Metrics: server.NewMetrics(), Accounts: server.NewAccounts(keys, texts, resend), Texts: sender, Checks: sender,
		Readiness: readiness.Checker{DB: opened, Lines: nobody{}, Assistants: silent{}},
		Links:     server.NewLinks(keys, backend), Files: server.NewFiles(files, keys, backend),
		WebCalls: server.NewWebCalls(account, keys, backend), BackendURL: backend, Now: func() time.Time { return now },
		Calendars: c.keeper,
	}
	c.connector, err = server.New(deps)
	require.NoError(t, err)
	deps.Lines = c.numbers(t, opened, sender, texts, account)
	handler, err := server.New(deps)
	require.NoError(t, err)
	return handler
}

// nobody has a line, and silent's assistants are as they should be: readiness is proved in its own room.
type nobody struct{}

func (nobody) Inspect(context.Context, uuid.UUID) ([]provisioner.Finding, error) {
	return nil, provisioner.ErrNoLine
}

type silent struct{}

func (silent) Inspect(context.Context, uuid.UUID, uuid.UUID) ([]toolsync.Finding, error) {
	return []toolsync.Finding{{About: "assistant"}}, nil
}

func listen(t testing.TB, played http.Handler) string {
	t.Helper()
	listening := httptest.NewServer(played)
	t.Cleanup(listening.Close)
	return listening.URL
}

func token(t testing.TB, org, user string) string {
	t.Helper()
	minted, err := server.MintDevToken(jwtSecret, uuid.MustParse(org), uuid.MustParse(user), issuer, time.Hour)
	require.NoError(t, err)
	return minted
}

// connect gives a clinic its accounts, through the API. Texts leave from its number; no line is set up.
func (c *clinics) connect(t testing.TB, token, letter string) {
	t.Helper()
	number := map[string]string{"a": "+13125550190", "b": "+13125550191"}[letter]
	for path, body := range map[string]string{
		"/api/integrations/twilio": `{"accountSid": "` + twilioSID[:33] + letter + `", "authToken": "` + twilioToken + letter + `", "phoneNumber": "` + number + `"}`,
		"/api/integrations/resend": `{"apiKey": "` + resendKey + `", "fromAddress": "` + letter + `@clinic.example"}`,
	} {
		w := ask(c.connector, token, http.MethodPost, path, body)
		require.Equal(t, http.StatusOK, w.Code, w.Body.String())
	}
}

// ask sends one request; an empty token or body is none.
func (c *clinics) ask(t testing.TB, token, method, target, body string) *httptest.ResponseRecorder {
	t.Helper()
	return ask(c.handler, token, method, target, body)
}

func ask(handler http.Handler, token, method, target, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, r)
	return w
}

// become gives the asking member a role; "" removes them.
func (c *clinics) become(t testing.TB, role string) {
	t.Helper()
	defer c.books.note(t, "public.profiles")
	_, err := c.owner.Exec(t.Context(), "delete from public.profiles where user_id = $1", c.user)
	require.NoError(t, err)
	if role == "" {
		return
	}
	_, err = c.owner.Exec(t.Context(), "insert into public.profiles (org_id, user_id, role) values ($1, $2, $3)", c.ids["org"], c.user, role)
	require.NoError(t, err)
}
