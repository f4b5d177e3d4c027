-- Jobs hear of every clinic, tenants of none.
begin;
\ir ../clinics.psql
select plan(2);
select pg_temp.act_for('a');
select throws_ok('select app.orgs_to_roll_up()', '42501', null, 'not for a tenant');
set local role app_definer;
select is(array(select app.orgs_to_roll_up()), array['a0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-000000000001']::uuid[], 'both');
select * from finish();
rollback;
