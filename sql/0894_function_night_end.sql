-- A night is the stretch between two instants, not a test of the clock's reading: on the night the clock is set back,
-- 01:30 comes twice, and a message between the two would come in the middle of it.
create or replace function app.night_end(
  p_at timestamptz,
  p_zone text,
  p_from time,
  p_until time
)
returns timestamptz
language sql
stable
strict
parallel safe
set search_path = ''
as $$
  select max(app.local_instant(d.day + case when p_from < p_until then 0 else 1 end + p_until, p_zone, true))
  from (
    select (p_at at time zone p_zone)::date + n as day from generate_series(-1, 0) n
  ) d
  where p_from <> p_until
    and p_at >= app.local_instant(d.day + p_from, p_zone, false)
    and p_at < app.local_instant(d.day + case when p_from < p_until then 0 else 1 end + p_until, p_zone, true)
$$;

comment on function app.night_end(timestamptz, text, time, time) is
  'When the quiet hours end in which an instant lies in an IANA zone; NULL when it lies in none, or when p_from equals p_until (no quiet hours). Where the clock is set back over an end that comes twice, the last one counts; where it is set forward over it, the moment of the change.';

select app.seal('app.night_end(timestamptz, text, time, time)', null, 'app_writer');
