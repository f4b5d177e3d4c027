-- Lakeside's family: Maeve has a visit on the 5th (code 01), Nico one on the 6th (code 02), both of +13125550111 (call-1).
begin;
\ir ../scheduled.psql
reset role;
delete from public.contacts;
\ir ../family.psql
select plan(48);
\set visit a0000000-0000-7000-8000-000000000071
insert into public.identity_codes (org_id, kind, contact_id, appointment_id, code_hash, expires_at)
select org_id, 'confirmation', contact_id, id, case booking_ref when 'MAEVE2' then '\x01' when 'NJCK22' then '\x02' else '\x09' end::bytea, upper(during)
from public.appointments where booking_ref in ('MAEVE2', 'NJCK22', 'HUGHUG');
create function pg_temp.say(p_call text, p_code text, p_name text default null) returns text language sql as $$
  select app.verify_code(pg_temp.call(p_call), array['\xff'::bytea, ('\x' || p_code)::bytea], p_name)
$$;
create function pg_temp.seen(p_call text) returns text[] language sql as $$
  select coalesce(array_agg(booking_ref order by booking_ref), '{}') from app.visible_appointments(pg_temp.call(p_call))
$$;
create function pg_temp.forget() returns void language sql as $$
  select pg_temp.owner('delete from public.caller_verifications')
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');

select is(pg_temp.say('c1', '01'), 'verified', 'the code of a confirmation, from its contact''s number');
select is(pg_temp.seen('c1'), '{MAEVE2}', 'opens that visit''s patient');
select results_eq('select factor, patient_id, contact_id, succeeded from public.caller_verifications',
  format($$ values ('confirmation_code', %L::uuid, 'a0000000-0000-7000-8000-0000000000d1'::uuid, true) $$, :'maeve'), 'and is noted');
select is((select known from app.identify_caller(:'call1')), true, 'the caller is known');
select is((select patient_names from app.identify_caller(:'call1')), '{Maeve Quillfeather}', 'as that patient only');
select is(pg_temp.seen('c3'), '{}', 'in this call only');
select is(pg_temp.say('c1', '02', 'Nico'), 'verified', 'the other child''s code, with the name');
select is(pg_temp.seen('c1'), '{MAEVE2,NJCK22}', 'opens both');
select is(pg_temp.say('c1', '03'), 'not_verified', 'no such code');
select is(pg_temp.say('c1', '01', 'Someone Else'), 'not_verified', 'a wrong name spoils a right code');
select is(pg_temp.say('c1', 'ff'), 'not_verified', 'neither hash is known');
select is(pg_temp.say('c1', '01'), 'locked', 'three wrong: locked');
select pg_temp.forget();

select is(pg_temp.say('c3', '01'), 'not_verified', 'from another number the code alone is not enough');
select is(pg_temp.say('c3', '01', 'Nico Quillfeather'), 'not_verified', 'nor with another patient''s name');
select is(pg_temp.seen('c3'), '{}', 'nothing is opened');
select is(pg_temp.say('c3', '01', 'Mave Quilfeather'), 'verified', 'the name, two edits off');
select is(pg_temp.seen('c3'), '{MAEVE2}', 'opens it');
select is(pg_temp.say('c2', '02', 'Nico'), 'verified', 'from no number: the first name will do');
select is(pg_temp.say('c3', '09', 'Hugo Quillby'), 'not_verified', 'another clinic''s code');
select pg_temp.forget();

