-- On 2030-03-10 Chicago sets its clocks forward.
begin;
\ir ../messages.psql
select plan(7);
select pg_temp.act_inside('a');
select is(app.clinic_period('2030-03-10', '2030-03-10'), array[pg_temp.t('10 00:00'), pg_temp.t('11 00:00')], 'a day of 23 hours');
select is(app.clinic_period(null, null), array[null, null]::timestamptz[], 'open');
select is(app.clinic_period(null, null, 'today'), array[pg_temp.t('04 00:00'), null]::timestamptz[], 'today');
select is(app.clinic_period('2030-03-01', null, 'week'), array[pg_temp.t('01 00:00'), null]::timestamptz[], 'the later one counts');
select is(app.clinic_period(null, null, 'month'), array[pg_temp.t('01 00:00'), null]::timestamptz[], 'the month so far');
select throws_ok($$ select app.clinic_period('2030-03-11', '2030-03-10') $$, 'VX400', null, 'in order');
select throws_ok($$ select app.clinic_period(null, 'infinity') $$, 'VX400', null, 'of a calendar');
select * from finish();
rollback;
