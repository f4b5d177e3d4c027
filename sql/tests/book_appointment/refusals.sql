-- Every reason of the closed list, each with at most three alternatives that can really be booked.
begin;
\ir ../booking.psql
select plan(26);

select pg_temp.owner($$
  update public.organizations set min_notice = '1 hour', max_advance = '20 days' where slug = 'lakeside';
  insert into public.closures (org_id, location_id, during) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000010',
      tstzrange('2030-03-06 00:00 America/Chicago', '2030-03-07 00:00 America/Chicago'));
  insert into public.busy_blocks (org_id, resource_id, starts_at, ends_at) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000031', '2030-03-07 10:00 America/Chicago', '2030-03-07 11:00 America/Chicago'),
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000032', '2030-03-07 10:00 America/Chicago', '2030-03-07 11:00 America/Chicago') $$);
select pg_temp.act_for('a');
select is(pg_temp.book('05 10:00', 'Ann Quillby', 'c2'), 'booked', 'one practitioner is taken');
select is(pg_temp.book('05 10:00', 'Ben Quillfeather', 'c2'), 'booked', 'and the other');
create temp table wishes (start text, service text, resource text, want text, alternatives integer);
insert into wishes values
  ('05 11:00', 'Botox', null, 'refused unknown_service', 0),
  ('05 11:00', null, null, 'refused unknown_service', 0),
  ('05 11:00', 'Checkup', 'Nobody', 'refused unknown_resource', 0),
  ('05 11:00', 'Whitening', 'Blake', 'refused no_resource', 0),
  ('04 07:45', 'Checkup', null, 'refused past', 3),
  ('04 08:00', 'Checkup', null, 'refused past', 3),
  ('04 08:45', 'Checkup', null, 'refused too_soon', 3),
  ('25 10:00', 'Checkup', null, 'refused too_far', 3),
  ('05 08:45', 'Checkup', null, 'refused outside_hours', 3),
  ('05 16:45', 'Checkup', null, 'refused outside_hours', 3),
  ('05 23:00', 'Checkup', null, 'refused outside_hours', 3),
  ('09 10:00', 'Checkup', null, 'refused outside_hours', 3),
  ('06 10:00', 'Checkup', null, 'refused closed', 3),
  ('05 11:05', 'Checkup', null, 'refused off_step', 3),
  ('05 10:00', 'Checkup', null, 'refused taken', 3),
  ('05 10:15', 'Checkup', 'Blake', 'refused taken', 3),
  ('05 09:15', 'Whitening', null, 'refused taken', 3),
  ('07 10:30', 'Checkup', null, 'refused calendar_busy', 3),
  ('07 09:30', 'Whitening', null, 'refused calendar_busy', 3);
grant select on wishes to public;
select is(pg_temp.said(b), w.want, format('%s %s %s', w.start, w.service, w.resource))
from wishes w
cross join lateral app.book_appointment(w.service, pg_temp.t(w.start), 'Cleo Quillfeather', :'call1', p_resource => w.resource) b;
select results_eq(
  $$ select cardinality(b.alternatives) from wishes w
     cross join lateral app.book_appointment(w.service, pg_temp.t(w.start), 'Cleo Quillfeather', 'a0000000-0000-7000-8000-0000000000c1', p_resource => w.resource) b $$,
  'select alternatives from wishes', 'three alternatives wherever there is anything to offer');
select is_empty(
  $$ select w.*, x from wishes w
     cross join lateral app.book_appointment(w.service, pg_temp.t(w.start), 'Cleo Quillfeather', 'a0000000-0000-7000-8000-0000000000c1', p_resource => w.resource) b
     cross join lateral unnest(b.alternatives) x
     where pg_temp.tried(x, w.service, w.resource, 'c1') <> 'booked' $$,
  'each of which is booked when taken');
select is(pg_temp.book('05 11:00', '  '), 'question name_missing', 'no name: a question, nobody is invented');
select is(pg_temp.book('05 11:00', '-.'), 'question name_missing', 'signs are no name');
select is(pg_temp.rows('public.appointments'), 2::bigint, 'nothing was booked by any of it');

select * from finish();
rollback;
