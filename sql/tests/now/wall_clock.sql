-- Test databases stand still; the real clock goes on within a transaction, so that a hold may run out while one waits.
begin;
\ir ../clinics.psql
select plan(5);
select is(app.now(), '2030-03-04 14:00+00'::timestamptz, 'the clock of tests');
select pg_temp.act_for('a');
select is(app.now(), '2030-03-04 14:00+00'::timestamptz, 'for everybody');
reset role;
\ir ../../0020_function_now.sql
select ok(app.now() between now() and clock_timestamp(), 'the clock of production');
select app.now() as before \gset
select pg_sleep(0.01);
select cmp_ok(app.now(), '>', :'before'::timestamptz, 'goes on within a transaction');
select volatility_is('app', 'now', '{}'::name[], 'volatile', 'and is read anew each time');
select * from finish();
rollback;
