package google_test

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// may is a window of a year with the first Monday of May 2026 in it.
func may(t *testing.T) google.Query {
	t.Helper()
	return google.Query{Min: moment(t, "2026-01-01T00:00:00Z"), Max: moment(t, "2027-01-01T00:00:00Z")}
}

// meeting is one hour from a time on.
func meeting(t *testing.T, start string) sandbox.GoogleEvent {
	t.Helper()
	at := moment(t, start)
	return sandbox.GoogleEvent{Summary: "zanzibar-lilac", Start: sandbox.At(at, ""), End: sandbox.At(at.Add(time.Hour), "")}
}

func ids(events []google.Event) []string {
	var all []string
	for _, e := range events {
		all = append(all, e.ID+" "+e.Status)
	}
	slices.Sort(all)
	return all
}

func TestCalendarsAreListedWithTheirRoles(t *testing.T) {
	t.Parallel()
	b := setup(t)
	room := b.played.AddCalendar(owner, "Room 2", "Europe/London")
	b.played.AddPerson("other.quill@patients.example", "UTC")
	b.played.Share("other.quill@patients.example", owner, "freeBusyReader")
	a := b.account(t)
	calendars, err := a.Calendars(t.Context())
	require.NoError(t, err)
	require.Equal(t, []google.Calendar{
		{ID: owner, Summary: owner, Zone: zoneName, Role: "owner", Primary: true},
		{ID: room, Summary: "Room 2", Zone: "Europe/London", Role: "owner"},
		{ID: "other.quill@patients.example", Summary: "other.quill@patients.example", Zone: "UTC", Role: "freeBusyReader"},
	}, calendars)
	require.True(t, calendars[1].Writable())
	require.False(t, calendars[2].Readable())
	_, err = a.Pull(t.Context(), calendars[2].ID, may(t))
	require.Equal(t, &google.RefusedError{Status: 403, Reason: "requiredAccessLevel"}, err)
	b.played.DeleteCalendar(room)
	_, err = a.Pull(t.Context(), room, may(t))
	require.ErrorIs(t, err, google.ErrNotFound)
}

func TestAFullPullGoesThroughAllPages(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	b.played.LimitPages(7)
	for i := range 50 {
		e := meeting(t, "2026-05-04T15:00:00Z")
		e.Start.Time, e.End.Time = e.Start.Time.AddDate(0, 0, i), e.End.Time.AddDate(0, 0, i)
		b.played.Add(owner, e)
	}
	before := meeting(t, "2025-12-31T22:30:00Z")
	b.played.Add(owner, before) // ends before the window
	pulled, err := a.Pull(t.Context(), owner, may(t))
	require.NoError(t, err)
	require.Len(t, pulled.Events, 50)
	require.Equal(t, zoneName, pulled.Zone)
	require.NotEmpty(t, pulled.SyncToken)
	calendar, _ := b.played.Requests()
	require.Equal(t, 8, calendar)
	page, err := a.Events(t.Context(), owner, google.Query{Min: may(t).Min, Max: may(t).Max, PageSize: 3})
	require.NoError(t, err)
	require.Len(t, page.Events, 3)
	require.Empty(t, page.SyncToken)
	require.NotEmpty(t, page.Next)
}

func TestASyncTokenTellsWhatChanged(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	stays, moves, goes := b.played.Add(owner, meeting(t, "2026-05-04T15:00:00Z")), b.played.Add(owner, meeting(t, "2026-05-05T15:00:00Z")),
		b.played.Add(owner, meeting(t, "2026-05-06T15:00:00Z"))
	full, err := a.Pull(t.Context(), owner, may(t))
	require.NoError(t, err)
	require.Equal(t, ids(full.Events), slices.Sorted(slices.Values([]string{stays + " confirmed", moves + " confirmed", goes + " confirmed"})))
	nothing, err := a.Pull(t.Context(), owner, google.Query{SyncToken: full.SyncToken})
	require.NoError(t, err)
	require.Empty(t, nothing.Events)

	require.True(t, b.played.Move(owner, moves, moment(t, "2026-05-07T15:00:00Z"), moment(t, "2026-05-07T16:00:00Z")))
	require.True(t, b.played.Delete(owner, goes))
	comes := b.played.Add(owner, meeting(t, "2028-05-08T15:00:00Z"))
	changed, err := a.Pull(t.Context(), owner, google.Query{SyncToken: nothing.SyncToken})
	require.NoError(t, err)
	require.Equal(t, []string{moves + " confirmed", goes + " cancelled", comes + " confirmed"},
		[]string{changed.Events[0].ID + " " + changed.Events[0].Status, changed.Events[1].ID + " " + changed.Events[1].Status,
			changed.Events[2].ID + " " + changed.Events[2].Status}, "what lies outside the window is told too")
	require.Equal(t, moment(t, "2026-05-07T15:00:00Z"), changed.Events[0].Start.Time)
	again, err := a.Pull(t.Context(), owner, google.Query{SyncToken: nothing.SyncToken})
	require.NoError(t, err)
	require.Equal(t, ids(changed.Events), ids(again.Events), "an older token still works")
}

