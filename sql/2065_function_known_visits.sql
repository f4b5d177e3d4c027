create or replace function app.known_visits(p_ids uuid[])
returns setof uuid
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select a.id from public.appointments a where a.org_id = app.require_org_id() and a.id = any (p_ids);
end
$$;

comment on function app.known_visits(uuid[]) is
  'Which of these ids, found on events of a calendar, are visits of the clinic. Others come from another clinic that writes into the same calendar, and their events take time like any other.';

select app.seal('app.known_visits(uuid[])', 'app_writer', 'tenant_service');
