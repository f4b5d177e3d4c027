package sql_test

import (
	"slices"
	"time"
)

// An independent answer to "what is free": it walks the minutes of the world's
// clocks with Go's time zones, where the database computes with offsets and
// ranges.

// span is [from, to).
type span struct{ from, to time.Time }

func (s span) overlaps(o span) bool { return s.from.Before(o.to) && o.from.Before(s.to) }

// opening is a span of a weekday in minutes from local midnight; 1440 is the end of the day.
type opening struct{ opens, closes int }

type refResource struct {
	week   [7][]opening
	closed []span // no visit may touch these
	taken  []span // no visit with its buffers may touch these
}

type refClinic struct {
	zone                  *time.Location
	now                   time.Time
	step, duration        time.Duration
	before, after         time.Duration
	minNotice, maxAdvance time.Duration
	resources             []refResource
}

// starts maps every start in [from, to) that is free to the resources, by index, that could take it.
func (c refClinic) starts(from, to time.Time) map[time.Time][]int {
	if first := c.now.Add(c.minNotice); from.Before(first) {
		from = first
	}
	if end := c.now.Add(c.maxAdvance); to.After(end) {
		to = end
	}
	found := map[time.Time][]int{}
	for i, resource := range c.resources {
		opens := c.open(resource, from, to)
		for _, open := range opens {
			for at := open.from; at.Before(open.to); at = at.Add(c.step) {
				visit := span{at, at.Add(c.duration)}
				if !at.Before(from) && at.Before(to) && covered(visit, opens) && c.fits(resource, at) && !slices.Contains(found[at], i) {
					found[at] = append(found[at], i)
				}
			}
		}
	}
	return found
}

// open is when a resource is open round a window, in order of opening.
func (c refClinic) open(resource refResource, from, to time.Time) []span {
	var opens []span
	// Two days round the window: every date that any zone may call by another name is among them.
	for day := utcDate(from).AddDate(0, 0, -2); day.Before(to.AddDate(0, 0, 2)); day = day.AddDate(0, 0, 1) {
		minutes := minutesOf(day, c.zone)
		for _, hours := range resource.week[day.Weekday()] {
			if open, ok := minutes.during(hours); ok {
				opens = append(opens, open)
			}
		}
	}
	slices.SortFunc(opens, func(a, b span) int { return a.from.Compare(b.from) })
	return opens
}

// covered tells whether one open span after the other, without a gap, holds the whole visit.
func covered(visit span, opens []span) bool {
	reached := visit.from
	for _, open := range opens {
		if !open.from.After(reached) && open.to.After(reached) {
			reached = open.to
		}
	}
	return !reached.Before(visit.to)
}

func (c refClinic) fits(r refResource, at time.Time) bool {
	visit := span{at, at.Add(c.duration)}
	blocked := span{visit.from.Add(-c.before), visit.to.Add(c.after)}
	return !slices.ContainsFunc(r.closed, visit.overlaps) && !slices.ContainsFunc(r.taken, blocked.overlaps)
}

// localMinutes are the minutes of one local date in the order in which they pass, each with what a clock on the wall shows.
type localMinutes struct {
	at   []time.Time
	wall []int
}

// minutesOf walks every minute that could belong to a date; day is that date's midnight in UTC.
func minutesOf(day time.Time, zone *time.Location) (m localMinutes) {
	year, month, date := day.Date()
	for at := day.Add(-15 * time.Hour); at.Before(day.Add(39 * time.Hour)); at = at.Add(time.Minute) {
		local := at.In(zone)
		y, mo, d := local.Date()
		if y == year && mo == month && d == date {
			m.at = append(m.at, at)
			m.wall = append(m.wall, local.Hour()*60+local.Minute())
		}
	}
	return m
}

// during is from the first minute at or after opening to the end of the last one before closing; false when nothing lies between.
func (m localMinutes) during(o opening) (open span, ok bool) {
	first := slices.IndexFunc(m.wall, func(wall int) bool { return wall >= o.opens })
	last := -1
	for i, wall := range m.wall {
		if wall < o.closes {
			last = i
		}
	}
	if first < 0 || last < first {
		return span{}, false
	}
	return span{m.at[first], m.at[last].Add(time.Minute)}, true
}

func utcDate(t time.Time) time.Time { return t.UTC().Truncate(24 * time.Hour) }
