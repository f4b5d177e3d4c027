create or replace function app.text_hot_lead(p_call_id uuid, p_score integer)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_caller text;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  select case c.direction when 'outbound' then c.to_number else c.from_number end into v_caller
  from public.call_logs c
  where c.org_id = v_org.id and c.id = p_call_id;
  -- Whoever tries the line out from that very telephone knows it.
  if v_org.hot_lead_phone is null or v_org.hot_lead_phone = v_caller or not exists (
    select from public.org_credentials k where k.org_id = v_org.id and k.provider = 'twilio')
  then
    return null;
  end if;
  return (
    select d.message_id
    from app.begin_message(
      p_category => 'alert', p_method => 'sms',
      p_content => left(v_org.name, 60) || ': a caller looks like a hot lead (' || p_score || ' of 100). Who and why stands on the dashboard.',
      p_send_key => 'hot_lead:' || p_call_id, p_contact_id => null, p_service_provider => 'twilio',
      p_recipient => v_org.hot_lead_phone, p_call_id => p_call_id, p_hand_over => false) d
    where d.outcome = 'queued'
  );
end
$$;

comment on function app.text_hot_lead(uuid, integer) is
  'Queues the text about a hot lead to the number that the organisation set for it, once per call. It names nobody. NULL where nobody wants one, no account can send it, or a limit keeps it back.';

select app.seal('app.text_hot_lead(uuid, integer)', null, 'app_writer');
