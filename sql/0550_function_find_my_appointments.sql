create or replace function app.find_my_appointments(p_call_id uuid)
returns setof app.booking_result
language sql
stable
security definer
set search_path = ''
as $$
  select b.*
  from app.visible_appointments(p_call_id) a
  cross join lateral app.booking_answer('found', a.id) b
  order by a.scheduled_at, a.id
  limit 10
$$;

comment on function app.find_my_appointments(uuid) is
  'The next ten visits that a call may hear about, soonest first; see app.visible_appointments. No rows for a caller who proved nothing, whether or not there are visits.';

select app.seal('app.find_my_appointments(uuid)', 'app_writer', 'tenant_service');
