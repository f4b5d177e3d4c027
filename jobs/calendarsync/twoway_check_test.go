package calendarsync_test

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
)

// state is what must not change once everything is quiet.
func (w *world) state() (all string) {
	require.NoError(w.rt, w.owner.QueryRow(w.t.Context(), `
		select concat_ws(E'\n',
		  (select string_agg(concat_ws(' ', a.id, a.status, a.resource_id, a.during), E'\n' order by a.id)
		   from public.appointments a where a.org_id = $1),
		  (select string_agg(concat_ws(' ', e.appointment_id, e.calendar_link_id, e.state, e.synced_version, e.desired_version,
		     e.outside, e.outside_from, e.error_code), E'\n' order by e.appointment_id, e.calendar_link_id)
		   from public.calendar_events e where e.org_id = $1),
		  (select string_agg(concat_ws(' ', b.calendar_link_id, b.external_id, b.starts_at, b.ends_at), E'\n'
		     order by b.calendar_link_id, b.external_id)
		   from public.busy_blocks b where b.org_id = $1),
		  (select string_agg(concat_ws(' ', c.appointment_id, c.external_id, c.ended_at is null), E'\n' order by c.appointment_id, c.external_id)
		   from public.calendar_conflicts c where c.org_id = $1),
		  (select string_agg(concat_ws(' ', l.id, l.health, l.error_code), E'\n' order by l.id)
		   from public.calendar_links l where l.org_id = $1))`, w.org).Scan(&all))
	return all
}

// booked is a visit as PostgreSQL has it, with what it says of its event in its practitioner's calendar.
type booked struct {
	id, resource        uuid.UUID
	status              string
	start, end          time.Time
	outside             *string
	outsideFrom, outEnd *time.Time
}

// check holds the clinic and both calendars against each other.
func (w *world) check() {
	visits := w.booked()
	require.Len(w.rt, visits, len(w.visits), "visits")
	held := map[*room][]entry{}
	for _, r := range w.rooms {
		held[r] = w.entries(r)
	}
	for _, v := range visits {
		w.checkFate(v)
		w.checkEvent(v, held)
	}
	w.checkVisitsApart(visits)
	for _, r := range w.rooms {
		w.checkMirror(r, held[r], visits)
		w.checkConflicts(r, held[r], visits)
	}
}

func (w *world) booked() []booked {
	rows, err := w.owner.Query(w.t.Context(), `
		select a.id, a.resource_id, a.status, lower(a.during), upper(a.during), e.outside, e.outside_from, e.outside_to
		from public.appointments a
		left join public.calendar_links l on l.org_id = a.org_id and l.resource_id = a.resource_id and l.writes
		left join public.calendar_events e on e.org_id = a.org_id and e.appointment_id = a.id and e.calendar_link_id = l.id
		where a.org_id = $1 order by a.id`, w.org)
	require.NoError(w.rt, err)
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v booked, err error) {
		return v, row.Scan(&v.id, &v.resource, &v.status, &v.start, &v.end, &v.outside, &v.outsideFrom, &v.outEnd)
	})
	require.NoError(w.rt, err)
	return all
}

func (v booked) ahead() bool { return v.status == "pending" || v.status == "confirmed" }

// checkFate: no visit ended but by a step, or because staff deleted its event where the clinic wants visits to follow.
func (w *world) checkFate(v booked) {
	known := w.visits[v.id]
	require.NotNil(w.rt, known, "visit %s was booked by nobody", v.id)
	if !v.ahead() && !known.ended {
		require.True(w.rt, w.follows && known.deleted, "visit %s was lost: %s", v.id, v.status)
	}
	require.False(w.rt, v.ahead() && known.ended, "visit %s is back", v.id)
}

