package messenger_test

import (
	"bytes"
	"context"
	"encoding/json"
	"log/slog"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/messenger"
	"github.com/voxanne-ai/voxanne/providers/email"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/twilio"
)

const (
	accountSID   = "AC0123456789abcdef0123456789abcdef"
	authToken    = "test-secret-twilio-token"
	platformKey  = "test-secret-resend-key"
	platformFrom = "visits@voxanne.patients.example"
	clinicNumber = "+13125550100"
	callerNumber = "+13125550142"
	backendURL   = "https://voxanne.patients.example"
	planted      = "zanzibar-lilac"
)

var credentialsKey = "k1:" + strings.Repeat("5a", 32)

// testBundle is one clinic with a Twilio account, played providers, and what sends its messages.
type testBundle struct {
	data   *dbtest.Database
	owner  *pgxpool.Pool
	db     *db.DB
	keys   *vault.Keyring
	twilio *sandbox.Twilio
	resend *sandbox.Resend
	line   *line // to Twilio
	log    *logBuffer
	org    uuid.UUID
	call   uuid.UUID
	o      messenger.Options
	m      *messenger.Messenger
}

// setup founds a clinic that texts at any hour, with one ended call from a number that is nobody's yet.
func setup(t *testing.T) *testBundle {
	t.Helper()
	b := &testBundle{data: dbtest.New(t, dbtest.WithClock()), twilio: sandbox.NewTwilio(), resend: sandbox.NewResend(platformKey), log: newLogBuffer(t)}
	b.owner = b.data.Pool(t)
	var err error
	b.db, err = db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(b.db.Close)
	b.keys, err = vault.ParseKeyring(credentialsKey)
	require.NoError(t, err)
	b.found(t)
	b.twilio.AddAccount(accountSID, authToken, clinicNumber)
	b.line = &line{next: b.twilio}
	b.connect(t, "twilio", clinicNumber, map[string]string{"accountSid": accountSID, "authToken": authToken})

	texts, err := twilio.New(twilio.Options{BaseURL: play(t, b.line), Timeout: time.Second})
	require.NoError(t, err)
	mails, err := email.NewResend(email.ResendOptions{BaseURL: play(t, b.resend), Timeout: time.Second})
	require.NoError(t, err)
	b.o = messenger.Options{
		DB: b.db, Keys: b.keys, Twilio: texts, Resend: mails, PlatformEmail: mails.With(platformKey), PlatformFrom: platformFrom,
		BackendURL: backendURL, Log: slog.New(slog.NewTextHandler(b.log, nil)),
	}
	b.m, err = messenger.New(b.o)
	require.NoError(t, err)
	return b
}

// reach makes texts go to another address.
func (b *testBundle) reach(t *testing.T, address string) {
	t.Helper()
	var err error
	b.o.Twilio, err = twilio.New(twilio.Options{BaseURL: address, Timeout: time.Second})
	require.NoError(t, err)
	b.m, err = messenger.New(b.o)
	require.NoError(t, err)
}

func play(t *testing.T, h http.Handler) string {
	t.Helper()
	s := httptest.NewServer(h)
	t.Cleanup(s.Close)
	return s.URL
}

func (b *testBundle) found(t *testing.T) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), `
		insert into auth.users (id, email) values (gen_random_uuid(), 'ada.quillby@patients.example')
		returning (raw_app_meta_data ->> 'org_id')::uuid`).Scan(&b.org))
	b.data.Exec(t, `update public.organizations set name = 'Quillstone Clinic', quiet_from = '00:00', quiet_until = '00:00', country = 'US'`)
	require.NoError(t, b.owner.QueryRow(t.Context(), `
		insert into public.call_logs (org_id, vapi_call_id, location_id, direction, from_number, status, started_at, ended_at)
		select org_id, 'vapi-call-1', id, 'inbound', $2, 'ended', now(), now() from public.locations where org_id = $1
		returning id`, b.org, callerNumber).Scan(&b.call))
}

// connect stores a credential as the dashboard does.
func (b *testBundle) connect(t *testing.T, provider, sender string, secret map[string]string) {
	t.Helper()
	plain, err := json.Marshal(secret)
	require.NoError(t, err)
	sealed, err := b.keys.Seal(b.org, provider, plain)
	require.NoError(t, err)
	_, err = b.owner.Exec(t.Context(), `
		insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, account_ref, sender)
		values ($1, $2, $3, $4, $5, $6, 'AC…', $7)`,
		b.org, provider, sealed.Ciphertext, sealed.Nonce, sealed.AuthTag, sealed.KeyID, sender)
	require.NoError(t, err)
}

