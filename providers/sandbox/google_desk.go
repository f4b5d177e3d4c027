package sandbox

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// googleDesk is Google's calendars as people see them.
type googleDesk struct{ g *Google }

func (d googleDesk) listed() []deskCalendar {
	d.g.mu.Lock()
	defer d.g.mu.Unlock()
	calendars := []deskCalendar{}
	for _, p := range d.g.people {
		for _, entry := range p.calendars {
			if entry.role != "owner" {
				continue // it is listed where it belongs
			}
			c := entry.calendar
			calendars = append(calendars, deskCalendar{ID: c.id, Name: c.summary, Person: p.email, Zone: c.zone, Events: c.desk(d.g.now())})
		}
	}
	slices.SortFunc(calendars, func(a, b deskCalendar) int {
		return cmp.Or(strings.Compare(a.Person, b.Person), strings.Compare(a.Name, b.Name))
	})
	return calendars
}

// desk lists what is there from yesterday on.
func (c *googleCalendar) desk(now time.Time) []deskEvent {
	events := []deskEvent{}
	for _, e := range c.events {
		until := now.Add(doorDays)
		if e.Series != "" && !e.Exception {
			until = now.Add(doorInstances)
		}
		if e.Status == "cancelled" || len(e.Recurrence) == 0 && !c.within(e, now.Add(-24*time.Hour), until) {
			continue
		}
		events = append(events, deskEvent{ID: e.ID, Title: e.Summary, Start: c.shown(e.Start), End: c.shown(e.End),
			Recurring: e.Series != "" || len(e.Recurrence) > 0, Ours: len(e.Private) > 0})
	}
	slices.SortFunc(events, func(a, b deskEvent) int {
		return cmp.Or(strings.Compare(a.Start, b.Start), strings.Compare(a.ID, b.ID))
	})
	return events
}

func (c *googleCalendar) shown(w GoogleWhen) string {
	if w.Date != "" {
		return w.Date
	}
	return w.Time.In(c.location()).Format(doorMinute)
}

// zone of a calendar; false: there is no such one.
func (d googleDesk) zone(calendarID string) (*time.Location, bool) {
	d.g.mu.Lock()
	defer d.g.mu.Unlock()
	c := d.g.calendars[calendarID]
	if c == nil {
		return nil, false
	}
	return c.location(), true
}

func (d googleDesk) added(calendarID, title string, start, end time.Time) (string, error) {
	zone, there := d.zone(calendarID)
	if !there {
		return "", ErrNoSuchEvent
	}
	return d.g.Add(calendarID, GoogleEvent{Summary: title, Start: At(wallTime(start, zone), ""), End: At(wallTime(end, zone), "")}), nil
}

func (d googleDesk) moved(calendarID, eventID string, start, end time.Time) error {
	zone, there := d.zone(calendarID)
	if !there || !d.holds(calendarID, eventID) {
		return ErrNoSuchEvent
	}
	d.g.Move(calendarID, eventID, wallTime(start, zone), wallTime(end, zone))
	return nil
}

func (d googleDesk) removed(calendarID, eventID string) error {
	if !d.holds(calendarID, eventID) {
		return ErrNoSuchEvent
	}
	d.g.Delete(calendarID, eventID)
	return nil
}

// holds says whether people see an event.
func (d googleDesk) holds(calendarID, eventID string) bool {
	e, there := d.g.Event(calendarID, eventID)
	return there && e.Status != "cancelled"
}
