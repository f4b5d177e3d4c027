begin;
\ir ../booking.psql
select plan(5);

savepoint before;
select app.limit_waits();
select is(current_setting('lock_timeout'), '5s', 'for a lock');
select is(current_setting('statement_timeout'), '10s', 'for a statement');
select is(current_setting('idle_in_transaction_session_timeout'), '30s', 'for idling');
rollback to savepoint before;
select isnt(current_setting('lock_timeout'), '5s', 'for this transaction only');
select pg_temp.act_as('staff');
select throws_ok('select app.limit_waits()', '42501', null, 'nobody else sets them');

select * from finish();
rollback;
