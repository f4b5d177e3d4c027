-- SECURITY INVOKER on purpose: whoever may write calls, of one clinic or of all, may take their days away.
-- Calls of one clinic never wait for each other here: the lock is shared, and only app.roll_up_calls wants it for itself. It is
-- taken before the row is looked for, so that a day being rolled up at this moment is seen.
create or replace function app.forget_call_days()
returns trigger
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := coalesce(new.org_id, old.org_id);
  v_first date;
  v_last date;
begin
  perform pg_advisory_xact_lock_shared(8, hashtext(v_org_id::text));
  -- A day of any zone has the date that UTC has then, or one of its neighbours.
  v_first := (least(old.began_at, new.began_at) at time zone 'UTC')::date - 1;
  v_last := (greatest(old.began_at, new.began_at) at time zone 'UTC')::date + 1;
  delete from public.call_days d
  where d.org_id = v_org_id
    and d.day between v_first and v_last
    and ((d.from_at <= old.began_at and old.began_at < d.to_at) or (d.from_at <= new.began_at and new.began_at < d.to_at));
  return null;
end
$$;

comment on function app.forget_call_days() is
  'Trigger: takes the rolled-up days of a call away when the call comes, goes or changes in what is counted, whoever writes it; until the next roll-up they are counted one by one.';

select app.seal('app.forget_call_days()', null);
