-- A wish that is too soon or too far gets what is nearest to it that can be booked at all, however far off that is.
begin;
\ir ../booking.psql
select plan(4);

select pg_temp.owner($$ update public.organizations set min_notice = '40 days' $$);
select pg_temp.act_for('a');
select is(app.next_alternatives(:'checkup', null, pg_temp.t('04 12:00')), array['2030-04-15 14:00+00', '2030-04-15 14:15+00', '2030-04-15 14:30+00']::timestamptz[], 'forty days of notice end on a Saturday: Monday');
select is((select alternatives from app.check_slot(:'call1', 'Checkup', pg_temp.t('05 10:00'))), array['2030-04-15 14:00+00', '2030-04-15 14:15+00', '2030-04-15 14:30+00']::timestamptz[], 'so a caller who wants tomorrow hears of it');
select pg_temp.owner($$ update public.organizations set min_notice = '0', max_advance = '7 days' $$);
select is(app.next_alternatives(:'checkup', null, pg_temp.t('29 12:00')), array[pg_temp.t('08 16:00'), pg_temp.t('08 16:15'), pg_temp.t('08 16:30')], 'a wish beyond the horizon gets the last ones before it');
select pg_temp.owner($$ update public.organizations set min_notice = '10 days' $$);
select is(app.next_alternatives(:'checkup', null, pg_temp.t('08 12:00')), '{}', 'none where the notice is longer than the horizon');

select * from finish();
rollback;
