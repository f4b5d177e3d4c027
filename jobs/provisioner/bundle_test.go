package provisioner

import (
	"context"
	"encoding/json"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	vapiKey   = "test-secret-vapi-key"
	webhook   = "test-secret-webhook-secret"
	sealKey   = "7e57000000000000000000000000000000000000000000000000000000000001"
	ourURL    = "https://api.clinic.example"
	ownLine   = "+13125550150"
	theirTool = "https://old.clinic.example/sms?token=test-secret-old"
)

// testBundle is a database on its own clock, and a played Twilio and Vapi.
type testBundle struct {
	data   *dbtest.Database
	owner  *pgxpool.Pool
	db     *db.DB
	keys   *vault.Keyring
	now    time.Time
	twilio *sandbox.Twilio
	vapi   *sandbox.Vapi
	urls   [2]string // of Twilio and Vapi
	clinic clinic

	clinics int // so far
}

// clinic is an organisation with an account at Twilio and one number there.
type clinic struct {
	org, user          uuid.UUID
	sid, token, number string
	before             sandbox.TwilioNumber
}

func setup(t *testing.T) *testBundle {
	t.Helper()
	b := &testBundle{data: dbtest.New(t, dbtest.WithClock()), now: time.Date(2030, 3, 4, 16, 0, 0, 0, time.UTC)}
	b.owner = b.data.Pool(t)
	b.data.SetClock(t, b.now)
	var err error
	b.db, err = db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(b.db.Close)
	b.keys, err = vault.ParseKeyring(sealKey)
	require.NoError(t, err)
	b.anew(t)
	return b
}

// anew is another clinic, with a Twilio and a Vapi where nothing happened yet.
func (b *testBundle) anew(t *testing.T) {
	t.Helper()
	b.twilio, b.vapi = sandbox.NewTwilio(), sandbox.NewVapi(vapiKey)
	t.Cleanup(b.twilio.Close)
	b.vapi.Telephony(b.twilio)
	for i, played := range []http.Handler{b.twilio, b.vapi} {
		server := httptest.NewServer(played)
		t.Cleanup(server.Close)
		b.urls[i] = server.URL
	}
	b.clinics++
	b.clinic = b.found(t, b.clinics)
}

// found founds a clinic as signing up does, with a location's own line and number n at Twilio.
func (b *testBundle) found(t *testing.T, n int) clinic {
	t.Helper()
	c := clinic{sid: fmt.Sprintf("AC%032d", n), token: fmt.Sprintf("test-secret-twilio-token-%07d", n), number: fmt.Sprintf("+1312555%04d", 200+n)}
	require.NoError(t, b.owner.QueryRow(t.Context(), `
		with person as (insert into auth.users (id, email) values (gen_random_uuid(), $1) returning *)
		select id, (raw_app_meta_data ->> 'org_id')::uuid from person`, fmt.Sprintf("ada.quillby.%d@patients.example", n)).Scan(&c.user, &c.org))
	for sql, arguments := range map[string][]any{
		`update public.locations set phone = $2 where org_id = $1`: {c.org, ownLine},
		`insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id)
			select gen_random_uuid()::text, org_id, id from public.agents where org_id = $1`: {c.org},
	} {
		_, err := b.owner.Exec(t.Context(), sql, arguments...)
		require.NoError(t, err)
	}
	b.twilio.AddAccount(c.sid, c.token)
	b.twilio.AddNumber(c.sid, sandbox.TwilioNumber{Number: c.number, SMSURL: theirTool, VoiceURL: "https://old.clinic.example/voice", VoiceApplication: "AP1"})
	c.before, _ = b.twilio.Number(c.sid, c.number)
	return c
}

// provisioner is one process's; hook, when given, stands before every request to a provider.
func (b *testBundle) provisioner(t *testing.T, hook func(*http.Request, http.RoundTripper) (*http.Response, error)) *Provisioner {
	t.Helper()
	transport := &http.Transport{MaxIdleConnsPerHost: 4}
	t.Cleanup(transport.CloseIdleConnections)
	client := &http.Client{Transport: hooked{transport, hook}}
	texts, err := twilio.New(twilio.Options{BaseURL: b.urls[0], HTTP: client})
	require.NoError(t, err)
	account, err := vapi.New(vapi.Options{BaseURL: b.urls[1], Key: vapiKey, HTTP: client, Waits: []time.Duration{time.Millisecond, time.Millisecond}})
	require.NoError(t, err)
	mail, err := email.NewResend(email.ResendOptions{BaseURL: b.urls[0]})
	require.NoError(t, err)
	messages, err := messenger.New(messenger.Options{DB: b.db, Keys: b.keys, Twilio: texts, Resend: mail, BackendURL: ourURL, Log: slog.New(slog.DiscardHandler)})
	require.NoError(t, err)
	p, err := New(Options{DB: b.db, Accounts: messages, Twilio: texts, Vapi: account, BackendURL: ourURL, Secret: webhook,
		Pause: func(ctx context.Context, d time.Duration) error {
			b.pass(t, d)
			return ctx.Err()
		}})
	require.NoError(t, err)
	return p
}

type hooked struct {
	http.RoundTripper
	hook func(*http.Request, http.RoundTripper) (*http.Response, error)
}

