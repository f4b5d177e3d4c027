package reception_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/jobs/dialer"
	"github.com/voxanne-ai/voxanne/providers/embedding"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
	"github.com/voxanne-ai/voxanne/providers/vapi"
)

const (
	callingClinics = 10
	callsOfEach    = 8
	slotsOfAll     = 10
	vapiKey        = "test-secret-vapi"
	// patience is how long the dialers wait for Vapi; what took twice as long has no answer.
	patience = time.Second
)

// What goes wrong with the calls of every clinic, by their place; the others are answered.
var calleesByPlace = map[int]sandbox.Callee{
	2: {Ending: sandbox.Busy},
	3: {Ending: sandbox.NoAnswer},
	4: {Ending: sandbox.Voicemail, Lost: []string{"end-of-call-report"}},
	5: {Lost: []string{"end-of-call-report", "status-update"}},
	6: {Post: sandbox.Failure{Status: http.StatusInternalServerError, Acts: true}},
	7: {Post: sandbox.Failure{Status: http.StatusTooManyRequests}},
	8: {Post: sandbox.Failure{Status: http.StatusInternalServerError}},
}

// callingBundle is the whole way of a call that clinics make: the queue, processes that dial, a played Vapi, and the server
// that hears of its calls.
type callingBundle struct {
	*bundle
	played  *sandbox.Vapi
	playing *httptest.Server
}

func callingSetup(t *testing.T) *callingBundle {
	t.Helper()
	b := &callingBundle{bundle: &bundle{database: dbtest.New(t), log: &lockedBuffer{}, models: embedding.NewModels(embedding.NewLexical())}, played: sandbox.NewVapi(vapiKey)}
	b.owner = b.database.Pool(t)
	listening := b.serve(t, b.database.LoginURL)
	b.playing = httptest.NewServer(b.played)
	t.Cleanup(b.playing.Close)
	t.Cleanup(b.played.Close)
	b.played.Concurrency(slotsOfAll)
	b.played.SetPace(sandbox.Pace{Ring: 5 * time.Millisecond, Talk: 150 * time.Millisecond})
	for n := range callingClinics {
		b.found(t, n, listening.URL)
	}
	return b
}

// found founds a clinic that never sleeps, with its line at Vapi and calls that are due.
func (b *callingBundle) found(t *testing.T, n int, server string) {
	t.Helper()
	assistant, err := b.played.AddAssistant(json.RawMessage(`{"name":"Caller","server":{"url":"` + server + `/api/vapi/webhook",
		"headers":{"X-Vapi-Secret":"` + webhookSecret + `"}}}`))
	require.NoError(t, err)
	ours := fmt.Sprintf("+4420794600%02d", n)
	line, err := b.played.AddPhoneNumber(json.RawMessage(`{"number":"` + ours + `"}`))
	require.NoError(t, err)
	for place := 1; place <= callsOfEach; place++ {
		b.played.Callee(calledAt(n, place), calleesByPlace[place])
	}
	b.database.Exec(t, `
		with org as (insert into public.organizations (name, slug, time_zone, quiet_from, quiet_until)
			values ('Clinic ' || $1, 'clinic-' || $1, 'America/Chicago', '00:00', '00:00') returning id),
		place as (insert into public.locations (org_id, id, name, time_zone) select id, id, 'Main', 'America/Chicago' from org),
		week as (insert into public.business_hours (org_id, location_id, weekday, opens, closes) select id, id, 1, '09:00', '17:00' from org),
		agent as (insert into public.agents (org_id, id, name, role, is_default) select id, id, 'Caller', 'outbound', true from org),
		route as (insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id) select $2, id, id from org),
		line as (insert into public.phone_numbers (org_id, number, location_id, vapi_phone_number_id) select id, $3, id, $4 from org),
		share as (insert into public.outbound_shares (org_id) select id from org),
		people as (insert into public.contacts (org_id, name, phone)
			select id, 'Jo Quillby', '+1312555' || lpad(($1::integer * 10 + p)::text, 4, '0') from org, generate_series(1, $5::integer) p returning *)
		insert into public.outbound_calls (org_id, kind, contact_id, to_number, due_at, until_at, look_at)
		select org_id, 'call_back', id, phone, app.now(), app.now() + interval '1 day', app.now() + interval '1 day' from people`,
		fmt.Sprint(n), assistant, ours, line, callsOfEach)
}

// calledAt is the number of a clinic's contact.
func calledAt(clinic, place int) string { return fmt.Sprintf("+1312555%04d", clinic*10+place) }

// dial does what one process does, until ctx ends.
func (b *callingBundle) dial(ctx context.Context, t *testing.T) {
	opened, err := db.Open(ctx, b.database.LoginURL)
	if err != nil {
		t.Error(err)
		return
	}
	defer opened.Close()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	client, err := vapi.New(vapi.Options{BaseURL: b.playing.URL, Key: vapiKey, Timeout: patience, HTTP: &http.Client{Transport: transport}})
	if err != nil {
		t.Error(err)
		return
	}
	d, err := dialer.New(dialer.Options{DB: opened, Vapi: client, AtOnce: slotsOfAll})
	if err != nil {
		t.Error(err)
		return
	}
	tend := time.NewTicker(50 * time.Millisecond)
	defer tend.Stop()
	for {
		for _, work := range []func(context.Context) error{d.Settle, d.Dial} {
			if err := work(ctx); err != nil && ctx.Err() == nil {
				t.Error(err)
			}
		}
		select {
		case <-ctx.Done():
			return
		case <-tend.C:
		}
	}
}

