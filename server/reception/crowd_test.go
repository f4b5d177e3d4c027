package reception_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// third gives Lakeside a third practitioner for checkups.
func (b *bundle) third(t *testing.T) {
	t.Helper()
	b.database.Exec(t, `
insert into resources (org_id, id, location_id, name) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000033', 'a0000000-0000-7000-8000-000000000010', 'Drew Park');
insert into resource_services (org_id, resource_id, service_id) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000033', 'a0000000-0000-7000-8000-000000000021')`)
}

// wish is one caller's try and what came of it.
type wish struct {
	start  time.Time
	answer sandbox.ToolResult
	err    error
}

// crowd lets callers want a checkup on 2030-03-05 all at once, each at the start that startOf gives it. On a machine with
// other work to do the queue for a slot gets longer than a caller waits; who is told so does as told and tries once more.
func (b *bundle) crowd(t *testing.T, callers int, startOf func(int) time.Time) []wish {
	t.Helper()
	zone, err := time.LoadLocation("America/Chicago")
	require.NoError(t, err)
	wishes := make([]wish, callers)
	asks := make([]func(toolCall string), callers)
	var all sync.WaitGroup
	for i := range wishes {
		p := b.call(fmt.Sprintf("+13125552%03d", i))
		wishes[i].start = startOf(i)
		asks[i] = func(toolCall string) {
			results, err := b.vapi.CallTools(t.Context(), sandbox.ToolCalls(p.line, sandbox.NestedObject, sandbox.ToolCall{
				ID: toolCall, Name: "bookClinicAppointment", Arguments: map[string]any{"appointmentDate": "2030-03-05",
					"appointmentTime": wishes[i].start.In(zone).Format("15:04"), "serviceType": "checkup",
					"patientName": "Ann Quill" + strings.Repeat("b", 1+i%7) + fmt.Sprintf("y the %dth", i)}}))
			if wishes[i].err = err; err == nil {
				wishes[i].answer = results[0]
			}
		}
		all.Go(func() { asks[i]("1") })
	}
	all.Wait()
	for i := range wishes {
		if wishes[i].answer.Error == sayBusy {
			asks[i]("2")
		}
	}
	return wishes
}

// requireNoTrouble counts the winners. A loser hears why and what is free, or the test fails.
func (b *bundle) requireNoTrouble(t *testing.T, wishes []wish) (won int) {
	t.Helper()
	for _, w := range wishes {
		require.NoError(t, w.err)
		if w.answer.Error == "" {
			require.Contains(t, w.answer.Result, "Booked: ")
			won++
			continue
		}
		require.Regexp(t, `^That time is taken\. Free: .+\.$`, w.answer.Error)
	}
	require.NotContains(t, b.log.String(), "40P01", "no deadlock")
	require.NotContains(t, b.log.String(), `"level":"ERROR"`)
	return won
}

// The two crowds do not run beside other tests: they need the machine for themselves.
func TestAHundredCallersWantOneSlotOfThreePractitioners(t *testing.T) {
	b := setup(t)
	b.third(t)
	two := time.Date(2030, 3, 5, 20, 0, 0, 0, time.UTC)
	wishes := b.crowd(t, 100, func(int) time.Time { return two })
	won := b.requireNoTrouble(t, wishes)
	require.Equal(t, 3, won)
	require.Equal(t, 3, b.count(t, `select count(distinct resource_id)::int from appointments where status = 'confirmed' and scheduled_at = $1`, two))
	require.Equal(t, 3, b.count(t, `select count(*)::int from patients`), "losers leave nobody behind")
	require.GreaterOrEqual(t, b.count(t, `select count(*)::int from booking_attempts`), 100, "every try leaves its trace")
}

// Visits only accumulate here, so what stands at the end shows whether a refusal was right: a refused visit must not
// fit anywhere beside the visits that were booked before it was refused.
func TestAHundredCallersWantOverlappingSlots(t *testing.T) {
	b := setup(t)
	b.third(t)
	// Numbered under the lock that decides, so the numbers are the order of the decisions.
	b.database.Exec(t, `alter table booking_attempts add column seq bigserial; grant usage on all sequences in schema public to app_writer`)
	first := time.Date(2030, 3, 5, 19, 0, 0, 0, time.UTC)
	wishes := b.crowd(t, 100, func(i int) time.Time { return first.Add(time.Duration(i%9) * 15 * time.Minute) })
	won := b.requireNoTrouble(t, wishes)
	require.Equal(t, won, b.count(t, booked))
	require.Zero(t, b.count(t, `select count(*)::int from appointments a join appointments z
on z.resource_id = a.resource_id and z.id <> a.id and z.blocked && a.blocked`))
	require.Zero(t, b.count(t, `
select count(*)::int
from booking_attempts refused
where refused.outcome = 'refused' and exists (
  select from resources r
  where r.org_id = refused.org_id and not exists (
    select from booking_attempts earlier
    join appointments a on a.org_id = earlier.org_id and a.id = earlier.appointment_id
    where earlier.outcome = 'booked' and earlier.seq < refused.seq and a.resource_id = r.id
      and a.during && tstzrange(refused.starts_at, refused.starts_at + interval '30 minutes')))`),
		"each refused visit had nowhere to go when it was refused")
	require.Greater(t, won, 6)
}

func TestOneWishRepeatedInParallelIsOneVisit(t *testing.T) {
	t.Parallel()
	b := setup(t)
	p := b.call("+13125550121")
	answers := make([]sandbox.ToolResult, 20)
	errs := make([]error, 20)
	var all sync.WaitGroup
	for i := range answers {
		all.Go(func() {
			results, err := b.vapi.CallTools(t.Context(), sandbox.ToolCalls(p.line, sandbox.NestedObject,
				sandbox.ToolCall{ID: fmt.Sprintf("repeat-%d", i), Name: "bookClinicAppointment", Arguments: atTwo()}))
			if errs[i] = err; err == nil {
				answers[i] = results[0]
			}
		})
	}
	all.Wait()
	for i := range answers {
		require.NoError(t, errs[i])
		require.Regexp(t, bookedAtTwo, answers[i].Result)
		require.Equal(t, answers[0].Result, answers[i].Result)
	}
	require.Equal(t, 1, b.count(t, `select count(*)::int from appointments`))
}