func (h hooked) RoundTrip(r *http.Request) (*http.Response, error) {
	if h.hook == nil {
		return h.RoundTripper.RoundTrip(r)
	}
	return h.hook(r, h.RoundTripper)
}

// pass lets time go by in the database.
func (b *testBundle) pass(t *testing.T, d time.Duration) {
	b.now = b.now.Add(d)
	b.data.SetClock(t, b.now)
}

func (b *testBundle) asOwner(t *testing.T, c clinic, fn func(db.Tx) error) error {
	claims := fmt.Sprintf(`{"sub":%q,"role":"authenticated","app_metadata":{"org_id":%q}}`, c.user, c.org)
	return b.db.AsUser(t.Context(), []byte(claims), func(tx db.Tx, _ db.Member) error { return fn(tx) })
}

// begin asks for the clinic's number as its dashboard does.
func (b *testBundle) begin(t *testing.T, c clinic, change func(*db.BeginProvisioningParams)) (run db.ProvisioningStatus, err error) {
	t.Helper()
	plain, err := json.Marshal(map[string]string{"accountSid": c.sid, "authToken": c.token})
	require.NoError(t, err)
	sealed, err := b.keys.Seal(c.org, "twilio", plain)
	require.NoError(t, err)
	params := db.BeginProvisioningParams{Number: c.number, Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag,
		KeyID: sealed.KeyID, AccountRef: "AC00…" + c.sid[32:]}
	if change != nil {
		change(&params)
	}
	err = b.asOwner(t, c, func(tx db.Tx) (err error) {
		run, err = tx.BeginProvisioning(t.Context(), params)
		return err
	})
	return run, err
}

// drive works a run to its end, as the queue does with it.
func (b *testBundle) drive(t *testing.T, p *Provisioner, c clinic, run uuid.UUID) {
	t.Helper()
	for range 60 {
		again, err := p.Work(t.Context(), c.org, run)
		require.NoError(t, err)
		if again == 0 {
			return
		}
		b.pass(t, again)
	}
	require.Fail(t, "the run does not end")
}

func (b *testBundle) status(t *testing.T, c clinic, run uuid.UUID) (s db.ProvisioningStatus) {
	t.Helper()
	require.NoError(t, b.db.AsTenant(t.Context(), c.org, func(tx db.Tx) (err error) {
		s, err = tx.DescribeProvisioning(t.Context(), run)
		return err
	}))
	return s
}

// requireWhole: either the line works and there is one of each, or nothing is left at either provider; and the clinic's
// account opens in any case.
func (b *testBundle) requireWhole(t *testing.T, c clinic, run uuid.UUID) (state string) {
	t.Helper()
	s := b.status(t, c, run)
	at, found := b.twilio.Number(c.sid, c.number)
	require.True(t, found)
	numbers, credentials := b.vapi.PhoneNumbers(), b.vapi.Credentials()
	switch s.State {
	case "active":
		require.Len(t, numbers, 1, "one number at Vapi")
		require.LessOrEqual(t, len(credentials), 1, "no second credential")
		require.Contains(t, numbers, *s.VapiPhoneNumberID)
		o, err := vapi.ParseObject(numbers[*s.VapiPhoneNumberID])
		require.NoError(t, err)
		require.Equal(t, []string{c.number, ourURL + webhookPath, ownLine, "false"}, []string{o.Text("number"), inner(o, "server").Text("url"),
			inner(o, "fallbackDestination").Text("number"), string(o["smsEnabled"])})
		require.Equal(t, c.token, b.vapi.Secret(*s.VapiPhoneNumberID))
		require.Equal(t, ourURL+textsPath, at.SMSURL)
		require.NotEqual(t, c.before.VoiceURL, at.VoiceURL)
	case "undone", "released":
		require.Empty(t, numbers, "no orphan at Vapi")
		require.Empty(t, credentials, "no orphan at Vapi")
		require.Equal(t, c.before, at, "Twilio is as it was")
		require.Nil(t, s.VapiPhoneNumberID)
	default:
		require.Fail(t, "neither working nor undone", "%s %v %s", s.State, s.Error, s.Steps)
	}
	var plain []byte
	require.NoError(t, b.db.AsTenant(t.Context(), c.org, func(tx db.Tx) error {
		row, err := tx.ReadCredential(t.Context(), "twilio")
		require.NoError(t, err, "the account is never lost")
		plain, err = b.keys.Open(c.org, "twilio", vault.Sealed{Ciphertext: row.Ciphertext, Nonce: row.Nonce, AuthTag: row.AuthTag, KeyID: row.KeyID})
		return err
	}))
	require.Contains(t, string(plain), c.token)
	return s.State
}

// number is an imported number as Vapi shows it.
func (b *testBundle) number(t *testing.T, id string) vapi.Object {
	t.Helper()
	o, err := vapi.ParseObject(b.vapi.PhoneNumbers()[id])
	require.NoError(t, err)
	return o
}

// run is the id of the clinic's only run.
func (b *testBundle) run(t *testing.T) (id uuid.UUID) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), "select id from public.provisioning where org_id = $1", b.clinic.org).Scan(&id))
	return id
}
