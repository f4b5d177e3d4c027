create or replace function app.lead_signals(p_call_id uuid)
returns setof app.lead_signal
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
begin
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  return query
  select * from app.word_signals(app.caller_words(v_call.transcript))
  union all
  select 15, 'Spoke of ' || string_agg(s.name, ', ' order by s.name)
  from public.services s
  where s.org_id = v_org_id and s.id = any (v_call.service_ids)
  having count(*) > 0
  union all
  select v.points, v.reason
  from (values
    (40, 'Booked a visit', exists (
      select from public.appointments a
      where a.org_id = v_org_id and a.call_id = p_call_id and a.status in ('pending', 'confirmed', 'completed'))),
    (15, 'Tried to book and found no time', exists (
      select from public.booking_attempts b
      where b.org_id = v_org_id and b.call_id = p_call_id and b.kind in ('hold', 'book') and b.outcome not in ('booked', 'held', 'amended'))
      and not exists (select from public.appointments a where a.org_id = v_org_id and a.call_id = p_call_id)),
    (10, 'Left a message', exists (
      select from public.caller_messages m where m.org_id = v_org_id and m.call_id = p_call_id)),
    (10, 'Said that it is urgent', exists (
      select from public.caller_messages m where m.org_id = v_org_id and m.call_id = p_call_id and m.urgent)),
    (10, 'Called again within 30 days', exists (
      select from public.call_logs e
      where e.org_id = v_org_id and e.contact_id = v_call.contact_id and e.id <> p_call_id and e.deleted_at is null
        and e.outcome not in ('missed', 'failed', 'voicemail', 'spam')
        and e.began_at between v_call.began_at - interval '30 days' and v_call.began_at)),
    (-20, 'Cancelled a visit', exists (
      select from public.appointment_changes h where h.org_id = v_org_id and h.call_id = p_call_id and h.kind = 'cancelled'))
  ) v (points, reason, holds)
  where v.holds;
end
$$;

comment on function app.lead_signals(uuid) is
  'All that a reported call says of its caller as a lead: what the caller said, the services they named, and what the call left in our tables. Nothing the agent said counts.';

select app.seal('app.lead_signals(uuid)', null, 'app_writer');
