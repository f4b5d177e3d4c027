create or replace function app.outbound_calls_to_settle(p_limit integer)
returns setof app.outbound_ref
language sql
stable
security definer
set search_path = ''
as $$
  select c.org_id, c.id, null::uuid
  from public.outbound_calls c
  where c.state in ('waiting', 'placing', 'under_way') and c.look_at <= app.now()
  order by c.look_at, c.id
  limit p_limit
$$;

comment on function app.outbound_calls_to_settle(integer) is
  'Outbound calls of all tenants about which nothing was heard in time: those that waited too long, whose dialer died, or that should have ended. The longest overdue first; ids only, no leases.';

select app.seal('app.outbound_calls_to_settle(integer)', 'app_definer', 'voxanne_login');
