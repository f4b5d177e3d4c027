package microsoft

import "time"

// Block is a time that an event takes, [Start, End).
type Block struct {
	EventID    string
	SeriesID   string // empty for a single event
	Start, End time.Time
}

// Busy returns the times that events take from a calendar whose zone is given, in the order of the events.
//
// No time is taken by a free event, a cancelled one, one that the calendar's owner declined, our own (the appointment
// stands for it), a series as such, and one without length. Tentative ones count. So do those out of office
// and, unlike in Outlook's own planner, those of somebody who works elsewhere: nobody is treated there. An all-day event
// takes its dates from local midnight to local midnight, 23 to 25 hours each.
func Busy(events []Event, zone *time.Location) []Block {
	var blocks []Block
	for _, e := range events {
		if !e.takesTime() {
			continue
		}
		start, end := e.Span(zone)
		if !end.After(start) {
			continue
		}
		blocks = append(blocks, Block{EventID: e.ID, SeriesID: e.SeriesID, Start: start, End: end})
	}
	return blocks
}

func (e Event) takesTime() bool {
	return e.Kind != Series && e.Appointment == "" && !e.Cancelled && e.Response != "declined" && e.ShowAs != "free"
}

// Span returns when the event is. zone is the calendar's: all-day events are in it, and it stands in for a zone that
// nobody knows.
func (e Event) Span(zone *time.Location) (start, end time.Time) {
	if e.AllDay {
		return startOfDay(e.Start.Wall, zone), startOfDay(e.End.Wall, zone)
	}
	start, end = e.Start.At(zone), e.End.At(zone)
	if !end.After(start) && e.Start.Zone == e.End.Zone { // began in the gap of a clock change: moved on, it keeps its length
		end = start.Add(max(0, e.End.Wall.Sub(e.Start.Wall)))
	}
	return start, end
}
