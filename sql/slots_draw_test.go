package sql_test

import (
	"fmt"
	"slices"
	"time"

	"pgregory.net/rapid"
)

// refRow is one more insert that a drawn clinic needs.
type refRow struct {
	sql  string
	args []any
}

// drawClinic draws a clinic, the rows that make its closures, calendars and visits, and the window to ask about.
func drawClinic(t *rapid.T) (refClinic, []refRow, span) {
	z := rapid.SampledFrom(zoneYears).Draw(t, "zone")
	clinic := plainClinic(t, z)
	window := drawWindow(t, z.year, clinic.zone)
	clinic.step = drawMinutes(t, "step", 5, 10, 15, 20, 45, 60, 90)
	clinic.duration = drawMinutes(t, "duration", 5, 15, 30, 50, 60, 120)
	clinic.before = drawMinutes(t, "before", 0, 0, 5, 30)
	clinic.after = drawMinutes(t, "after", 0, 0, 10, 60)
	clinic.minNotice = drawMinutes(t, "notice", 0, 0, 60, 26*60)
	clinic.maxAdvance = 24 * time.Hour * time.Duration(rapid.SampledFrom([]int{1, 3, 180}).Draw(t, "horizon"))
	clinic.now = window.from.Add(time.Duration(rapid.IntRange(-2*1440, 1440).Draw(t, "now")) * time.Minute)
	clinic.resources = make([]refResource, rapid.IntRange(1, 3).Draw(t, "resources"))
	var rows []refRow
	for i := range clinic.resources {
		r := &clinic.resources[i]
		r.week = drawWeek(t)
		rows = append(rows, r.drawClosures(t, i, window)...)
		rows = append(rows, r.drawBusy(t, i, window)...)
		rows = append(rows, r.drawVisits(t, i, window, clinic.now)...)
	}
	if rapid.Bool().Draw(t, "holiday") {
		off := drawSpan(t, window, 24*60)
		for i := range clinic.resources {
			clinic.resources[i].closed = append(clinic.resources[i].closed, off)
		}
		rows = append(rows, refRow{"insert into public.closures (org_id, location_id, during) values ($1, $2, tstzrange($3, $4))",
			[]any{refOrg, refID("10", 0), off.from, off.to}})
	}
	return clinic, rows, window
}

// drawWindow is up to four days, two times of three near a change of the zone's clocks.
func drawWindow(t *rapid.T, year int, zone *time.Location) span {
	first := time.Date(year, 1, 1, 0, 0, 0, 0, time.UTC)
	days := []int{rapid.IntRange(0, 364).Draw(t, "day")}
	for day := range 365 {
		_, before := first.AddDate(0, 0, day).In(zone).Zone()
		_, after := first.AddDate(0, 0, day+1).In(zone).Zone()
		if before != after {
			days = append(days, day)
		}
	}
	day := first.AddDate(0, 0, rapid.SampledFrom(days).Draw(t, "near"))
	from := day.Add(time.Duration(rapid.IntRange(-2*1440, 1440).Draw(t, "from")) * time.Minute)
	return span{from, from.Add(time.Duration(rapid.IntRange(1, 4*1440).Draw(t, "length")) * time.Minute)}
}

func drawMinutes(t *rapid.T, label string, choices ...int) time.Duration {
	return time.Duration(rapid.SampledFrom(choices).Draw(t, label)) * time.Minute
}

// drawWeek has up to three spans a day, which may touch or overlap, often where clocks change.
func drawWeek(t *rapid.T) (week [7][]opening) {
	edge := rapid.OneOf(rapid.SampledFrom([]int{0, 30, 60, 90, 120, 150, 180, 210, 23 * 60, 23*60 + 30, 1440}), rapid.IntRange(0, 1440))
	for day := range week {
		for range rapid.IntRange(0, 3).Draw(t, "spans") {
			a, b := edge.Draw(t, "edge"), edge.Draw(t, "edge")
			if a != b {
				week[day] = append(week[day], opening{min(a, b), max(a, b)})
			}
		}
	}
	if !slices.ContainsFunc(week[:], func(d []opening) bool { return len(d) > 0 }) {
		// A resource without hours of its own keeps its location's, and these clinics have none there.
		week[1] = []opening{{9 * 60, 17 * 60}}
	}
	return week
}

