-- Whichever message comes first makes the call's row; later ones add what it lacked and change nothing.
begin;
\ir ../inside.psql
select plan(15);

insert into public.locations (org_id, id, name, time_zone) values (:'lakeside', 'a0000000-0000-7000-8000-000000000011', 'North', 'America/Chicago');
\set north a0000000-0000-7000-8000-000000000011
\set agent a0000000-0000-7000-8000-000000000041
select pg_temp.act_for('a');
create function pg_temp.row_of(p_id uuid) returns text language sql as $$
  select concat_ws(' ', c.direction, a.name, l.name, coalesce(c.from_number, '-'), coalesce(c.to_number, '-'))
  from public.call_logs c left join public.agents a on a.id = c.agent_id join public.locations l on l.id = c.location_id where c.id = p_id
$$;
select app.ensure_call('new-1', 'inbound', null, null, null, null) as id \gset
select is(pg_temp.row_of(:'id'), 'inbound Main - -', 'a message that says nearly nothing: the first location');
select is((select array_agg(kind || entity_id) from public.events), array['call_update' || :'id'], 'live clients are told');
select is(app.ensure_call('new-1', 'inbound', :'agent', :'north', '+13125550188', '+13125550100'), :'id', 'a later one is about the same row');
select is(pg_temp.row_of(:'id'), 'inbound Receptionist Main +13125550188 +13125550100', 'and completes it; the location stays');
select app.ensure_call('new-1', 'inbound', null, null, '+13125550177', '+13125550155');
select is(pg_temp.row_of(:'id'), 'inbound Receptionist Main +13125550188 +13125550100', 'what is known is not changed');
select is((select count(*) from public.events), 1::bigint, 'nor told again');

select app.ensure_call('new-2', 'inbound', null, :'north', null, null) as id \gset
select is(pg_temp.row_of(:'id'), 'inbound North - -', 'the location that was called');
select app.take_message(:'id', 'tool-1', 'Hello');
select app.ensure_call('new-2', 'inbound', :'agent', null, '+13125550188', '+13125550100');
select is(pg_temp.row_of(:'id'), 'inbound Receptionist North - -', 'once it has a contact, no number makes it somebody else''s');
select is((select phone from public.contacts where origin_call_id = :'id'), null, 'who stays without one');

select app.ensure_call('new-3', 'outbound', :'agent', null, '+13125550188', '+13125550100') as id \gset
select is(pg_temp.row_of(:'id'), 'outbound Receptionist Main +13125550100 +13125550188', 'our own call goes the other way');
select app.ensure_call('new-4', 'outbound', null, null, null, '+13125550100') as id \gset
select app.ensure_call('new-4', 'outbound', null, null, '+13125550188', '+13125550100');
select is(pg_temp.row_of(:'id'), 'outbound Main +13125550100 +13125550188', 'also when it is completed');
select is(app.ensure_call('call-1', 'inbound', null, null, null, null), :'call1', 'a row from before');

select pg_temp.act_for('b');
select isnt(app.ensure_call('call-1', 'inbound', null, null, '+442079460111', '+442079460100'), :'call1', 'another tenant''s call of the same id is another');
select pg_temp.act_for('a');
select is(pg_temp.row_of(:'call1'), 'inbound Main +13125550111 +13125550100', 'neither touches the other');
select set_config('request.jwt.claims', '', true);
select throws_ok($$ select app.ensure_call('new-9', 'inbound', null, null, null, null) $$, 'VX401', null, 'no tenant');

select * from finish();
rollback;
