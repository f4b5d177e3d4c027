-- An array and not a range: an empty range has no bounds, and no bounds would mean everything.
create or replace function app.clinic_period(p_from date, p_to date, p_recent text default null)
returns timestamptz[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_zone text;
  v_today date;
  v_from date := p_from;
begin
  if p_from > p_to or not isfinite(coalesce(p_from, p_to, '2000-01-01')) or not isfinite(coalesce(p_to, '2000-01-01')) then
    raise exception 'the first day comes before the last' using errcode = 'VX400';
  end if;
  select o.time_zone into v_zone from public.organizations o where o.id = app.require_org_id();
  v_today := (app.now() at time zone v_zone)::date;
  v_from := greatest(v_from, case p_recent
    when 'today' then v_today
    when 'week' then v_today - 6
    when 'month' then date_trunc('month', v_today::timestamp)::date
  end);
  return array[
    app.local_instant(v_from::timestamp, v_zone, false),
    app.local_instant((p_to + 1)::timestamp, v_zone, false)];
exception when data_exception then
  raise exception 'the first day comes before the last' using errcode = 'VX400';
end
$$;

comment on function app.clinic_period(date, date, text) is
  'Days of the clinic''s zone as two instants: the first that belongs to them and the first that does not any more; NULL is open on that side. p_recent narrows it: today, week (the seven days up to today) or month (the clinic''s month so far). VX400 for days in the wrong order or out of all calendars.';

select app.seal('app.clinic_period(date, date, text)', null, 'app_writer');
