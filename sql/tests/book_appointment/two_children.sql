-- A parent books two children at one time with two practitioners.
begin;
\ir ../booking.psql
select plan(10);

select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Mia Quillby'), 'booked', 'one child');
select is(pg_temp.book('04 10:00', 'Oliver Quillby'), 'booked', 'the other, same start');
select is(pg_temp.diary(), array['04 10:00 Avery', '04 10:00 Blake'], 'with two practitioners');
select is((select count(distinct patient_id) from public.appointments), 2::bigint, 'two patients');
select is((select count(distinct contact_id) from public.appointments), 1::bigint, 'one contact');
select is(pg_temp.book('04 10:00', 'Mia Quillby'), 'booked again', 'each can be repeated: the one');
select is(pg_temp.book('04 10:00', 'Oliver Quillby'), 'booked again', 'and the other');
select is(pg_temp.book('04 10:00', 'Zacharias Quillby'), 'question own_booking', 'a third child has no practitioner left: asked, not told that the time is taken');
select is((select alternatives from app.book_appointment('Checkup', pg_temp.t('04 10:00'), 'Zacharias Quillby', :'call1')),
  array[pg_temp.t('04 09:15'), pg_temp.t('04 09:30'), pg_temp.t('04 10:30')], 'with the nearest times');
select is(pg_temp.book('04 10:30', 'Zacharias Quillby'), 'booked', 'after the others');

select * from finish();
rollback;
