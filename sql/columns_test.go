package sql_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"github.com/voxanne-ai/voxanne/db/dbtest"
)

// fixtureIDs are rows of testdata/tenant.sql, of organisation a.
var fixtureIDs = strings.NewReplacer(
	"$call", "'a0000000-0000-7000-8000-0000000000c1'::uuid",
	"$contact", "'a0000000-0000-7000-8000-0000000000d1'::uuid",
	"$appointment", "'a0000000-0000-7000-8000-000000000071'::uuid",
)

// smoke calls the functions that return or use rows, each of which must answer.
// Read as tenant_service; what staff may do follows as tenant_user.
var smoke = []string{
	`select * from app.available_slots('Consultation', app.now(), app.now() + interval '14 days')`,
	`select * from app.hold_slot($call, 'Consultation', (select max(starts_at) from app.available_slots('Consultation', app.now(), app.now() + interval '14 days')))`,
	`select * from app.book_appointment('Consultation', (select min(starts_at) from app.available_slots('Consultation', app.now() + interval '2 days', app.now() + interval '16 days')), 'Sam Quillby', $call, 't1')`,
	`select * from app.book_appointment('Consultation', app.now() - interval '1 day', 'Sam Quillby', $call, 't2')`,
	`select * from app.find_my_appointments($call)`,
	`select * from app.visible_appointments($call)`,
	`select * from app.amend_appointment($call, (select booking_ref from public.appointments where call_id = $call and source = 'voice' order by created_at desc limit 1), p_patient_name => 'Sam Quilby')`,
	`select * from app.reschedule_appointment((select max(starts_at) from app.available_slots('Consultation', app.now(), app.now() + interval '14 days')), (select booking_ref from public.appointments where call_id = $call order by created_at desc limit 1), null, $call, 't3')`,
	`select * from app.cancel_appointment((select booking_ref from public.appointments where call_id = $call order by created_at desc limit 1), null, $call, 't4')`,
	`select app.verify_caller($call, '1982-03-05')`,
	`select * from app.identify_caller($call)`,
	`select app.take_message($call, 't5', 'zanzibar-lilac')`,
	`select * from app.transfer_destination($call, 'billing')`,
	`select * from app.assistant_facts($call)`,
	`select * from app.service_cards()`,
	`select * from app.resolve_tenant('assistant-a', null, null)`,
	`select app.record_call_event($call, 'in-progress', app.now())`,
	`select app.record_call_report($call, app.now(), app.now(), 60, 'customer-ended-call', 'zanzibar-lilac', '[{"speaker": "caller", "text": "zanzibar-lilac", "at": 1}]', 1, false, '{}')`,
	`select app.release_hold($call)`,
	`select app.expire_hold($appointment)`,
	`select app.accept_delivery('call', 'tool-calls', 't1', '\x01')`,
	`select answer from app.accept_delivery('call', 'tool-calls', 't1', '\x01')`,
	`select app.answer_delivery('call', 'tool-calls', 't1', 'zanzibar-lilac')`,
	`select app.announce('call_update', 'call', $call)`,
	`select * from app.begin_message('code', 'sms', 'zanzibar-lilac', 'k1', $contact, 'twilio', p_hand_over => false)`,
	`select * from app.begin_message('code', 'sms', 'zanzibar-lilac', 'k1', $contact, 'twilio')`,
	`select * from app.claim_message((select id from public.messages where send_key = 'k1'))`,
	`select * from app.message_to_settle((select id from public.messages where send_key = 'k1'))`,
	`select app.finish_message((select id from public.messages where send_key = 'k1'), 'sent', 'SM1')`,
	`select app.record_delivery((select id from public.messages where send_key = 'k1'), 'SM1', 'failed', '21610')`,
	`select app.opt_in('sms', '+13125550111', 'staff')`,
}

// Views, row types and "select *" in functions survive a new column anywhere.
func TestColumnsMayBeAddedToEveryTable(t *testing.T) {
	t.Parallel()
	d := dbtest.New(t)
	furnish(t, d)
	for _, table := range tenantTables(t, d.OwnerURL) {
		d.Exec(t, fmt.Sprintf("alter table public.%s add column added_later text default 'zanzibar-lilac'", table.name))
	}
	d.Exec(t, "alter table public.vapi_tools add column added_later text")
	login := connected(t, d.LoginURL)
	request(t, login, "tenant_service", "a", func(tx pgx.Tx) { answers(t, tx, smoke...) })
	request(t, login, "tenant_user", "a", func(tx pgx.Tx) {
		answers(t, tx,
			`select * from app.available_slots('Consultation', app.now(), app.now() + interval '14 days')`,
			`select * from app.book_appointment('Consultation', (select min(starts_at) from app.available_slots('Consultation', app.now(), app.now() + interval '14 days')), 'Pat Quillby', p_contact_id => $contact)`,
			`select * from app.cancel_appointment($appointment::text)`,
			`select * from app.send_follow_up($contact, 'zanzibar-lilac', 'k2', '{}', 'US')`,
			`select * from app.set_message_rules('{"messages_per_day": 5}')`,
			`select * from app.change_contact($contact, '{"notes": "zanzibar-lilac"}')`,
			`select * from app.create_contact('{"name": "Pat Quill"}', 'dashboard', $call)`,
			`select * from app.save_patient($contact, null, 'Sam Quill')`,
			`select * from app.list_contacts(p_search => 'quill')`,
			`select * from app.contact_stats()`,
			`select * from app.message_stats('2030-01-01', '2030-01-02')`,
			`select * from app.list_calls(1, 20)`,
			`select * from app.call_stats()`,
			`select * from app.read_call($call)`,
			`select * from app.list_messages(1, 20)`,
			`select * from app.list_notifications(1, 20)`,
			`select * from app.list_leads(20)`,
			`select * from app.recent_activity()`,
			`select * from app.list_audit_log(1, 20)`,
			`select * from app.export_messages(null, null)`)
	})
	tx, err := login.Begin(t.Context())
	require.NoError(t, err)
	answers(t, tx, `select * from app.open_call('call-later', 'inbound', 'assistant-a', null, null, '+13125550177')`)
	require.NoError(t, tx.Rollback(t.Context()))

	// Signing up goes through triggers, and a token through the hook.
	d.Exec(t, `insert into auth.users (id, email) values ('c0000000-0000-7000-8000-0000000000e1', 'later@patients.example')`)
	require.Equal(t, []string{"owner"}, strs(t, d.OwnerURL,
		`select app.access_token_hook('{"user_id": "c0000000-0000-7000-8000-0000000000e1"}') #>> '{claims,app_metadata,member_role}'`))
}

// answers runs each statement; $call, $contact and $appointment are the fixture's.
func answers(t *testing.T, tx pgx.Tx, statements ...string) {
	t.Helper()
	for _, statement := range statements {
		_, err := tx.Exec(t.Context(), fixtureIDs.Replace(statement))
		require.NoError(t, err, statement)
	}
}
