package dialer

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// testBundle is a database with clinics that never sleep, and a Vapi that makes every call unless told otherwise.
type testBundle struct {
	data  *dbtest.Database
	owner *pgxpool.Pool
	vapi  *fakeVapi
}

func setup(t *testing.T) *testBundle {
	t.Helper()
	b := &testBundle{data: dbtest.New(t), vapi: &fakeVapi{}}
	b.owner = b.data.Pool(t)
	return b
}

// found makes clinics with so many calls each that are due, the n-th with assistant-n, number-n and ids that say n.
func (b *testBundle) found(t *testing.T, clinics, calls int) {
	t.Helper()
	b.data.Exec(t, fmt.Sprintf(`
		insert into public.organizations (id, name, slug, time_zone, quiet_from, quiet_until)
		select ('a0000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid, 'Clinic ' || n, 'clinic-' || n, 'America/Chicago', '00:00', '00:00'
		from generate_series(1, %d) n;
		insert into public.locations (org_id, id, name, time_zone) select id, id, 'Main', time_zone from public.organizations;
		insert into public.agents (org_id, id, name, role, is_default) select id, id, 'Caller', 'outbound', true from public.organizations;
		insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id)
		select 'assistant-' || split_part(name, ' ', 2), id, id from public.organizations;
		insert into public.phone_numbers (org_id, number, location_id, vapi_phone_number_id)
		select id, '+44207946' || lpad(split_part(name, ' ', 2), 4, '0'), id, 'number-' || split_part(name, ' ', 2) from public.organizations;
		insert into public.outbound_shares (org_id) select id from public.organizations;
		insert into public.contacts (org_id, name, phone)
		select o.id, 'Jo Quillby', '+1312555' || lpad(n::text, 4, '0') from public.organizations o, generate_series(1, %d) n;
		insert into public.outbound_calls (org_id, kind, contact_id, to_number, due_at, until_at, look_at)
		select org_id, 'call_back', id, phone, app.now(), app.now() + interval '1 day', app.now() + interval '1 day' from public.contacts`,
		clinics, calls))
}

// open is a process's own way to the database.
func (b *testBundle) open(t *testing.T) *db.DB {
	t.Helper()
	opened, err := db.Open(t.Context(), b.data.LoginURL)
	require.NoError(t, err)
	t.Cleanup(opened.Close)
	return opened
}

// dialer is a process that calls through b's Vapi.
func (b *testBundle) dialer(t *testing.T, atOnce int) *Dialer {
	t.Helper()
	d, err := New(Options{DB: b.open(t), Vapi: b.vapi, AtOnce: atOnce})
	require.NoError(t, err)
	return d
}

// one reads a single text from the database.
func (b *testBundle) one(t *testing.T, query string, args ...any) (s string) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), query, args...).Scan(&s))
	return s
}

// stands is how the only call stands.
func (b *testBundle) stands(t *testing.T) string {
	t.Helper()
	return b.one(t, `select concat_ws(' ', state, reason, attempt || '/' || tries) from public.outbound_calls`)
}

// pass makes calls that are being placed overdue, as time would; without names all of them.
func (b *testBundle) pass(t *testing.T, names ...string) {
	t.Helper()
	b.data.Exec(t, `update public.outbound_calls set look_at = app.now(), handed_over_at = handed_over_at - interval '3 minutes'
		where state = 'placing' and look_at > app.now() and (cardinality($1::text[]) = 0 or id::text = any ($1))`, append([]string{}, names...))
}

// end is the webhook that says so: it knows Vapi's id of the call and whose assistant and number it has.
func end(ctx context.Context, d *db.DB, call vapi.OutboundCall, id, reason string) error {
	envelope := db.CallEnvelope{VapiCallID: id, Direction: "outbound", AssistantID: call.AssistantID, PhoneNumberID: call.PhoneNumberID,
		Caller: call.CustomerNumber}
	return d.AsCall(ctx, envelope, func(tx db.Tx, c db.CallContext) error {
		_, err := tx.RecordCallEvent(ctx, db.RecordCallEventParams{CallID: c.CallID, Status: "ended", At: time.Now(), EndedReason: &reason})
		return err
	})
}

// fakeVapi keeps the calls that it was asked for.
type fakeVapi struct {
	mu     sync.Mutex
	calls  []vapi.PlacedCall
	asked  []vapi.OutboundCall
	answer func(vapi.OutboundCall) (vapi.PlacedCall, error) // instead of making the call; a call with an id is made all the same
	lost   []string                                         // names of the calls whose answer got lost
	placed func(context.Context, vapi.OutboundCall, vapi.PlacedCall)
}

func (f *fakeVapi) PlaceCall(ctx context.Context, call vapi.OutboundCall) (vapi.PlacedCall, error) {
	placed, err := vapi.PlacedCall{ID: uuid.NewString(), Name: call.Name, Status: "queued"}, error(nil)
	if f.answer != nil {
		placed, err = f.answer(call)
	}
	f.mu.Lock()
	f.asked = append(f.asked, call)
	if placed.ID != "" {
		f.calls = append(f.calls, placed)
	}
	f.mu.Unlock()
	if f.placed != nil {
		f.placed(ctx, call, placed)
	}
	var uncertain *vapi.UncertainError
	if errors.As(err, &uncertain) {
		f.mu.Lock()
		f.lost = append(f.lost, call.Name)
		f.mu.Unlock()
	}
	if err != nil {
		return vapi.PlacedCall{Limits: placed.Limits}, err
	}
	return placed, nil
}

func (f *fakeVapi) CallsSince(context.Context, string, time.Time) ([]vapi.PlacedCall, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return append([]vapi.PlacedCall{{ID: "another", Name: "another"}}, f.calls...), nil
}

// unanswered are the names of the calls whose answer got lost since it was asked last; the first one is no call's.
func (f *fakeVapi) unanswered() []string {
	f.mu.Lock()
	defer f.mu.Unlock()
	names := append([]string{"none"}, f.lost...)
	f.lost = nil
	return names
}

func (f *fakeVapi) timesAsked() int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return len(f.asked)
}
