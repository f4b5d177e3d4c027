-- It is Monday 04 08:00. What one call books is confirmed in one text, once the call has ended.
begin;
\ir ../scheduled.psql
select plan(42);
select pg_temp.act_for('a');

select pg_temp.book('05 14:00', 'Ann Quillby', p_resource => 'Avery');
select pg_temp.book('05 14:30', 'Ben Quillfeather', p_resource => 'Blake', p_another => true);
select is((pg_temp.take('confirmation', '05 14:00')).outcome, 'wait', 'not yet due');
select is((pg_temp.take('confirmation', '05 14:00')).not_before, pg_temp.t('04 08:02'), 'until it is');
select pg_temp.clock('04 08:03');
select results_eq($$ select outcome, not_before, scheduled_ids from pg_temp.take('confirmation', '05 14:00') $$,
  format($$ values ('wait', %L::timestamptz, array[%L]::uuid[]) $$, pg_temp.t('04 08:04'), pg_temp.row('confirmation', '05 14:00')), 'the call still runs: asked again in a minute');
select pg_temp.clock('04 08:31');
select is((pg_temp.take('confirmation', '05 14:00')).outcome, 'send', 'but not for more than half an hour');
select pg_temp.clock('04 08:03');
select pg_temp.hang_up();

create temp table sent as select b.* from pg_temp.take('confirmation', '05 14:30') b;
select is((select text from sent),
  'Lakeside Dental: Ann Tue Mar 5, 2:00 PM (code [code]); Ben Tue Mar 5, 2:30 PM (code [code]). Reply C to confirm, X to change, STOP to end.',
  'two children in one text, with a code each, first names only');
select is((select code_subjects from sent), array[pg_temp.at('05 14:00'), pg_temp.at('05 14:30')], 'the codes in the order of the text');
select is((select code_versions from sent), (select array_agg(code_version order by scheduled_at) from public.appointments), 'with the versions that the visits now have');
select is((select array_length(scheduled_ids, 1) from sent), 2, 'it settles both rows');
select results_eq($$ select outcome, kind, category, contact_id, call_id, campaign_id, phone, spoken, clinic_name, clinic_phone, clinic_country, place from sent $$,
  $$ select 'send', 'confirmation', 'confirmation', contact_id, id, null::uuid, '+13125550111', false, 'Lakeside Dental', '+13125550150', 'US', 'Main'
     from public.call_logs where vapi_call_id = 'call-1' $$, 'who is reached, and who sends');
select is((select appointment_ids from sent), (select code_subjects from sent), 'the visits');
select is((select starts_at[2] || ' ' || ends_at[2] from sent), pg_temp.t('05 14:30') || ' ' || pg_temp.t('05 15:00'), 'with their times, for the calendar file');
select is((select email_text from sent), null, 'no address, no e-mail');
select app.settle_scheduled((select scheduled_ids from sent), 'done');
select is((pg_temp.take('confirmation', '05 14:00')).outcome, 'nothing', 'the other job finds nothing left');
select is((pg_temp.take('confirmation', '05 14:30')).outcome, 'nothing', 'nor a repeated one');
select is((select outcome from app.take_scheduled(app.uuid_v7())), 'nothing', 'nor one that never was');

-- One visit; moved before it went out; a visit that is not to be told.
select pg_temp.book('06 10:00', 'Cleo Quillby', 'c3', p_resource => 'Avery');
select pg_temp.clock('04 08:06');
select pg_temp.hang_up();
select is((pg_temp.take('confirmation', '06 10:00')).text,
  'Lakeside Dental: visit Wed Mar 6, 10:00 AM. Code [code]. Reply C to confirm, X to change, STOP to end.', 'one visit, no name');
select pg_temp.act_as('staff');
select app.reschedule_appointment(pg_temp.t('06 11:00'), p_appointment => pg_temp.at('06 10:00')::text);
select pg_temp.act_for('a');
select ok((pg_temp.take('confirmation', '06 11:00')).text like '%Wed Mar 6, 11:00 AM%', 'what is sent is what stands');
select pg_temp.owner($$ update public.appointments set status = 'cancelled' where scheduled_at = pg_temp.t('06 11:00') $$);
select is((pg_temp.take('confirmation', '06 11:00')).outcome, 'nothing', 'a visit that is off is not confirmed');
select is(pg_temp.planned('skipped'), '{confirmation 04 08:06 not_active}', 'and the row says why');
select pg_temp.owner($$ update public.appointments set status = 'confirmed' where scheduled_at = pg_temp.t('06 11:00');
  update public.scheduled_messages set state = 'waiting', reason = null where kind = 'confirmation' and state = 'skipped' $$);
select pg_temp.clock('06 11:00');
select is((pg_temp.take('confirmation', '06 11:00')).outcome, 'nothing', 'nor one that has begun');
select is(pg_temp.planned('skipped'), '{confirmation 04 08:06 too_late}', 'too late');
select pg_temp.clock('04 08:06');

