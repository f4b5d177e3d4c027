-- The no-overlap constraint refuses what gets past the functions, whoever writes.
begin;
\ir ../booking.psql
select plan(10);

create function pg_temp.raw(p_from text, p_to text, p_resource text, p_status text default 'confirmed') returns void language sql security definer as $$
  insert into public.appointments (org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked,
    status, source, booking_ref, held_until, call_id)
  select 'a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010', 'a0000000-0000-7000-8000-000000000021',
    ('a0000000-0000-7000-8000-0000000000' || p_resource)::uuid,
    case when p_status <> 'held' then 'a0000000-0000-7000-8000-0000000000d1'::uuid end,
    case when p_status <> 'held' then 'a0000000-0000-7000-8000-0000000000f1'::uuid end,
    pg_temp.t(p_from), pg_temp.t(p_to) - pg_temp.t(p_from), tstzrange(pg_temp.t(p_from), pg_temp.t(p_to)), tstzrange(pg_temp.t(p_from), pg_temp.t(p_to)),
    p_status, 'dashboard', case when p_status <> 'held' then app.new_booking_ref() end,
    case when p_status = 'held' then pg_temp.t(p_from) end, case when p_status = 'held' then 'a0000000-0000-7000-8000-0000000000c1'::uuid end
$$;
insert into public.patients (org_id, id, contact_id, name, normalised_name)
values (:'lakeside', 'a0000000-0000-7000-8000-0000000000f1', :'contact', 'Nora Quillfeather', 'nora quillfeather');
select lives_ok($$ select pg_temp.raw('04 10:00', '04 10:30', '31') $$, 'a row by hand');
select throws_ok($$ select pg_temp.raw('04 10:15', '04 10:45', '31') $$, '23P01', null, 'an overlapping one is refused');
select throws_ok($$ select pg_temp.raw('04 10:15', '04 10:45', '31', 'pending') $$, '23P01', null, 'a pending one too');
select throws_ok($$ select pg_temp.raw('04 10:15', '04 10:45', '31', 'held') $$, '23P01', null, 'and a held one');
select lives_ok($$ select pg_temp.raw('04 10:30', '04 11:00', '31') $$, 'the end of one may be the start of another');
select lives_ok($$ select pg_temp.raw('04 10:15', '04 10:45', '32') $$, 'another practitioner is free');
select lives_ok($$ select pg_temp.raw('04 10:15', '04 10:45', '31', 'cancelled') $$, 'a cancelled row is in nobody''s way');
select throws_ok($$ update public.appointments set status = 'confirmed' where status = 'cancelled' $$, '23P01', null, 'nor can it be brought back');
select throws_ok($$ update public.appointments set during = blocked + tstzrange(upper(blocked), upper(blocked) + interval '5 minutes') $$, '23514', null,
  'what is blocked contains the visit');
select pg_temp.act_for('a');
select throws_ok($$ insert into public.appointments select * from public.appointments limit 1 $$, '42501', null, 'and the tenant''s roles write no row at all');

select * from finish();
rollback;
