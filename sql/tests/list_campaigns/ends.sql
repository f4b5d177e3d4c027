-- A campaign is done once nobody waits for a step of it; whoever looks notes it.
begin;
\ir ../campaigning.psql
select plan(5);
create function pg_temp.listed() returns text language sql as $$
  select string_agg(c.name || ' ' || c.status || case when c.ended_at is null then '' else ' ended' end, ', ' order by c.name) from app.list_campaigns() c $$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_as('owner');
select pg_temp.draft('Draft');
select status from app.start_campaign(pg_temp.draft('Recall'));
select is(pg_temp.listed(), 'Draft draft, Recall running', 'a draft, and one that runs');
select pg_temp.owner($$ update public.scheduled_messages set state = 'done'
  where kind = 'campaign' and contact_id = 'a0000000-0000-7000-8000-0000000000a1' $$);
select is(pg_temp.listed(), 'Draft draft, Recall running', 'somebody still waits');
select pg_temp.owner($$ update public.scheduled_messages set state = 'skipped', reason = 'opted_out' where kind = 'campaign' and state = 'waiting' $$);
select pg_temp.act_as('viewer');
select is(pg_temp.listed(), 'Draft draft, Recall done ended', 'nobody does');
select is(pg_temp.listed(), 'Draft draft, Recall done ended', 'for good');
select pg_temp.act_for('b');
reset role;
select set_config('request.jwt.claims', '{"sub": "b0000000-0000-7000-8000-0000000000e1", "app_metadata": {"org_id": "b0000000-0000-7000-8000-000000000001"}}', true);
set local role tenant_user;
select is(pg_temp.listed(), null, 'another clinic sees none');
select * from finish();
rollback;
