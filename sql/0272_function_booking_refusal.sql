create or replace function app.booking_refusal(
  p_outcome text,
  p_reason text,
  p_service_id uuid default null,
  p_resource_id uuid default null,
  p_starts_at timestamptz default null,
  p_alternatives timestamptz[] default '{}'
)
returns app.booking_result
language plpgsql
stable
set search_path = ''
as $$
declare
  v_row app.booking_result;
begin
  select p_outcome, p_reason, false, null::uuid, null, null, null, s.id, s.name, r.id, r.name, p_starts_at,
    p_starts_at + s.duration, coalesce(l.time_zone, o.time_zone), p_alternatives
  into v_row
  from public.organizations o
  left join public.services s on s.org_id = o.id and s.id = p_service_id
  left join public.resources r on r.org_id = o.id and r.id = p_resource_id
  left join lateral (
    select x.time_zone
    from public.locations x
    where x.org_id = o.id
    order by x.id is distinct from r.location_id, x.created_at, x.id
    limit 1
  ) l on true
  where o.id = app.current_org_id();
  return v_row;
end
$$;

comment on function app.booking_refusal(text, text, uuid, uuid, timestamptz, timestamptz[]) is
  'The result of a booking function that changed nothing: outcome refused or question, with its reason and what to offer instead.';

select app.seal('app.booking_refusal(text, text, uuid, uuid, timestamptz, timestamptz[])', null, 'app_writer');
