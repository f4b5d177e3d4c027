-- The job of a hold deletes it when its time has run out, not before, and never what it became.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.act_for('a');
select pg_temp.hold('05 10:00', p_resource => 'Avery'), pg_temp.hold('05 10:00', 'c2', p_resource => 'Blake');
create function pg_temp.held_by(p_call text) returns uuid language sql security definer as $$
  select id from public.appointments where call_id = ('a0000000-0000-7000-8000-0000000000' || p_call)::uuid
$$;
select set_config('test.id', pg_temp.held_by('c1')::text, true);
select is(app.expire_hold(current_setting('test.id')::uuid), 0, 'a live hold stays');
select pg_temp.clock('04 08:04:59');
select is(app.expire_hold(current_setting('test.id')::uuid), 0, 'to its last second');
select pg_temp.clock('04 08:05');
select pg_temp.act_for('b');
select is(app.expire_hold(current_setting('test.id')::uuid), 0, 'another tenant reaches nothing');
select pg_temp.act_for('a');
select is(app.expire_hold(current_setting('test.id')::uuid), 1, 'then it goes');
select is(pg_temp.diary(), array['05 10:00 Blake (held)'], 'and the other one, run out too, waits for its own job');
select is(app.expire_hold(current_setting('test.id')::uuid), 0, 'once');
select is(pg_temp.book('05 10:00', 'Ann Quillby', 'c2', p_resource => 'Blake'), 'booked', 'a hold that became a booking');
select is(app.expire_hold(pg_temp.held_by('c2')), 0, 'is none');
select set_config('request.jwt.claims', '', true);
select throws_ok($$ select app.expire_hold(app.uuid_v7()) $$, 'VX401', null, 'no tenant');

select * from finish();
rollback;
