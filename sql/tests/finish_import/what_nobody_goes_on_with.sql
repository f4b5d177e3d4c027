-- Calls, recordings and documents that were under way at the other installation are at an end here.
begin;
select plan(7);
\ir ../clinics.psql
update public.call_logs set status = 'ended', ended_reason = 'hangup' where vapi_call_id = 'call-3';
update public.call_logs set recording_state = case vapi_call_id when 'call-1' then 'at_provider' when 'call-2' then 'copying' else 'none' end
where org_id = 'a0000000-0000-7000-8000-000000000001';
insert into public.knowledge_documents (org_id, id, filename, checksum, latest_version)
values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000b1', 'prices.txt', sha256('zanzibar-lilac'), 1);
insert into public.knowledge_versions (org_id, document_id, version, kind, size_bytes, state)
values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000b1', 1, 'txt', 14, 'reading');
insert into public.appointments (org_id, location_id, service_id, resource_id, scheduled_at, duration, during, blocked, status, held_until, source, call_id)
select r.org_id, r.location_id, s.service_id, r.id, t.at, '30 minutes', tstzrange(t.at, t.at + '30 minutes'), tstzrange(t.at, t.at + '30 minutes'), 'held',
  app.now() + interval '5 minutes', 'voice', c.id
from public.resources r
join public.resource_services s on s.org_id = r.org_id and s.resource_id = r.id and right(s.service_id::text, 2) = '21'
join public.call_logs c on c.org_id = r.org_id and right(c.id::text, 2) = 'c1'
cross join (select app.now() + interval '1 day' as at) t
where right(r.id::text, 2) = '31';
select lives_ok($$ select app.finish_import('a0000000-0000-7000-8000-000000000001', '{}', false) $$);
select set_eq($$ select recording_state || coalesce(' ' || recording_error, '') from public.call_logs where org_id = 'a0000000-0000-7000-8000-000000000001' $$,
  array['failed gone', 'none'], 'nobody can fetch them');
select set_eq($$ select status || ' ' || ended_reason from public.call_logs where org_id = 'a0000000-0000-7000-8000-000000000001' $$,
  array['ended imported', 'ended hangup'], 'no call runs for ever');
select set_eq($$ select status from public.call_logs where org_id = 'b0000000-0000-7000-8000-000000000001' $$, array['ringing'], 'other clinics'' go on');
select results_eq($$ select left(org_id::text, 1) from public.appointments where status = 'held' $$, array['b'], 'nor keeps its hold; other clinics'' callers do');
select set_eq($$ select state || ' ' || error from public.knowledge_versions $$, array['failed trouble'], 'to be uploaded again');
select set_eq($$ select action from public.audit_log where org_id = 'a0000000-0000-7000-8000-000000000001' $$, array['org_imported'], 'audited');
select * from finish();
rollback;
