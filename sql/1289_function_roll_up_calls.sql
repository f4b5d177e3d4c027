-- It never waits: whoever writes a call at this moment goes first, and the days are rolled up an hour later. While it counts,
-- such a writer waits, so a few days at a time are enough.
create or replace function app.roll_up_calls(p_days integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text;
  v_today date;
  v_midnight timestamptz;
  v_first timestamptz;
  v_day date;
  v_rolled integer := 0;
begin
  if not pg_try_advisory_xact_lock(8, hashtext(v_org_id::text)) then
    return 0;
  end if;
  select o.time_zone into v_zone from public.organizations o where o.id = v_org_id;
  delete from public.call_days d where d.org_id = v_org_id and d.time_zone <> v_zone;
  v_today := (app.now() at time zone v_zone)::date;
  v_midnight := app.local_instant(v_today::timestamp, v_zone, false);
  select min(f.began_at) into v_first
  from app.call_gaps(v_zone) g
  cross join lateral (
    (select l.began_at from public.call_logs l
    where l.org_id = v_org_id and l.deleted_at is null and l.began_at >= lower(g) and l.began_at < least(upper(g), v_midnight)
    order by l.began_at limit 1)
    union all
    (select l.began_at from public.call_logs l
    where l.org_id = v_org_id and l.deleted_at is not null and l.began_at >= lower(g) and l.began_at < least(upper(g), v_midnight)
    order by l.began_at limit 1)
  ) f;
  if v_first is null or not isfinite(v_first) then
    return 0;
  end if;

  for v_day in
    select (v_first at time zone v_zone)::date + n from generate_series(0, p_days - 1) n
  loop
    exit when v_day >= v_today;
    insert into public.call_days (org_id, day, time_zone, from_at, to_at,
      calls, inbound, outbound, ended, missed, failed, transferred, timed, seconds, felt, feeling, cost_micros)
    select v_org_id, v_day, v_zone, s.from_at, s.to_at, c.*
    from (
      select app.local_instant(v_day::timestamp, v_zone, false) as from_at,
        app.local_instant((v_day + 1)::timestamp, v_zone, false) as to_at
    ) s
    cross join lateral app.count_calls(s.from_at, s.to_at) c
    where s.from_at < s.to_at -- Samoa had no 30 December 2011
      and not exists (
        select from public.call_days d where d.org_id = v_org_id and d.day = v_day and d.time_zone = v_zone);
    if found then
      v_rolled := v_rolled + 1;
    end if;
  end loop;
  return v_rolled;
end
$$;

comment on function app.roll_up_calls(integer) is
  'Counts days of calls that are over in the clinic''s zone and have no row in call_days, from the first such call on, p_days in a row at most. Returns how many days it counted; 0: none is left, or somebody writes a call of the clinic just now, then the next hour does it. Rows of a zone that the clinic had before go.';

select app.seal('app.roll_up_calls(integer)', 'app_writer', 'tenant_service');