func TestAnOldSyncTokenMeansListingAnew(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	full, err := a.Pull(t.Context(), owner, may(t))
	require.NoError(t, err)
	b.played.ExpireSyncTokens(owner)
	_, err = a.Pull(t.Context(), owner, google.Query{SyncToken: full.SyncToken})
	require.ErrorIs(t, err, google.ErrGone)
	discreet(t, err, full.SyncToken)
	_, err = a.Pull(t.Context(), owner, google.Query{SyncToken: "nonsense"})
	require.ErrorIs(t, err, google.ErrGone, "one that is not readable is cured in the same way")
	_, err = a.Pull(t.Context(), owner, google.Query{SyncToken: "x", Min: time.Now()})
	require.Equal(t, &google.RefusedError{Reason: "syncTokenWithRequestRestrictions"}, err)
	_, err = a.Pull(t.Context(), owner, google.Query{Min: time.Now(), Max: time.Now().Add(-time.Hour)})
	require.Equal(t, &google.RefusedError{Reason: "timeRangeEmpty"}, err)
}

func TestAListWithoutSyncTokenIsNoPull(t *testing.T) {
	t.Parallel()
	b := against(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		_, _ = w.Write([]byte(`{"items":[{"id":"a"},{"status":"cancelled"},{"id":"b","start":{"date":"2026-05-04"},"end":{"date":"2026-05-05"}}]}`))
	}))
	page, err := b.client.Account("t").Events(t.Context(), owner, may(t))
	require.NoError(t, err)
	require.Equal(t, []string{"a", "#1"}, page.Unreadable, "what is not understood is told apart")
	require.Equal(t, []string{"b confirmed"}, ids(page.Events))
	_, err = b.client.Account("t").Pull(t.Context(), owner, may(t))
	var unavailable *google.UnavailableError
	require.ErrorAs(t, err, &unavailable)
}

func TestNothingOfAnEventsContentIsAskedFor(t *testing.T) {
	t.Parallel()
	var asked []string
	b := setup(t)
	spy := against(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Query().Get("fields"))
		b.played.ServeHTTP(w, r)
	}))
	e := meeting(t, "2026-05-04T15:00:00Z")
	e.Response = "accepted"
	e.Private = map[string]string{"visit": "1"}
	id := b.played.Add(owner, e)
	a := spy.client.Account(b.connect(t).AccessToken)
	pulled, err := a.Pull(t.Context(), owner, may(t))
	require.NoError(t, err)
	one, err := a.Event(t.Context(), owner, id)
	require.NoError(t, err)
	require.Equal(t, pulled.Events[0], one)
	require.Len(t, asked, 2)
	for _, fields := range asked {
		require.NotRegexp(t, `summary|description|location|email|displayName|creator|organizer`, fields)
	}
	require.Equal(t, google.Event{ID: id, ETag: one.ETag, Status: "confirmed", Start: google.When{Time: moment(t, "2026-05-04T15:00:00Z"), Zone: zoneName},
		End: google.When{Time: moment(t, "2026-05-04T16:00:00Z"), Zone: zoneName}, Response: "accepted",
		Private: map[string]string{"visit": "1"}}, one)
}

// draft of the visit of an appointment.
func draft(t *testing.T, appointment uuid.UUID, start string) google.Draft {
	t.Helper()
	at := moment(t, start)
	return google.Draft{ID: google.EventID(appointment), Start: at, End: at.Add(30 * time.Minute), Zone: zoneName, Summary: "zanzibar-lilac",
		Private: map[string]string{"appointment": appointment.String()}}
}

