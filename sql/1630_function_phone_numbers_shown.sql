create or replace function app.phone_numbers_shown()
returns setof app.phone_number_row
language sql
stable
set search_path = ''
as $$
  select n.id, n.number, n.provider, l.id, l.name, app.own_line(l.id), n.agent_id, a.name, n.routing, n.vapi_phone_number_id,
    r.vapi_assistant_id, p.state, p.error, n.created_at, n.updated_at, count(*) over (), false
  from public.phone_numbers n
  join public.locations l on l.org_id = n.org_id and l.id = n.location_id
  left join public.agents a
    on a.org_id = n.org_id and a.deleted_at is null
    and (a.id = n.agent_id or n.agent_id is null and a.role = 'inbound' and a.is_default)
  left join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
  left join public.provisioning p on p.org_id = n.org_id and p.number = n.number and p.state not in ('undone', 'released')
  where n.org_id = app.require_org_id()
$$;

comment on function app.phone_numbers_shown() is
  'The clinic''s numbers with who answers them, as the dashboard shows them. A clinic has a handful, so the count is always true.';

select app.seal('app.phone_numbers_shown()', null, 'app_writer');
