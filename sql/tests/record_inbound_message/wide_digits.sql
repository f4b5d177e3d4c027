-- Digits come from keyboards of every kind: what the intent reads as a number must be one.
begin;
\ir ../texting.psql
select plan(4);
select pg_temp.visit('06 10:00'), pg_temp.visit('07 10:00', 2);
select pg_temp.act_for('a');
select is(pg_temp.text('X'), 'asked', 'which of two');
select is(pg_temp.text(U&'\FF12'), 'cancelled', 'a full-width 2');
select is(pg_temp.stand(), '06 confirmed, 07 cancelled', 'is the second');
select is(pg_temp.text(U&'\2460'), 'stored', 'a circled 1 answers nothing now');
select * from finish();
rollback;