func TestAnEventIsMadeOnceMovedAndDeleted(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	d := draft(t, uuid.New(), "2026-05-04T15:00:00Z")
	made, err := a.Insert(t.Context(), owner, d)
	require.NoError(t, err)
	require.Equal(t, d.ID, made.ID)
	require.Equal(t, d.Private, made.Private)
	_, err = a.Insert(t.Context(), owner, d)
	require.ErrorIs(t, err, google.ErrExists)
	discreet(t, err, d.ID)

	d.Start, d.End = d.Start.Add(time.Hour), d.End.Add(time.Hour)
	moved, err := a.Patch(t.Context(), owner, d, made.ETag)
	require.NoError(t, err)
	require.Equal(t, d.Start.UTC(), moved.Start.Time)
	require.NotEqual(t, made.ETag, moved.ETag)
	_, err = a.Patch(t.Context(), owner, d, made.ETag)
	require.ErrorIs(t, err, google.ErrConflict, "it has changed since")

	require.NoError(t, a.Delete(t.Context(), owner, d.ID))
	require.NoError(t, a.Delete(t.Context(), owner, d.ID), "410: it is done")
	require.NoError(t, a.Delete(t.Context(), owner, google.EventID(uuid.New())), "404: it is done")
	stored, _ := b.played.Event(owner, d.ID)
	require.Equal(t, "cancelled", stored.Status)
}

func TestADeletedEventIsBroughtBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	d := draft(t, uuid.New(), "2026-05-04T15:00:00Z")
	_, err := a.Insert(t.Context(), owner, d)
	require.NoError(t, err)
	b.played.Delete(owner, d.ID)
	_, err = a.Insert(t.Context(), owner, d)
	require.ErrorIs(t, err, google.ErrExists, "its id is used up")
	there, err := a.Event(t.Context(), owner, d.ID)
	require.NoError(t, err)
	require.Equal(t, google.StatusCancelled, there.Status)
	back, err := a.Patch(t.Context(), owner, d, there.ETag)
	require.NoError(t, err)
	require.Equal(t, google.StatusConfirmed, back.Status)
	b.played.Delete(owner, d.ID)
	b.played.Forget(owner)
	_, err = a.Event(t.Context(), owner, d.ID)
	require.ErrorIs(t, err, google.ErrNotFound)
	_, err = a.Insert(t.Context(), owner, d)
	require.NoError(t, err, "until Google forgets it")
}

func TestAnEventThatStaffMadeAllDayIsTurnedBack(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	d := draft(t, uuid.New(), "2026-05-04T15:00:00Z")
	_, err := a.Insert(t.Context(), owner, d)
	require.NoError(t, err)
	b.played.Change(owner, d.ID, func(e *sandbox.GoogleEvent) {
		e.Start, e.End, e.Transparent = sandbox.On("2026-05-04"), sandbox.On("2026-05-05"), true
	})
	there, err := a.Event(t.Context(), owner, d.ID)
	require.NoError(t, err)
	require.Equal(t, "2026-05-04", there.Start.Date)
	back, err := a.Patch(t.Context(), owner, d, "")
	require.NoError(t, err)
	require.Equal(t, google.When{Time: d.Start, Zone: zoneName}, back.Start)
	require.True(t, back.Transparent, "what the draft does not say stays")
}

func TestDraftsThatGoogleWouldRefuseStayHere(t *testing.T) {
	t.Parallel()
	b := setup(t)
	a := b.account(t)
	good := draft(t, uuid.New(), "2026-05-04T15:00:00Z")
	for _, spoil := range []func(*google.Draft){func(d *google.Draft) { d.ID = "vxw-0" }, func(d *google.Draft) { d.ID = "" },
		func(d *google.Draft) { d.End = d.Start }} {
		d := good
		spoil(&d)
		_, err := a.Insert(t.Context(), owner, d)
		var refused *google.RefusedError
		require.ErrorAs(t, err, &refused)
		_, err = a.Patch(t.Context(), owner, d, "")
		require.ErrorAs(t, err, &refused)
	}
	sent, _ := b.played.Requests()
	require.Zero(t, sent)
	d := good
	d.Zone = "Moon/Base"
	_, err := a.Insert(t.Context(), owner, d)
	require.Equal(t, &google.RefusedError{Status: 400, Reason: "invalid"}, err)
	discreet(t, err)
}
