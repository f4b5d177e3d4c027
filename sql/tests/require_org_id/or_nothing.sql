begin;
\ir ../booking.psql
select plan(4);

select pg_temp.act_for('a');
select is(app.require_org_id(), :'lakeside', 'the tenant of the claims');
select set_config('request.jwt.claims', '', true);
select throws_ok('select app.require_org_id()', 'VX401', null, 'no claims');
select set_config('request.jwt.claims', '{"sub": "a0000000-0000-7000-8000-0000000000e1"}', true);
select throws_ok('select app.require_org_id()', 'VX401', null, 'a person without an organisation');
select set_config('request.jwt.claims', '{"org_id": "a0000000-0000-7000-8000-000000000001"}', true);
select throws_ok('select app.require_org_id()', 'VX401', null, 'an organisation where a user could have written it');

select * from finish();
rollback;
