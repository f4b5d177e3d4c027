-- A service's own buffers win over the clinic's, also when they are zero; without own ones the clinic's count.
begin;
\ir ../booking.psql
select plan(4);

select pg_temp.owner($$
  update public.organizations set buffer_before = '10 minutes', buffer_after = '20 minutes' where slug = 'lakeside';
  update public.services set buffer_before = '0', buffer_after = '30 minutes' where name = 'Whitening' $$);
select pg_temp.act_for('a');
select is(pg_temp.book('04 10:00', 'Ann Quillby', p_service => 'Whitening'), 'booked', 'a whitening');
select is((select (during, blocked)::text from public.appointments),
  (select (tstzrange(pg_temp.t('04 10:00'), pg_temp.t('04 11:00')), tstzrange(pg_temp.t('04 10:00'), pg_temp.t('04 11:30')))::text),
  'an hour, nothing before, half an hour after');
select is(pg_temp.book('04 14:00', 'Ann Quillby'), 'booked', 'a checkup');
select is((select (during, blocked)::text from public.appointments where scheduled_at = pg_temp.t('04 14:00')),
  (select (tstzrange(pg_temp.t('04 14:00'), pg_temp.t('04 14:30')), tstzrange(pg_temp.t('04 13:50'), pg_temp.t('04 14:50')))::text),
  'half an hour and the clinic''s buffers');

select * from finish();
rollback;
