-- Whoever is erased is not called any more, and their number stands nowhere.
begin;
\ir ../outbound.psql
select plan(14);
select pg_temp.act_as('staff');
select is(pg_temp.wish(), 'queued 04 08:00', 'a call back');
select pg_temp.owner($$ insert into public.outbound_calls (org_id, kind, contact_id, to_number, due_at, until_at, state, reason, look_at, lease_id)
  select org_id, 'reminder', contact_id, to_number, due_at, until_at, 'placing', null, look_at, pg_temp.lease() from public.outbound_calls $$);
select pg_temp.act_as('admin');
select is(pg_temp.wish('test', p_to => '+13125550199'), 'queued 04 08:00', 'a test call to the same number');
select is(app.erase_contact('a0000000-0000-7000-8000-0000000000d1'), true, 'erased');
select results_eq($$ select kind, state, reason, to_number is null from public.outbound_calls order by 1 $$,
  $$ values ('call_back', 'cancelled', 'erased', true), ('reminder', 'placing', null, false), ('test', 'cancelled', 'erased', true) $$, 'what waits is cancelled; what is dialled this moment');
select pg_temp.act_for('a');
select is((select outcome from public.outbound_calls c, app.prepare_outbound_call(c.id, pg_temp.lease()) where c.kind = 'reminder'), 'over', 'is not');
select results_eq($$ select state, reason, to_number is null from public.outbound_calls where kind = 'reminder' $$, $$ values ('given_up', 'erased', true) $$, 'and loses its number then');
select is((select count(*) from public.outbound_calls where to_number is not null), 0::bigint, 'it stands nowhere');

-- One that rings already goes on, and only its times are kept.
reset role;
insert into public.outbound_calls (org_id, kind, contact_id, to_number, due_at, until_at, state, look_at, lease_id, handed_over_at)
select org_id, 'reminder', contact_id, '+13125550199', due_at, until_at, 'placing', app.now(), pg_temp.lease(), app.now()
from public.outbound_calls where kind = 'reminder';
select pg_temp.act_for('a');
select ok((select app.note_call_placed(c.id, pg_temp.lease(), 'call-9') from public.outbound_calls c where c.state = 'placing'), 'one that rings already');
select l.id as call9 from public.call_logs l where l.vapi_call_id = 'call-9' \gset
select is(app.record_call_report(:'call9', null, null, 60, 'customer-ended-call', 'zanzibar-lilac',
  '[{"speaker": "caller", "text": "Do not call me again, zanzibar-lilac"}]', 7, true, '{}', '{Nora}', 'https://provider.example/zanzibar-lilac',
  '{"sentiment": "negative"}'), 'none', 'ends');
select is((select concat_ws(' ', status, outcome, duration_seconds, cost_micros, to_number, summary, sentiment, lead_score) from public.call_logs where id = :'call9'),
  'ended answered 60 7', 'without a word or a number');
select is(pg_temp.rows('public.recordings'), 0::bigint, 'without a recording');
select is((select count(*) from public.outbound_calls where state in ('placing', 'under_way') or to_number is not null), 0::bigint, 'and gives its slot back');
select is((select count(*) from public.contacts where phone = '+13125550199'), 0::bigint, 'nobody is made of it');
select ok((select count(*) = 1 and count(phone) = 0 from public.opt_outs where channel = 'voice'), 'that they want no calls holds without the number');
select * from finish();
rollback;
