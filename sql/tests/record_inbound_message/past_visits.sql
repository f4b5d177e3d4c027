-- A question outlives the visit that it is about; its answer then is for people.
begin;
\ir ../texting.psql
select plan(9);
select pg_temp.visit('04 10:00');
select pg_temp.act_for('a');
select is(pg_temp.text('X'), 'asked', 'two hours before');
select pg_temp.clock('04 10:01');
select is(pg_temp.text('X'), 'stored', 'too late to cancel');
select is(pg_temp.stand(), '04 confirmed', 'what has begun');
select is(pg_temp.told(), 'message_received contact', 'people see to it');
reset role;
select pg_temp.visit('04 12:00'), pg_temp.visit('05 10:00', 2);
select pg_temp.act_for('a');
select is(pg_temp.text('C'), 'asked', 'which of two');
select pg_temp.clock('04 12:01');
select is(pg_temp.text('1'), 'stored', 'the first has begun');
select is(pg_temp.stand(), '04 confirmed, 04 confirmed, 05 confirmed', 'and is not confirmed any more');
select is(pg_temp.text('C'), 'confirmed', 'the other one');
select is(pg_temp.stand(), '04 confirmed, 04 confirmed, 05 confirmed C', 'is');
select * from finish();
rollback;
