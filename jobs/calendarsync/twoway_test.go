package calendarsync_test

import (
	"flag"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// plainTime is how long the draws of a plain `go test` take; -rapid.checks draws as many as it says.
const plainTime = 20 * time.Second

// TestTwoCalendarsAndTheClinicAgreeAfterQuiet edits visits and both calendars of a clinic at random while providers fail,
// tokens end, pushes are lost and workers die, and holds all three against each other once everything is quiet.
func TestTwoCalendarsAndTheClinicAgreeAfterQuiet(t *testing.T) {
	t.Parallel()
	data := dbtest.New(t, dbtest.WithClock())
	owner := data.Pool(t)
	database, err := db.Open(t.Context(), data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(database.Close)
	plain := flag.Lookup("rapid.checks").Value.String() == flag.Lookup("rapid.checks").DefValue
	begun, draws, broken := time.Now(), 0, false
	rapid.Check(t, func(rt *rapid.T) {
		if plain && !broken && time.Since(begun) > plainTime {
			return
		}
		draws++
		broken = true // until the end is reached: what is broken is drawn again to make it smaller, whatever the time
		w := newWorld(t, rt, data, owner, database)
		defer w.close()
		everything := append(w.edits(), w.troubled()...)
		for range rapid.IntRange(8, 50).Draw(rt, "steps") {
			w.one(everything)
		}
		w.quiet()
		w.check()
		broken = false
	})
	t.Logf("%d draws", draws)
}

// step is something that happens.
type step struct {
	name string
	do   func()
}

// weighed is a step that is drawn so much more often than one of weight 1.
type weighed struct {
	weight int
	step
}

// edits are what people do: at the clinic, in the calendars, and to what they allowed us.
func (w *world) edits() []weighed {
	return []weighed{
		{6, step{"book", w.book}},
		{5, step{"move a visit", w.move}},
		{2, step{"cancel", w.cancel}},
		{1, step{"approve", w.approve}},
		{1, step{"complete", w.complete}},
		{4, step{"staff add an event", w.addForeign}},
		{2, step{"staff move an event", w.moveForeign}},
		{2, step{"staff delete an event", w.deleteForeign}},
		{2, step{"staff edit an event", w.editForeign}},
		{3, step{"staff move a visit's event", w.moveOwn}},
		{3, step{"staff delete a visit's event", w.deleteOwn}},
		{1, step{"staff copy a visit's event", w.copyOwn}},
		{1, step{"staff edit a visit's event", w.editOwn}},
		{3, step{"staff decide about a change outside", w.decide}},
		{1, step{"grant is revoked", w.revoke}},
		{1, step{"reconnect", w.reconnect}},
	}
}

// troubled are what goes wrong by itself, and the workers' jobs.
func (w *world) troubled() []weighed {
	return []weighed{
		{2, step{"provider fails", w.fail}},
		{1, step{"pull tokens end", w.endPullTokens}},
		{1, step{"access tokens end", w.endAccess}},
		{2, step{"a writer dies", w.writerDies}},
		{1, step{"a writer is late", w.writerIsLate}},
		{1, step{"a late writer ends", w.lateWriterEnds}},
		{1, step{"a reader dies", w.readerDies}},
		{9, step{"jobs run", w.runSome}},
		{8, step{"all jobs run", w.runAll}},
		{2, step{"minutes pass", w.minutesPass}},
	}
}

// one does one of these, and a second passes.
func (w *world) one(of []weighed) {
	var all []step
	for _, s := range of {
		for range s.weight {
			all = append(all, s.step)
		}
	}
	s := all[rapid.IntRange(0, len(all)-1).Draw(w.rt, "step")]
	w.logf("%s", s.name)
	s.do()
	w.pass(time.Second)
}
