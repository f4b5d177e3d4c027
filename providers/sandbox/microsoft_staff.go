package sandbox

import (
	"errors"
	"slices"
	"time"
)

// OutlookEvent is an event as staff see it in Outlook.
type OutlookEvent struct {
	ID          string // given by Outlook
	Subject     string
	Text        string
	Location    string
	Start, End  time.Time // what a clock on the wall of Zone shows; the location in them means nothing
	Zone        string    // IANA name; empty: UTC
	AllDay      bool      // Start and End are midnights
	ShowAs      string    // empty: busy
	Response    string    // of the mailbox's owner; empty: organizer
	Private     bool
	Cancelled   bool
	Recurrence  *OutlookRecurrence // nil: a single event
	Appointment string             // what an app marked it with; read only
}

// ErrNoSuchEvent: there is no such calendar, event or occurrence.
var ErrNoSuchEvent = errors.New("no such event")

// AddEvent adds an event, or a series, and returns its id.
func (m *Microsoft) AddEvent(calendarID string, e OutlookEvent) (id string, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.findCalendar(calendarID)
	if c == nil {
		return "", ErrNoSuchEvent
	}
	item := c.insert(e)
	m.tell(c, item.ID, "created")
	return item.ID, nil
}

// ChangeEvent edits an event or a whole series. A series whose times or pattern change loses its exceptions, as in Outlook.
func (m *Microsoft) ChangeEvent(id string, edit func(*OutlookEvent)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	item := m.findItem(id)
	if item == nil {
		return ErrNoSuchEvent
	}
	before := item.OutlookEvent
	item.change(edit)
	if !item.Start.Equal(before.Start) || !item.End.Equal(before.End) || item.Zone != before.Zone || item.Recurrence != before.Recurrence {
		item.exceptions, item.removed = map[string]*outlookItem{}, map[string]bool{}
	}
	m.tell(item.calendar, id, "updated")
	return nil
}

// RemoveEvent deletes an event or a whole series.
func (m *Microsoft) RemoveEvent(id string) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	item := m.findItem(id)
	if item == nil {
		return ErrNoSuchEvent
	}
	item.remove()
	m.tell(item.calendar, id, "deleted")
	return nil
}

// ChangeOccurrence edits the occurrence of a series that is on a date by its pattern, and makes it an exception.
func (m *Microsoft) ChangeOccurrence(seriesID string, date time.Time, edit func(*OutlookEvent)) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	item, key := m.findItem(seriesID), date.Format(time.DateOnly)
	if item == nil || !item.occursOn(date) {
		return ErrNoSuchEvent
	}
	exception := item.exceptions[key]
	if exception == nil {
		exception = &outlookItem{OutlookEvent: item.OutlookEvent, calendar: item.calendar}
		exception.ID, exception.Recurrence = item.occurrenceID(date), nil
		exception.Start, exception.End = item.on(date)
		item.exceptions[key] = exception
	}
	exception.change(edit)
	m.tell(item.calendar, exception.ID, "updated")
	return nil
}

// RemoveOccurrence deletes the occurrence of a series that is on a date by its pattern.
func (m *Microsoft) RemoveOccurrence(seriesID string, date time.Time) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	item := m.findItem(seriesID)
	if item == nil || !item.occursOn(date) {
		return ErrNoSuchEvent
	}
	item.removeOn(date)
	m.tell(item.calendar, item.occurrenceID(date), "deleted")
	return nil
}

// Events returns the single events and series of a calendar, oldest first.
func (m *Microsoft) Events(calendarID string) []OutlookEvent {
	m.mu.Lock()
	defer m.mu.Unlock()
	c := m.findCalendar(calendarID)
	if c == nil {
		return nil
	}
	var events []OutlookEvent
	for _, item := range c.items {
		if !item.deleted {
			e := item.OutlookEvent
			for _, value := range item.properties {
				e.Appointment = value
			}
			events = append(events, e)
		}
	}
	return events
}

// insert adds an item with Outlook's defaults.
func (c *outlookCalendar) insert(e OutlookEvent) *outlookItem {
	if e.ShowAs == "" {
		e.ShowAs = "busy"
	}
	if e.Response == "" {
		e.Response = "organizer"
	}
	e.ID, e.Start, e.End = newID("AAkALg"), wall(e.Start), wall(e.End)
	item := &outlookItem{OutlookEvent: e, calendar: c, exceptions: map[string]*outlookItem{}, removed: map[string]bool{}}
	c.items = append(c.items, item)
	item.touch()
	return item
}

// wall keeps what a clock shows and forgets where.
func wall(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// touch makes an item the calendar's latest change.
func (i *outlookItem) touch() {
	i.calendar.version++
	i.version = i.calendar.version
}

func (i *outlookItem) change(edit func(*OutlookEvent)) {
	id := i.ID
	edit(&i.OutlookEvent)
	i.ID, i.Start, i.End = id, wall(i.Start), wall(i.End)
	i.touch()
}

func (i *outlookItem) remove() {
	i.deleted = true
	i.touch()
}

func (i *outlookItem) removeOn(date time.Time) {
	key := date.Format(time.DateOnly)
	delete(i.exceptions, key)
	i.removed[key] = true
	i.calendar.version++ // the series itself is as it was
}

func (i *outlookItem) occurrenceID(date time.Time) string {
	return i.ID + "." + date.Format("20060102")
}

// occursOn says whether the pattern has this date and nobody deleted it.
func (i *outlookItem) occursOn(date time.Time) bool {
	date = time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, time.UTC)
	return i.Recurrence != nil && !i.removed[date.Format(time.DateOnly)] && slices.ContainsFunc(i.Recurrence.dates(date), date.Equal)
}

// on returns start and end of the occurrence on a date, on the wall.
func (i *outlookItem) on(date time.Time) (start, end time.Time) {
	clock := i.Start.Sub(time.Date(i.Start.Year(), i.Start.Month(), i.Start.Day(), 0, 0, 0, 0, time.UTC))
	start = time.Date(date.Year(), date.Month(), date.Day(), 0, 0, 0, 0, time.UTC).Add(clock)
	return start, start.Add(i.End.Sub(i.Start))
}

// findCalendar needs m.mu.
func (m *Microsoft) findCalendar(id string) *outlookCalendar {
	for _, box := range m.boxes {
		if c := box.calendar(id); c != nil {
			return c
		}
	}
	return nil
}

// findItem returns an item that is not deleted. It needs m.mu.
func (m *Microsoft) findItem(id string) *outlookItem {
	for _, box := range m.boxes {
		for _, c := range box.calendars {
			if item := c.item(id); item != nil {
				return item
			}
		}
	}
	return nil
}

func (c *outlookCalendar) item(id string) *outlookItem {
	if i := slices.IndexFunc(c.items, func(i *outlookItem) bool { return i.ID == id && !i.deleted }); i >= 0 {
		return c.items[i]
	}
	return nil
}
