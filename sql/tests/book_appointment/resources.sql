-- Any practitioner or a named one; the least busy one is chosen, and three people cannot have two.
begin;
\ir ../booking.psql
select plan(12);

select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Ann Quillby', 'c1'), 'booked', 'the first caller');
select is(pg_temp.book('04 10:00', 'Ben Quillfeather', 'c2'), 'booked', 'the second');
select is(pg_temp.book('04 10:00', 'Cleo Quillby', 'c3'), 'refused taken', 'the third comes too late');
select is(pg_temp.diary(), array['04 10:00 Avery', '04 10:00 Blake'], 'each has one');
select is(pg_temp.book('04 11:00', 'Cleo Quillby', 'c3', p_resource => 'Dr. Stone'), 'booked', 'by name');
select is(pg_temp.book('04 11:00', 'Dora Quillfeather', 'c2', p_resource => 'Dr. Stone'), 'refused taken', 'a named one who is taken is not replaced silently');
select is(pg_temp.book('04 12:00', 'Dora Quillfeather', 'c2'), 'booked', 'the least busy one is chosen');
select is(pg_temp.diary(), array['04 10:00 Avery', '04 10:00 Blake', '04 11:00 Avery', '04 12:00 Blake'], 'that is Blake, although Avery comes first');
select is(pg_temp.book('04 12:00', 'Ed Quillby', 'c3', p_service => 'Whitening'), 'booked', 'what only Avery gives goes to Avery');
select pg_temp.owner($$ update public.resources set active = false where name = 'Blake Reed' $$);
select is(pg_temp.tried(pg_temp.t('04 14:00'), p_resource => 'Blake'), 'refused unknown_resource', 'who left is not booked by name');
select is(pg_temp.book('05 12:00', 'Fay Quillby', 'c1'), 'booked', 'nor by chance');
select is((pg_temp.diary())[6], '05 12:00 Avery', 'although less busy');

select * from finish();
rollback;
