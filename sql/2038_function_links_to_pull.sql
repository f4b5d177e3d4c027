create or replace function app.links_to_pull(p_limit integer)
returns setof app.calendar_ref
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  return query
  select l.org_id, l.id
  from public.calendar_links l
  where l.health <> 'needs_reconnect' and l.next_pull_at <= v_now and (l.lease_until is null or l.lease_until <= v_now)
    and exists (select from public.organizations o where o.id = l.org_id and o.deleted_at is null)
  order by l.next_pull_at, l.id
  limit p_limit;
end
$$;

comment on function app.links_to_pull(integer) is
  'Calendars, of all clinics, that are due to be read and that nobody reads, the longest waiting first: nobody starves.';

select app.seal('app.links_to_pull(integer)', 'app_definer', 'voxanne_login');
