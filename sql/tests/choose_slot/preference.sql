-- Who takes a visit when anybody will do: whom the call holds or the visit has, else the least busy one.
begin;
\ir ../inside.psql
select plan(19);

select pg_temp.act_inside('a');
create function pg_temp.chosen(p_start text, p_call text default 'c1', p_ignore uuid default null, p_override boolean default false,
  p_resource uuid default null) returns text language sql as $$
  select r.name from app.choose_slot('a0000000-0000-7000-8000-000000000021', p_resource, pg_temp.t(p_start), app.now(), pg_temp.call(p_call), p_ignore, p_override) s
  join public.resources r on r.id = s.resource_id
$$;
select is(pg_temp.chosen('05 10:00'), 'Dr. Avery Stone', 'all equal: the first of them');
select is(pg_temp.chosen('05 10:00', p_resource => :'blake'), 'Blake Reed', 'who is named');
select is(pg_temp.chosen('05 10:05'), null, 'nobody at a start that is not offered');
select pg_temp.book('05 14:00', 'Ann Quillby', 'c3', p_resource => 'Avery');
select is(pg_temp.chosen('05 10:00'), 'Blake Reed', 'the least busy one');
select pg_temp.hold('05 10:00', 'c1', p_resource => 'Avery');
select is(pg_temp.chosen('05 10:00'), 'Dr. Avery Stone', 'whom the call holds, busy or not');
select is(pg_temp.chosen('05 10:00', 'c2'), 'Blake Reed', 'not to another call');
select is(pg_temp.chosen('05 11:00'), 'Dr. Avery Stone', 'also when it takes another time');
select is(pg_temp.chosen('05 15:00', 'c2', pg_temp.at('05 14:00')), 'Dr. Avery Stone', 'a visit that moves stays with whom it is');
select pg_temp.hold('05 15:00', 'c1', p_resource => 'Blake');
select is(pg_temp.chosen('05 15:00', 'c1', pg_temp.at('05 14:00')), 'Dr. Avery Stone', 'even where the call holds another one');
select is(pg_temp.chosen('05 14:00', 'c2', pg_temp.at('05 14:00')), 'Dr. Avery Stone', 'it is not in its own way');
select is(pg_temp.chosen('05 14:15', 'c2'), 'Blake Reed', 'but in others''');
select is(pg_temp.chosen('05 14:15', 'c2', p_resource => :'avery'), null, 'nobody, where that one is named');

-- An override.
select is(pg_temp.chosen('10 03:05', null, null, true), 'Dr. Avery Stone', 'Sunday night, between two steps');
select is(pg_temp.chosen('01 10:00', null, null, true), 'Dr. Avery Stone', 'in the past');
select is(pg_temp.chosen('05 14:05', null, null, true), 'Blake Reed', 'never over another visit');
select is(pg_temp.chosen('05 14:05', null, null, true, :'avery'), null, 'nobody, where that one is named');
select is(pg_temp.chosen('05 15:05', null, null, true, :'blake'), null, 'nor over a hold');
select pg_temp.clock('04 08:10');
select is(pg_temp.chosen('05 15:05', null, null, true, :'blake'), 'Blake Reed', 'unless it has run out');
select is(pg_temp.chosen('05 14:05', null, pg_temp.at('05 14:00'), true, :'avery'), 'Dr. Avery Stone', 'a visit may be shifted within itself');

select * from finish();
rollback;
