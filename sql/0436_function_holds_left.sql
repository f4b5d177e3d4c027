-- Counted without a lock: calls that hold at the same instant may pass the cap by as many as they are. The cap stops a
-- runaway, it is no quota.
create or replace function app.holds_left(p_now timestamptz)
returns integer
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select o.holds_per_day - (
      select count(*)::integer
      from public.booking_attempts t
      where t.org_id = o.id
        and t.kind = 'hold'
        and t.outcome = 'held'
        and t.at >= date_trunc('day', p_now at time zone o.time_zone) at time zone o.time_zone
    )
    from public.organizations o
    where o.id = app.current_org_id()
  );
end
$$;

comment on function app.holds_left(timestamptz) is
  'How many holds the organisation may still take on its local day of p_now.';

select app.seal('app.holds_left(timestamptz)', null, 'app_writer');
