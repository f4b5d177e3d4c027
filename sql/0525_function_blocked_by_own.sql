create or replace function app.blocked_by_own(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamptz)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return exists (
    select
    from public.appointments a
    join public.services s on s.org_id = a.org_id and s.id = p_service_id
    join public.organizations o on o.id = a.org_id
    where a.org_id = app.current_org_id()
      and a.call_id = p_call_id
      and a.resource_id in (select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, null)))
      and a.status in ('pending', 'confirmed')
      and a.blocked && tstzrange(
        p_starts_at - coalesce(s.buffer_before, o.buffer_before),
        p_starts_at + s.duration + coalesce(s.buffer_after, o.buffer_after))
  );
end
$$;

comment on function app.blocked_by_own(uuid, uuid, uuid, timestamptz) is
  'Whether a booking of the same call, buffers included, lies on a resource that could have taken the wished start.';

select app.seal('app.blocked_by_own(uuid, uuid, uuid, timestamptz)', null, 'app_writer');