-- From the dashboard: at once; what is due goes together, another call's does not.
select pg_temp.act_as('staff');
select pg_temp.staff_book('07 09:00', 'Nora Quillfeather');
select pg_temp.staff_book('07 10:00', 'Nora Quillfeather');
select pg_temp.owner($$ update public.call_logs set contact_id = 'a0000000-0000-7000-8000-0000000000d1' where vapi_call_id = 'call-2' $$);
select pg_temp.act_for('a');
select pg_temp.book('07 11:00', 'Nora Quillfeather', 'c2');
select is((pg_temp.take('confirmation', '07 09:00')).text,
  'Lakeside Dental: Thu Mar 7, 9:00 AM (code [code]); Thu Mar 7, 10:00 AM (code [code]). Reply C to confirm, X to change, STOP to end.',
  'two visits of one patient need no name; the call''s own is not yet due');
select pg_temp.clock('04 08:09');
select pg_temp.hang_up();
select is(array_length((pg_temp.take('confirmation', '07 11:00')).scheduled_ids, 1), 3, 'the call''s takes the dashboard''s along');
select pg_temp.owner(format('update public.scheduled_messages set due_at = %L where id = %L', pg_temp.t('04 09:00'), pg_temp.row('confirmation', '07 09:00')));
select is(array_length((pg_temp.take('confirmation', '07 11:00')).scheduled_ids, 1), 2, 'but not one that was put off');
select pg_temp.owner(format('update public.scheduled_messages set due_at = %L where id = %L', pg_temp.t('04 08:09'), pg_temp.row('confirmation', '07 09:00')));
select pg_temp.act_as('staff');
select pg_temp.staff_book(format('08 %s:00', h), 'Nora Quillfeather') from generate_series(9, 14) h;
select pg_temp.act_for('a');
select is(array_length((pg_temp.take('confirmation', '08 14:00')).scheduled_ids, 1), 5, 'five at most in one text');
select ok((pg_temp.take('confirmation', '08 14:00')).scheduled_ids @> array[pg_temp.row('confirmation', '08 14:00')], 'the one asked for among them');
select ok(length((pg_temp.take('confirmation', '08 14:00')).text) <= 480, 'which is as long as a text may be');

-- Languages.
select pg_temp.owner($$ delete from public.scheduled_messages; update public.contacts set language = 'es' $$);
select pg_temp.act_as('staff');
select pg_temp.staff_book('11 14:00', 'Nora Quillfeather');
select pg_temp.act_for('a');
select is((pg_temp.take('confirmation')).text,
  'Lakeside Dental: cita lun 11 marzo, 14:00. Codigo [code]. Responda C para confirmar, X para cambiar, STOP para darse de baja.', 'in the contact''s language');
select pg_temp.owner($$ update public.contacts set language = null; update public.agents set language = 'de-DE' $$);
select is((pg_temp.take('confirmation')).text,
  'Lakeside Dental: Termin Mo 11. März, 14:00. Code [code]. Antworten Sie C zum Bestätigen, X zum Ändern, STOP zum Abmelden.', 'else in the clinic''s');
select is((pg_temp.take('confirmation')).subject, 'Ihr Termin bei Lakeside Dental', 'the subject too');
select pg_temp.owner($$ update public.agents set language = 'en-US' $$);

-- E-mail.
select pg_temp.owner($$ update public.contacts set email = 'nora@patients.example', source = 'dashboard' $$);
select is((pg_temp.take('confirmation')).email, 'nora@patients.example', 'also by e-mail where there is an address');
select ok((pg_temp.take('confirmation')).email_text like E'%is booked:\n\n- Mon Mar 11, 2:00 PM, Checkup, Dr. Avery Stone\n\nPlace: Main\n%', 'with what and whom');
select unalike((pg_temp.take('confirmation')).email_text || (pg_temp.take('confirmation')).subject, '%code%', 'which has no code');
select is((pg_temp.take('confirmation')).summaries, '{"Checkup, Lakeside Dental"}', 'the calendar says what for');
select pg_temp.owner($$ update public.contacts set source = 'call' $$);
select unalike((pg_temp.take('confirmation')).email_text, '%Checkup%', 'an address that was only said learns no service');
select is((pg_temp.take('confirmation')).summaries, '{"Lakeside Dental"}', 'not in the calendar either');
-- mailed(n): so many e-mails went to that address lately.
select pg_temp.owner($$ create function pg_temp.mailed(p_n integer) returns void language sql as 'insert into public.messages
  (org_id, direction, method, category, recipient, recipient_hash, content, status, created_at)
  select app.current_org_id(), ''outbound'', ''email'', ''confirmation'', ''nora@patients.example'', app.number_hash(''nora@patients.example''), ''zanzibar-lilac'', ''sent'', app.now()
  from generate_series(1, p_n)' $$);
select pg_temp.owner('select pg_temp.mailed(2)');
select is((pg_temp.take('confirmation')).email, 'nora@patients.example', 'it gets three a week');
select pg_temp.owner('select pg_temp.mailed(1)');
select is((pg_temp.take('confirmation')).email, null, 'and no fourth');
select pg_temp.owner($$ update public.contacts set source = 'dashboard' $$);
select is((pg_temp.take('confirmation')).email, 'nora@patients.example', 'one that staff entered gets all');
select pg_temp.owner($$ update public.organizations set email_confirmations = false $$);
select is((pg_temp.take('confirmation')).email, null, 'no e-mail where the clinic wants none');

-- Another tenant.
select pg_temp.act_for('b');
select is((pg_temp.take('confirmation')).outcome, 'nothing', 'another clinic gets nothing');
select pg_temp.act_for('a');
select is((pg_temp.take('confirmation')).outcome, 'send', 'the own one does');
select * from finish();
rollback;
