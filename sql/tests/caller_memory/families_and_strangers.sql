-- Who shares a telephone hears nothing of the others by its number; nobody hears of calls that were deleted or expired.
begin;
\ir ../booking.psql
select plan(13);
create function pg_temp.patient(p_name text) returns void language sql as $$
  select pg_temp.owner(format('insert into public.patients (org_id, contact_id, name, normalised_name) values (%L, %L, %L, lower(%L))',
    'a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d1', p_name, p_name))
$$;
grant execute on function pg_temp.patient to public;
update public.organizations set caller_memory = true, identity_factor = 'calling_number' where id = :'lakeside';
update public.call_logs set from_number = '+13125550199', contact_id = :'contact', started_at = pg_temp.t('03 09:00'), status = 'ended',
  outcome = 'booked', transcript_state = 'stored' where id = :'call3';
update public.call_logs set from_number = '+13125550199', started_at = pg_temp.t('04 08:00') where id = :'call1';
select pg_temp.act_for('a');
select matches(app.caller_memory(:'call1'), 'A visit was booked', 'control: one person''s telephone');
select is(app.caller_memory(:'call2'), '', 'a withheld number hears nothing');
select pg_temp.patient('Nora Quillfeather');
select matches(app.caller_memory(:'call1'), 'A visit was booked', 'one patient is the caller');
select pg_temp.patient('Nico Quillfeather');
select is(app.caller_memory(:'call1'), '', 'of two it may be either: the number alone tells neither of the other');
select pg_temp.owner(format('insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
  select org_id, %L, contact_id, id, %L, true from public.patients where name like %L', :'call1', 'date_of_birth', 'Nora%'));
select is(app.caller_memory(:'call1'), '', 'nor does a date of birth');
select pg_temp.owner('update public.caller_verifications set factor = ''texted_code''');
select matches(app.caller_memory(:'call1'), 'A visit was booked', 'whoever has the telephone in hand may hear');

select pg_temp.owner('update public.call_logs set from_number = null where vapi_call_id = ''call-1''; delete from public.caller_verifications');
select is(app.caller_memory(:'call1'), '', 'not the same telephone with its number withheld');
select pg_temp.owner('update public.call_logs set from_number = ''+13125550199'', direction = ''outbound'' where vapi_call_id = ''call-1''; delete from public.patients');
select is(app.caller_memory(:'call1'), '', 'nor whoever answers a call of ours');
select pg_temp.owner('update public.call_logs set direction = ''inbound'' where vapi_call_id = ''call-1''');

-- What is gone is not remembered.
select pg_temp.owner('update public.organizations set keep_transcripts_for = ''1 day''');
select app.apply_retention(100);
select unalike(app.caller_memory(:'call1'), '%Services%', 'words that expired leave the day and the outcome');
select matches(app.caller_memory(:'call1'), 'A visit was booked', 'which are kept for keep_memory_for');
select pg_temp.act_as('admin');
select app.delete_call(:'call3');
select pg_temp.act_for('a');
select is(app.caller_memory(:'call1'), '', 'a deleted call is forgotten');

-- Whose contact was merged is remembered as the one that is left.
reset role;
update public.call_logs set deleted_at = null where id = :'call3';
insert into public.contacts (org_id, id, phone) values (:'lakeside', 'a0000000-0000-7000-8000-0000000000d2', '+13125550188');
update public.call_logs set contact_id = 'a0000000-0000-7000-8000-0000000000d2' where id = :'call3';
select pg_temp.act_for('a');
select is(app.caller_memory(:'call1'), '', 'another contact''s call');
select pg_temp.act_as('staff');
select app.merge_contacts(:'contact', 'a0000000-0000-7000-8000-0000000000d2');
select pg_temp.act_for('a');
select matches(app.caller_memory(:'call1'), 'A visit was booked', 'is theirs once the two are one');
select * from finish();
rollback;