-- Expiry, cancelling, moving.
select pg_temp.clock('05 10:29');
select is(pg_temp.say('c1', '01'), 'verified', 'until the visit ends');
select pg_temp.clock('05 10:31');
select is(pg_temp.say('c1', '01'), 'not_verified', 'then no more');
select pg_temp.forget();
select pg_temp.clock('04 08:00');
select pg_temp.act_as('staff');
select app.reschedule_appointment(pg_temp.t('07 10:00'), p_appointment => :'visit');
select pg_temp.act_for('a');
select pg_temp.clock('06 10:00');
select is(pg_temp.say('c1', '01'), 'verified', 'a moved visit''s code is good until the visit, while no other was sent');
select is((pg_temp.take('confirmation')).code_versions, '{1}', 'another text is written');
select is(pg_temp.say('c1', '01'), 'verified', 'which changes nothing until its code is noted');
select app.note_code(:'visit', 2, '\x11');
select is(pg_temp.say('c1', '01'), 'verified', 'a version that is not the visit''s is not noted');
select app.note_code(:'visit', 1, '\x11');
select is(pg_temp.say('c1', '01'), 'not_verified', 'then the old one is no more');
select is(pg_temp.say('c1', '11'), 'verified', 'and the last one counts');
select is((pg_temp.take('confirmation')).code_versions, '{2}', 'a text that is written again');
select app.note_code(:'visit', 1, '\x21');
select is(pg_temp.say('c1', '11'), 'verified', 'a late note of the version before is not kept');
select pg_temp.act_for('b');
select app.note_code(:'visit', 2, '\x21');
select pg_temp.act_for('a');
select is(pg_temp.say('c1', '11'), 'verified', 'nor another clinic''s');
select app.cancel_appointment('MAEVE2', p_call_id => :'call1', p_tool_call_id => 't1');
select is(pg_temp.say('c1', '11'), 'not_verified', 'a cancelled visit''s code opens nothing');
select pg_temp.forget();

-- Two visits with one code.
select pg_temp.clock('04 08:00');
select pg_temp.owner($$ update public.appointments set status = 'confirmed' where booking_ref = 'MAEVE2'; update public.identity_codes
  set code_hash = '\x05', expires_at = '2030-03-08' where org_id = 'a0000000-0000-7000-8000-000000000001' $$);
select is(pg_temp.say('c1', '05'), 'not_verified', 'a code that fell on two visits does not decide');
select is(pg_temp.say('c1', '05', 'Nico'), 'verified', 'the name does');
select pg_temp.forget();

-- A texted code.
select is(app.request_code(:'call3', '+13125550111'), 'maybe_sent', 'a code is asked for');
select is((select outcome from pg_temp.take('code')), 'send', 'and sent');
select app.note_code((select code_id from public.scheduled_messages where kind = 'code'), 1, '\x07');
select is(pg_temp.say('c1', '07'), 'not_verified', 'it is no code in another call');
select is(pg_temp.say('c3', '07'), 'verified', 'in its call it is');
select is(pg_temp.seen('c3'), '{MAEVE2,NJCK22}', 'and opens the whole family');
select is((select count(*) from public.caller_verifications where factor = 'texted_code' and succeeded), 2::bigint, 'one row for each');
select pg_temp.forget();
select pg_temp.clock('04 08:09');
select is(pg_temp.say('c3', '07'), 'verified', 'for ten minutes');
select pg_temp.clock('04 08:10');
select is(pg_temp.say('c3', '07'), 'not_verified', 'and no longer');
select is((select factor from public.caller_verifications where not succeeded), 'texted_code', 'noted as what was asked for');

-- An ask that sent nothing leaves no code to guess.
select is(app.request_code(:'call2', '+13125550198'), 'maybe_sent', 'a code for nobody');
select is(app.verify_code(:'call2', array[null::bytea]), 'not_verified', 'is not matched by nothing');
select is(app.verify_code(:'call2', '{}'), 'not_verified', 'nor by no hash');
select is(app.verify_code(:'call2', null), 'not_verified', 'at all');

select throws_ok($$ select app.verify_code('b0000000-0000-7000-8000-0000000000c1', '{}') $$, 'VX404', null, 'another clinic''s call');
select pg_temp.act_for('b');
select is(app.verify_code('b0000000-0000-7000-8000-0000000000c1', array['\x09'::bytea]), 'verified', 'whose own code is good there');
select * from finish();
rollback;
