-- What is below the oldest running transaction, of all tenants, in the order of transactions and not of ids.
begin;
\ir ../clinics.psql
select plan(9);
create function pg_temp.note(p_org text, p_xid xid8, p_kind text) returns void language sql security definer as $$
  insert into public.events (org_id, xid, kind, entity, entity_id)
  select id, p_xid, p_kind, 'call', id from public.organizations where slug = p_org
$$;
select pg_temp.note('harbor', '200', 'second'), pg_temp.note('lakeside', '100', 'first'), pg_temp.note('lakeside', '200', 'third');
select pg_temp.note('lakeside', pg_current_xact_id(), 'unfinished'), pg_temp.note('lakeside', (pg_current_xact_id()::text::bigint + 9)::text::xid8, 'ahead');
create function pg_temp.relayed(p_xid bigint, p_id bigint, p_limit integer default 10) returns text language sql as $$
  select string_agg(e.kind, ' ') from app.relay_events(p_xid, p_id, p_limit) e
$$;
set role voxanne_login;
select is(pg_temp.relayed(0, 0), 'first second third', 'the finished ones');
select is(pg_temp.relayed(0, 0, 2), 'first second', 'as many as asked for');
select is(pg_temp.relayed(100, (select id from app.relay_events(0, 0, 1))), 'second third', 'after a place');
select is(pg_temp.relayed(100, 9223372036854775807), 'second third', 'after a transaction');
select results_eq('select kind, below > 200, read_at from app.relay_events(200, 9223372036854775807, 10)',
  $$ values (null::text, true, '2030-03-04 14:00+00'::timestamptz) $$, 'nothing new is a row that says how far');
select results_eq('select kind, below > 200 from app.relay_events(null, null, 10)', $$ values (null::text, true) $$, 'nowhere: only how far');
select is((select count(distinct org_id) from app.relay_events(0, 0, 10)), 2::bigint, 'of every tenant');
reset role;
set role tenant_service;
select throws_ok('select app.relay_events(0, 0, 10)', '42501', null, 'no tenant relays');
reset role;
set role tenant_user;
select throws_ok('select app.relay_events(0, 0, 10)', '42501', null, 'nor a member');
select * from finish();
rollback;