// drawSpan starts within the window or a little before it.
func drawSpan(t *rapid.T, window span, longest int) span {
	reach := int(window.to.Sub(window.from).Minutes())
	from := window.from.Add(time.Duration(rapid.IntRange(-300, reach).Draw(t, "span from")) * time.Minute)
	return span{from, from.Add(time.Duration(rapid.IntRange(1, longest).Draw(t, "span length")) * time.Minute)}
}

func (r *refResource) drawClosures(t *rapid.T, i int, window span) (rows []refRow) {
	for range rapid.IntRange(0, 2).Draw(t, "closures") {
		off := drawSpan(t, window, 12*60)
		r.closed = append(r.closed, off)
		rows = append(rows, refRow{"insert into public.closures (org_id, location_id, resource_id, during) values ($1, $2, $3, tstzrange($4, $5))",
			[]any{refOrg, refID("10", 0), refID("30", i), off.from, off.to}})
	}
	return rows
}

func (r *refResource) drawBusy(t *rapid.T, i int, window span) (rows []refRow) {
	for range rapid.IntRange(0, 3).Draw(t, "busy") {
		busy := drawSpan(t, window, 5*60)
		r.taken = append(r.taken, busy)
		rows = append(rows, refRow{"insert into public.busy_blocks (org_id, resource_id, starts_at, ends_at) values ($1, $2, $3, $4)",
			[]any{refOrg, refID("30", i), busy.from, busy.to}})
	}
	return rows
}

// drawVisits draws visits and holds that do not overlap; cancelled ones and holds that ran out take nothing.
func (r *refResource) drawVisits(t *rapid.T, i int, window span, now time.Time) (rows []refRow) {
	var active []span
	for n := range rapid.IntRange(0, 4).Draw(t, "visits") {
		visit := drawSpan(t, window, 6*60)
		visit.to = visit.to.Add(4 * time.Minute) // five minutes is the shortest service
		blocked := span{visit.from.Add(-drawMinutes(t, "their before", 0, 15)), visit.to.Add(drawMinutes(t, "their after", 0, 240))}
		status := rapid.SampledFrom([]string{"confirmed", "pending", "cancelled", "held", "expired"}).Draw(t, "status")
		if status != "cancelled" {
			if slices.ContainsFunc(active, blocked.overlaps) {
				continue
			}
			active = append(active, blocked)
		}
		if status != "cancelled" && status != "expired" {
			r.taken = append(r.taken, blocked)
		}
		rows = append(rows, visitRows(10*i+n, i, status, visit, blocked, now)...)
	}
	return rows
}

// visitRows are a call that holds, or a contact's patient who comes.
func visitRows(n, resource int, status string, visit, blocked span, now time.Time) []refRow {
	common := []any{refOrg, refID("10", 0), refID("20", 0), refID("30", resource), visit.from, visit.to, blocked.from, blocked.to, refID("50", n)}
	if status == "held" || status == "expired" {
		until := now.Add(time.Minute)
		if status == "expired" {
			until = now
		}
		return []refRow{
			{"insert into public.call_logs (org_id, id, vapi_call_id, direction) values ($1, $2, $3, 'web')", []any{refOrg, refID("50", n), fmt.Sprintf("call-%d", n)}},
			{`insert into public.appointments (org_id, location_id, service_id, resource_id, scheduled_at, duration, during, blocked, call_id, status, held_until, source)
				values ($1, $2, $3, $4, $5, $6::timestamptz - $5::timestamptz, tstzrange($5, $6), tstzrange($7, $8), $9, 'held', $10, 'voice')`, append(common, until)},
		}
	}
	ref := fmt.Sprintf("AAAA%c%c", 'A'+n/10, 'P'+n%10)
	return []refRow{
		{"insert into public.contacts (org_id, id) values ($1, $2)", []any{refOrg, refID("50", n)}},
		{"insert into public.patients (org_id, id, contact_id, name, normalised_name) values ($1, $2, $2, 'Ada Quillby', 'ada quillby')", []any{refOrg, refID("50", n)}},
		{`insert into public.appointments (org_id, location_id, service_id, resource_id, scheduled_at, duration, during, blocked, contact_id, patient_id, status, booking_ref, source)
			values ($1, $2, $3, $4, $5, $6::timestamptz - $5::timestamptz, tstzrange($5, $6), tstzrange($7, $8), $9, $9, $10, $11, 'dashboard')`, append(common, status, ref)},
	}
}
