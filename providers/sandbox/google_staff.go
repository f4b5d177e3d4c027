package sandbox

import "time"

// Events returns copies of a calendar's events, cancelled, recurring ones and instances among them, in the order of ids.
func (g *Google) Events(calendarID string) []GoogleEvent {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.calendars[calendarID]
	if c == nil {
		return nil
	}
	var events []GoogleEvent
	for _, e := range c.sorted(func(*GoogleEvent) bool { return true }) {
		events = append(events, e.clone())
	}
	return events
}

// Event returns a copy of an event; false: there is none.
func (g *Google) Event(calendarID, id string) (GoogleEvent, bool) {
	for _, e := range g.Events(calendarID) {
		if e.ID == id {
			return e, true
		}
	}
	return GoogleEvent{}, false
}

// Add puts an event into a calendar, as staff do, and returns its id. It is an error of the test if there is no such calendar.
func (g *Google) Add(calendarID string, e GoogleEvent) string {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.calendars[calendarID]
	if e.ID == "" {
		e.ID = newID("")
	}
	c.put(e.clone(), g.now())
	g.changedIn(c)
	return e.ID
}

// Change edits an event, as staff do; an instance becomes an exception. False: there is no such event.
func (g *Google) Change(calendarID, id string, edit func(*GoogleEvent)) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.calendars[calendarID]
	if c == nil || c.events[id] == nil {
		return false
	}
	e := c.events[id].clone()
	edit(&e)
	e.Exception = e.Series != ""
	c.put(e, g.now())
	g.changedIn(c)
	return true
}

// Move puts an event to another time, which makes an all-day one last from moment to moment.
func (g *Google) Move(calendarID, id string, start, end time.Time) bool {
	return g.Change(calendarID, id, func(e *GoogleEvent) {
		e.Start, e.End = At(start, e.Start.Zone), At(end, e.End.Zone)
	})
}

// MakeRecurring gives an event rules (RFC 5545: RRULE, EXDATE, RDATE lines), or without any makes it a single one again.
func (g *Google) MakeRecurring(calendarID, id string, rules ...string) bool {
	return g.Change(calendarID, id, func(e *GoogleEvent) {
		e.Recurrence, e.wasSingle = rules, false
	})
}

// Delete cancels an event, as staff do: an instance alone, a recurring event with all its instances.
func (g *Google) Delete(calendarID, id string) bool {
	g.mu.Lock()
	defer g.mu.Unlock()
	c := g.calendars[calendarID]
	if c == nil || c.events[id] == nil {
		return false
	}
	c.cancel(c.events[id], g.now())
	g.changedIn(c)
	return true
}

// Forget takes a calendar's cancelled events away for good, as Google does some time after they were deleted. Nobody is told.
func (g *Google) Forget(calendarID string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if c := g.calendars[calendarID]; c != nil {
		for id, e := range c.events {
			if e.Status == "cancelled" {
				delete(c.events, id)
			}
		}
	}
}
