-- Starts count from each opening, a visit ends by closing.
begin;
\ir ../booking.psql
select plan(5);

select pg_temp.owner($$
  update public.organizations set slot_step = '20 minutes';
  update public.business_hours set opens = '09:10', closes = '10:35' where org_id = 'a0000000-0000-7000-8000-000000000001' $$);
select pg_temp.act_for('a');
select is(pg_temp.offered('04 00:00', '05 00:00'), '09:10 09:30 09:50', 'every 20 minutes from ten past, the last one ends before closing');
select is(pg_temp.tried(pg_temp.t('04 10:10')), 'refused outside_hours', 'a visit that ends after closing');
select is(pg_temp.tried(pg_temp.t('04 09:20')), 'refused off_step', 'a start between two steps');
select is(pg_temp.offered('04 09:11', '04 09:50'), '09:30', 'a window in between gives what starts in it, its end not included');
select pg_temp.owner($$ update public.business_hours set closes = '10:40' where org_id = 'a0000000-0000-7000-8000-000000000001' $$);
select is(pg_temp.offered('04 00:00', '05 00:00'), '09:10 09:30 09:50 10:10', 'a visit may end exactly at closing');

select * from finish();
rollback;
