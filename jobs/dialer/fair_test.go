package dialer

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const (
	fairClinics = 50
	fairCalls   = 40 // of each
	fairSlots   = 10
	fairWorkers = 3
)

// slotLog keeps who had a slot from when to when, also of calls that were taken twice.
const slotLog = `
create table public.slots (n bigint generated always as identity, org_id uuid, call_id uuid, taken timestamptz default clock_timestamp(), freed timestamptz);
create index on public.slots (call_id) where freed is null;
create function public.log_slot() returns trigger language plpgsql security definer as $$
begin
  if old.state = 'waiting' and new.state = 'placing' then
    insert into public.slots (org_id, call_id) values (new.org_id, new.id);
  elsif old.state in ('placing', 'under_way') and new.state not in ('placing', 'under_way') then
    update public.slots set freed = clock_timestamp() where call_id = new.id and freed is null;
  end if;
  return null;
end
$$;
create trigger log_slot after update on public.outbound_calls for each row execute function public.log_slot();`

// ringing is a call that Vapi makes and that will end.
type ringing struct {
	call vapi.OutboundCall
	id   string
}

// Fifty clinics with forty calls each share ten slots through three processes, of which some die: one that has taken a call,
// one that was about to ask for it. Vapi loses some answers. Slots are never more, nobody is served twice before everybody
// was served once, and in the end no call is left and none was made twice.
func TestClinicsShareTheSlotsFairly(t *testing.T) {
	t.Parallel()
	b := setup(t)
	b.found(t, fairClinics, fairCalls)
	b.data.Exec(t, slotLog)
	began := time.Now()

	lines := make(chan ringing, fairClinics*fairCalls)
	freed := make(chan struct{}, 1)
	full := make(chan struct{})
	var most, asked atomic.Int64
	b.vapi.answer = func(call vapi.OutboundCall) (vapi.PlacedCall, error) {
		made := vapi.PlacedCall{ID: uuid.NewString(), Name: call.Name}
		switch n := asked.Add(1); {
		case n%401 == 0:
			return vapi.PlacedCall{}, &vapi.UncertainError{}
		case n%397 == 0:
			return made, &vapi.UncertainError{}
		default:
			return made, nil
		}
	}
	var once sync.Once
	b.vapi.placed = func(ctx context.Context, call vapi.OutboundCall, placed vapi.PlacedCall) {
		var occupied int64
		if err := b.owner.QueryRow(ctx, `select count(*) from public.outbound_calls where state in ('placing', 'under_way')`).Scan(&occupied); err != nil {
			t.Error(err)
		}
		for seen := most.Load(); occupied > seen && !most.CompareAndSwap(seen, occupied); seen = most.Load() {
		}
		if occupied == fairSlots {
			once.Do(func() { close(full) })
		}
		if placed.ID != "" {
			lines <- ringing{call, placed.ID}
		}
	}

	b.die(t)
	ctx, stop := context.WithTimeout(t.Context(), 8*time.Minute)
	defer stop()
	var running sync.WaitGroup
	webhooks := b.open(t)
	for range fairWorkers {
		running.Go(func() { hangUp(ctx, t, webhooks, full, lines, freed) })
		d := b.dialer(t, fairSlots)
		running.Go(func() { keepDialing(ctx, t, d, freed) })
	}
	// For calls without an answer the two minutes pass in a moment; what the dead left is overdue when nothing else is to be done.
	require.Eventually(t, func() bool {
		b.pass(t, b.vapi.unanswered()...)
		return b.one(t, `select count(*)::text from public.outbound_calls where state = 'waiting' or state = 'under_way'`) == "0"
	}, 4*time.Minute, 200*time.Millisecond)
	require.Eventually(t, func() bool {
		b.pass(t)
		return b.one(t, `select count(*)::text from public.outbound_calls where state in ('waiting', 'placing', 'under_way')`) == "0"
	}, 4*time.Minute, 200*time.Millisecond)
	stop()
	running.Wait()

	require.EqualValues(t, fairSlots, most.Load(), "the slots that were taken at once")
	require.Equal(t, "2000 calls, 2000 of them once", b.one(t, `select count(*) || ' calls, ' || count(*) filter (where state = 'ended' and attempt = 1) || ' of them once'
		from public.outbound_calls`))
	require.Equal(t, "0", b.one(t, `select count(*)::text from (select from public.call_logs group by to_number, org_id having count(*) > 1) twice`))
	b.requireFair(t, began)
}

