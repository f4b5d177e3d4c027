-- Why a start is not free: each reason, and which comes first.
begin;
\ir ../inside.psql
select plan(28);

select pg_temp.owner($$
  update public.organizations set min_notice = '2 hours', max_advance = '7 days';
  insert into public.closures (org_id, location_id, during) values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010',
    tstzrange('2030-03-06 12:00 America/Chicago', '2030-03-06 13:00 America/Chicago'));
  insert into public.busy_blocks (org_id, resource_id, starts_at, ends_at) values ('a0000000-0000-7000-8000-000000000001',
    'a0000000-0000-7000-8000-000000000031', '2030-03-07 09:00 America/Chicago', '2030-03-07 10:00 America/Chicago') $$);
select pg_temp.act_inside('a');
select pg_temp.book('05 10:00', 'Ann Quillby', p_resource => 'Avery'), pg_temp.hold('05 14:00', p_resource => 'Avery');
create function pg_temp.why(p_start text, p_resource uuid default 'a0000000-0000-7000-8000-000000000031', p_call text default null, p_ignore uuid default null,
  p_service uuid default 'a0000000-0000-7000-8000-000000000021') returns text language sql as $$
  select app.refusal_reason(p_service, p_resource, pg_temp.t(p_start), app.now(), pg_temp.call(p_call), p_ignore)
$$;
select is(pg_temp.why('05 11:00', :'blake', p_service => :'whitening'), 'no_resource', 'who does not give the service');
select is(pg_temp.why('04 07:59'), 'past', 'past');
select is(pg_temp.why('04 08:00'), 'past', 'this very moment');
select is(pg_temp.why('04 08:01'), 'too_soon', 'within the notice');
select is(pg_temp.why('04 09:59'), 'too_soon', 'to its end');
select isnt(pg_temp.why('04 10:00'), 'too_soon', 'which is notice enough');
select is(pg_temp.why('11 09:00'), 'too_far', 'beyond the horizon');
select is(pg_temp.why('10 08:00'), 'outside_hours', 'a day without hours');
select is(pg_temp.why('05 08:45'), 'outside_hours', 'before opening');
select is(pg_temp.why('05 16:45'), 'outside_hours', 'a visit that ends after closing');
select is(pg_temp.why('05 17:00'), 'outside_hours', 'at closing');
select is(pg_temp.why('06 11:45'), 'closed', 'a visit that reaches into a closure');
select is(pg_temp.why('06 12:05'), 'closed', 'a closure comes before the step');
select is(pg_temp.why('05 11:05'), 'off_step', 'between two steps');
select is(pg_temp.why('05 10:05'), 'off_step', 'which comes before what is taken');
select is(pg_temp.why('05 10:15'), 'taken', 'another visit');
select is(pg_temp.why('05 14:00'), 'taken', 'a hold');
select isnt(pg_temp.why('05 14:00', p_call => 'c1'), 'taken', 'not to the call that has it');
select isnt(pg_temp.why('05 10:15', p_ignore => pg_temp.at('05 10:00')), 'taken', 'nor a visit to itself');
select is(pg_temp.why('07 09:30'), 'calendar_busy', 'a calendar elsewhere');

-- Of several candidates the one that came furthest decides.
select pg_temp.owner($$ insert into public.closures (org_id, location_id, resource_id, during) values ('a0000000-0000-7000-8000-000000000001',
  'a0000000-0000-7000-8000-000000000010', 'a0000000-0000-7000-8000-000000000032', tstzrange('2030-03-05 00:00 America/Chicago', '2030-03-05 13:00 America/Chicago')) $$);
select is(pg_temp.why('05 10:00', :'blake'), 'closed', 'Blake is away');
select is(pg_temp.why('05 10:00', null), 'taken', 'anybody: Avery would have come but is taken');

-- Spans that touch are one; a gap between two is none.
select pg_temp.owner($$
  delete from public.appointments;
  update public.business_hours set closes = '12:00' where org_id = 'a0000000-0000-7000-8000-000000000001';
  insert into public.business_hours (org_id, location_id, weekday, opens, closes)
  select org_id, location_id, weekday, '12:00', '17:00' from public.business_hours where org_id = 'a0000000-0000-7000-8000-000000000001' $$);
select pg_temp.book('05 11:45', 'Ann Quillby', p_resource => 'Avery');
select is(pg_temp.diary(), array['05 11:45 Avery'], 'a visit lies over noon, where two spans touch');
select is(pg_temp.why('05 11:45'), 'taken', 'and is what is in the way there');
select is(pg_temp.why('05 11:50'), 'off_step', 'the step there counts from the span in which the visit starts');
select pg_temp.owner($$ update public.business_hours set opens = '12:15' where opens = '12:00' $$);
select is(pg_temp.why('05 11:45'), 'outside_hours', 'a gap is no opening');
select pg_temp.owner($$ delete from public.business_hours where org_id = 'a0000000-0000-7000-8000-000000000001' $$);
select is(pg_temp.why('05 11:45'), 'outside_hours', 'nor are no hours at all');
select pg_temp.owner($$ update public.services set active = false where name = 'Checkup' $$);
select is(pg_temp.why('05 11:45'), 'no_resource', 'a service that is not given any more');

select * from finish();
rollback;
