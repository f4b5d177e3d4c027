-- A call that was taken is judged once more before anybody dials.
begin;
\ir ../outbound.psql
select plan(31);
select pg_temp.queue('a', 1);
select pg_temp.take(10);
select pg_temp.act_for('b');
select is((select outcome from app.prepare_outbound_call(pg_temp.wished(), pg_temp.lease())), 'lost', 'another clinic''s');
select pg_temp.act_for('a');
select is((select outcome from app.prepare_outbound_call(pg_temp.wished(), pg_temp.lease(2))), 'lost', 'another dialer''s');
select results_eq($$ select outcome, kind, vapi_assistant_id, vapi_phone_number_id, to_number, earliest_at, latest_at, clinic_name, clinic_phone, time_zone, visit
    from app.prepare_outbound_call(pg_temp.wished(), pg_temp.lease()) $$,
  $$ select 'dial', 'call_back', 'assistant-a', 'vapi-number-a', to_number, pg_temp.t('04 08:00'), pg_temp.t('04 09:00'), 'Lakeside Dental', '+13125550100', 'America/Chicago', null::text from public.outbound_calls $$, 'how to make it');
select pg_temp.owner($$ update public.outbound_calls set handed_over_at = null; update public.organizations set policies = 'Cancel a day ahead.'; update public.contacts set name = ' Ann Quillby' where id = (select contact_id from public.outbound_calls) $$);
select results_eq($$ select d.first_name, d.emergency_sentence, d.hours, d.services, d.practitioners, d.policies from app.prepare_outbound_call(pg_temp.wished(), pg_temp.lease()) d $$,
  $$ select 'Ann', f.emergency_sentence, f.hours, f.services, f.practitioners, 'Cancel a day ahead.' from public.locations l, app.clinic_facts(l.id) f where l.org_id = 'a0000000-0000-7000-8000-000000000001' $$, 'what an agent that answers is told, and whom to ask for');
select isnt((select f.services from app.clinic_facts((select id from public.locations limit 1)) f), null, 'there are services');
select is((select handed_over_at from public.outbound_calls), app.now(), 'from now on it may exist');
select is((select outcome from app.prepare_outbound_call(pg_temp.wished(), pg_temp.lease())), 'lost', 'it is dialled once');

select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1) from pg_temp.clock('04 20:35');
select pg_temp.take(10);
select pg_temp.act_for('a');
select is((select latest_at from app.prepare_outbound_call(pg_temp.wished(), pg_temp.lease())), pg_temp.t('04 20:55'), 'not into the night');
select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1);
select pg_temp.clock('04 21:01');
select is(pg_temp.dial(), 'put_off', 'the night began');
select is(pg_temp.stands(), 'waiting quiet_hours 0/0 05 08:00:00', 'tomorrow');
select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1, p_until => '2 hours');
select is(pg_temp.dial(), 'put_off', 'the night again');
select is(pg_temp.stands(), 'given_up expired 0/0', 'and tomorrow is too late');
select is(pg_temp.told(), 1::bigint, 'staff are told');

select pg_temp.owner($$ delete from public.outbound_calls $$) from pg_temp.clock('05 10:00');
select pg_temp.queue('a', 1);
select pg_temp.owner($$ insert into public.opt_outs (org_id, channel, number_hash, source) select org_id, 'voice', app.number_hash(to_number), 'call' from public.outbound_calls $$);
select is(pg_temp.dial(), 'over', 'opted out meanwhile');
select is(pg_temp.stands(), 'given_up opted_out 0/0', 'that is why');
select pg_temp.owner($$ delete from public.opt_outs; delete from public.outbound_calls $$);
select pg_temp.queue('a', 1);
select pg_temp.owner($$ update public.contacts set phone = '+13125553999' where id = (select contact_id from public.outbound_calls) $$);
select is(pg_temp.dial(), 'over', 'the contact has another number');
select is(pg_temp.stands(), 'given_up number_changed 0/0', 'that is why');
select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1, 'reminder');
select is(pg_temp.dial(), 'over', 'a reminder of nothing');
select is(pg_temp.stands(), 'given_up visit_over 0/0', 'that is why');
select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.act_as('staff');
select is(pg_temp.staff_book('06 10:00', 'Ann Quillby'), 'booked', 'a visit');
select pg_temp.owner($$ insert into public.outbound_calls (org_id, kind, contact_id, to_number, appointment_id, due_at, until_at, look_at)
  select org_id, 'reminder', contact_id, '+13125550199', id, pg_temp.t('05 10:00'), pg_temp.t('05 20:00'), pg_temp.t('05 20:00') from public.appointments $$);
select pg_temp.take(10);
select pg_temp.act_for('a');
select is((select visit from app.prepare_outbound_call(pg_temp.wished(), pg_temp.lease())), 'Wed Mar 6 10:00 AM', 'when the visit is');
select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1, 'campaign');
select is(pg_temp.dial(), 'over', 'a campaign');
select is(pg_temp.stands(), 'given_up no_consent 0/0', 'needs consent');
select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1);
select pg_temp.owner($$ update public.phone_numbers set vapi_phone_number_id = null $$);
select is(pg_temp.dial(), 'put_off', 'no number just now');
select is(pg_temp.stands(), 'waiting no_number 0/0 05 10:05:00', 'it may come back');
select pg_temp.owner($$ delete from public.assistant_routes; update public.outbound_calls set due_at = app.now() $$);
select is(pg_temp.dial(), 'put_off', 'no assistant just now');
select is(pg_temp.stands(), 'waiting no_assistant 0/0 05 10:05:00', 'so may it');
select pg_temp.owner($$ update public.organizations set deleted_at = app.now(); update public.outbound_calls set due_at = app.now() $$);
select is(pg_temp.dial(), 'over', 'the clinic left');
select pg_temp.owner($$ delete from public.outbound_calls; update public.organizations set deleted_at = null $$);
select pg_temp.queue('a', 1);
select pg_temp.take(10);
select pg_temp.pass('61 seconds');
select pg_temp.act_for('a');
select is((select outcome from app.prepare_outbound_call(pg_temp.wished(), pg_temp.lease())), 'lost', 'its time with the dialer is over');
select isnt(pg_temp.jobs('dial_calls'), 0::bigint, 'a slot that is given back wakes the dialer');
select throws_ok($$ select * from app.take_outbound_call(10, pg_temp.lease(), 60) $$, '42501', null, 'a tenant takes nobody''s calls');
select * from finish();
rollback;
