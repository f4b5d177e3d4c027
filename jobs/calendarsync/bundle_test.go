package calendarsync_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/calendarsync"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	clientID = "client.patients.example"
	secret   = "test-secret-client"
	redirect = "https://voxanne.patients.example/callback"
	person   = "dr.quill@patients.example"
	patient  = "Nora Quillfeather"
	verifier = "test-secret-verifier-0123456789-0123456789-0123456789"
	zone     = "America/Chicago"
)

// testBundle is one clinic whose first resource's calendar is linked at a played provider, and the workers' syncer.
type testBundle struct {
	data     *dbtest.Database
	owner    *pgxpool.Pool
	db       *db.DB
	keeper   *grants.Keeper
	syncer   *calendarsync.Syncer
	outside  outside
	wire     *wire
	hook     string // where pushes go
	log      *logBuffer
	org      uuid.UUID
	user     uuid.UUID
	contact  uuid.UUID
	link     uuid.UUID
	resource string
}

// eachProvider runs a test with both, and looks for a patient's name in the log afterwards.
func eachProvider(t *testing.T, test func(*testing.T, *testBundle)) {
	t.Helper()
	for name, play := range map[string]func(*testing.T, *wire) outside{calendar.Google: playGoogle, calendar.Microsoft: playMicrosoft} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t, play)
			test(t, b)
			for _, hidden := range []string{"Quill", "patients.example", "test-secret", "clinic appointment"} {
				require.NotContains(t, b.log.String(), hidden)
			}
		})
	}
}

func setup(t *testing.T, play func(*testing.T, *wire) outside) *testBundle {
	t.Helper()
	b := &testBundle{data: dbtest.New(t), wire: &wire{}, log: &logBuffer{kept: dbtest.Kept(t, dbtest.KeptServer)}}
	b.owner = b.data.Pool(t)
	var err error
	b.db, err = db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(b.db.Close)
	b.outside = play(t, b.wire)
	log := slog.New(slog.NewJSONHandler(b.log, nil))
	keys, err := vault.ParseKeyring("k1:" + strings.Repeat("5a", 32))
	require.NoError(t, err)
	b.keeper, err = grants.New(grants.Options{DB: b.db, Keys: keys, Providers: []calendar.Provider{b.outside.provider()}, Log: log, Now: time.Now})
	require.NoError(t, err)
	b.hook = echo(t)
	b.syncer = b.with(t, b.keeper)
	b.found(t)
	b.connect(t, b.org, person)
	b.linkCalendar(t)
	b.run(t)
	return b
}

// with is a syncer of another process, which opens accounts its own way.
func (b *testBundle) with(t *testing.T, accounts calendarsync.Accounts) *calendarsync.Syncer {
	t.Helper()
	s, err := calendarsync.New(calendarsync.Options{DB: b.db, Accounts: accounts, BackendURL: b.hook, Log: slog.New(slog.NewJSONHandler(b.log, nil))})
	require.NoError(t, err)
	return s
}

// echo answers a provider that wants to see whether the address of pushes is ours.
func echo(t *testing.T) string {
	t.Helper()
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/plain")
		_, _ = io.WriteString(w, r.URL.Query().Get("validationToken"))
	}))
	t.Cleanup(s.Close)
	return s.URL
}

func (b *testBundle) found(t *testing.T) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), `
		with person as (insert into auth.users (id, email) values (gen_random_uuid(), 'ada.quillby@patients.example') returning *)
		select id, (raw_app_meta_data ->> 'org_id')::uuid from person`).Scan(&b.user, &b.org))
	b.data.Exec(t, `update public.locations set time_zone = 'America/Chicago'`)
	b.contact = one[uuid.UUID](t, b, `insert into public.contacts (org_id, name, phone, source) values ($1, $2, '+13125550142', 'dashboard') returning id`, b.org, patient)
	b.resource = one[string](t, b, `select name from public.resources where org_id = $1 order by id limit 1`, b.org)
}

// connect goes the whole way of a consent, but for our own server's part.
func (b *testBundle) connect(t *testing.T, org uuid.UUID, email string) {
	t.Helper()
	p := b.outside.provider()
	browser := &http.Client{Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.AuthURL("test-secret-state", verifier, email), http.NoBody)
	require.NoError(t, err)
	resp, err := browser.Do(req)
	require.NoError(t, err)
	require.NoError(t, resp.Body.Close())
	back, err := url.Parse(resp.Header.Get("Location"))
	require.NoError(t, err)
	grant, err := p.Exchange(t.Context(), back.Query().Get("code"), verifier)
	require.NoError(t, err)
	sealed, err := b.keeper.Seal(org, p.Credential(), grant)
	require.NoError(t, err)
	_, err = b.owner.Exec(t.Context(), `
		insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, connected_email, account_hash)
		values ($1, $2, $3, $4, $5, $6, $7, $8)`,
		org, p.Credential(), sealed.Ciphertext, sealed.Nonce, sealed.AuthTag, sealed.KeyID, email, grants.AccountHash(grant))
	require.NoError(t, err)
}

func (b *testBundle) linkCalendar(t *testing.T) {
	t.Helper()
	resource := one[uuid.UUID](t, b, `select id from public.resources where org_id = $1 and name = $2`, b.org, b.resource)
	b.asOwner(t, func(tx db.Tx) (err error) {
		b.link, err = tx.LinkCalendar(t.Context(), db.LinkCalendarParams{Provider: b.outside.provider().Name(), ResourceID: resource,
			ExternalCalendarID: b.outside.calendarID(), TimeZone: zone, Writes: true})
		return err
	})
}

