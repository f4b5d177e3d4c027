package messenger_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// reminded books a visit and returns its reminder, due a day before.
func (b *testBundle) reminded(t *testing.T) (id uuid.UUID, due time.Time) {
	t.Helper()
	b.data.Exec(t, "update public.organizations set reminder_offsets = '{24:00:00}'")
	b.book(t, "Ada Quillby")
	id = one[uuid.UUID](t, b, "select id from public.scheduled_messages where kind = 'reminder'")
	return id, one[time.Time](t, b, "select due_at from public.scheduled_messages where id = $1", id)
}

// sendAt runs a scheduled message's job twice at a time of the database's clock and returns how many texts left so far.
func (b *testBundle) sendAt(t *testing.T, id uuid.UUID, at time.Time) (texts int) {
	t.Helper()
	b.data.SetClock(t, at)
	for range 2 {
		require.NoError(t, b.m.SendScheduled(t.Context(), b.org, id))
	}
	return len(b.twilio.Texts())
}

// nextJobs are the times at which the queue takes up a scheduled message that waits.
func (b *testBundle) nextJobs(t *testing.T, id uuid.UUID, after time.Time) []time.Time {
	t.Helper()
	return all[time.Time](t, b, `select distinct scheduled_at from river.river_job where kind = 'send_scheduled'
		and args ->> 'scheduled_id' = $1::uuid::text and scheduled_at > $2 order by 1`, id, after)
}

// A server that slept, or whose clock is set right: the database's clock, by which messages are due, jumps by two hours.
func TestJumpsOfTheClockRemindOnce(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id, due := b.reminded(t)
	require.Zero(t, b.sendAt(t, id, due.Add(-2*time.Hour)), "a queue whose clock is ahead takes it up early")
	require.Equal(t, []time.Time{due.UTC()}, utc(b.nextJobs(t, id, due.Add(-time.Hour))), "it comes again when it is due, not at once")
	require.Equal(t, 1, b.sendAt(t, id, due.Add(2*time.Hour)), "two hours were lost, and it is late")
	require.Equal(t, 1, b.sendAt(t, id, due.Add(-2*time.Hour)), "back before it was due")
	require.Equal(t, 1, b.sendAt(t, id, due.Add(3*time.Hour)), "and there again")
}

func TestJumpsOfTheClockIntoTheNightAndOut(t *testing.T) {
	t.Parallel()
	b := setup(t)
	id, due := b.reminded(t)
	night := due.Add(90 * time.Minute)
	b.data.Exec(t, `update public.organizations set quiet_from = ($1::timestamptz at time zone 'America/Chicago')::time,
		quiet_until = (($1::timestamptz + interval '3 hours') at time zone 'America/Chicago')::time`, night)
	require.Zero(t, b.sendAt(t, id, due.Add(2*time.Hour)), "forward into the night")
	require.Equal(t, []time.Time{night.Add(3 * time.Hour).UTC()}, utc(b.nextJobs(t, id, due.Add(time.Minute))), "one job, when the night ends")
	require.Zero(t, b.sendAt(t, id, due), "back out of it: the promise for the morning stands, and nothing turns in circles")
	require.Equal(t, 1, b.sendAt(t, id, night.Add(3*time.Hour+time.Second)))
	require.Equal(t, 1, b.sendAt(t, id, due))
}

// The worker's clock is two hours from the database's: how old a text is, is by the one that wrote it down.
func TestAYoungTextIsNotTakenForALostOneByAnotherClock(t *testing.T) {
	t.Parallel()
	for name, jump := range map[string]time.Duration{"the database is behind": -2 * time.Hour, "the database is ahead": 2 * time.Hour} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := setup(t)
			b.data.Exec(t, "update public.org_credentials set updated_at = updated_at - interval '1 day'") // not changed since
			b.age(t, jump)
			id := b.followUp(t, "a") // and whoever began it died
			b.age(t, jump+2*time.Minute)
			again, err := b.m.Settle(t.Context(), b.org, id)
			require.NoError(t, err)
			require.InDelta(t, 8*time.Minute, again, float64(10*time.Second))
			require.Equal(t, row{Status: "unknown"}, b.row(t, id))
		})
	}
}

func utc(times []time.Time) []time.Time {
	for i := range times {
		times[i] = times[i].UTC()
	}
	return times
}
