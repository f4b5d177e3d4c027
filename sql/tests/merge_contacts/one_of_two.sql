-- Two rows of one person become one with everything that either had; nobody else's row is touched.
begin;
\ir ../messages.psql
select plan(31);
\set otis a0000000-0000-7000-8000-0000000000d2
\set hugo b0000000-0000-7000-8000-0000000000d1
insert into public.patients (org_id, id, contact_id, name, normalised_name, date_of_birth, made_by_voice) values
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000f1', :'nora', 'Pip Quillby', 'pip quillby', null, true),
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000f2', :'otis', 'Pip Quillby', 'pip quillby', '2020-01-02', true),
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000f3', :'nora', 'Tom Quillby', 'tom quillby', '2018-01-02', true),
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000f4', :'otis', 'Tom Quillby', 'tom quillby', '1988-01-02', true),
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000f5', :'otis', 'Zoë Quillby', 'zoe quillby', null, true);
insert into public.appointments (org_id, id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, booking_ref)
select :'lakeside', ('a0000000-0000-7000-8000-00000000007' || n)::uuid, :'main', :'checkup', :'avery', :'otis', ('a0000000-0000-7000-8000-0000000000f' || n)::uuid,
  s, '30 minutes', tstzrange(s, s + interval '30 minutes'), tstzrange(s, s + interval '30 minutes'), 'confirmed', 'dashboard', 'AAAAA' || n
from (values (2, pg_temp.t('05 10:00')), (4, pg_temp.t('05 11:00')), (5, pg_temp.t('05 12:00'))) v (n, s);
update public.call_logs set contact_id = :'otis', status = 'ended' where id = :'call1';
insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
values (:'lakeside', :'call1', :'otis', 'a0000000-0000-7000-8000-0000000000f2', 'date_of_birth', true);
insert into public.caller_messages (org_id, call_id, contact_id, body) values (:'lakeside', :'call1', :'otis', 'zanzibar-lilac');
insert into public.notifications (org_id, kind, title, entity, entity_id) values (:'lakeside', 'message_received', 'A text', 'contact', :'otis');
insert into public.identity_codes (org_id, kind, contact_id, appointment_id, call_id, expires_at) values
  (:'lakeside', 'texted', :'nora', null, :'call2', pg_temp.t('05 09:00')),
  (:'lakeside', 'texted', :'otis', null, :'call1', pg_temp.t('05 09:00')),
  (:'lakeside', 'confirmation', :'otis', 'a0000000-0000-7000-8000-000000000072', null, pg_temp.t('05 10:00'));
insert into public.reply_questions (org_id, contact_id, kind, appointment_ids, expires_at)
select :'lakeside', c, 'cancel_this', array[app.uuid_v7()], pg_temp.t('05 09:00') from unnest(array[:'nora', :'otis']::uuid[]) c;
insert into public.scheduled_messages (org_id, kind, contact_id, appointment_id, due_at)
values (:'lakeside', 'confirmation', :'otis', 'a0000000-0000-7000-8000-000000000072', pg_temp.t('04 09:00'));
update public.contacts set lead_status = 'warm', lead_score = 60, service_interests = '{Peel,Botox}', notes = 'first' where id = :'nora';
update public.contacts set lead_score = 95, service_interests = '{Botox,Filler}', notes = 'second', language = 'es', marketing_consent_at = app.now(),
  email = 'otis@patients.example', last_contacted_at = pg_temp.t('03 09:00') where id = :'otis';
select pg_temp.act_for('a');
select pg_temp.send('code', 'k1', p_contact => 'd2');

select pg_temp.act_as('viewer');
select throws_ok(format('select app.merge_contacts(%L, %L)', :'nora', :'otis'), 'VX403', null, 'a viewer merges nothing');
select pg_temp.act_as('staff');
select throws_ok(format('select app.merge_contacts(%L, %L)', :'nora', :'nora'), 'VX400', null, 'nor anybody one with itself');
select throws_ok(format('select app.merge_contacts(%L, %L)', :'nora', :'hugo'), 'VX404', null, 'another clinic''s');
select throws_ok(format('select app.merge_contacts(%L, %L)', :'hugo', :'nora'), 'VX404', null, 'either way');
select is((select count(*) from public.contacts), 2::bigint, 'two as before');

select is((select concat_ws(' ', m.name, m.phone, m.email, m.lead_status, m.lead_score, m.language, m.service_interests, m.marketing_consent_at) from app.merge_contacts(:'nora', :'otis') m),
  'Nora Quillfeather +13125550199 nora@patients.example warm 79 es {Botox,Filler,Peel}', 'what the one knows wins, the other fills in; consent stays with its number');
