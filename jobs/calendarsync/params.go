package calendarsync

import (
	"encoding/json"
	"fmt"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/calendar"
)

// ownEvent is an event of the clinic's visits as app.apply_calendar_changes reads it.
type ownEvent struct {
	AppointmentID uuid.UUID  `json:"appointment_id"`
	ExternalID    string     `json:"external_id"`
	ETag          *string    `json:"etag"`
	StartsAt      *time.Time `json:"starts_at"` // nil: deleted
	EndsAt        *time.Time `json:"ends_at"`
	Deleted       bool       `json:"deleted"`
}

// visits are the appointments that events name.
func visits(own []calendar.Own) []uuid.UUID {
	ids := make([]uuid.UUID, len(own))
	for i, o := range own {
		ids[i] = o.Appointment
	}
	return ids
}

// params are the changes as the database takes them. known are the visits of the clinic: an event that names any other one is
// another clinic's, or a stranger's, and takes time like every event.
func (p *pull) params(known []uuid.UUID) (db.ApplyCalendarChangesParams, error) {
	said := db.ApplyCalendarChangesParams{
		CalendarLinkID: p.link, LeaseID: p.lease, Whole: p.changes.Whole,
		WindowFrom: p.reading.From, WindowTo: p.reading.To, SyncToken: optional(p.changes.Token),
		Removed: append([]string{}, p.changes.Removed...), Series: append([]string{}, p.changes.Series...),
		ExternalIds: []string{}, SeriesIds: []string{}, Starts: []time.Time{}, Ends: []time.Time{},
	}
	block := func(b calendar.Block) {
		said.ExternalIds, said.SeriesIds = append(said.ExternalIds, b.ID), append(said.SeriesIds, b.SeriesID)
		said.Starts, said.Ends = append(said.Starts, b.Start), append(said.Ends, b.End)
	}
	for _, b := range p.changes.Blocks {
		block(b)
	}
	ours := map[uuid.UUID]bool{}
	for _, id := range known {
		ours[id] = true
	}
	events := []ownEvent{}
	for _, o := range p.changes.Own {
		if ours[o.Appointment] {
			events = append(events, ownOf(o))
			continue
		}
		said.Removed = append(said.Removed, o.Known.ID)
		if o.Busy && !o.Deleted {
			block(calendar.Block{ID: o.Known.ID, Start: o.Start, End: o.End})
		}
	}
	var err error
	if said.Own, err = json.Marshal(events); err != nil {
		return said, fmt.Errorf("write the visits' own events: %w", err)
	}
	return said, nil
}

func ownOf(o calendar.Own) ownEvent {
	event := ownEvent{AppointmentID: o.Appointment, ExternalID: o.Known.ID, ETag: optional(o.Known.ETag), Deleted: o.Deleted}
	if !o.Deleted {
		event.StartsAt, event.EndsAt = &o.Start, &o.End
	}
	return event
}
