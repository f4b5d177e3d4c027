-- The account's turn first, and the app's only when that has come: else one clinic's thousand visits would take turns of the
-- app for minutes ahead, and the others would wait behind them.
create or replace function app.take_event_turn(p_appointment_id uuid, p_cost integer, p_account_rate integer, p_app_rate integer)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_event record;
  v_turn text;
  v_wait integer;
  v_longest integer := 0;
begin
  for v_event in
    select e.id, e.turn_at, e.turn, l.provider
    from public.calendar_events e
    join public.calendar_links l on l.org_id = e.org_id and l.id = e.calendar_link_id and l.health <> 'needs_reconnect'
    where e.org_id = v_org_id and e.appointment_id = p_appointment_id and e.synced_version < e.desired_version
    order by l.provider, e.id
    for no key update of e
  loop
    v_now := app.now();
    v_wait := 0;
    if v_event.turn_at > v_now + interval '1 second' then
      v_wait := ceil(extract(epoch from v_event.turn_at - v_now) * 1000);
    else
      -- A turn that passed unused is no turn: after a standstill all of them would come at once.
      v_turn := case when v_event.turn_at > v_now - interval '10 seconds' then v_event.turn end;
      if v_turn is null then
        v_wait := app.take_calendar_turn(v_event.provider, true, p_cost, p_account_rate);
        v_turn := 'account';
      end if;
      if v_wait = 0 and v_turn = 'account' then
        v_wait := app.take_calendar_turn(v_event.provider, false, p_cost, p_app_rate);
        v_turn := 'both';
      end if;
      update public.calendar_events e
      set turn = v_turn, turn_at = v_now + make_interval(secs => v_wait / 1000.0)
      where e.org_id = v_org_id and e.id = v_event.id;
    end if;
    v_longest := greatest(v_longest, v_wait);
  end loop;
  return v_longest;
end
$$;

comment on function app.take_event_turn(uuid, integer, integer, integer) is
  'How many milliseconds the events of a visit that are out of step must wait before they may be written, at p_cost requests each: for their account''s turn (p_account_rate requests a minute), then for one of our app (p_app_rate). Come back after that long; the turn is kept for ten seconds. 0: write now. Asking twice takes no second turn.';

select app.seal('app.take_event_turn(uuid, integer, integer, integer)', 'app_writer', 'tenant_service');
