package calendarsync_test

import (
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/voxanne-ai/voxanne/db"
)

const length = 30 * time.Minute // of a visit

// slot is a time that visits and events are drawn from: few, so that they meet.
func (w *world) slot() time.Time {
	day := w.now.In(w.zone).AddDate(0, 0, 2+rapid.IntRange(0, 1).Draw(w.rt, "day"))
	return time.Date(day.Year(), day.Month(), day.Day(), 9, 0, 0, 0, w.zone).Add(time.Duration(rapid.IntRange(0, 5).Draw(w.rt, "slot")) * 20 * time.Minute)
}

func (w *world) room() *room { return w.rooms[rapid.IntRange(0, 1).Draw(w.rt, "room")] }

func (w *world) name(of string) string {
	w.repeated++
	return fmt.Sprintf("%s Quill%d", of, w.repeated)
}

func (w *world) book() {
	at, r, patient := w.slot().Format(time.RFC3339), w.room().name, w.name("Ann")
	phone := fmt.Sprintf("+1312555%04d", 1000+w.repeated)
	require.NoError(w.rt, w.asOwner(func(tx db.Tx) error {
		booked, err := tx.BookByStaff(w.t.Context(), db.BookByStaffParams{Service: "Zanzibar checkup", At: at, PatientName: &patient,
			Phone: &phone, Resource: &r})
		if err == nil && booked.Outcome == "booked" {
			w.visits[*booked.AppointmentID] = &visit{}
			w.logf("  %s %s with %s at %s", *booked.AppointmentID, *booked.Status, r, at)
		}
		return err
	}))
}

// anyVisit draws one of those that were booked, in their order, also one that a step ended, or not; false: there is none.
func (w *world) anyVisit(alsoEnded bool) (uuid.UUID, bool) {
	ids := make([]uuid.UUID, 0, len(w.visits))
	for id, v := range w.visits {
		if alsoEnded || !v.ended {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return uuid.Nil, false
	}
	slices.SortFunc(ids, func(a, b uuid.UUID) int { return slices.Compare(a[:], b[:]) }) // they are made in this order
	return ids[rapid.IntRange(0, len(ids)-1).Draw(w.rt, "visit")], true
}

// change is one that staff make on the dashboard; refusals are theirs to live with.
func (w *world) change(p db.ChangeAppointmentParams) (outcome string) {
	require.NoError(w.rt, w.asOwner(func(tx db.Tx) error {
		changed, err := tx.ChangeAppointment(w.t.Context(), p)
		outcome = changed.Outcome
		return err
	}))
	w.logf("  %s: %s", p.AppointmentID, outcome)
	return outcome
}

func (w *world) move() {
	if id, ok := w.anyVisit(false); ok {
		at, r := w.slot().Format(time.RFC3339), w.room().name
		w.logf("  to %s with %s", at, r)
		w.change(db.ChangeAppointmentParams{AppointmentID: id, At: &at, Resource: &r})
	}
}

func (w *world) cancel() { w.end("cancelled") }

func (w *world) complete() { w.end("completed") }

func (w *world) end(status string) {
	if id, ok := w.anyVisit(false); ok && w.change(db.ChangeAppointmentParams{AppointmentID: id, Status: &status}) != "refused" {
		w.visits[id].ended = true
	}
}

func (w *world) approve() {
	if id, ok := w.anyVisit(false); ok {
		require.NoError(w.rt, w.asOwner(func(tx db.Tx) error {
			_, err := tx.ApproveAppointment(w.t.Context(), id)
			return err
		}))
	}
}

// decide lets staff say what becomes of a visit whose event was moved or deleted outside.
func (w *world) decide() {
	rows, err := w.owner.Query(w.t.Context(), `
		select e.appointment_id from public.calendar_events e where e.org_id = $1 and e.outside is not null order by 1`, w.org)
	require.NoError(w.rt, err)
	open, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	require.NoError(w.rt, err)
	if len(open) == 0 {
		return
	}
	id, follow := open[rapid.IntRange(0, len(open)-1).Draw(w.rt, "visit")], rapid.Bool().Draw(w.rt, "follow")
	require.NoError(w.rt, w.asOwner(func(tx db.Tx) error {
		outcome, err := tx.SettleCalendarChange(w.t.Context(), id, follow)
		w.logf("  %s: %s", id, outcome)
		return err
	}))
	var cancelled bool
	require.NoError(w.rt, w.owner.QueryRow(w.t.Context(), `
		select a.status = 'cancelled' from public.appointments a where a.org_id = $1 and a.id = $2`, w.org, id).Scan(&cancelled))
	v := w.visits[id]
	v.ended, v.dragged = v.ended || cancelled, v.dragged || follow
}
