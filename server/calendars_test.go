package server

import (
	"context"
	"log/slog"
	"net/http"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/vault"
	"github.com/voxanne-ai/voxanne/jobs/grants"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/server/apitest"
	"github.com/voxanne-ai/voxanne/server/logtest"
)

const pathCalendars = "/api/calendars"

// playedGoogle is an account with calendars, and what it was asked.
type playedGoogle struct {
	calendar.Provider // whatever else is asked ends the test
	calendar.Account

	calendars []calendar.Calendar
	err       error // of whatever is asked
	ended     []calendar.Channel
}

func (p *playedGoogle) Name() string                         { return calendar.Google }
func (p *playedGoogle) Credential() string                   { return "google_calendar" }
func (p *playedGoogle) Open(calendar.Grant) calendar.Account { return p }
func (p *playedGoogle) Calendars(context.Context) ([]calendar.Calendar, error) {
	return p.calendars, p.err
}

func (p *playedGoogle) Unwatch(_ context.Context, c calendar.Channel) error {
	p.ended = append(p.ended, c)
	return p.err
}

// linking is a clinic in Chicago that connected a Google account.
type linking struct {
	*clinic
	google   *playedGoogle
	log      *logBuffer
	now      time.Time // the server's clock
	resource string
}

func connectGoogle(t *testing.T) *linking {
	t.Helper()
	l := &linking{clinic: diary(t), log: &logBuffer{}, now: time.Date(2030, 3, 4, 14, 0, 0, 0, time.UTC), google: &playedGoogle{calendars: []calendar.Calendar{
		{ID: "desk@clinic.example", Name: "Desk", Zone: "America/New_York", Writable: true, Primary: true},
		{ID: "holidays", Name: "Holidays"},
	}}}
	opened, err := db.Open(t.Context(), l.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	keys, err := vault.ParseKeyring(testKey)
	require.NoError(t, err)
	log := NewLogger(logtest.Keep(t, l.log), slog.LevelDebug)
	keeper, err := grants.New(grants.Options{DB: opened, Keys: keys, Providers: []calendar.Provider{l.google}, Log: log, Now: time.Now})
	require.NoError(t, err)
	handler, err := New(Deps{
		DB: NewDatabase(opened), Auth: hs256Verifier(), Log: log, Metrics: NewMetrics(), Accounts: NewAccounts(keys, nil, nil),
		Calendars: keeper, BackendURL: backend, Now: func() time.Time { return l.now },
	})
	require.NoError(t, err)
	l.handler = apitest.Checked(t, handler)
	sealed, err := keeper.Seal(l.org, "google_calendar", calendar.Grant{Access: "test-secret-access", Refresh: "test-secret-refresh", Expires: time.Now().Add(time.Hour)})
	require.NoError(t, err)
	l.data.Exec(t, `insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, connected_email, account_hash)
		values ($1, 'google_calendar', $2, $3, $4, $5, 'desk@clinic.example', sha256('account'))`, l.org, sealed.Ciphertext, sealed.Nonce, sealed.AuthTag, sealed.KeyID)
	l.resource = l.thing(t, "resources", l.org)
	return l
}

// wish is a wish to link a calendar.
func (l *linking) wish(id, more string) string {
	return `{"provider": "google", "resource_id": "` + l.resource + `", "external_calendar_id": "` + id + `"` + more + `}`
}

// linked links the desk's calendar and returns the link's id.
func (l *linking) linked(t *testing.T) string {
	t.Helper()
	return answered(t, l.console(t, http.MethodPost, pathCalendars, l.wish("desk@clinic.example", `, "writes": true`)), http.StatusCreated)["id"].(string)
}

func (l *linking) queued(t *testing.T, kind string) (n int) {
	t.Helper()
	require.NoError(t, l.data.Pool(t).QueryRow(t.Context(), `select count(*) from river.river_job where kind = $1`, kind).Scan(&n))
	return n
}

func TestACalendarIsLinkedAsItsProviderDescribesIt(t *testing.T) {
	t.Parallel()
	l := connectGoogle(t)
	shown := answered(t, l.console(t, http.MethodPost, pathCalendars, l.wish("desk@clinic.example", `, "writes": true, "name": "Mine", "time_zone": "Europe/London"`)), http.StatusCreated)
	for field, want := range map[string]any{
		"provider": "google", "connected_email": "desk@clinic.example", "resource_id": l.resource, "external_calendar_id": "desk@clinic.example",
		"name": "Desk", "time_zone": "America/New_York", "writes": true, "health": "ok", "error_code": nil, "advice": nil, "last_read_at": nil,
		"stale": true, "pushes_until": nil, "events_waiting": 0.0, "conflicts": 0.0,
	} {
		require.Equal(t, want, shown[field], field)
	}
	require.Equal(t, []int{1, 1}, []int{l.queued(t, "pull_calendar"), l.queued(t, "watch_calendar")})
	require.Equal(t, []any{shown}, l.ok(t, http.MethodGet, pathCalendars, "")["calendars"])

	requireRefusal(t, l.console(t, http.MethodPost, pathCalendars, l.wish("elsewhere", `, "writes": false`)), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, l.console(t, http.MethodPost, pathCalendars, l.wish("holidays", `, "writes": true`)), http.StatusBadRequest, CodeBadRequest)
	second := answered(t, l.console(t, http.MethodPost, pathCalendars, l.wish("holidays", `, "writes": false`)), http.StatusCreated)
	require.Equal(t, "America/Chicago", second["time_zone"], "the organization's, where neither provider nor client says one")
	path := pathCalendars + "/" + second["id"].(string)
	requireRefusal(t, l.console(t, http.MethodPatch, path, `{"writes": true}`), http.StatusBadRequest, CodeBadRequest)
	require.Equal(t, "Days off", l.ok(t, http.MethodPatch, path, `{"name": "Days off"}`)["name"])
	requireRefusal(t, l.console(t, http.MethodPatch, pathCalendars+"/"+uuid.NewString(), `{"writes": true}`), http.StatusNotFound, CodeNotFound)

	l.become(t, "staff")
	l.google.err = &calendar.UnavailableError{} // nobody is asked for whom may not
	requireRefusal(t, l.console(t, http.MethodPost, pathCalendars, l.wish("desk@clinic.example", `, "writes": true`)), http.StatusForbidden, CodeForbidden)
	requireRefusal(t, l.console(t, http.MethodPatch, path, `{"writes": true}`), http.StatusForbidden, CodeForbidden)
	requireRefusal(t, l.console(t, http.MethodDelete, path, ""), http.StatusForbidden, CodeForbidden)
}

func TestAnAccountThatCannotBeUsedIsSaidToBeSo(t *testing.T) {
	t.Parallel()
	l := connectGoogle(t)
	for _, trouble := range []struct {
		err    error
		status int
		code   Code
	}{
		{&calendar.UnavailableError{Status: 503}, http.StatusServiceUnavailable, CodeBusy},
		{&calendar.PauseError{}, http.StatusServiceUnavailable, CodeBusy},
		{&calendar.RefusedError{Status: 400, Code: "test-secret-reason"}, http.StatusServiceUnavailable, CodeBusy},
		{calendar.ErrScopeMissing, http.StatusConflict, CodeConflict},
	} {
		l.google.err = trouble.err
		w := l.console(t, http.MethodPost, pathCalendars, l.wish("desk@clinic.example", `, "writes": true`))
		requireRefusal(t, w, trouble.status, trouble.code)
		require.NotContains(t, w.Body.String(), "test-secret")
	}
	require.Empty(t, l.ok(t, http.MethodGet, pathCalendars, "")["calendars"])
	microsoft := `{"provider": "microsoft", "resource_id": "` + l.resource + `", "external_calendar_id": "x", "writes": false}`
	requireRefusal(t, l.console(t, http.MethodPost, pathCalendars, microsoft), http.StatusBadRequest, CodeNotConfigured)
	l.data.Exec(t, "update public.org_credentials set needs_reconnect_at = app.now()")
	requireRefusal(t, l.console(t, http.MethodPost, pathCalendars, l.wish("desk@clinic.example", `, "writes": true`)), http.StatusConflict, CodeConflict)
	l.data.Exec(t, "delete from public.org_credentials")
	requireRefusal(t, l.console(t, http.MethodPost, pathCalendars, l.wish("desk@clinic.example", `, "writes": true`)), http.StatusConflict, CodeConflict)
}

func TestAnUnlinkedCalendarIsNoLongerListenedTo(t *testing.T) {
	t.Parallel()
	l := connectGoogle(t)
	for _, fails := range []error{nil, &calendar.UnavailableError{}} {
		l.google.err = nil
		id := l.linked(t)
		l.data.Exec(t, `update public.calendar_links set channel_id = 'channel', channel_resource_id = 'resource', channel_token_hash = sha256('test-secret-channel'),
			channel_opened_at = app.now(), channel_expires_at = app.now() + interval '7 days'`)
		l.google.err = fails
		l.ok(t, http.MethodDelete, pathCalendars+"/"+id, "")
		require.Equal(t, []calendar.Channel{{ID: "channel", ResourceID: "resource"}}, l.google.ended, "also where that fails")
		l.google.ended = nil
		requireRefusal(t, l.console(t, http.MethodDelete, pathCalendars+"/"+id, ""), http.StatusNotFound, CodeNotFound)
	}
	l.google.err = nil
	l.ok(t, http.MethodDelete, pathCalendars+"/"+l.linked(t), "")
	require.Empty(t, l.google.ended, "there was none")
}

func TestStaffHaveACalendarRead(t *testing.T) {
	t.Parallel()
	l := connectGoogle(t)
	path := pathCalendars + "/" + l.linked(t) + "/pull"
	l.data.Exec(t, "update public.calendar_links set pull_wanted_at = app.now() - interval '2 minutes'")
	l.become(t, "staff")
	for _, queued := range []bool{true, false, false} {
		require.Equal(t, queued, answered(t, l.console(t, http.MethodPost, path, ""), http.StatusAccepted)["queued"])
	}
	require.Equal(t, 2, l.queued(t, "pull_calendar"), "one of the linking, one of the wishes")
	l.data.Exec(t, "update public.calendar_links set health = 'needs_reconnect', failing_since = app.now(), error_code = 'grant_revoked'")
	requireRefusal(t, l.console(t, http.MethodPost, path, ""), http.StatusConflict, CodeConflict)
	shown := l.ok(t, http.MethodGet, pathCalendars, "")["calendars"].([]any)[0].(map[string]any)
	require.Equal(t, []any{"needs_reconnect", "grant_revoked"}, []any{shown["health"], shown["error_code"]})
	require.Equal(t, sentenceWithdrawn, shown["advice"])
	l.become(t, "viewer")
	requireRefusal(t, l.console(t, http.MethodPost, path, ""), http.StatusForbidden, CodeForbidden)
}

func TestEveryErrorOfACalendarHasAdvice(t *testing.T) {
	t.Parallel()
	require.Nil(t, calendarAdvice(nil))
	for _, err := range []error{
		calendar.ErrGrantRevoked, calendar.ErrScopeMissing, calendar.ErrNotFound, &calendar.PauseError{}, &calendar.RefusedError{}, &calendar.UnavailableError{},
	} {
		require.NotEmpty(t, calendarAdvice(optional(calendar.Code(err))))
	}
	require.Equal(t, calendarAdvice(optional("grant_revoked")), calendarAdvice(optional("reconnect")))
}

func TestChangesOutsideAreListedAndSettled(t *testing.T) {
	t.Parallel()
	l := connectGoogle(t)
	link := l.linked(t)
	l.data.Exec(t, "update public.calendar_links set last_synced_at = app.now()")
	visit, other := l.booked(t, "2030-03-05 10:00", "Ann Quillby"), l.booked(t, "2030-03-05 12:00", "Bea Quillworth")
	detail := l.ok(t, http.MethodGet, pathAppointments+"/"+visit, "")
	require.Equal(t, map[string]any{"state": "waiting", "outside": nil, "error_code": nil}, detail["calendar"])
	l.data.Exec(t, `update public.calendar_events set state = 'there', synced_version = desired_version, outside = 'moved',
		outside_from = '2030-03-05 20:00+00', outside_to = '2030-03-05 20:30+00' where appointment_id = $1`, visit)
	detail = l.ok(t, http.MethodGet, pathAppointments+"/"+visit, "")
	require.Equal(t, map[string]any{"state": "in_step", "outside": "moved", "error_code": nil}, detail["calendar"])

	list := l.ok(t, http.MethodGet, pathCalendars+"/changes?limit=1", "")
	require.Equal(t, 1.0, list["pagination"].(map[string]any)["total"])
	change := list["changes"].([]any)[0].(map[string]any)
	for field, want := range map[string]any{
		"appointment_id": visit, "starts_at": "2030-03-05T16:00:00Z", "ends_at": "2030-03-05T16:30:00Z", "contact_name": "Ann Quillby",
		"phone_number": "+13125550123", "patient_name": "Ann Quillby", "calendar_id": link, "calendar_name": "Desk", "change": "moved",
		"moved_to_starts_at": "2030-03-05T20:00:00Z", "moved_to_ends_at": "2030-03-05T20:30:00Z",
	} {
		require.Equal(t, want, change[field], field)
	}
	settle := pathAppointments + "/" + visit + "/calendar-change"
	followed := l.ok(t, http.MethodPost, settle, `{"follow": true}`)
	require.Equal(t, []any{true, "followed"}, []any{followed["success"], followed["outcome"]})
	require.Equal(t, "2030-03-05T20:00:00Z", l.ok(t, http.MethodGet, pathAppointments+"/"+visit, "")["scheduled_at"])
	requireRefusal(t, l.console(t, http.MethodPost, settle, `{"follow": true}`), http.StatusNotFound, CodeNotFound)

	l.data.Exec(t, `update public.calendar_events set state = 'there', synced_version = desired_version, outside = 'moved',
		outside_from = '2030-03-05 20:00+00', outside_to = '2030-03-05 20:30+00' where appointment_id = $1`, other)
	settle = pathAppointments + "/" + other + "/calendar-change"
	refused := l.ok(t, http.MethodPost, settle, `{"follow": true}`)
	require.Equal(t, []any{false, "refused"}, []any{refused["success"], refused["outcome"]}, "the first visit is there now")
	require.Len(t, l.ok(t, http.MethodGet, pathCalendars+"/changes", "")["changes"], 1, "it is still open")
	require.Equal(t, "restored", l.ok(t, http.MethodPost, settle, `{"follow": false}`)["outcome"])
	require.Empty(t, l.ok(t, http.MethodGet, pathCalendars+"/changes?page=2", "")["changes"])

	l.data.Exec(t, `insert into public.calendar_conflicts (org_id, appointment_id, calendar_link_id, external_id) values ($1, $2, $3, 'lunch')`, l.org, other, link)
	conflict := l.ok(t, http.MethodGet, pathCalendars+"/conflicts", "")["conflicts"].([]any)[0].(map[string]any)
	require.Equal(t, []any{other, "Bea Quillworth", link}, []any{conflict["appointment_id"], conflict["patient_name"], conflict["calendar_id"]})
	require.NotContains(t, conflict, "external_id")
	l.become(t, "viewer")
	requireRefusal(t, l.console(t, http.MethodPost, settle, `{"follow": false}`), http.StatusForbidden, CodeForbidden)
}

func TestWhatCalendarsSayIsASetting(t *testing.T) {
	t.Parallel()
	l := connectGoogle(t)
	l.linked(t)
	l.booked(t, "2030-03-05 10:00", "Ann Quillby")
	before := l.queued(t, "sync_calendar_event")
	org := l.ok(t, http.MethodGet, "/api/orgs", "")
	require.Equal(t, []any{"private", "flag"}, []any{org["calendar_content"], org["calendar_changes"]})
	org = l.ok(t, http.MethodPatch, "/api/orgs", `{"calendar_content": "full", "calendar_changes": "follow"}`)
	require.Equal(t, []any{"full", "follow"}, []any{org["calendar_content"], org["calendar_changes"]})
	require.Equal(t, before+1, l.queued(t, "sync_calendar_event"), "the event ahead is written anew")
	requireRefusal(t, l.console(t, http.MethodPatch, "/api/orgs", `{"calendar_content": "some"}`), http.StatusBadRequest, CodeBadRequest)
	requireRefusal(t, l.console(t, http.MethodPatch, "/api/orgs", `{"calendar_changes": null}`), http.StatusBadRequest, CodeBadRequest)
}
