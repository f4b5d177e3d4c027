package main

import (
	"context"
	"fmt"
	"strings"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// numbersOfText are the clinic's and the caller's: no caller rings a clinic twice.
type numbersOfText struct{ from, to string }

// evidence is what is known when all is quiet, of the whole run so far.
type evidence struct {
	heard    []heard
	overlaps int            // pairs of visits of a practitioner
	visits   map[string]int // that stand, by the id of the call that booked
	jobs     int            // that are not finished
	givenUp  int            // jobs
	texts    map[numbersOfText]int
	rows     []db.ChaosTextsRow
	ended    []string // processes that ended by themselves
}

// gather reads what the database of owner knows.
func gather(ctx context.Context, owner *db.Queries) (e evidence, err error) {
	pairs, err := owner.DemoDoubleBookings(ctx)
	if err != nil {
		return e, fmt.Errorf("look for overlaps: %w", err)
	}
	visits, err := owner.ChaosVisits(ctx)
	if err != nil {
		return e, fmt.Errorf("list the visits: %w", err)
	}
	left, err := owner.ChaosUnfinished(ctx)
	if err != nil {
		return e, fmt.Errorf("count what is left: %w", err)
	}
	e = evidence{overlaps: int(pairs), visits: map[string]int{}, jobs: int(left.Jobs), givenUp: int(left.GivenUp)}
	for _, row := range visits {
		e.visits[row.VapiCallID] = int(row.Visits)
	}
	if e.rows, err = owner.ChaosTexts(ctx); err != nil {
		return e, fmt.Errorf("list the texts: %w", err)
	}
	return e, nil
}

// countTexts adds up what the played Twilio accepted.
func countTexts(all map[string]sandbox.SentText) map[numbersOfText]int {
	texts := map[numbersOfText]int{}
	for _, text := range all {
		texts[numbersOfText{text.From, text.To}]++
	}
	return texts
}

// finding is whether something that was promised holds; seen says what was found, kept or broken.
type finding struct {
	kept bool
	what string
	seen string
}

// judge holds what callers heard against what is there.
func judge(e evidence) []finding {
	findings := judgeVisits(e)
	findings = append(findings,
		finding{e.jobs == 0 && e.givenUp == 0, "jobs that are not finished, or given up", fmt.Sprintf("%d, %d", e.jobs, e.givenUp)},
		finding{len(e.ended) == 0, "processes that ended by themselves", fmt.Sprintf("%d %s", len(e.ended), strings.Join(e.ended, ", "))})
	return append(findings, judgeTexts(e)...)
}

func judgeVisits(e evidence) []finding {
	lost, twice, untold, booked := 0, 0, 0, 0
	winners, losers := map[int]int{}, map[int]int{} // by crowd
	for _, h := range e.heard {
		n := e.visits[h.callID]
		winners[h.crowd] += n
		switch h.answer {
		case heardBooked:
			booked++
			if n == 0 {
				lost++
			}
		case heardTaken:
			losers[h.crowd]++
			if n > 0 {
				untold++
			}
		}
	}
	all := 0
	for _, n := range e.visits {
		if all += n; n > 1 {
			twice++
		}
	}
	contested, wrong := 0, 0
	for crowd, n := range winners {
		if crowd == 0 {
			continue
		}
		if contested++; n > 1 || n == 0 && losers[crowd] > 0 {
			wrong++
		}
	}
	return []finding{
		{e.overlaps == 0, "pairs of visits that overlap", fmt.Sprint(e.overlaps)},
		{lost == 0, "bookings that were confirmed and are not there", fmt.Sprintf("%d of %d", lost, booked)},
		{twice == 0, "wishes that were booked twice", fmt.Sprintf("%d of %d", twice, all)},
		{untold == 0, "visits whose caller was told that the time is taken", fmt.Sprint(untold)},
		{wrong == 0, "times that several wanted and not exactly one got", fmt.Sprintf("%d of %d", wrong, contested)},
	}
}

// judgeTexts holds what Twilio accepted against what was booked: each visit is confirmed once, or a row says why not.
func judgeTexts(e evidence) []finding {
	visits, sent, failed, twice := 0, 0, 0, 0
	for _, n := range e.visits {
		visits += n
	}
	seen := []string{}
	for _, row := range e.rows {
		switch row.Status {
		case "sent", "delivered":
			sent += int(row.Texts)
		case "failed":
			failed += int(row.Texts)
		}
		seen = append(seen, strings.TrimSpace(fmt.Sprintf("%d %s %s", row.Texts, row.Status, row.Reason)))
	}
	for _, n := range e.texts {
		if n > 1 {
			twice++
		}
	}
	return []finding{
		{twice == 0, "callers whose confirmation came twice", fmt.Sprintf("%d of %d", twice, len(e.texts))},
		{sent == len(e.texts) && sent+failed == visits, "visits are confirmed, or a row says that they are not",
			fmt.Sprintf("%d visits, %d texts, rows: %s", visits, len(e.texts), strings.Join(seen, ", "))},
	}
}
