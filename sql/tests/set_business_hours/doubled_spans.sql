-- Spans of a day that touch or overlap are still one slot a start.
begin;
\ir ../booking.psql
select plan(2);

select pg_temp.act_as('owner');
select app.set_business_hours(:'main', null, '{1,1}', '{09:00,10:00}', '{11:00,12:00}');
select is((select count(*) - count(distinct lower(f.during)) from app.free_slots(:'checkup', :'avery', pg_temp.t('04 00:00'), pg_temp.t('05 00:00'), app.now()) f),
  0::bigint, 'no start twice');
select is(pg_temp.offered('04 10:00', '04 11:00'), '10:00 10:15 10:30 10:45', 'nor missing');

select * from finish();
rollback;
