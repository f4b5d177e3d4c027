create or replace function app.read_outbound_call(p_id uuid)
returns setof app.outbound_call_row
language sql
stable
security definer
set search_path = ''
as $$
  select r.* from app.outbound_calls_shown(array[p_id], 1, false) r
$$;

comment on function app.read_outbound_call(uuid) is
  'One call that the clinic makes or made; no row when there is none. Every member may look.';

select app.seal('app.read_outbound_call(uuid)', 'app_writer', 'tenant_user');
