-- Not in SQL, whose functions are planned anew at every call: for this one that takes longer than all else.
create or replace function app.outbound_line(p_agent_id uuid)
returns app.outbound_line
language plpgsql
stable
set search_path = ''
as $$
declare
  v_line app.outbound_line;
begin
  select g.id, g.vapi_assistant_id, n.id, n.vapi_phone_number_id, n.number, coalesce(n.location_id, (
      select l.id from public.locations l where l.org_id = o.id order by l.created_at, l.id limit 1)),
    coalesce(g.max_call_duration, '10 minutes')
  into v_line
  from (select app.require_org_id() as id) o
  left join lateral (
    select a.id, r.vapi_assistant_id, a.max_call_duration
    from public.agents a
    join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
    where a.org_id = o.id and a.deleted_at is null
      and (a.id = p_agent_id or a.is_default and not exists (
        select from public.agents w where w.org_id = o.id and w.id = p_agent_id and w.deleted_at is null))
    order by a.role = 'outbound' desc
    limit 1
  ) g on true
  left join lateral (
    select p.id, p.vapi_phone_number_id, p.number, p.location_id
    from public.phone_numbers p
    where p.org_id = o.id and p.vapi_phone_number_id is not null
    -- The agent's own number, where it has one: who calls back reaches the same voice.
    order by p.agent_id is not distinct from g.id desc, p.created_at, p.id
    limit 1
  ) n on true;
  return v_line;
end
$$;

comment on function app.outbound_line(uuid) is
  'Who calls, and from which of the clinic''s numbers: the agent that is named, as long as it is not deleted, else the default outbound agent, else the default inbound one, as far as it has an assistant at Vapi; the agent''s own number, else the oldest that Vapi knows. What is missing is NULL.';

select app.seal('app.outbound_line(uuid)', null, 'app_writer');