// die leaves what two processes leave that died: one had taken a call, the other one had also handed it over.
func (b *testBundle) die(t *testing.T) {
	t.Helper()
	dead := b.open(t)
	for _, handedOver := range []bool{false, true} {
		taken, err := dead.Platform().TakeOutboundCall(t.Context(), fairSlots, uuid.New(), leaseSeconds)
		require.NoError(t, err)
		require.Len(t, taken, 1)
		if handedOver {
			require.NoError(t, dead.AsTenant(t.Context(), taken[0].OrgID, func(tx db.Tx) error {
				_, err := tx.PrepareOutboundCall(t.Context(), taken[0].OutboundCallID, *taken[0].LeaseID)
				return err
			}))
		}
	}
}

// hangUp ends calls as fast as their webhooks are taken in, once all slots were taken. Several do, as webhooks come at once.
func hangUp(ctx context.Context, t *testing.T, d *db.DB, full <-chan struct{}, lines <-chan ringing, freed chan<- struct{}) {
	select {
	case <-full:
	case <-ctx.Done():
		return
	}
	for {
		select {
		case <-ctx.Done():
			return
		case line := <-lines:
			if err := end(ctx, d, line.call, line.id, "customer-ended-call"); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
			select {
			case freed <- struct{}{}:
			default:
			}
		}
	}
}

// keepDialing does what the jobs of one process do.
func keepDialing(ctx context.Context, t *testing.T, d *Dialer, freed <-chan struct{}) {
	tend := time.NewTicker(250 * time.Millisecond)
	defer tend.Stop()
	for ctx.Err() == nil {
		if err := d.Dial(ctx); err != nil && ctx.Err() == nil {
			t.Error(err)
		}
		select {
		case <-ctx.Done():
		case <-freed:
		case <-tend.C:
			if err := d.Settle(ctx); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
	}
}

// taking is a call's way through a slot.
type taking struct {
	Org          uuid.UUID
	Taken, Freed time.Time
}

// requireFair replays who was served when. While everybody has calls that are due, nobody is two ahead of anybody. A clinic
// whose slot was held while all others went by (its process died, or Vapi did not answer) is left out: it waits for itself.
func (b *testBundle) requireFair(t *testing.T, began time.Time) {
	t.Helper()
	rows, err := b.owner.Query(t.Context(), `select org_id, taken, freed from public.slots order by n`)
	require.NoError(t, err)
	takings, err := pgx.CollectRows(rows, pgx.RowToStructByPos[taking])
	require.NoError(t, err)

	counts, waits, held := map[uuid.UUID]int{}, map[uuid.UUID][]time.Duration{}, map[uuid.UUID]bool{}
	for i, take := range takings {
		counts[take.Org] = 0
		waits[take.Org] = append(waits[take.Org], take.Taken.Sub(began))
		passed := 0
		for _, later := range takings[i+1:] {
			if later.Taken.After(take.Freed) {
				break
			}
			passed++
		}
		held[take.Org] = held[take.Org] || passed >= fairClinics-2*fairSlots
	}
	for org := range held {
		if held[org] {
			delete(counts, org)
		}
	}
	require.Greater(t, len(counts), fairClinics/2, "too many slots were held for long to tell")
	widest := 0
	for _, take := range takings {
		if _, judged := counts[take.Org]; !judged {
			continue
		}
		counts[take.Org]++
		ahead, behind := bounds(counts)
		widest = max(widest, ahead-behind)
		if ahead == fairCalls {
			break // from here on some have none left
		}
	}
	require.LessOrEqual(t, widest, 1, "how many calls a clinic was ahead of another")

	var medians, longest []time.Duration
	for _, w := range waits {
		slices.Sort(w)
		medians, longest = append(medians, w[len(w)/2]), append(longest, w[len(w)-1])
	}
	t.Logf("%d calls in %s, %d clinics judged; waits: p50 of a clinic %s to %s, longest %s to %s", len(takings),
		time.Since(began).Round(time.Millisecond), len(counts), slices.Min(medians).Round(time.Millisecond),
		slices.Max(medians).Round(time.Millisecond), slices.Min(longest).Round(time.Millisecond), slices.Max(longest).Round(time.Millisecond))
}

// bounds are the most and the fewest.
func bounds(counts map[uuid.UUID]int) (ahead, behind int) {
	behind = fairCalls
	for _, n := range counts {
		ahead, behind = max(ahead, n), min(behind, n)
	}
	return ahead, behind
}
