-- A lock for every message would make one queue of a clinic's whole sending. Far below the cap nobody waits; the last
-- fifty, more than transactions run at once, are counted one after the other.
create or replace function app.daily_cap_reached(p_now timestamptz)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_day timestamptz;
  v_count bigint;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  v_day := app.local_instant((p_now at time zone v_org.time_zone)::date::timestamp, v_org.time_zone, false);
  for v_try in 1 .. 2 loop
    select count(*) into v_count
    from public.messages m
    where m.org_id = v_org.id and m.created_at >= v_day and m.direction = 'outbound' and m.method in ('sms', 'email')
      and m.category not in ('code', 'reply') and m.status in ('queued', 'sent', 'delivered', 'unknown');
    exit when v_try = 2 or v_count < v_org.messages_per_day - 50;
    perform pg_advisory_xact_lock(5, hashtext(v_org.id::text));
  end loop;
  return v_count >= v_org.messages_per_day;
end
$$;

comment on function app.daily_cap_reached(timestamptz) is
  'Whether the clinic sent its messages_per_day today (its own day): texts and e-mails that left or may have left, codes and replies aside. Close to the cap it keeps others from counting until the transaction ends.';

select app.seal('app.daily_cap_reached(timestamptz)', null, 'app_writer');
