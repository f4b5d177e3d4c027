package calendarsync_test

import (
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/calendar"
	"github.com/voxanne-ai/voxanne/providers/google"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// entry is an event as a person sees it in either calendar, read without the code that is tested.
type entry struct {
	id          string
	start, end  time.Time
	takesTime   bool
	appointment uuid.UUID // of a visit's event
}

// entries are the events of a calendar that are not deleted, in the order of their making (Outlook) or of their ids (Google).
func (w *world) entries(r *room) (all []entry) {
	if r.provider == calendar.Google {
		for _, e := range w.google.Events(r.calendarID) {
			if e.Status == "cancelled" {
				continue
			}
			visit, _ := google.AppointmentOf(e.ID)
			start, end := w.moment(e.Start), w.moment(e.End)
			all = append(all, entry{e.ID, start, end, !e.Transparent && end.After(start), visit})
		}
		return all
	}
	for _, e := range w.outlook.Events(r.calendarID) {
		start, end := w.wall(e, e.Start), w.wall(e, e.End)
		all = append(all, entry{e.ID, start, end, e.ShowAs != "free" && end.After(start), visitOf(e.Appointment)})
	}
	return all
}

func visitOf(mark string) uuid.UUID {
	id, _ := uuid.Parse(mark) // none: somebody's own event
	return id
}

func (w *world) moment(at sandbox.GoogleWhen) time.Time {
	if day, err := time.ParseInLocation(time.DateOnly, at.Date, w.zone); err == nil {
		return day
	}
	return at.Time
}

func (w *world) wall(e sandbox.OutlookEvent, at time.Time) time.Time {
	zone := time.UTC
	if e.AllDay {
		zone = w.zone
	} else if known, err := time.LoadLocation(e.Zone); err == nil {
		zone = known
	}
	return time.Date(at.Year(), at.Month(), at.Day(), at.Hour(), at.Minute(), at.Second(), 0, zone)
}

// pick draws an event of a visit, or one that is none's; false: there is none.
func (w *world) pick(ours bool) (*room, entry, bool) {
	type found struct {
		*room
		entry
	}
	var some []found
	for _, r := range w.rooms {
		for _, e := range w.entries(r) {
			if (e.appointment != uuid.Nil) == ours {
				some = append(some, found{r, e})
			}
		}
	}
	if len(some) == 0 {
		return nil, entry{}, false
	}
	e := some[rapid.IntRange(0, len(some)-1).Draw(w.rt, "event")]
	w.logf("  %s event %s of %s", e.provider, e.id, e.appointment)
	return e.room, e.entry, true
}

// push lets the push of a change come, once, twice or never.
func (w *world) push(r *room) {
	for range rapid.IntRange(0, 2).Draw(w.rt, "pushes") {
		require.NoError(w.rt, w.asService(w.t.Context(), func(tx db.Tx) error {
			_, err := tx.RequestPull(w.t.Context(), r.link)
			return err
		}))
	}
}

func (w *world) addForeign() {
	r := w.room()
	w.add(r, w.slot(), time.Duration(rapid.IntRange(1, 4).Draw(w.rt, "quarters"))*15*time.Minute)
	w.push(r)
}

func (w *world) add(r *room, at time.Time, lasts time.Duration) {
	w.logf("  %s %s, %s", r.provider, at, lasts)
	if r.provider == calendar.Google {
		w.google.Add(r.calendarID, sandbox.GoogleEvent{Summary: w.name("zanzibar-lilac"),
			Start: sandbox.At(at, worldZone), End: sandbox.At(at.Add(lasts), worldZone)})
		return
	}
	_, err := w.outlook.AddEvent(r.calendarID, sandbox.OutlookEvent{Subject: w.name("zanzibar-lilac"),
		Start: at.In(w.zone), End: at.In(w.zone).Add(lasts), Zone: worldZone})
	require.NoError(w.rt, err)
}

func (w *world) moveTo(r *room, e entry, at time.Time) {
	w.logf("  to %s", at)
	lasts := e.end.Sub(e.start)
	if r.provider == calendar.Google {
		require.True(w.rt, w.google.Move(r.calendarID, e.id, at, at.Add(lasts)))
	} else {
		require.NoError(w.rt, w.outlook.ChangeEvent(e.id, func(o *sandbox.OutlookEvent) {
			o.AllDay, o.Zone, o.Start, o.End = false, worldZone, at.In(w.zone), at.Add(lasts).In(w.zone)
		}))
	}
	w.push(r)
}

func (w *world) remove(r *room, e entry) {
	if r.provider == calendar.Google {
		require.True(w.rt, w.google.Delete(r.calendarID, e.id))
	} else {
		require.NoError(w.rt, w.outlook.RemoveEvent(e.id))
	}
	w.push(r)
}

// alter makes an event last the whole day or no time at all, take no time, or take time again.
func (w *world) alter(r *room, e entry) {
	kind := rapid.SampledFrom([]string{"all day", "free", "busy", "tentative", "no length"}).Draw(w.rt, "edit")
	date := e.start.In(w.zone).Format(time.DateOnly)
	midnight, err := time.Parse(time.DateOnly, date)
	require.NoError(w.rt, err)
	next := midnight.AddDate(0, 0, 1)
	if r.provider == calendar.Google {
		require.True(w.rt, w.google.Change(r.calendarID, e.id, func(g *sandbox.GoogleEvent) {
			g.Transparent, g.Status = kind == "free", "confirmed"
			switch kind {
			case "all day":
				g.Start, g.End = sandbox.On(date), sandbox.On(next.Format(time.DateOnly))
			case "tentative":
				g.Status = "tentative"
			case "no length":
				g.End = g.Start
			}
		}))
	} else {
		require.NoError(w.rt, w.outlook.ChangeEvent(e.id, func(o *sandbox.OutlookEvent) {
			switch kind {
			case "all day":
				o.ShowAs, o.AllDay, o.Start, o.End, o.Zone = "busy", true, midnight, next, worldZone
			case "no length":
				o.ShowAs, o.End = "busy", o.Start
			default:
				o.ShowAs = kind
			}
		}))
	}
	w.push(r)
}

func (w *world) moveForeign() {
	if r, e, ok := w.pick(false); ok {
		w.moveTo(r, e, w.slot())
	}
}

func (w *world) deleteForeign() {
	if r, e, ok := w.pick(false); ok {
		w.remove(r, e)
	}
}

func (w *world) editForeign() {
	if r, e, ok := w.pick(false); ok {
		w.alter(r, e)
	}
}

func (w *world) moveOwn() {
	if r, e, ok := w.pick(true); ok {
		w.visits[e.appointment].dragged = w.visits[e.appointment].dragged || w.follows
		w.moveTo(r, e, w.slot())
	}
}

func (w *world) deleteOwn() {
	if r, e, ok := w.pick(true); ok {
		w.visits[e.appointment].deleted = true
		w.remove(r, e)
	}
}

func (w *world) editOwn() {
	if r, e, ok := w.pick(true); ok {
		w.visits[e.appointment].dragged = w.visits[e.appointment].dragged || w.follows
		w.alter(r, e)
	}
}

// copyOwn adds an event like a visit's at another or the same time: it is none of the visit's.
func (w *world) copyOwn() {
	r, e, ok := w.pick(true)
	if !ok {
		return
	}
	if r.provider != calendar.Google {
		w.add(r, w.slot(), e.end.Sub(e.start))
		w.push(r)
		return
	}
	found, ok := w.google.Event(r.calendarID, e.id)
	require.True(w.rt, ok)
	at := w.slot()
	found.ID, found.ICalUID = "duplicate"+uuid.NewString()[:8], ""
	found.Start, found.End = sandbox.At(at, worldZone), sandbox.At(at.Add(length), worldZone)
	w.google.Add(r.calendarID, found)
	w.push(r)
}
