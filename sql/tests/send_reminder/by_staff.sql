-- A reminder that staff send: what it says, when it may not leave, and how it counts beside those that go by themselves.
begin;
\ir ../texting.psql
select plan(37);
insert into public.contacts (org_id, id, name, phone, email, source, language) values
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000d2', 'Otis Quillby', null, 'otis@patients.example', 'call', 'de');
update public.contacts set email = 'nora@patients.example', source = 'dashboard' where id = :'contact';
-- remind(visit, key, method): what app.send_reminder decides.
create function pg_temp.remind(p_visit uuid, p_key text, p_method text default 'sms') returns text language sql as $$
  select concat_ws(' ', d.outcome, d.reason, to_char(d.not_before at time zone 'America/Chicago', 'DD HH24:MI'))
  from app.send_reminder(p_visit, p_method, p_key, 'twilio', '{}', 'US', 'req-1') d
$$;
-- row(key): that message of Lakeside; marked(visit): whether it counts as confirmed; settlers(): jobs that settle messages.
create function pg_temp.row(p_key text) returns public.messages language sql stable security definer as $$
  select m.* from public.messages m where m.send_key = p_key
$$;
create function pg_temp.marked(p_visit uuid) returns boolean language sql stable security definer as $$
  select confirmation_sent from public.appointments where id = p_visit
$$;
create function pg_temp.settlers() returns bigint language sql stable security definer as $$
  select count(*) from river.river_job where kind = 'settle_message'
$$;
create function pg_temp.began(p_key text, p_category text, p_contact uuid, p_visit uuid) returns text language sql as $$
  select concat_ws(' ', b.outcome, b.reason) from app.begin_message(p_category, 'sms', 'zanzibar-lilac', p_key, p_contact, 'twilio', p_appointment_id => p_visit) b
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.visit('06 10:00') as ann \gset
select pg_temp.visit('07 10:00', 2) as ben \gset
select pg_temp.visit('08 10:00', 1, 'pending') as pending \gset
select pg_temp.visit('08 11:00', 1, 'cancelled') as cancelled \gset
select pg_temp.visit('08 12:00') as held \gset
update public.appointments set status = 'held', held_until = app.now() + interval '5 minutes', contact_id = null, patient_id = null,
  booking_ref = null, call_id = :'call1' where id = :'held';
select pg_temp.visit('04 07:00') as past \gset
select pg_temp.visit('06 14:00') as spoken \gset
update public.appointments set contact_id = 'a0000000-0000-7000-8000-0000000000d2' where id = :'spoken';
select set_config('test.ann', :'ann', true), set_config('test.held', :'held', true) \g (format=unaligned tuples_only) /dev/null

select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.remind(current_setting('test.ann')::uuid, 'k0') $$, 'VX403', null, 'a viewer reminds nobody');
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.remind('b0000000-0000-7000-8000-0000000000a1', 'k0') $$, 'VX404', 'Appointment not found', 'an unknown visit');
select throws_ok($$ select pg_temp.remind(current_setting('test.held')::uuid, 'k0') $$, 'VX404', null, 'a slot that is merely held');
select throws_ok($$ select pg_temp.remind(current_setting('test.ann')::uuid, 'k0', 'fax') $$, 'VX400', null, 'another way');
select is(pg_temp.remind(:'pending', 'k0'), 'blocked approval_needed', 'not approved yet');
select is(pg_temp.remind(:'cancelled', 'k0'), 'blocked not_active', 'cancelled');
select is(pg_temp.remind(:'past', 'k0'), 'blocked too_late', 'over');
select is(pg_temp.remind(:'spoken', 'k0'), 'blocked no_recipient', 'no number');
select is(pg_temp.rows('public.messages'), 0::bigint, 'none of which left a row');

