create or replace function app.next_alternatives(
  p_service_id uuid,
  p_resource_id uuid,
  p_around timestamptz,
  p_call_id uuid default null,
  p_ignore_appointment_id uuid default null
)
returns timestamptz[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
  -- A wish in the past or beyond the horizon gets what is nearest to it that can be booked at all.
  v_around timestamptz := (
    select greatest(v_now + o.min_notice, least(p_around, v_now + o.max_advance))
    from public.organizations o
    where o.id = app.current_org_id()
  );
  v_reach interval;
  v_starts timestamptz[];
begin
  -- Nearly always the same or the next days have something: only a full diary pays for the wide search.
  foreach v_reach in array array[interval '36 hours', interval '7 days', interval '30 days'] loop
    select array_agg(n.starts_at order by n.starts_at)
    into v_starts
    from (
      select distinct lower(f.during) as starts_at, abs(extract(epoch from lower(f.during) - v_around)) as distance
      from app.free_slots(
        p_service_id, p_resource_id, v_around - v_reach, v_around + v_reach, v_now, p_call_id, p_ignore_appointment_id) f
      order by distance, starts_at
      limit 3
    ) n;
    exit when cardinality(v_starts) = 3;
  end loop;
  return coalesce(v_starts, '{}');
end
$$;

comment on function app.next_alternatives(uuid, uuid, timestamptz, uuid, uuid) is
  'Up to three free starts nearest to the wished one, in order of time, within 30 days either way. Empty when there is none.';

select app.seal('app.next_alternatives(uuid, uuid, timestamptz, uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