// pass has the minutes go by in a moment that an unanswered request, an unheard call and a busy line are given. Vapi is well
// again by then for those that it refused.
func (b *callingBundle) pass(t *testing.T) {
	t.Helper()
	for n := range callingClinics {
		for _, place := range []int{7, 8} {
			if b.count(t, `select count(*) from public.outbound_calls where to_number = $1
				and (reason = 'line_busy' or state = 'placing' and handed_over_at < app.now() - $2::interval)`, calledAt(n, place), patience) > 0 {
				b.played.Callee(calledAt(n, place), sandbox.Callee{})
			}
		}
	}
	b.database.Exec(t, `update public.outbound_calls set due_at = app.now() where state = 'waiting' and due_at > app.now()`)
	b.database.Exec(t, `update public.outbound_calls set look_at = app.now(), handed_over_at = handed_over_at - interval '3 minutes'
		where state = 'placing' and coalesce(handed_over_at, taken_at) < app.now() - $1::interval
			and (handed_over_at is null or handed_over_at > app.now() - interval '2 minutes')`, 2*patience)
	b.database.Exec(t, `update public.outbound_calls set look_at = app.now(), ends_by = app.now()
		where state = 'under_way' and ends_by > app.now() and placed_at < app.now() - $1::interval`, 2*patience)
}

func (b *callingBundle) count(t *testing.T, query string, args ...any) (n int) {
	t.Helper()
	require.NoError(t, b.owner.QueryRow(t.Context(), query, args...).Scan(&n))
	return n
}

// Ten clinics have eight calls each made over ten slots by three processes, of which one is stopped in the middle. Lines are
// busy, nobody answers, machines do; webhooks and answers get lost, and Vapi refuses. Whatever happens, nobody is called twice.
func TestClinicsCallThroughVapi(t *testing.T) {
	t.Parallel()
	b := callingSetup(t)
	began := time.Now()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	stopped, stopOne := context.WithCancel(ctx)
	defer stopOne()
	var running sync.WaitGroup
	for _, life := range []context.Context{ctx, ctx, stopped} {
		running.Go(func() { b.dial(life, t) })
	}
	require.Eventually(t, func() bool { return len(b.played.PlacedCalls()) >= 20 }, 30*time.Second, 5*time.Millisecond)
	stopOne()
	require.Eventually(t, func() bool {
		b.pass(t)
		return b.count(t, `select count(*) from public.outbound_calls where ended_at is null`) == 0
	}, time.Minute, 100*time.Millisecond)
	t.Logf("%d calls in %s, at most %d at once", callingClinics*callsOfEach, time.Since(began).Round(10*time.Millisecond), b.played.MostCallsAtOnce())
	stop()
	running.Wait()

	require.LessOrEqual(t, b.played.MostCallsAtOnce(), slotsOfAll)
	b.requireOnce(t)
	for place, reason := range map[int]string{1: "completed", 2: "busy", 3: "no_answer", 4: "voicemail", 5: "end_unknown", 6: "completed", 7: "completed", 8: "completed"} {
		require.Equal(t, callingClinics, b.count(t, `select count(*) from public.outbound_calls
			where right(to_number, 1) = $1::text and state = 'ended' and (reason = $2 or reason = 'end_unknown' and $2 = 'completed')`, fmt.Sprint(place), reason), "%d: %s", place, reason)
	}
}

// requireOnce: each wish is one call at Vapi, and one in the list of calls.
func (b *callingBundle) requireOnce(t *testing.T) {
	t.Helper()
	made := map[string]int{}
	for id, call := range b.played.PlacedCalls() {
		var its struct {
			Name               string
			AssistantOverrides struct{ VariableValues map[string]string }
		}
		require.NoError(t, json.Unmarshal(call, &its))
		require.Contains(t, its.AssistantOverrides.VariableValues["callPurpose"], "whether you speak with Jo")
		require.Equal(t, "Monday 9:00 AM to 5:00 PM", its.AssistantOverrides.VariableValues["openingHours"])
		made[its.Name]++
		require.Equal(t, 1, b.count(t, `select count(*) from public.outbound_calls c
			join public.call_logs l on l.org_id = c.org_id and l.id = c.call_id and l.contact_id = c.contact_id and l.direction = 'outbound'
			where c.id = $1::uuid and l.vapi_call_id = $2 and c.vapi_call_id = $2 and c.attempt = 1`, its.Name, id), its.Name)
	}
	require.Equal(t, callingClinics*callsOfEach, len(made)) //nolint:testifylint // without the list of all
	for name, times := range made {
		require.Equal(t, 1, times, name)
	}
	require.Equal(t, callingClinics*callsOfEach, b.count(t, `select count(*) from public.call_logs where deleted_at is null`))
}
