package calendar

import (
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/google/uuid"

	"github.com/voxanne-ai/voxanne/providers/google"
)

var errUnreadable = errors.New("an event is not readable")

// Pull takes the zone that Google tells, before that of the reading. Every event that a token tells of is in Removed, since
// it may have been elsewhere before; blocks have their series' id, so that the end of a series takes out those whose own end
// is not told.
//
// An event that cannot be read might be at any time: the pull fails with [*UnavailableError] then, and the mirror grows old
// visibly, rather than that a time is offered which is taken.
func (a *googleAccount) Pull(ctx context.Context, r Reading) (Changes, error) {
	query := google.Query{Min: r.From, Max: r.To}
	if r.Token != "" {
		query = google.Query{SyncToken: r.Token}
	}
	page, err := a.of.Pull(ctx, r.CalendarID, query)
	if err != nil {
		return Changes{}, googleError(err)
	}
	if len(page.Unreadable) > 0 {
		return Changes{}, &UnavailableError{Status: http.StatusOK, cause: errUnreadable}
	}
	zone, err := time.LoadLocation(page.Zone)
	if err != nil || page.Zone == "" {
		zone = zoneOr(r.Zone)
	}
	changes := Changes{Whole: r.Token == "", Token: page.SyncToken, Zone: page.Zone}
	series := liveSeries(page.Events)
	for _, e := range page.Events {
		if !changes.Whole {
			changes.Removed = append(changes.Removed, e.ID)
		}
		appointment, own := google.AppointmentOf(e.ID)
		switch {
		case own && series[e.ID]: // staff made it recurring: its instances are events like any other, and it is not deleted
		case own:
			changes.Own = append(changes.Own, googleOwn(e, appointment, zone))
		default:
			changes.Blocks = append(changes.Blocks, googleBlocks(e, zone, r)...)
		}
	}
	return changes, nil
}

// liveSeries are the ids of recurring events of which there are instances.
func liveSeries(events []google.Event) map[string]bool {
	live := map[string]bool{}
	for _, e := range events {
		if e.Series != "" && e.Status != google.StatusCancelled {
			live[e.Series] = true
		}
	}
	return live
}

// googleBlocks is what an event takes of the window: one block or none.
func googleBlocks(e google.Event, zone *time.Location, r Reading) []Block {
	var blocks []Block
	for _, s := range google.Busy([]google.Event{e}, zone, nil) {
		if r.touches(s.Start, s.End) {
			blocks = append(blocks, Block{ID: e.ID, SeriesID: e.Series, Start: s.Start, End: s.End})
		}
	}
	return blocks
}

func googleOwn(e google.Event, appointment uuid.UUID, zone *time.Location) Own {
	own := Own{Appointment: appointment, Known: googleKnown(e)}
	if e.Status == google.StatusCancelled {
		own.Deleted = true
		return own
	}
	own.Start, own.End = e.Span(zone)
	own.Busy = len(google.Busy([]google.Event{e}, zone, nil)) > 0
	return own
}
