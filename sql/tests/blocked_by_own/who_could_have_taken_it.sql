-- A wish stands in its own call's way only on a resource that could have taken it.
begin;
\ir ../inside.psql
select plan(12);

select pg_temp.act_inside('a');
select pg_temp.book('04 10:00', 'Ann Quillby', p_service => 'Whitening'), pg_temp.hold('04 14:00', p_resource => 'Avery');
create function pg_temp.blocked(p_start text, p_resource uuid default null, p_service uuid default 'a0000000-0000-7000-8000-000000000021', p_call text default 'c1')
returns boolean language sql as $$
  select app.blocked_by_own(pg_temp.call(p_call), p_service, p_resource, pg_temp.t(p_start))
$$;
select ok(pg_temp.blocked('04 10:30'), 'anybody: Avery is among them');
select ok(pg_temp.blocked('04 10:30', :'avery'), 'Avery by name');
select ok(not pg_temp.blocked('04 10:30', :'blake'), 'Blake by name is not in the way');
select ok(pg_temp.blocked('04 09:15', p_service => :'whitening'), 'a long visit that reaches into it');
select ok(not pg_temp.blocked('04 11:00'), 'right after it');
select ok(not pg_temp.blocked('04 09:30'), 'right before it');
select ok(not pg_temp.blocked('04 14:00'), 'a hold is no booking');
select ok(not pg_temp.blocked('04 10:30', p_call => 'c2'), 'another call''s booking is not one''s own');
select pg_temp.owner($$ update public.services set buffer_before = '15 minutes' where name = 'Checkup' $$);
select ok(pg_temp.blocked('04 11:00'), 'the wish''s buffer counts');
select pg_temp.owner($$ update public.services set buffer_before = '0' where name = 'Checkup';
  update public.appointments set blocked = tstzrange(lower(during), upper(during) + interval '15 minutes') where status <> 'held' $$);
select ok(pg_temp.blocked('04 11:00'), 'and that of the booking');
select ok(not pg_temp.blocked('04 11:15'), 'to its end');
select pg_temp.owner($$ update public.appointments set status = 'cancelled' where status <> 'held' $$);
select ok(not pg_temp.blocked('04 10:30'), 'what is cancelled blocks nothing');

select * from finish();
rollback;
