-- Whether a number is answered here, for whichever clinic; a tenant learns no more than that, and only through a transfer.
begin;
\ir ../inside.psql
select plan(7);

select pg_temp.act_inside('a');
select ok(app.is_our_number('+13125550100'), 'one''s own');
select ok(app.is_our_number('+442079460100'), 'another clinic''s');
select ok(not app.is_our_number('+13125550150'), 'a line that does not ring here');
select ok(not app.is_our_number(null), 'none');
select is((select array_agg(number) from public.phone_numbers), '{+13125550100}', 'the other clinic''s row is not seen');
select pg_temp.act_for('a');
select throws_ok($$ select app.is_our_number('+442079460100') $$, '42501', null, 'a call cannot ask');
select pg_temp.act_as('staff');
select throws_ok($$ select app.is_our_number('+442079460100') $$, '42501', null, 'nor can a member');

select * from finish();
rollback;
