package main

import (
	"fmt"
	"slices"
)

const (
	perSecondUnit = "a second"
	ms            = "ms"
)

// loads are the parts of what the service can do at most at which callers arrive, in percent.
var loads = []int{25, 50, 100}

// toolCalls are what callers' assistants ask for, and what it is called in the table.
var toolCalls = []struct{ kind, title string }{
	{"book", "a booking"}, {"availability", "free times of a day"}, {"knowledge", "a question to documents"},
}

// callsRows are of runCalls.
func callsRows(float64) []row {
	var all []row
	for _, call := range toolCalls {
		all = append(all, callRows(call.kind, call.title)...)
	}
	return slices.Concat(all, comparedRows("text", "a follow-up by text", aim{}), []row{
		{"crowd.calls", "16 callers want 4 times: bookings tried", perSecondUnit, aim{}},
		{"crowd.won", "… times won, of each 4", "", exactly(4)},
		{"deadlocks", "deadlocks in all of the calls above", "", exactly(0)},
	})
}

// wholeRows are of runWhole.
func wholeRows(scale float64) []row {
	return slices.Concat(freeTimesRows(), dashboardRows(), searchRows(int(wholePieces*scale)))
}

// times are the rows that noteTimes fills.
func times(name, title string, p99 aim) []row {
	return []row{{name + ".p50", title + ", p50", ms, aim{}}, {name + ".p99", title + ", p99", ms, p99}}
}

// comparedRows are of work that pgbench does as well, with every client busy. A follow-up's ratio has no aim: over HTTP it
// goes to a played Twilio, which pgbench leaves out.
func comparedRows(kind, title string, ratio aim) []row {
	all := []row{
		{kind + ".ratio", title + ": HTTP ÷ pgbench", "", ratio},
		{kind + ".http", title + " over HTTP", perSecondUnit, aim{}},
		{kind + ".pgbench", title + " by pgbench", perSecondUnit, aim{}},
	}
	all = append(all, times(kind+".http", title+" over HTTP", aim{})...)
	return append(all, times(kind+".pgbench", title+" by pgbench", aim{})...)
}

// callRows are of one kind of tool call.
func callRows(kind, title string) []row {
	all := append(comparedRows(kind, title, atLeast(0.8)),
		row{kind + ".cpu.serve", title + ": CPU of `serve`", ms, aim{}},
		row{kind + ".cpu.postgres", title + ": CPU of PostgreSQL", ms, aim{}},
		row{kind + ".cpu.pgbench", title + ": CPU of PostgreSQL with pgbench", ms, aim{}})
	for _, percent := range loads {
		var p99 aim
		if percent == 50 {
			p99 = atMost(25)
		}
		all = append(all, times(fmt.Sprintf("%s.load%d", kind, percent), fmt.Sprintf("%s at %d %% load", title, percent), p99)...)
	}
	return append(all, row{kind + ".load100.max", title + " at 100 % load, slowest", ms, atMost(500)})
}

// freeTimesRows are of the clinic whose past is long, beside one whose is not.
func freeTimesRows() []row {
	return slices.Concat(
		[]row{{"free.sql.p50", "free times of 30 days in SQL, a long past, p50", ms, atMost(5)}, {"free.sql.p99", "… p99", ms, aim{}},
			{"free.sql.ratio", "… a long past ÷ a short one", "", atMost(1.2)}},
		times("free.api", "free times of 30 days as the API asks, a long past", aim{}),
		[]row{{"free.api.ratio", "… a long past ÷ a short one", "", atMost(1.2)}},
		times("free.booking", "a booking over HTTP, a long past", aim{}),
		[]row{{"free.turns", "… its round trips to the database", "", atMost(4)}})
}

// dashboardRows are of the largest clinic. Lists are pages, filters and searches; counts are what the start page has besides.
func dashboardRows() []row {
	return []row{
		{"lists.p50", "a list of the largest clinic over HTTP, middle of all", ms, aim{}},
		{"lists.slowest", "… the slowest list, p50", ms, aim{}},
		{"stats.p50", "numbers of the start page over HTTP, middle of all", ms, aim{}},
		{"stats.slowest", "… the slowest, p50", ms, aim{}},
		{"rls.middle", "the same SQL with row security ÷ without, middle of all", "", aim{}},
		{"rls.worst", "… the worst", "", aim{}},
		{"start.one.p50", "start page, one request after another, p50", ms, aim{}},
		{"start.one.p99", "start page, one request after another, p99", ms, aim{}},
		{"start.six.p50", "start page, six at a time, p50", ms, aim{}},
		{"start.six.p99", "start page, six at a time, p99", ms, aim{}},
		{"serve.ready", "`voxanne serve` until `/readyz`", ms, aim{}},
		{"serve.memory", "`voxanne serve` in memory", "MiB", aim{}},
	}
}

// searchRows are of the clinic with so many pieces of documents; with an index of its own where it is told to have one.
func searchRows(pieces int) []row {
	var all []row
	for _, way := range searchWays() {
		all = append(all, times("search."+way, "passages found by "+way, aim{})...)
		if pieces > outgrown {
			all = append(all, times("search.index."+way, "passages found by "+way+", the clinic's own index", aim{})...)
		}
	}
	return all
}

// liveRows are of runLive.
func liveRows(float64) []row {
	return append(times("live.receipt", "a change from its commit to 99 dashboards", aim{}),
		row{"live.memory", "memory of a dashboard's stream", "KiB", aim{}})
}

// hangingRows are of runHanging.
func hangingRows(float64) []row {
	return slices.Concat(
		times("jobs.start", "a job from its insert until work starts", aim{}),
		times("agents.save", "an agent's save while Vapi hangs", aim{}),
		times("agents.bare", "a transaction that does nothing, beside it", aim{}))
}

// calendarsRows are of runCalendars.
func calendarsRows(float64) []row {
	return slices.Concat(
		times("calendars.none", "a booking without calendars", aim{}),
		times("calendars.well", "a booking with calendars", aim{}),
		times("calendars.slow", "a booking with calendars that take 5 s", aim{}),
		times("calendars.down", "a booking with calendars that are down", aim{}))
}
