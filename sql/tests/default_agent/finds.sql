-- A save without an id means the role's default.
begin;
\ir ../booking.psql
select plan(6);

select pg_temp.act_as('owner');
select is(app.default_agent('inbound'), 'a0000000-0000-7000-8000-000000000041'::uuid, 'the default of its own clinic');
select is(app.default_agent('outbound'), null, 'no agent of that role');
create temp table second as select * from app.save_agent(null, p_name => 'Evening', p_role => 'inbound', p_is_default => true);
select is(app.default_agent('inbound'), (select id from second), 'the mark decides, not the age');
reset role;
update public.agents set is_default = false, created_at = case when id = 'a0000000-0000-7000-8000-000000000041' then timestamptz '2001-01-01' else created_at end
where org_id = 'a0000000-0000-7000-8000-000000000001';
select pg_temp.act_as('admin');
select is(app.default_agent('inbound'), 'a0000000-0000-7000-8000-000000000041'::uuid, 'without a default the oldest');
reset role;
update public.agents set deleted_at = app.now() where org_id = 'a0000000-0000-7000-8000-000000000001';
select pg_temp.act_as('owner');
select is(app.default_agent('inbound'), null, 'never a deleted one');
select pg_temp.act_as('staff');
select throws_ok($$ select app.default_agent('inbound') $$, 'VX403', null, 'only for those who may save');

select * from finish();
rollback;
