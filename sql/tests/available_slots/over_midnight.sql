-- Where a day ends at midnight and the next one begins there, a visit may lie in both.
begin;
\ir ../booking.psql
select plan(6);

select pg_temp.owner($$
  update public.business_hours set opens = '22:00', closes = '24:00' where org_id = 'a0000000-0000-7000-8000-000000000001' and weekday = 2;
  update public.business_hours set opens = '00:00', closes = '01:00' where org_id = 'a0000000-0000-7000-8000-000000000001' and weekday = 3 $$);
select pg_temp.act_for('a');
select is(pg_temp.offered('05 23:00', '06 12:00', 'Whitening'), '23:00 23:15 23:30 23:45 00:00', 'from Tuesday night into Wednesday');
select is(pg_temp.offered('06 00:00', '07 00:00', 'Whitening'), '00:00', 'Wednesday alone');
select is(pg_temp.tried(pg_temp.t('05 23:30'), 'Whitening'), 'booked', 'what is offered is had');
select is(pg_temp.book('05 23:45', 'Ann Quillby', p_resource => 'Avery'), 'booked', 'a visit over midnight');
select is(pg_temp.offered('05 23:00', '06 12:00', p_resource => 'Avery'), '23:00 23:15 00:15 00:30', 'takes time of both days');
select pg_temp.owner($$ delete from public.appointment_changes; delete from public.appointments;
  update public.business_hours set opens = '00:15' where opens = '00:00' $$);
select is(pg_temp.offered('05 22:45', '06 12:00', 'Whitening'), '22:45 23:00', 'a night with a break ends before it');

select * from finish();
rollback;