select is((select notes from public.contacts), E'first\nsecond\nAlso: +13125550198\nAlso: otis@patients.example', 'the other number and address are not lost');
select is((select id from public.contacts), :'nora'::uuid, 'one is left');
select is((select last_contacted_at from public.contacts), pg_temp.t('03 09:00'), 'spoken with last');
select is((select array_agg(concat_ws(' ', right(p.id::text, 2), p.date_of_birth, p.made_by_voice) order by p.id) from public.patients p where p.contact_id = :'nora'),
  array['f1 2020-01-02 t', 'f3 2018-01-02 t', 'f4 1988-01-02 f', 'f5 t'], 'one name is one patient, unless born on two days');
select is((select array_agg(right(a.id::text, 2) || ' ' || right(a.patient_id::text, 2) order by a.id) from public.appointments a where a.contact_id = :'nora'),
  array['72 f1', '74 f4', '75 f5'], 'who keep their visits');
select is((select contact_id || right(patient_id::text, 2) from public.caller_verifications), :'nora' || 'f1', 'and what proved them');
select is((select contact_id from public.call_logs where id = :'call1'), :'nora'::uuid, 'calls');
select is((select contact_id from public.caller_messages), :'nora'::uuid, 'what was said in them');
select is((select contact_id from public.messages), :'nora'::uuid, 'texts');
select is((select contact_id from public.scheduled_messages), :'nora'::uuid, 'those to come');
select is((select entity_id from public.notifications where kind = 'message_received'), :'nora'::uuid, 'notices');
select is((select count(*) filter (where answered_at is null) || ' of ' || count(*) from public.reply_questions where contact_id = :'nora'), '1 of 2', 'one question is open');
select is((select array_agg(action || ' ' || right(entity_id::text, 2) order by action) from public.audit_log where action like 'contact_merged%'),
  array['contact_merged_away d2', 'contact_merged_into d1'], 'audited');
select is((select array_agg(right(entity_id::text, 2) order by id) from public.events where kind = 'contact_updated' and entity = 'contact'), array['d1', 'd2'], 'told, of both');
select throws_ok(format('select app.merge_contacts(%L, %L)', :'nora', :'otis'), 'VX404', null, 'it is gone');
reset role;
select is((select array_agg(concat_ws(' ', kind, contact_id = :'nora', expires_at > app.now()) order by kind, created_at) from public.identity_codes),
  array['confirmation t t', 'texted t f', 'texted t f'], 'a texted code does not open what it was not sent for');
select is((select name from public.contacts where id = :'hugo'), 'Hugo Quillby', 'another clinic''s of the same number stays');

-- A reference that merging forgets would go to NULL, or its row away, without a word: whoever adds one adds it there too.
select is(array(select distinct k.conrelid::regclass::text from pg_constraint k where k.confrelid = 'public.contacts'::regclass and k.contype = 'f' order by 1),
  '{appointments,call_logs,caller_messages,caller_verifications,identity_codes,messages,outbound_calls,patients,reply_questions,scheduled_messages}', 'all that can refer to one was looked at');

-- A caller without a number, whom staff know; in a call that still runs.
insert into public.contacts (org_id, id, name, origin_call_id, spoken_phone) values (:'lakeside', 'a0000000-0000-7000-8000-0000000000d6', null, :'call2', '+13125550144');
insert into public.contacts (org_id, id, name, phone, marketing_consent_at) values (:'lakeside', 'a0000000-0000-7000-8000-0000000000d7', 'Vi Quillby', '+13125550145', app.now());
update public.call_logs set contact_id = 'a0000000-0000-7000-8000-0000000000d6', status = 'in-progress' where id = :'call2';
select pg_temp.act_as('staff');
select is((select concat_ws(' ', m.name, m.phone, m.spoken_phone, m.marketing_consent_at is not null, m.origin_call_id = :'call2') from
  app.merge_contacts('a0000000-0000-7000-8000-0000000000d6', 'a0000000-0000-7000-8000-0000000000d7') m), 'Vi Quillby +13125550145 +13125550144 t t', 'into the one without a number');
select is((select contact_id from public.call_logs where id = :'call2'), 'a0000000-0000-7000-8000-0000000000d6'::uuid, 'whose call it stays');
select pg_temp.act_for('a');
select is(pg_temp.book('06 10:00', 'Vi Quillby', 'c2'), 'booked', 'the call books on');
reset role;
select is((select right(contact_id::text, 2) from public.appointments where call_id = :'call2'), 'd6', 'for the one that is left');
update public.contacts set erased_at = app.now() where id = 'a0000000-0000-7000-8000-0000000000d6';
select pg_temp.act_as('staff');
select throws_ok($$ select app.merge_contacts('a0000000-0000-7000-8000-0000000000d6', 'a0000000-0000-7000-8000-0000000000d1') $$, 'VX404', null, 'nothing goes into an erased one');
select throws_ok($$ select app.merge_contacts('a0000000-0000-7000-8000-0000000000d1', 'a0000000-0000-7000-8000-0000000000d6') $$, 'VX404', null, 'nor comes out of it');
select is((select count(*) from public.contacts), 2::bigint, 'two, one of them erased');
select * from finish();
rollback;