// book has the call book a visit for each name, and makes what it planned to send due.
func (b *testBundle) book(t *testing.T, names ...string) (visits []uuid.UUID) {
	t.Helper()
	for i, name := range names {
		require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) error {
			slots, err := tx.AvailableSlots(t.Context(), db.AvailableSlotsParams{
				Service: "Consultation", FromAt: time.Now().AddDate(0, 0, 5+i), ToAt: time.Now().AddDate(0, 0, 20), MaxRows: 1})
			if err != nil {
				return err
			}
			require.NotEmpty(t, slots)
			booked, err := tx.BookAppointment(t.Context(), db.BookAppointmentParams{
				Service: "Consultation", StartsAt: slots[0].StartsAt, PatientName: name, CallID: &b.call, AnotherPerson: true})
			if err == nil {
				require.Equal(t, "booked", booked.Outcome)
				visits = append(visits, *booked.AppointmentID)
			}
			return err
		}))
	}
	b.due(t, "confirmation")
	return visits
}

func (b *testBundle) due(t *testing.T, kind string) {
	t.Helper()
	_, err := b.owner.Exec(t.Context(), "update public.scheduled_messages set due_at = now() - interval '1 second' where kind = $1 and state = 'waiting'", kind)
	require.NoError(t, err)
}

// scheduled are the ids of what was planned of this kind, oldest first.
func (b *testBundle) scheduled(t *testing.T, kind string) []uuid.UUID {
	t.Helper()
	return all[uuid.UUID](t, b, "select id from public.scheduled_messages where kind = $1 order by id", kind)
}

// contact adds a contact with the caller's number.
func (b *testBundle) contact(t *testing.T) uuid.UUID {
	t.Helper()
	return one[uuid.UUID](t, b, "insert into public.contacts (org_id, name, phone, source) values ($1, 'Cora Quillan', $2, 'dashboard') returning id", b.org, callerNumber)
}

// followUp begins a text to the contact, as staff do.
func (b *testBundle) followUp(t *testing.T, key string) uuid.UUID {
	t.Helper()
	contact := b.contact(t)
	return b.begin(t, db.BeginMessageParams{Category: "confirmation", Method: "sms", Content: "We have a place for you, " + planted,
		SendKey: key, ContactID: contact, ServiceProvider: "twilio", NumberZones: []string{}})
}

func (b *testBundle) begin(t *testing.T, wish db.BeginMessageParams) uuid.UUID {
	t.Helper()
	var d db.MessageDecision
	require.NoError(t, b.db.AsTenant(t.Context(), b.org, func(tx db.Tx) (err error) {
		d, err = tx.BeginMessage(t.Context(), wish)
		return err
	}))
	require.Equal(t, "send", d.Outcome)
	return *d.MessageID
}

// row is a message as an auditor reads it: status, reason, the provider's id and error.
type row struct{ Status, Reason, External, Error string }

func (b *testBundle) row(t *testing.T, id uuid.UUID) (r row) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), `
		select status, coalesce(reason, ''), coalesce(external_message_id, ''), coalesce(provider_error, '')
		from public.messages where id = $1`, id).Scan(&r.Status, &r.Reason, &r.External, &r.Error))
	return r
}

// age makes a message one that was handed over so long ago.
func (b *testBundle) age(t *testing.T, by time.Duration) {
	t.Helper()
	b.data.SetClock(t, time.Now().Add(by))
}

// eventually waits until one query answers true.
func (b *testBundle) eventually(t *testing.T, sql string, args ...any) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		var ok bool
		if err := b.owner.QueryRow(context.Background(), sql, args...).Scan(&ok); err != nil || !ok {
			c.Errorf("not yet: %s (%v)", sql, err)
		}
	}, 20*time.Second, 50*time.Millisecond, "log: %s", b.log)
}

func one[T any](t *testing.T, b *testBundle, sql string, args ...any) (v T) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), sql, args...).Scan(&v))
	return v
}

func all[T any](t *testing.T, b *testBundle, sql string, args ...any) (list []T) {
	t.Helper()
	rows, err := b.owner.Query(t.Context(), sql, args...)
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		var v T
		require.NoError(t, rows.Scan(&v))
		list = append(list, v)
	}
	require.NoError(t, rows.Err())
	return list
}

// line stands between us and a played provider, so that a test can act at the moments between.
type line struct {
	next http.Handler
	mu   sync.Mutex
	// arrived runs when a POST has come in and nothing was done; acted when it was done and nobody knows yet.
	arrived, acted func()
}

func (l *line) on(arrived, acted func()) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.arrived, l.acted = arrived, acted
}

func (l *line) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	arrived, acted := l.arrived, l.acted
	l.mu.Unlock()
	if r.Method != http.MethodPost || arrived == nil && acted == nil {
		l.next.ServeHTTP(w, r)
		return
	}
	if arrived != nil {
		arrived()
		return // whoever asked is gone
	}
	answer := httptest.NewRecorder()
	l.next.ServeHTTP(answer, r)
	acted()
	maps.Copy(w.Header(), answer.Header())
	w.WriteHeader(answer.Code)
	_, _ = w.Write(answer.Body.Bytes())
}

// logBuffer collects log lines of concurrent writers.
type logBuffer struct {
	mu   sync.Mutex
	buf  bytes.Buffer
	kept *os.File // for cmd/logscrub; nil when nothing is kept
}

func newLogBuffer(t *testing.T) *logBuffer {
	t.Helper()
	return &logBuffer{kept: dbtest.Kept(t, dbtest.KeptServer)}
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
