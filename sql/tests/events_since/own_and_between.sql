-- A returning member gets what lies between two places, of the own clinic.
begin;
\ir ../booking.psql
select plan(4);
insert into public.events (org_id, xid, kind, entity, entity_id)
select o.id, x::text::xid8, left(o.slug, 1) || '_' || k, 'call', o.id
from public.organizations o, (values (100, 'a'), (200, 'b'), (200, 'c'), (300, 'd')) v (x, k) order by x, k;
create function pg_temp.since(p_after bigint, p_upto bigint, p_limit integer default 10) returns text language sql as $$
  select string_agg(e.kind, ' ') from app.events_since(p_after, 9223372036854775807, p_upto, 9223372036854775807, p_limit) e
$$;
select pg_temp.act_as('viewer');
select is(pg_temp.since(0, 1000), 'l_a l_b l_c l_d', 'everything, of the own clinic');
select is(pg_temp.since(100, 200), 'l_b l_c', 'between');
select is(pg_temp.since(0, 1000, 2), 'l_a l_b', 'as many as asked for');
select is(pg_temp.since(300, 1000), null, 'nothing after the end');
select * from finish();
rollback;
