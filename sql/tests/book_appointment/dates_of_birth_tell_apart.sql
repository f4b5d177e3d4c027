-- Different dates of birth are different people, however alike their names sound.
begin;
\ir ../booking.psql
select plan(5);

select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Jon Quillby', p_born => '2020-01-01'), 'booked', 'Jon');
select is(pg_temp.book('04 10:00', 'John Quillby', p_born => '2020-01-01'), 'question same_person', 'the same date: asked');
select is(pg_temp.book('04 10:00', 'John Quillby'), 'question same_person', 'no date: asked');
select is(pg_temp.book('04 10:00', 'John Quillby', p_born => '2022-02-02'), 'booked', 'another date: another patient');
select is((select array_agg(name || ' ' || date_of_birth order by name) from public.patients), '{John Quillby 2022-02-02,Jon Quillby 2020-01-01}', 'both are kept');

select * from finish();
rollback;