select is(pg_temp.remind(:'ann', 'k1'), 'send', 'a reminder');
select is((pg_temp.row('k1')).content, 'Lakeside Dental: visit Wed Mar 6, 10:00 AM. Reply C to confirm, X to change, STOP to end.', 'in the clinic''s wording');
select is(concat_ws(' ', (pg_temp.row('k1')).category, (pg_temp.row('k1')).method, (pg_temp.row('k1')).recipient, (pg_temp.row('k1')).request_id), 'reminder sms +13125550199 req-1', 'to the contact');
select is((pg_temp.row('k1')).appointment_id, :'ann'::uuid, 'about the visit');
select is((pg_temp.row('k1')).actor_user_id, 'a0000000-0000-7000-8000-0000000000e3'::uuid, 'by whom');
select is(pg_temp.settlers(), 1::bigint, 'and settled if nobody comes back');
select is(pg_temp.remind(:'ann', 'k1'), 'replayed', 'the same press again');
select is(pg_temp.remind(:'ann', 'k2'), 'blocked already_reminded 05 08:00', 'another press');
select is(pg_temp.remind(:'ann', 'k2', 'email'), 'blocked already_reminded 05 08:00', 'also another way');
select is(pg_temp.remind(:'ben', 'k3'), 'blocked reminder_limit 05 00:00', 'one a day for a contact');
select is(pg_temp.marked(:'ann'), false, 'nothing left yet');
select pg_temp.act_for('a');
select is(app.finish_message((pg_temp.row('k1')).id, 'failed', p_reason => 'refused'), 'failed', 'the provider says no');
select is(pg_temp.marked(:'ann'), false, 'the visit is not confirmed');
select pg_temp.act_as('staff');
select is(pg_temp.remind(:'ann', 'k1'), 'replayed refused', 'the same press is told so');
select is(pg_temp.remind(:'ann', 'k4'), 'send', 'what failed does not count');
select pg_temp.act_for('a');
select is(app.finish_message((pg_temp.row('k4')).id, 'sent', 'SM1'), 'sent', 'it leaves');
select is(pg_temp.marked(:'ann'), true, 'the visit counts as confirmed');
select is(pg_temp.began('s1', 'reminder', :'contact', :'ann'), 'blocked reminder_limit', 'what would go by itself that day does not');

select pg_temp.act_as('staff');
select pg_temp.clock('05 07:59');
select is(pg_temp.remind(:'ben', 'k5'), 'wait quiet_hours 05 08:00', 'at night staff are told when');
select is(pg_temp.remind(:'ann', 'k5'), 'blocked already_reminded 05 08:00', 'a minute early');
select pg_temp.clock('05 08:00');
select is(pg_temp.remind(:'ann', 'k5', 'email'), 'send', 'a day later, by e-mail');
select is((pg_temp.row('k5')).subject, 'Your visit at Lakeside Dental', 'with a subject');
select matches((pg_temp.row('k5')).content, 'Hello,\n\nthis is a reminder of your visit at Lakeside Dental:\n\n- Wed Mar 6, 10:00 AM, Checkup, Dr. Avery Stone\n\nPlace: Main\n\n.*\n\nSee you soon,\nLakeside Dental', 'and no word about a file');

-- One that went out by itself, merged, counts for every visit it named.
select pg_temp.clock('05 08:30');
select is(pg_temp.remind(:'spoken', 'k6', 'email'), 'send', 'somebody else');
select matches((pg_temp.row('k6')).content, 'Guten Tag,\n\nwir erinnern Sie an Ihren Termin bei Lakeside Dental:\n\n- Mi 6. März, 14:00\n\n', 'whose address was merely said learns the time only');
select pg_temp.owner(format($$ insert into public.scheduled_messages (org_id, kind, contact_id, appointment_id, before, due_at, state, message_id)
  select org_id, 'reminder', contact_id, %L, '24 hours', app.now(), 'done', id from public.messages where send_key = 'k5' $$, :'ben'));
select is(pg_temp.remind(:'ben', 'k7'), 'blocked already_reminded 06 08:00', 'a visit that was named in another reminder');

select is(app.opt_out('email', 'otis@patients.example', 'staff'), true, 'an address is opted out');
select pg_temp.owner($$ delete from public.messages where send_key = 'k6' $$);
select is(pg_temp.remind(:'spoken', 'k8', 'email'), 'blocked opted_out', 'and gets no reminder');
select * from finish();
rollback;
