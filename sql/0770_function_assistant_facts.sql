create or replace function app.assistant_facts(p_call_id uuid)
returns setof app.assistant_facts
language plpgsql
stable
rows 1
set search_path = ''
as $$
begin
  return query
  select route.vapi_assistant_id, f.clinic_name, coalesce(route.first_message, ''), f.address, f.recording_consent, f.ai_disclosure,
    f.hours, f.services, f.practitioners, f.policies
  from public.call_logs k
  cross join lateral app.clinic_facts(k.location_id) f
  left join lateral (
    select x.vapi_assistant_id, a.first_message
    from public.assistant_routes x
    join public.agents a on a.org_id = x.org_id and a.id = x.agent_id
    where x.org_id = k.org_id
      and a.role = 'inbound'
      and a.deleted_at is null
      and (a.id = k.agent_id or (k.agent_id is null and a.is_default))
    limit 1
  ) route on true
  where k.org_id = app.current_org_id() and k.id = p_call_id;
end
$$;

comment on function app.assistant_facts(uuid) is
  'Which assistant answers a call, and the public facts it is given, see app.clinic_facts. Nothing about the caller. vapi_assistant_id is NULL while the clinic''s inbound agent has no assistant yet.';

select app.seal('app.assistant_facts(uuid)', null, 'tenant_service');
