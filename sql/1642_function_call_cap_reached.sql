-- As app.daily_cap_reached does for texts: far below the cap nobody waits, the last fifty are counted one after the other.
create or replace function app.call_cap_reached(p_now timestamptz)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_day timestamptz;
  v_cap integer;
  v_count bigint;
begin
  select s.per_day into v_cap from public.outbound_shares s where s.org_id = v_org_id;
  select app.local_instant((p_now at time zone o.time_zone)::date::timestamp, o.time_zone, false) into strict v_day
  from public.organizations o
  where o.id = v_org_id;
  for v_try in 1 .. 2 loop
    select count(*) into v_count
    from public.outbound_calls c
    where c.org_id = v_org_id and c.created_at >= v_day and (c.state <> 'cancelled' or c.attempt > 0);
    exit when v_try = 2 or v_count < v_cap - 50;
    perform pg_advisory_xact_lock(5, hashtext(v_org_id::text));
  end loop;
  return v_count >= v_cap;
end
$$;

comment on function app.call_cap_reached(timestamptz) is
  'Whether the clinic asked for as many calls today (its own day) as its share allows; those that were taken back before anybody was called do not count. Close to the cap it keeps others from counting until the transaction ends.';

select app.seal('app.call_cap_reached(timestamptz)', null, 'app_writer');
