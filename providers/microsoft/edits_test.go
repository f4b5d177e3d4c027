package microsoft_test

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/voxanne-ai/voxanne/providers/microsoft"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// TestAMirrorFollowsWhateverStaffDo edits a calendar at random, with faults and lost links, and holds the mirror that
// follows by deltas against one that is read whole, after every pull.
func TestAMirrorFollowsWhateverStaffDo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		b := setup(t)
		var m mirror
		var ids []string
		for range rapid.IntRange(1, 6).Draw(rt, "pulls") {
			for range rapid.IntRange(0, 4).Draw(rt, "edits") {
				ids = b.edit(rt, t, ids)
			}
			switch rapid.IntRange(0, 5).Draw(rt, "fault") {
			case 0:
				b.played.ExpireDeltaLinks()
			case 1:
				b.played.Fail(sandbox.Failure{Status: 503}, sandbox.Failure{Status: 429})
			}
			if m.link != "" {
				_, err := b.account.Since(t.Context(), b.calendar, may, m.link)
				if errors.Is(err, microsoft.ErrGone) {
					m.link = ""
				}
			}
			b.pull(t, &m)
		}
	})
}

// edit does one thing that staff could do.
func (b testBundle) edit(rt *rapid.T, t *testing.T, ids []string) []string {
	day := rapid.IntRange(-20, 60).Draw(rt, "day") // some are outside the window
	start := on(2026, 5, 1, 9, 0).AddDate(0, 0, day)
	kind := rapid.IntRange(0, 6).Draw(rt, "kind")
	if len(ids) == 0 || kind < 2 {
		e := sandbox.OutlookEvent{Start: start}
		if kind == 1 {
			e.Recurrence = weekly(start, start.Weekday(), time.Friday)
		}
		return append(ids, b.add(t, e))
	}
	id := rapid.SampledFrom(ids).Draw(rt, "event")
	date := start.Truncate(24 * time.Hour)
	var err error
	switch kind {
	case 2:
		err = b.played.ChangeEvent(id, func(e *sandbox.OutlookEvent) { e.Start, e.End = start, start.Add(30*time.Minute) })
	case 3:
		showAs := rapid.SampledFrom([]string{"free", "busy", "tentative"}).Draw(rt, "shown as")
		err = b.played.ChangeEvent(id, func(e *sandbox.OutlookEvent) { e.ShowAs = showAs })
	case 4:
		err = b.played.RemoveEvent(id)
	case 5:
		err = b.played.ChangeOccurrence(id, date, func(e *sandbox.OutlookEvent) { e.Start, e.End = e.Start.Add(3*time.Hour), e.End.Add(3*time.Hour) })
	case 6:
		err = b.played.RemoveOccurrence(id, date)
	}
	if err != nil {
		require.ErrorIs(t, err, sandbox.ErrNoSuchEvent)
	}
	return ids
}
