package calendarsync_test

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/calendarsync"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

const (
	worldZone     = "America/Chicago"
	worldClient   = "client-of-the-world"
	worldSecret   = "test-secret-of-the-world"
	worldRedirect = "https://clinic.example/api/oauth/callback"
	worldKey      = "world:0000000000000000000000000000000000000000000000000000000000000007"
	googleEmail   = "ada.quillby@patients.example"
	outlookEmail  = "bea.quillfeather@patients.example"
)

// world is a clinic of two practitioners, one with a Google calendar and one with an Outlook calendar, which is edited from
// both sides. Its time is that of the database's clock and stands still between steps.
type world struct {
	t        *testing.T
	rt       *rapid.T
	data     *dbtest.Database
	owner    *pgxpool.Pool
	db       *db.DB
	keeper   *grants.Keeper
	syncer   *calendarsync.Syncer
	now      time.Time
	zone     *time.Location
	org      uuid.UUID
	claims   []byte
	follows  bool
	google   *sandbox.Google
	outlook  *sandbox.Microsoft
	servers  []*httptest.Server
	rooms    []*room // the Google one, the Outlook one
	visits   map[uuid.UUID]*visit
	late     []func() // writers that took their work long ago
	retries  []job    // jobs that ended in an error
	repeated int      // names of patients and events
	edit     int      // people do something after this many answers of a provider; 0: they do not
}

// meanwhile lets people do something while a worker has its answer and did not tell of it yet.
type meanwhile struct {
	http.RoundTripper
	w *world
}

func (m meanwhile) RoundTrip(r *http.Request) (*http.Response, error) {
	resp, err := m.RoundTripper.RoundTrip(r)
	if m.w.edit > 0 {
		if m.w.edit--; m.w.edit == 0 {
			m.w.logf("  meanwhile")
			m.w.one(m.w.edits())
		}
	}
	return resp, err
}

// room is a practitioner with a calendar.
type room struct {
	name       string
	resource   uuid.UUID
	link       uuid.UUID
	provider   string
	calendarID string
	revoked    bool // the grant, and nobody connected it again
	mayEnd     bool // the grant, since an answer with its newer tokens may be lost
}

// visit is what happened to one that was booked.
type visit struct {
	ended   bool // a step cancelled or completed it
	deleted bool // staff deleted its event outside
	dragged bool // it follows its event, or did, which staff moved outside, perhaps over other events
}

func newWorld(t *testing.T, rt *rapid.T, data *dbtest.Database, owner *pgxpool.Pool, database *db.DB) *world {
	w := &world{t: t, rt: rt, data: data, owner: owner, db: database, visits: map[uuid.UUID]*visit{}, now: time.Now().Truncate(time.Second)}
	var err error
	w.zone, err = time.LoadLocation(worldZone)
	require.NoError(rt, err)
	w.data.SetClock(t, w.now)
	w.exec("delete from public.calendar_pace") // of the draw before, whose time went on
	w.follows = rapid.Bool().Draw(rt, "calendar_changes follow")
	w.found(rapid.Bool().Draw(rt, "approval_required"))
	w.play()
	for _, r := range w.rooms {
		require.NoError(rt, w.connect(r.provider))
		w.link(r)
	}
	return w
}

func (w *world) close() {
	for _, server := range w.servers {
		server.Close()
	}
	w.google.Close()
	w.outlook.Close()
}

func (w *world) logf(format string, args ...any) { w.rt.Logf(format, args...) }

// pass lets time pass here; the providers keep clocks of their own.
func (w *world) pass(d time.Duration) {
	w.now = w.now.Add(d)
	w.data.SetClock(w.t, w.now)
}

// found makes the clinic.
func (w *world) found(approves bool) {
	changes := "flag"
	if w.follows {
		changes = "follow"
	}
	var user uuid.UUID
	require.NoError(w.rt, w.owner.QueryRow(w.t.Context(), `
		with person as (insert into auth.users (id, email) values (gen_random_uuid(), 'ada-' || gen_random_uuid() || '@patients.example') returning *)
		select id, (raw_app_meta_data ->> 'org_id')::uuid from person`).Scan(&user, &w.org))
	w.claims = fmt.Appendf(nil, `{"sub":%q,"role":"authenticated","app_metadata":{"org_id":%q}}`, user, w.org)
	w.exec(`update public.organizations set time_zone = $2, calendar_changes = $3, approval_required = $4, buffer_after = '10 minutes'
		where id = $1`, w.org, worldZone, changes, approves)
	w.exec(`update public.locations set time_zone = $2 where org_id = $1`, w.org, worldZone)
	w.exec(`delete from public.business_hours where org_id = $1`, w.org)
	w.exec(`insert into public.business_hours (org_id, location_id, weekday, opens, closes)
		select l.org_id, l.id, d, '08:00', '18:00' from public.locations l, generate_series(0, 6) d where l.org_id = $1`, w.org)
	w.exec(`insert into public.services (org_id, name, duration) values ($1, 'Zanzibar checkup', '30 minutes')`, w.org)
	for _, r := range []*room{{name: "Ada", provider: calendar.Google, calendarID: googleEmail}, {name: "Bea", provider: calendar.Microsoft}} {
		require.NoError(w.rt, w.owner.QueryRow(w.t.Context(), `
			insert into public.resources (org_id, location_id, name)
			select l.org_id, l.id, $2 from public.locations l where l.org_id = $1 limit 1 returning id`, w.org, r.name).Scan(&r.resource))
		w.rooms = append(w.rooms, r)
	}
	w.exec(`insert into public.resource_services (org_id, resource_id, service_id)
		select r.org_id, r.id, s.id from public.resources r join public.services s on s.org_id = r.org_id and s.name = 'Zanzibar checkup'
		where r.org_id = $1 and r.id = any($2)`, w.org, []uuid.UUID{w.rooms[0].resource, w.rooms[1].resource})
}

