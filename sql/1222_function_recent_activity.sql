create or replace function app.recent_activity(p_limit integer default 10)
returns setof app.activity
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select e.*
  from (
    (
      select c.id, 'call_completed', c.began_at,
        concat('Call ', app.call_state(c.status, c.outcome, c.ended_reason), ', ' || c.duration_seconds || ' seconds'),
        'call', c.id, c.contact_id
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is null and c.status = 'ended'
      order by c.began_at desc, c.id desc
      limit p_limit
    )
    union all
    (
      select h.id, 'appointment_booked', h.at, 'Visit booked: ' || s.name, 'appointment', a.id, a.contact_id
      from public.appointment_changes h
      join public.appointments a on a.org_id = h.org_id and a.id = h.appointment_id
      join public.services s on s.org_id = a.org_id and s.id = a.service_id
      where h.org_id = v_org_id and h.kind = 'booked'
      order by h.id desc
      limit p_limit
    )
    union all
    (
      select k.id, 'hot_lead_detected', coalesce(k.last_contacted_at, k.created_at), 'A lead is hot', 'contact', k.id, k.id
      from public.contacts k
      where k.org_id = v_org_id and k.lead_status = 'hot' and k.erased_at is null
      order by coalesce(k.last_contacted_at, k.created_at) desc, k.id desc
      limit p_limit
    )
  ) e(id, kind, at, summary, entity, entity_id, contact_id)
  order by e.at desc, e.id desc
  limit p_limit;
end
$$;

comment on function app.recent_activity(integer) is
  'What happened lately, the newest first: ended calls, visits booked, hot leads (at their last contact). Every member may look.';

select app.seal('app.recent_activity(integer)', 'app_writer', 'tenant_user');
