package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db"
	"github.com/voxanne-ai/voxanne/db/dbtest"
	"github.com/voxanne-ai/voxanne/providers/sandbox"
)

// asPromised is a run with a booking of nobody else's time, and one time that two wanted and one got.
func asPromised() evidence {
	return evidence{
		heard: []heard{
			{callID: "alone", answer: heardBooked},
			{callID: "first", crowd: 1, answer: heardBooked},
			{callID: "second", crowd: 1, answer: heardTaken},
		},
		visits: map[string]int{"alone": 1, "first": 1},
		texts:  map[numbersOfText]int{{"+13125551000", "+13125552000"}: 1},
		rows:   []db.ChaosTextsRow{{Status: "delivered", Texts: 1}, {Status: "failed", Reason: "never_accepted", Texts: 1}},
	}
}

// broken are the promises that a run broke.
func broken(e evidence) (what []string) {
	for _, f := range judge(e) {
		if !f.kept {
			what = append(what, f.what)
		}
	}
	return what
}

func TestEveryBrokenPromiseIsSeen(t *testing.T) {
	t.Parallel()
	require.Empty(t, broken(asPromised()))
	for name, c := range map[string]struct {
		spoil func(*evidence)
		seen  string
	}{
		"two at a time": {func(e *evidence) { e.overlaps = 1 }, "pairs of visits that overlap"},
		"booked and not there": {func(e *evidence) {
			e.heard = append(e.heard, heard{callID: "lost", answer: heardBooked})
		}, "bookings that were confirmed and are not there"},
		"booked twice": {func(e *evidence) {
			e.visits["alone"], e.rows[0].Texts = 2, 2
			e.texts[numbersOfText{"+13125551000", "+13125552001"}] = 1
		}, "wishes that were booked twice"},
		"told taken": {func(e *evidence) {
			e.heard[0].answer = heardTaken
		}, "visits whose caller was told that the time is taken"},
		"two winners": {func(e *evidence) {
			e.heard[0].crowd = 1
		}, "times that several wanted and not exactly one got"},
		"no winner": {func(e *evidence) {
			e.heard = append(e.heard, heard{callID: "third", crowd: 2, answer: heardTaken})
		}, "times that several wanted and not exactly one got"},
		"a job left":     {func(e *evidence) { e.jobs = 1 }, "jobs that are not finished, or given up"},
		"a job given up": {func(e *evidence) { e.givenUp = 1 }, "jobs that are not finished, or given up"},
		"serve ended":    {func(e *evidence) { e.ended = []string{"serve"} }, "processes that ended by themselves"},
		"texted twice": {func(e *evidence) {
			e.texts[numbersOfText{"+13125551000", "+13125552000"}] = 2
		}, "callers whose confirmation came twice"},
		"a text without a row": {func(e *evidence) {
			e.texts[numbersOfText{"+13125551000", "+13125552001"}] = 1
		}, "visits are confirmed, or a row says that they are not"},
		"a visit without a text": {func(e *evidence) {
			e.rows = e.rows[:1]
		}, "visits are confirmed, or a row says that they are not"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := asPromised()
			c.spoil(&e)
			require.Equal(t, []string{c.seen}, broken(e))
		})
	}
}

func TestACallerWhoGaveUpMayHaveAVisitOrNone(t *testing.T) {
	t.Parallel()
	e := asPromised()
	e.heard[1].answer = heardNothing // the winner's answer got lost
	e.heard = append(e.heard, heard{callID: "third", crowd: 2, answer: heardNothing})
	require.Empty(t, broken(e))
}

func TestTextsAreCountedByBothNumbers(t *testing.T) {
	t.Parallel()
	require.Equal(t, map[numbersOfText]int{{"+13125551000", "+13125552000"}: 2, {"+13125551001", "+13125552000"}: 1},
		countTexts(map[string]sandbox.SentText{
			"SM1": {From: "+13125551000", To: "+13125552000"},
			"SM2": {From: "+13125551000", To: "+13125552000"},
			"SM3": {From: "+13125551001", To: "+13125552000"},
		}))
}

// What judge is told about the database: planted as the owner, past the functions and without the constraint that stop it.
func TestWhatIsPlantedInTheDatabaseIsSeen(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	require.NoError(t, makeClinics(t.Context(), d.OwnerURL))
	pool := d.Pool(t)
	clean, err := gather(t.Context(), db.New(pool))
	require.NoError(t, err)
	require.Equal(t, evidence{visits: map[string]int{}, rows: []db.ChaosTextsRow{}}, clean)

	d.Exec(t, planted)
	e, err := gather(t.Context(), db.New(pool))
	require.NoError(t, err)
	require.Equal(t, 1, e.overlaps)
	require.Equal(t, map[string]int{"call-of-both": 2}, e.visits)
	require.Equal(t, 2, e.jobs)
	require.Equal(t, 1, e.givenUp)
	require.Equal(t, []db.ChaosTextsRow{{Status: "failed", Reason: "never_accepted", Texts: 1}, {Status: "sent", Texts: 1}}, e.rows)
}

const planted = `
alter table public.appointments drop constraint appointments_no_overlap;
insert into public.call_logs (org_id, vapi_call_id, direction)
select o.id, 'call-of-both', 'inbound' from public.organizations o where o.slug = 'chaos-0';
insert into public.contacts (org_id, phone) select l.org_id, '+13125552000' from public.call_logs l;
insert into public.patients (org_id, contact_id, name, normalised_name)
select c.org_id, c.id, 'Ann Quillfeather', 'ann quillfeather' from public.contacts c;
insert into public.appointments (org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status,
  source, call_id, booking_ref)
select r.org_id, r.location_id, s.id, r.id, p.contact_id, p.id, t.at, '30 minutes', tstzrange(t.at, t.at + interval '30 minutes'),
  tstzrange(t.at, t.at + interval '30 minutes'), 'confirmed', 'voice', l.id, t.ref
from public.patients p
join public.call_logs l on l.org_id = p.org_id
join public.services s on s.org_id = p.org_id and s.name = 'Scan'
join public.resources r on r.org_id = p.org_id and r.name = 'Specialist'
cross join (values (timestamptz '2030-03-05 10:00Z', 'AAAAAA'), ('2030-03-05 10:15Z', 'BBBBBB')) t (at, ref);
insert into public.messages (org_id, direction, method, category, recipient, content, status, reason)
select c.org_id, 'outbound', 'sms', 'confirmation', c.phone, 'zanzibar-lilac', m.status, m.reason
from public.contacts c, (values ('sent', null), ('failed', 'never_accepted')) m (status, reason);
insert into river.river_job (kind, args, state, finalized_at, max_attempts)
values ('k', '{}', 'available', null, 3), ('k', '{}', 'retryable', null, 3), ('k', '{}', 'completed', now(), 3), ('k', '{}', 'discarded', now(), 3),
  ('sweep', '{}', 'discarded', now(), 1);
`
