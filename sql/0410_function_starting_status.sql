create or replace function app.starting_status(p_resource_id uuid, p_now timestamptz, p_override boolean)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select case
      when p_override then 'confirmed'
      when o.approval_required then 'pending'
      when exists (
        select from public.calendar_links c
        where c.org_id = o.id
          and c.resource_id = r.id
          and (c.last_synced_at is null or c.last_synced_at < p_now - l.calendar_stale_after)
      ) then 'pending'
      else 'confirmed'
    end
    from public.organizations o
    join public.resources r on r.org_id = o.id and r.id = p_resource_id
    join public.locations l on l.org_id = o.id and l.id = r.location_id
    where o.id = app.current_org_id()
  );
end
$$;

comment on function app.starting_status(uuid, timestamptz, boolean) is
  'pending where the organisation approves bookings or the resource''s calendar mirror is too old to be believed, else confirmed. What staff book with an override is confirmed.';

select app.seal('app.starting_status(uuid, timestamptz, boolean)', null, 'app_writer');
