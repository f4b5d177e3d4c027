package sandbox

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// outlookDesk is Outlook's calendars as people see them. A series is listed once, and moved as a whole.
type outlookDesk struct{ m *Microsoft }

func (d outlookDesk) listed() []deskCalendar {
	d.m.mu.Lock()
	defer d.m.mu.Unlock()
	calendars := []deskCalendar{}
	for _, box := range d.m.boxes {
		for _, c := range box.calendars {
			calendars = append(calendars, deskCalendar{ID: c.id, Name: c.name, Person: box.email, Zone: box.zone.String(),
				Events: c.desk(d.m.clock())})
		}
	}
	return calendars
}

// desk lists what is there from yesterday on.
func (c *outlookCalendar) desk(now time.Time) []deskEvent {
	events, zone := []deskEvent{}, c.box.zone
	for _, item := range c.items {
		start, end := item.wallIn(item.Start, zone), item.wallIn(item.End, zone)
		today := wallOf(now, zone)
		if item.deleted || item.Recurrence == nil && (end.Before(today.Add(-24*time.Hour)) || start.After(today.Add(doorDays))) {
			continue
		}
		format := doorMinute
		if item.AllDay {
			format = time.DateOnly
		}
		events = append(events, deskEvent{ID: item.ID, Title: item.Subject, Start: start.Format(format), End: end.Format(format),
			Recurring: item.Recurrence != nil, Ours: len(item.properties) > 0})
	}
	slices.SortFunc(events, func(a, b deskEvent) int {
		return cmp.Or(strings.Compare(a.Start, b.Start), strings.Compare(a.ID, b.ID))
	})
	return events
}

// wallIn is what a clock in a zone shows when one in the event's zone shows wall. All-day events know no zones.
func (i *outlookItem) wallIn(wall time.Time, zone *time.Location) time.Time {
	own, err := time.LoadLocation(cmp.Or(i.Zone, "UTC"))
	if err != nil || i.AllDay {
		return wall
	}
	return wallOf(wallTime(wall, own), zone)
}

// zone of a calendar; empty: there is no such one.
func (d outlookDesk) zone(calendarID string) string {
	d.m.mu.Lock()
	defer d.m.mu.Unlock()
	if c := d.m.findCalendar(calendarID); c != nil {
		return c.box.zone.String()
	}
	return ""
}

func (d outlookDesk) added(calendarID, title string, start, end time.Time) (string, error) {
	return d.m.AddEvent(calendarID, OutlookEvent{Subject: title, Start: start, End: end, Zone: d.zone(calendarID)})
}

func (d outlookDesk) moved(calendarID, eventID string, start, end time.Time) error {
	zone := d.zone(calendarID)
	return d.m.ChangeEvent(eventID, func(e *OutlookEvent) {
		e.Start, e.End, e.Zone, e.AllDay = start, end, cmp.Or(zone, e.Zone), false
	})
}

func (d outlookDesk) removed(_, eventID string) error { return d.m.RemoveEvent(eventID) }
