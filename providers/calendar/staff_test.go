package calendar_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// entry is what staff put into a calendar.
type entry struct {
	start  time.Time
	length time.Duration
	allDay bool   // the date of start
	show   string // free, tentative, declined; empty: busy
	weekly int    // so many occurrences; 0: once
}

// seen is an event as staff see it.
type seen struct {
	id, subject, detail, place string
	private                    bool
	start                      time.Time
}

// add puts an entry into the person's own calendar and returns its id.
func (p played) add(t *testing.T, e entry) string {
	t.Helper()
	day := e.start.Format(time.DateOnly)
	if p.google != nil {
		g := sandbox.GoogleEvent{Summary: "zanzibar-lilac", Start: sandbox.At(e.start, zoneName), End: sandbox.At(e.start.Add(e.length), zoneName),
			Transparent: e.show == "free"}
		if e.allDay {
			g.Start, g.End = sandbox.On(day), sandbox.On(e.start.AddDate(0, 0, 1).Format(time.DateOnly))
		}
		if e.show == "tentative" {
			g.Status = "tentative"
		}
		if e.show == "declined" {
			g.Response = "declined"
		}
		if e.weekly > 0 {
			g.Recurrence = []string{fmt.Sprintf("RRULE:FREQ=WEEKLY;COUNT=%d", e.weekly)}
		}
		return p.google.Add(p.calendarID, g)
	}
	o := sandbox.OutlookEvent{Subject: "zanzibar-lilac", Zone: zoneName, Start: e.start, End: e.start.Add(e.length), ShowAs: "busy"}
	switch {
	case e.show == "declined":
		o.Response = "declined"
	case e.show != "":
		o.ShowAs = e.show
	}
	date, err := time.Parse(time.DateOnly, day)
	require.NoError(t, err)
	if e.allDay {
		o.AllDay, o.Start, o.End = true, date, date.AddDate(0, 0, 1)
	}
	if e.weekly > 0 {
		o.Recurrence = &sandbox.OutlookRecurrence{Type: "weekly", Days: []time.Weekday{date.Weekday()}, From: date, Count: e.weekly}
	}
	id, err := p.microsoft.AddEvent(p.calendarID, o)
	require.NoError(t, err)
	return id
}

// move puts an event, or a whole series, to another time for an hour.
func (p played) move(t *testing.T, id string, start time.Time) {
	t.Helper()
	if p.google != nil {
		require.True(t, p.google.Move(p.calendarID, id, start, start.Add(time.Hour)))
		return
	}
	require.NoError(t, p.microsoft.ChangeEvent(id, func(e *sandbox.OutlookEvent) {
		e.Start, e.End, e.Zone = start, start.Add(time.Hour), start.Location().String()
	}))
}

// free makes an event take no time.
func (p played) free(t *testing.T, id string) {
	t.Helper()
	if p.google != nil {
		require.True(t, p.google.Change(p.calendarID, id, func(e *sandbox.GoogleEvent) { e.Transparent = true }))
		return
	}
	require.NoError(t, p.microsoft.ChangeEvent(id, func(e *sandbox.OutlookEvent) { e.ShowAs = "free" }))
}

// drop deletes an event or a whole series.
func (p played) drop(t *testing.T, id string) {
	t.Helper()
	if p.google != nil {
		require.True(t, p.google.Delete(p.calendarID, id))
		return
	}
	require.NoError(t, p.microsoft.RemoveEvent(id))
}

// dropOne deletes the occurrence of a series that begins at a time.
func (p played) dropOne(t *testing.T, seriesID string, start time.Time) {
	t.Helper()
	if p.microsoft != nil {
		require.NoError(t, p.microsoft.RemoveOccurrence(seriesID, start))
		return
	}
	for _, e := range p.google.Events(p.calendarID) {
		if e.Series == seriesID && e.Start.Time.Equal(start) {
			require.True(t, p.google.Delete(p.calendarID, e.ID))
			return
		}
	}
	require.Fail(t, "no such occurrence")
}

// repeat makes an event a weekly series.
func (p played) repeat(t *testing.T, id string) {
	t.Helper()
	if p.google != nil {
		require.True(t, p.google.MakeRecurring(p.calendarID, id, "RRULE:FREQ=WEEKLY;COUNT=3"))
		return
	}
	require.NoError(t, p.microsoft.ChangeEvent(id, func(e *sandbox.OutlookEvent) {
		e.Recurrence = &sandbox.OutlookRecurrence{Type: "weekly", Days: []time.Weekday{e.Start.Weekday()}, From: e.Start.Truncate(24 * time.Hour), Count: 3}
	}))
}

// all returns the single events of the person's own calendar.
func (p played) all(t *testing.T) []seen {
	t.Helper()
	var all []seen
	if p.google != nil {
		for _, e := range p.google.Events(p.calendarID) {
			if e.Status != "cancelled" {
				all = append(all, seen{id: e.ID, subject: e.Summary, detail: e.Description, place: e.Location, private: e.Visibility == "private",
					start: e.Start.Time.UTC()})
			}
		}
		return all
	}
	for _, e := range p.microsoft.Events(p.calendarID) {
		zone, err := time.LoadLocation(e.Zone)
		require.NoError(t, err)
		s := e.Start
		all = append(all, seen{id: e.ID, subject: e.Subject, detail: e.Text, place: e.Location, private: e.Private,
			start: time.Date(s.Year(), s.Month(), s.Day(), s.Hour(), s.Minute(), 0, 0, zone).UTC()})
	}
	return all
}

// expireAccess ends the person's access tokens, expireTokens those of pulls.
func (p played) expireAccess() {
	if p.google != nil {
		p.google.ExpireAccess(owner)
		return
	}
	p.microsoft.ExpireAccessTokens()
}

func (p played) expireTokens() {
	if p.google != nil {
		p.google.ExpireSyncTokens(p.calendarID)
		return
	}
	p.microsoft.ExpireDeltaLinks()
}