func (b *testBundle) asOwner(t *testing.T, do func(db.Tx) error) {
	t.Helper()
	claims, err := json.Marshal(map[string]any{"sub": b.user, "role": "authenticated", "app_metadata": map[string]any{"org_id": b.org}})
	require.NoError(t, err)
	require.NoError(t, b.db.AsUser(t.Context(), claims, func(tx db.Tx, _ db.Member) error { return do(tx) }))
}

// at is an hour of a day ahead, in the clinic's zone.
func at(t *testing.T, days, hour int) time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	now := time.Now().In(location)
	return time.Date(now.Year(), now.Month(), now.Day()+days, hour, 0, 0, 0, location)
}

// book books a visit at the linked resource.
func (b *testBundle) book(t *testing.T, start time.Time) (visit uuid.UUID) {
	t.Helper()
	b.asOwner(t, func(tx db.Tx) error {
		booked, err := tx.BookAppointment(t.Context(), db.BookAppointmentParams{Service: "Consultation", StartsAt: start, PatientName: patient,
			ContactID: &b.contact, Resource: &b.resource, Override: true})
		if err == nil {
			require.Equal(t, "booked", booked.Outcome, "%v", booked.Reason)
			visit = *booked.AppointmentID
		}
		return err
	})
	return visit
}

// move moves a visit here, cancel cancels it here.
func (b *testBundle) move(t *testing.T, visit uuid.UUID, start time.Time) {
	t.Helper()
	wish := start.Format("2006-01-02T15:04")
	b.change(t, db.ChangeAppointmentParams{AppointmentID: visit, At: &wish, Override: true}, "rescheduled")
}

func (b *testBundle) cancel(t *testing.T, visit uuid.UUID) {
	t.Helper()
	status := "cancelled"
	b.change(t, db.ChangeAppointmentParams{AppointmentID: visit, Status: &status}, "cancelled")
}

func (b *testBundle) change(t *testing.T, p db.ChangeAppointmentParams, want string) {
	t.Helper()
	b.asOwner(t, func(tx db.Tx) error {
		changed, err := tx.ChangeAppointment(t.Context(), p)
		if err == nil {
			require.Equal(t, want, changed.Outcome, "%v", changed.Reason)
		}
		return err
	})
}

// run works the queue's jobs for calendars that are due, and those that they bring, until there is none.
func (b *testBundle) run(t *testing.T) {
	t.Helper()
	for {
		var kind string
		var args struct {
			Org   uuid.UUID `json:"org_id"`
			Visit uuid.UUID `json:"appointment_id"`
			Link  uuid.UUID `json:"calendar_link_id"`
		}
		err := b.owner.QueryRow(t.Context(), `delete from river.river_job where id = (
			select id from river.river_job where queue = 'calendars' and scheduled_at <= now() order by id limit 1) returning kind, args`).Scan(&kind, &args)
		if err == pgx.ErrNoRows {
			return
		}
		require.NoError(t, err)
		switch kind {
		case "sync_calendar_event":
			wait, err := b.syncer.Turn(t.Context(), args.Org, args.Visit)
			require.NoError(t, err)
			require.Zero(t, wait)
			require.NoError(t, b.syncer.SyncEvent(t.Context(), args.Org, args.Visit))
		case "pull_calendar":
			require.NoError(t, b.syncer.Pull(t.Context(), args.Org, args.Link))
		default:
			require.NoError(t, b.syncer.Watch(t.Context(), args.Org, args.Link))
		}
	}
}

// pull reads the calendar now.
func (b *testBundle) pull(t *testing.T) {
	t.Helper()
	require.NoError(t, b.syncer.Pull(t.Context(), b.org, b.link))
}

// outlive lets every lease and pause come to its end.
func (b *testBundle) outlive(t *testing.T) {
	t.Helper()
	b.data.Exec(t, `update public.calendar_events set lease_until = case when lease_until is not null then now() - interval '1 second' end, retry_at = null;
		update public.calendar_links set lease_until = case when lease_until is not null then now() - interval '1 second' end, channel_retry_at = null`)
}

// says is a row in words, for comparing.
func (b *testBundle) says(t *testing.T, query string, args ...any) string {
	t.Helper()
	return one[string](t, b, query, args...)
}

func one[T any](t *testing.T, b *testBundle, query string, args ...any) (v T) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), query, args...).Scan(&v))
	return v
}

func (b *testBundle) told(t *testing.T, kind string) int {
	t.Helper()
	return one[int](t, b, "select count(*) from public.notifications where kind = $1", kind)
}

// requireAt: there is one event, at that time.
func (b *testBundle) requireAt(t *testing.T, start time.Time) seen {
	t.Helper()
	events := b.outside.events(t)
	require.Len(t, events, 1)
	require.True(t, start.Equal(events[0].start), "%s, not %s", events[0].start, start)
	return events[0]
}

// wire stands before the provider and holds requests up.
type wire struct {
	next http.Handler
	mu   sync.Mutex
	hold func(*http.Request)
	all  int
}

func (w *wire) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	w.mu.Lock()
	hold := w.hold
	w.all++
	w.mu.Unlock()
	if hold != nil {
		hold(r)
	}
	w.next.ServeHTTP(out, r)
}

// holdUp has hold see every request before the provider does; nil: none.
func (w *wire) holdUp(hold func(*http.Request)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.hold = hold
}

func (w *wire) requests() int {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.all
}

// accountsFunc opens accounts a test's way.
type accountsFunc func(ctx context.Context, org uuid.UUID, provider string, do func(context.Context, calendar.Account) error) error

func (f accountsFunc) With(ctx context.Context, org uuid.UUID, provider string, do func(context.Context, calendar.Account) error) error {
	return f(ctx, org, provider, do)
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