func (w *world) exec(sql string, args ...any) {
	_, err := w.owner.Exec(w.t.Context(), sql, args...)
	require.NoError(w.rt, err)
}

// play starts both providers and what reaches them.
func (w *world) play() {
	w.google = sandbox.NewGoogle(worldClient, worldSecret, worldRedirect)
	w.google.AddPerson(googleEmail, worldZone)
	w.google.Rotate(rapid.Bool().Draw(w.rt, "Google rotates"))
	w.outlook = sandbox.NewMicrosoft(sandbox.MicrosoftApp{ClientID: worldClient, ClientSecret: worldSecret, Redirects: []string{worldRedirect}})
	w.rooms[1].calendarID = w.outlook.AddMailbox(outlookEmail, worldZone, "Central Standard Time")
	addresses := make([]string, 0, 2)
	for _, handler := range []http.Handler{w.google, w.outlook} {
		server := httptest.NewServer(handler)
		w.servers, addresses = append(w.servers, server), append(addresses, server.URL)
	}
	client := &http.Client{Transport: meanwhile{&http.Transport{DisableKeepAlives: true}, w}}
	waits := []time.Duration{time.Millisecond, time.Millisecond}
	ofGoogle, err := google.New(google.Options{ClientID: worldClient, ClientSecret: worldSecret, BaseURL: addresses[0], HTTP: client, Waits: waits})
	require.NoError(w.rt, err)
	ofMicrosoft, err := microsoft.New(microsoft.Options{BaseURL: addresses[1], LoginURL: addresses[1], ClientID: worldClient,
		ClientSecret: worldSecret, RedirectURL: worldRedirect, HTTP: client, Waits: waits})
	require.NoError(w.rt, err)
	keys, err := vault.ParseKeyring(worldKey)
	require.NoError(w.rt, err)
	log := slog.New(slog.DiscardHandler)
	w.keeper, err = grants.New(grants.Options{DB: w.db, Keys: keys, Log: log, Now: func() time.Time { return w.now },
		Providers: []calendar.Provider{calendar.NewGoogle(ofGoogle, worldRedirect), calendar.NewMicrosoft(ofMicrosoft)}})
	require.NoError(w.rt, err)
	w.syncer = w.newSyncer(log)
}

// connect goes the whole way of a consent, as the owner does. An error: the provider failed, and it is to be begun anew.
func (w *world) connect(name string) error {
	provider, _ := w.keeper.Provider(name)
	state, verifier := rand.Text(), google.NewVerifier()
	sealed, err := w.keeper.SealVerifier(w.org, provider.Credential(), verifier)
	require.NoError(w.rt, err)
	hash := sha256.Sum256([]byte(state))
	var id uuid.UUID
	require.NoError(w.rt, w.asOwner(func(tx db.Tx) (err error) {
		id, err = tx.BeginOAuth(w.t.Context(), db.BeginOAuthParams{Provider: provider.Credential(), StateHash: hash[:],
			Ciphertext: sealed.Ciphertext, Nonce: sealed.Nonce, AuthTag: sealed.AuthTag, KeyID: sealed.KeyID})
		return err
	}))
	code, err := w.consent(provider.AuthURL(state, verifier, ""))
	if err != nil {
		return err
	}
	taken, err := w.db.Platform().TakeOAuth(w.t.Context(), hash[:])
	require.NoError(w.rt, err)
	if _, err = w.keeper.Park(w.t.Context(), taken, code); err != nil {
		return err
	}
	return w.asOwner(func(tx db.Tx) error {
		_, err := tx.ConfirmGrant(w.t.Context(), id)
		return err
	})
}

// consent opens the page as a browser does and returns the code that comes back.
func (w *world) consent(page string) (string, error) {
	browser := &http.Client{Transport: &http.Transport{DisableKeepAlives: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
	req, err := http.NewRequestWithContext(w.t.Context(), http.MethodGet, page, http.NoBody)
	require.NoError(w.rt, err)
	resp, err := browser.Do(req)
	require.NoError(w.rt, err)
	require.NoError(w.rt, resp.Body.Close())
	back, err := url.Parse(resp.Header.Get("Location"))
	require.NoError(w.rt, err)
	if code := back.Query().Get("code"); code != "" {
		return code, nil
	}
	return "", fmt.Errorf("no code, status %d", resp.StatusCode)
}

// connectAgain begins anew for as long as the provider fails.
func (w *world) connectAgain(r *room) {
	var err error
	for range 20 {
		if err = w.connect(r.provider); err == nil {
			r.revoked = false
			return
		}
		w.logf("  not connected: %v", err)
	}
	require.NoError(w.rt, err)
}

func (w *world) link(r *room) {
	require.NoError(w.rt, w.asOwner(func(tx db.Tx) (err error) {
		r.link, err = tx.LinkCalendar(w.t.Context(), db.LinkCalendarParams{Provider: r.provider, ResourceID: r.resource,
			ExternalCalendarID: r.calendarID, TimeZone: worldZone, Writes: true})
		return err
	}))
}

func (w *world) asOwner(fn func(db.Tx) error) error {
	return w.db.AsUser(w.t.Context(), w.claims, func(tx db.Tx, _ db.Member) error { return fn(tx) })
}

func (w *world) asService(ctx context.Context, fn func(db.Tx) error) error {
	return w.db.AsTenant(ctx, w.org, fn)
}
