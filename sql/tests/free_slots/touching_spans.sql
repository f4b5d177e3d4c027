-- Spans that touch are one, so a visit may lie over the hour at which they meet; a gap between them it may not.
begin;
\ir ../booking.psql
select plan(6);

select pg_temp.owner($$
  update public.organizations set slot_step = '20 minutes';
  update public.business_hours set opens = '09:10', closes = '12:00' where org_id = 'a0000000-0000-7000-8000-000000000001';
  insert into public.business_hours (org_id, location_id, weekday, opens, closes)
  select org_id, location_id, weekday, '12:00', '14:00' from public.business_hours where org_id = 'a0000000-0000-7000-8000-000000000001' $$);
select pg_temp.act_for('a');
select is(pg_temp.offered('04 11:00', '04 12:30', 'Whitening'), '11:10 11:30 11:50 12:00 12:20', 'over noon; steps count from each opening');
select is(pg_temp.tried(pg_temp.t('04 11:50'), 'Whitening'), 'booked', 'what is offered is had');
select is(pg_temp.tried(pg_temp.t('04 12:10'), 'Whitening'), 'refused off_step', 'a step of the morning is none in the afternoon');
select is(pg_temp.offered('04 13:00', '05 00:00', 'Whitening'), '13:00', 'the last one ends as the second span does');
select pg_temp.owner($$ update public.business_hours set opens = '12:10' where opens = '12:00' $$);
select is(pg_temp.offered('04 10:40', '04 12:40', 'Whitening'), '10:50 12:10 12:30', 'ten minutes of a break are a break');
select is(pg_temp.tried(pg_temp.t('04 11:10'), 'Whitening'), 'refused outside_hours', 'over which no visit lies');

select * from finish();
rollback;
