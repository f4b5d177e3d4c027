package sandbox

import (
	"slices"
	"strings"
	"time"
)

// googleCalendar holds events. Recurring ones are kept beside their instances, so that every change of an instance is known.
type googleCalendar struct {
	id, summary, zone string
	events            map[string]*GoogleEvent
	changes           int64 // counts up with every change
}

func newGoogleCalendar(id, summary, zone string) *googleCalendar {
	return &googleCalendar{id: id, summary: summary, zone: zone, events: map[string]*GoogleEvent{}}
}

// location of the calendar; UTC when there is no such zone.
func (c *googleCalendar) location() *time.Location {
	location, err := time.LoadLocation(c.zone)
	if err != nil {
		return time.UTC
	}
	return location
}

// put stores an event as changed now, and makes a recurring one's instances anew.
func (c *googleCalendar) put(e GoogleEvent, now time.Time) *GoogleEvent {
	before := c.events[e.ID]
	if e.Status == "" {
		e.Status = "confirmed"
	}
	if e.ICalUID == "" {
		e.ICalUID = e.ID + "@google.com"
	}
	c.changes++
	e.changed, e.Updated = c.changes, now
	if before != nil && len(before.Recurrence) == 0 && len(e.Recurrence) > 0 {
		e.wasSingle = true
	}
	stored := &e
	c.events[e.ID] = stored
	if len(e.Recurrence) > 0 || before != nil && len(before.Recurrence) > 0 {
		c.renew(stored, now)
	}
	return stored
}

// renew compares the instances of a recurring event with its rules: those that are gone are cancelled, new ones come, and all
// others are told again, since something of them may have changed. Instances with changes of their own keep them.
func (c *googleCalendar) renew(series *GoogleEvent, now time.Time) {
	wanted := map[string]GoogleEvent{}
	if series.Status != "cancelled" && len(series.Recurrence) > 0 {
		for _, instance := range expandGoogle(series, c.location()) {
			wanted[instance.ID] = instance
		}
	}
	for _, e := range c.events {
		if _, stays := wanted[e.ID]; e.Series == series.ID && !stays && e.Status != "cancelled" {
			e.Status, e.Exception, e.changed, e.Updated = "cancelled", false, c.changes, now
		}
	}
	for id, instance := range wanted {
		if there := c.events[id]; there != nil && there.Exception {
			continue
		}
		instance.changed, instance.Updated = c.changes, now
		c.events[id] = &instance
	}
}

// cancel deletes an event: it stays, cancelled. An instance is an exception then.
func (c *googleCalendar) cancel(e *GoogleEvent, now time.Time) {
	gone := e.clone()
	gone.Status, gone.Exception = "cancelled", e.Series != ""
	c.put(gone, now)
}

// sorted returns the events that a predicate takes, in a stable order.
func (c *googleCalendar) sorted(takes func(*GoogleEvent) bool) []*GoogleEvent {
	var events []*GoogleEvent
	for _, e := range c.events {
		if takes(e) {
			events = append(events, e)
		}
	}
	slices.SortFunc(events, func(a, b *GoogleEvent) int { return strings.Compare(a.ID, b.ID) })
	return events
}

// within reports whether the event lies between two moments; the zero ones are no bounds.
func (c *googleCalendar) within(e *GoogleEvent, from, to time.Time) bool {
	zone := c.location()
	return (from.IsZero() || e.End.moment(zone).After(from)) && (to.IsZero() || e.Start.moment(zone).Before(to))
}
