-- A call gives back what it holds, and nothing else.
begin;
\ir ../booking.psql
select plan(7);

select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Ann Quillby', p_resource => 'Avery'), pg_temp.hold('05 11:00', p_resource => 'Avery'), pg_temp.hold('05 12:00', 'c2', p_resource => 'Avery');
select is(app.release_hold(:'call1'), 1, 'the hold');
select is(pg_temp.diary(), array['05 10:00 Avery', '05 12:00 Avery (held)'], 'goes; the booking and another call''s hold stay');
select is(app.release_hold(:'call1'), 0, 'nothing is left to give back');
select is(app.release_hold(null), 0, 'no call holds nothing');
select pg_temp.act_for('b');
select is(app.release_hold(:'call2'), 0, 'another tenant reaches nothing');
select is(pg_temp.diary(), array['05 10:00 Avery', '05 12:00 Avery (held)'], 'all stands');
select set_config('request.jwt.claims', '', true);
select throws_ok(format('select app.release_hold(%L)', :'call2'), 'VX401', null, 'no tenant');

select * from finish();
rollback;
