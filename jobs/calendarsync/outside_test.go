package calendarsync_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// seen is an event as staff see it.
type seen struct {
	id, subject, detail, place string
	start, end                 time.Time
	private                    bool
}

// outside is a played provider with one person's calendar, as staff use it.
type outside interface {
	provider() calendar.Provider
	calendarID() string
	events(t *testing.T) []seen
	add(t *testing.T, start, end time.Time) (id string)
	move(t *testing.T, id string, start, end time.Time)
	remove(t *testing.T, id string)
	expireTokens()
	channels() []string
	revoke()
	fail(f ...sandbox.Failure)
}

type outsideGoogle struct {
	*sandbox.Google
	p calendar.Provider
}

func playGoogle(t *testing.T, w *wire) outside {
	t.Helper()
	g := sandbox.NewGoogle(clientID, secret, redirect)
	t.Cleanup(g.Close)
	g.AddPerson(person, zone)
	client, err := google.New(google.Options{ClientID: clientID, ClientSecret: secret, BaseURL: w.serve(t, g), HTTP: unkept(),
		Timeout: 5 * time.Second, Waits: []time.Duration{}})
	require.NoError(t, err)
	return &outsideGoogle{g, calendar.NewGoogle(client, redirect)}
}

func (w *wire) serve(t *testing.T, next http.Handler) string {
	t.Helper()
	w.next = next
	s := httptest.NewServer(w)
	t.Cleanup(s.Close)
	return s.URL
}

// unkept keeps no connections, so that nothing of a test outlives it.
func unkept() *http.Client { return &http.Client{Transport: &http.Transport{DisableKeepAlives: true}} }

func (o *outsideGoogle) provider() calendar.Provider { return o.p }
func (o *outsideGoogle) calendarID() string          { return person }
func (o *outsideGoogle) expireTokens()               { o.ExpireSyncTokens(person) }
func (o *outsideGoogle) channels() []string          { return o.Channels(person) }
func (o *outsideGoogle) revoke()                     { o.RemoveAccess(person) }
func (o *outsideGoogle) fail(f ...sandbox.Failure)   { o.Fail(f...) }

func (o *outsideGoogle) events(*testing.T) (live []seen) {
	for _, e := range o.Events(person) {
		if e.Status != "cancelled" {
			live = append(live, seen{e.ID, e.Summary, e.Description, e.Location, e.Start.Time, e.End.Time, e.Visibility == "private"})
		}
	}
	return live
}

func (o *outsideGoogle) add(_ *testing.T, start, end time.Time) string {
	return o.Add(person, sandbox.GoogleEvent{Summary: "zanzibar-lilac", Start: sandbox.At(start, zone), End: sandbox.At(end, zone)})
}

func (o *outsideGoogle) move(t *testing.T, id string, start, end time.Time) {
	t.Helper()
	require.True(t, o.Move(person, id, start, end))
}

func (o *outsideGoogle) remove(t *testing.T, id string) {
	t.Helper()
	require.True(t, o.Delete(person, id))
}

type outsideMicrosoft struct {
	*sandbox.Microsoft
	p  calendar.Provider
	id string
}

func playMicrosoft(t *testing.T, w *wire) outside {
	t.Helper()
	m := sandbox.NewMicrosoft(sandbox.MicrosoftApp{ClientID: clientID, ClientSecret: secret, Redirects: []string{redirect}})
	t.Cleanup(m.Close)
	id := m.AddMailbox(person, zone, "Central Standard Time")
	address := w.serve(t, m)
	client, err := microsoft.New(microsoft.Options{BaseURL: address, LoginURL: address, ClientID: clientID, ClientSecret: secret,
		RedirectURL: redirect, HTTP: unkept(), Timeout: 5 * time.Second, Waits: []time.Duration{}})
	require.NoError(t, err)
	return &outsideMicrosoft{m, calendar.NewMicrosoft(client), id}
}

func (o *outsideMicrosoft) provider() calendar.Provider { return o.p }
func (o *outsideMicrosoft) calendarID() string          { return o.id }
func (o *outsideMicrosoft) expireTokens()               { o.ExpireDeltaLinks() }
func (o *outsideMicrosoft) channels() []string          { return o.Subscriptions() }
func (o *outsideMicrosoft) revoke()                     { o.EndGrants(person, "bad_token"); o.ExpireAccessTokens() }
func (o *outsideMicrosoft) fail(f ...sandbox.Failure)   { o.Fail(f...) }

func (o *outsideMicrosoft) events(t *testing.T) (live []seen) {
	t.Helper()
	for _, e := range o.Events(o.id) {
		if !e.Cancelled {
			live = append(live, seen{e.ID, e.Subject, e.Text, e.Location, wall(t, e.Start, e.Zone), wall(t, e.End, e.Zone), e.Private})
		}
	}
	return live
}

// wall is when a clock in a zone shows t.
func wall(t *testing.T, shown time.Time, zone string) time.Time {
	t.Helper()
	location, err := time.LoadLocation(zone)
	require.NoError(t, err)
	return time.Date(shown.Year(), shown.Month(), shown.Day(), shown.Hour(), shown.Minute(), 0, 0, location)
}

func (o *outsideMicrosoft) add(t *testing.T, start, end time.Time) string {
	t.Helper()
	id, err := o.AddEvent(o.id, sandbox.OutlookEvent{Subject: "zanzibar-lilac", Start: start, End: end, Zone: zone})
	require.NoError(t, err)
	return id
}

func (o *outsideMicrosoft) move(t *testing.T, id string, start, end time.Time) {
	t.Helper()
	require.NoError(t, o.ChangeEvent(id, func(e *sandbox.OutlookEvent) { e.Start, e.End, e.Zone = start, end, zone }))
}

func (o *outsideMicrosoft) remove(t *testing.T, id string) {
	t.Helper()
	require.NoError(t, o.RemoveEvent(id))
}
