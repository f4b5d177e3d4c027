package demo_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/cmd/voxanne/demo"
)

func TestEveryPromiseIsKeptAgainAndAgain(t *testing.T) {
	t.Parallel()
	in := start(t)
	for range 3 {
		require.NoError(t, in.play(t))
		require.NotContains(t, in.printed.String(), "✗")
		require.GreaterOrEqual(t, strings.Count(in.printed.String(), "✓"), 45)
		require.Contains(t, in.printed.String(), "✓ After STOP nothing is sent any more")
	}
	var night string
	require.NoError(t, in.database.Pool(t).QueryRow(t.Context(),
		"select quiet_from || ' ' || quiet_until from public.organizations where slug = 'lakeside-dental'").Scan(&night))
	require.Equal(t, "21:00:00 08:00:00", night, "the night is put back")
}

func TestARealTwilioIsNotTexted(t *testing.T) {
	t.Parallel()
	in := start(t)
	in.options.Twilio = demo.Twilio{}
	require.NoError(t, in.play(t))
	require.Contains(t, in.printed.String(), "so nobody is texted")
	var sent int
	require.NoError(t, in.database.Pool(t).QueryRow(t.Context(), "select count(*) from public.org_credentials").Scan(&sent))
	require.Zero(t, sent)
}

func TestABrokenPromiseIsSeen(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ damage, promise string }{
		"nothing keeps two visits apart": {`
			alter table public.appointments drop constraint appointments_no_overlap;
			create or replace function app.lock_resources(p_resource_ids uuid[]) returns void language sql set search_path = '' as '';
			-- Everybody has chosen before anybody has written.
			create function public.dawdle() returns trigger language plpgsql as $$ begin perform pg_sleep(0.5); return new; end $$;
			create trigger dawdle before insert on public.appointments for each row execute function public.dawdle();`,
			"Exactly 2 hear that they are booked"},
		"a calling number is taken for an identity": {
			`update public.organizations set identity_factor = 'calling_number'`,
			"Nothing of the visit is told"},
		"members see every clinic": {
			`create policy everything on public.call_logs for select to tenant_user using (true)`,
			"Lakeside Dental sees its own rows in every table, and none of Harbor Skin"},
		"members see nothing": {
			`create policy nothing on public.patients as restrictive for select to tenant_user using (false)`,
			"Harbor Skin sees its own rows in every table"},
		"transcripts are kept as they were said": {
			`create or replace function app.redact_phi(p_text text, p_names text[]) returns text language sql immutable parallel safe
			set search_path = '' as 'select p_text';
			create or replace function app.redact_turns(p_turns text[], p_names text[]) returns text[] language sql immutable parallel safe
			set search_path = '' as 'select p_turns'`,
			"Name and telephone number are not in it"},
		"agents answer from every clinic's documents": {`
			create policy everything on public.knowledge_documents for select to app_writer using (true);
			create policy everything on public.knowledge_chunks for select to app_writer using (true);
			create or replace function app.ask_knowledge(p_call_id uuid, p_question text, p_model text default null,
				p_embedding extensions.vector default null, p_limit integer default 3)
			returns setof app.knowledge_match language sql security definer set search_path = '' as $$
				select c.id, c.document_id, d.filename, d.category, c.page, c.headings, c.body, 1::real, 1::real, 1::real
				from public.knowledge_chunks c join public.knowledge_documents d on d.id = c.document_id where d.filename like 'Price list of%'
			$$`,
			"The agent of Harbor Skin knows nothing of it"},
		"codes are kept as they were sent": {`
			create function public.digits() returns trigger language plpgsql as $$ begin new.content := replace(new.content, '[code]', '123456'); return new; end $$;
			create trigger digits before insert on public.messages for each row execute function public.digits();`,
			"The code in it was sent and is stored nowhere"},
		"STOP is not heard": {
			`create or replace function app.is_opted_out(p_channel text, p_number text) returns boolean language sql as 'select false'`,
			"After STOP nothing is sent any more"},
		"follow-ups know no limit": {
			`update public.organizations set follow_up_window = '1 minute';
			create or replace function app.message_limit_reason(p_category text, p_contact_id uuid, p_recipient_hash bytea, p_now timestamptz)
			returns app.message_decision language sql as 'select null::app.message_decision'`,
			"A second text within the hour is refused"},
		"a row was moved by hand": {`
			alter table public.appointments drop constraint appointments_no_overlap;
			insert into public.appointments
			select (jsonb_populate_record(a, '{"id": "00000000-0000-7000-8000-000000000001", "booking_ref": "AAAAAA"}')).*
			from public.appointments a where a.status = 'confirmed' limit 1`,
			"Nobody in the whole database is booked twice at one time"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			in := start(t)
			in.database.Exec(t, c.damage)
			err := in.play(t)
			var broken *demo.BrokenError
			require.ErrorAs(t, err, &broken)
			require.Contains(t, strings.Join(broken.Promises, "\n"), c.promise)
			require.Contains(t, in.printed.String(), "✗ "+c.promise)
		})
	}
}
