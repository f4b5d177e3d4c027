create or replace function app.outbound_calls_shown(p_ids uuid[], p_total bigint, p_total_is_estimate boolean)
returns setof app.outbound_call_row
language sql
stable
set search_path = ''
as $$
  select c.id, c.kind, c.contact_id, k.name, c.appointment_id, c.to_number, n.number, c.agent_id, a.name, c.state, c.reason,
    c.attempt::integer, c.answered, c.call_id, c.due_at, c.until_at, c.placed_at, c.ended_at, c.requested_by, p.name, c.created_at,
    c.updated_at, p_total, p_total_is_estimate
  from unnest(p_ids) with ordinality page (id, place)
  join public.outbound_calls c on c.org_id = app.require_org_id() and c.id = page.id
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  left join public.phone_numbers n on n.org_id = c.org_id and n.id = c.phone_number_id
  left join public.agents a on a.org_id = c.org_id and a.id = c.agent_id
  left join public.profiles p on p.org_id = c.org_id and p.user_id = c.requested_by
  order by page.place
$$;

comment on function app.outbound_calls_shown(uuid[], bigint, boolean) is
  'Outbound calls with the names that the dashboard shows, in the order of their ids. The total is passed through to each row.';

select app.seal('app.outbound_calls_shown(uuid[], bigint, boolean)', null, 'app_writer');