// checkEvent: a visit ahead has one event, in its practitioner's calendar, with its times or those that staff were told of; one
// that was cancelled has none.
func (w *world) checkEvent(v booked, held map[*room][]entry) {
	events := 0
	for _, r := range w.rooms {
		for _, e := range held[r] {
			if e.appointment != v.id {
				continue
			}
			events++
			require.NotEqual(w.rt, "cancelled", v.status, "visit %s is cancelled and has an event", v.id)
			require.Equal(w.rt, v.resource, r.resource, "the event of visit %s is in another's calendar", v.id)
			if !v.ahead() {
				continue
			}
			start, end := v.start, v.end
			if v.outside != nil {
				require.Equal(w.rt, "moved", *v.outside, "the event of visit %s is there", v.id)
				start, end = *v.outsideFrom, *v.outEnd
			}
			require.True(w.rt, e.start.Equal(start) && e.end.Equal(end), "visit %s is at %s, its event at %s to %s", v.id, start, e.start, e.end)
		}
	}
	switch {
	case !v.ahead():
		require.LessOrEqual(w.rt, events, 1, "events of visit %s", v.id)
	case v.outside != nil && *v.outside == "deleted":
		require.Zero(w.rt, events, "events of visit %s, whose event staff were told is deleted", v.id)
	default:
		require.Equal(w.rt, 1, events, "events of visit %s", v.id)
	}
}

// checkVisitsApart: nobody has two visits at a time, ten minutes after each included.
func (w *world) checkVisitsApart(visits []booked) {
	const buffer = 10 * time.Minute
	for i, a := range visits {
		for _, b := range visits[i+1:] {
			if a.ahead() && b.ahead() && a.resource == b.resource {
				require.False(w.rt, a.start.Before(b.end.Add(buffer)) && b.start.Before(a.end.Add(buffer)), "visits %s and %s overlap", a.id, b.id)
			}
		}
	}
}

// checkMirror: what counts as busy is what the calendar holds of others' events, and the events that visits did not follow.
func (w *world) checkMirror(r *room, held []entry, visits []booked) {
	var want []string
	for _, e := range held {
		if e.appointment == uuid.Nil && e.takesTime {
			want = append(want, line(e.id, e.start, e.end))
		}
	}
	for _, v := range visits {
		if v.resource == r.resource && v.outsideFrom != nil && v.outEnd.After(*v.outsideFrom) {
			want = append(want, line("visit:"+v.id.String(), *v.outsideFrom, *v.outEnd))
		}
	}
	rows, err := w.owner.Query(w.t.Context(), `
		select b.external_id, b.starts_at, b.ends_at from public.busy_blocks b where b.org_id = $1 and b.calendar_link_id = $2`, w.org, r.link)
	require.NoError(w.rt, err)
	got, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (string, error) {
		var id string
		var from, to time.Time
		err := row.Scan(&id, &from, &to)
		return line(id, from, to), err
	})
	require.NoError(w.rt, err)
	slices.Sort(want)
	slices.Sort(got)
	require.Equal(w.rt, strings.Join(want, "\n"), strings.Join(got, "\n"), "what is busy by the %s calendar", r.provider)
}

func line(id string, from, to time.Time) string {
	return fmt.Sprintf("%s %s %s", id, from.UTC().Format(time.RFC3339), to.UTC().Format(time.RFC3339))
}

// checkConflicts: staff were told of every visit over which somebody's event has come to lie, and of no other. A visit that
// followed its event onto another one lies where staff put it.
func (w *world) checkConflicts(r *room, held []entry, visits []booked) {
	open := map[string]int{}
	rows, err := w.owner.Query(w.t.Context(), `
		select c.appointment_id::text || ' ' || c.external_id from public.calendar_conflicts c
		where c.org_id = $1 and c.calendar_link_id = $2 and c.ended_at is null`, w.org, r.link)
	require.NoError(w.rt, err)
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(w.rt, err)
	for _, name := range names {
		open[name]++
	}
	for _, v := range visits {
		for _, e := range held {
			name := v.id.String() + " " + e.id
			if e.appointment != uuid.Nil || !e.takesTime || v.resource != r.resource || !v.ahead() ||
				!v.start.Before(e.end) || !e.start.Before(v.end) {
				continue
			}
			if !w.visits[v.id].dragged {
				require.Equal(w.rt, 1, open[name], "conflicts of visit %s with the %s event %s", v.id, r.provider, e.id)
			}
			delete(open, name)
		}
	}
	require.Empty(w.rt, open, "conflicts that are none, %s", r.provider)
}

// troubles is how many events are not as their visits or could not be written, and how many calendars are not well.
func (w *world) troubles() (n int) {
	require.NoError(w.rt, w.owner.QueryRow(w.t.Context(), `
		select (select count(*) from public.calendar_events e where e.org_id = $1 and (e.synced_version < e.desired_version or e.error_code is not null))
		  + (select count(*) from public.calendar_links l where l.org_id = $1 and l.health <> 'ok')`, w.org).Scan(&n))
	return n
}
