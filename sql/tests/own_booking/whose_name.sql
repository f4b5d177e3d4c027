-- What a wish means beside what the same call has booked for an overlapping time: told by its name, and by what it wants.
begin;
\ir ../inside.psql
select plan(19);

select pg_temp.act_inside('a');
select pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery', p_born => '1982-03-05');
create function pg_temp.own(
  p_start text, p_name text, p_service text default 'Checkup', p_resource text default null, p_born date default null,
  p_another boolean default false, p_call text default 'c1'
) returns text language sql as $$
  select o.verdict || ' ' || p.name
  from app.own_booking(pg_temp.call(p_call), (select id from app.find_service(p_service)), (select id from app.find_resource(p_resource)),
    pg_temp.t(p_start), p_name, p_born, p_another) o
  left join public.appointments a on a.id = o.appointment_id
  left join public.patients p on p.id = a.patient_id
$$;
select is(pg_temp.own('04 10:00', 'ANN  Quillby'), 'replay Ann Quillby', 'the same wish, however it is spelled');
select is(pg_temp.own('04 10:00', 'Ann Quillby', p_resource => 'Avery'), 'replay Ann Quillby', 'with the practitioner it has');
select is(pg_temp.own('04 10:00', 'Ann Quillby', p_resource => 'Blake'), 'amend Ann Quillby', 'with another practitioner');
select is(pg_temp.own('04 10:15', 'Ann Quillby'), 'amend Ann Quillby', 'at another time that overlaps');
select is(pg_temp.own('04 10:00', 'Ann Quillby', 'Whitening'), 'amend Ann Quillby', 'for another service');
select is(pg_temp.own('04 09:15', 'Ann Quillby', 'Whitening'), 'amend Ann Quillby', 'a long one that reaches into it');
select is(pg_temp.own('04 10:30', 'Ann Quillby'), null, 'right after it: a second visit');
select is(pg_temp.own('04 09:30', 'Ann Quillby'), null, 'right before it: a second visit');
select is(pg_temp.own('04 10:00', 'Ben Quillfeather'), null, 'somebody else');
select is(pg_temp.own('04 10:00', 'Anne Quilby'), 'question Ann Quillby', 'two edits away: who is meant?');
select is(pg_temp.own('04 10:00', 'Anne Quilbi'), null, 'three edits away: somebody else');
select is(pg_temp.own('04 10:00', 'Anne Quillby', p_another => true), null, 'said to be another person');
select is(pg_temp.own('04 10:00', 'Anne Quillby', p_born => '2015-06-07'), null, 'with another date of birth');
select is(pg_temp.own('04 10:00', 'Anne Quillby', p_born => '1982-03-05'), 'question Ann Quillby', 'with the same one');
select is(pg_temp.own('04 10:00', 'Ann Quillby', p_another => true), 'replay Ann Quillby', 'the very name is never another person');
select is(pg_temp.own('04 10:00', 'Ann Quillby', p_call => 'c2'), null, 'another call has booked nothing');

select is(pg_temp.book('04 10:00', 'Anne Quillby', p_another => true), 'booked', 'Anne comes too');
select is(pg_temp.own('04 10:00', 'Anne Quillby'), 'replay Anne Quillby', 'then the very name decides, not who came first');
select pg_temp.owner($$ update public.appointments set status = 'cancelled' $$);
select is(pg_temp.own('04 10:00', 'Ann Quillby'), null, 'what is cancelled is no booking');

select * from finish();
rollback;
