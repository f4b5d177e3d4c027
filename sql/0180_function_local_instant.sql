-- A clock that is set forward skips local times, one set back repeats them. Opening takes the first instant that
-- matches, closing the last that an earlier local time leads up to: where the clock is set back to exactly the closing
-- time (from two to one, closed at one), what is repeated lies after closing. A skipped time means the moment of the change.
create or replace function app.local_instant(p_local timestamp, p_zone text, p_last boolean)
returns timestamptz
language plpgsql
stable
strict
parallel safe
set search_path = ''
as $$
declare
  v_guess timestamptz := p_local at time zone p_zone;
  v_day_before timestamptz := v_guess - interval '24 hours';
  v_day_after timestamptz := v_guess + interval '24 hours';
  v_offset_before interval := (v_day_before at time zone p_zone) - (v_day_before at time zone 'UTC');
  v_offset_after interval := (v_day_after at time zone p_zone) - (v_day_after at time zone 'UTC');
  v_old timestamptz;
  v_new timestamptz;
  v_old_matches boolean;
  v_new_matches boolean;
begin
  if v_offset_before = v_offset_after then
    return v_guess;
  end if;
  v_old := (p_local - v_offset_before) at time zone 'UTC';
  v_new := (p_local - v_offset_after) at time zone 'UTC';
  v_old_matches := (v_old at time zone p_zone) = p_local;
  v_new_matches := (v_new at time zone p_zone) = p_local;
  if v_old_matches and v_new_matches then
    return case
      when p_last and ((greatest(v_old, v_new) - interval '1 second') at time zone p_zone) < p_local then greatest(v_old, v_new)
      else least(v_old, v_new)
    end;
  elsif v_old_matches then
    return v_old;
  elsif v_new_matches then
    return v_new;
  end if;
  return (
    select min(t)
    from generate_series(least(v_old, v_new), greatest(v_old, v_new), interval '1 minute') t
    where (t at time zone p_zone) >= p_local
  );
end
$$;

comment on function app.local_instant(timestamp, text, boolean) is
  'The instant of a local time in an IANA zone. Where the clock repeats it: the first, or with p_last the last one that an earlier local time leads up to; where the clock skips it: the moment the clock is set forward.';

select app.seal('app.local_instant(timestamp, text, boolean)', null, 'tenant_user', 'tenant_service', 'app_writer');
