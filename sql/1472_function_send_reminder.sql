create or replace function app.send_reminder(
  p_appointment_id uuid,
  p_method text,
  p_send_key text,
  p_service_provider text,
  p_number_zones text[],
  p_number_region text default null,
  p_request_id text default null
)
returns setof app.message_decision
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_visit public.appointments;
  v_now timestamptz;
  v_text text[];
  v_decision app.message_decision;
begin
  perform app.require_staff();
  if coalesce(p_method, '') not in ('sms', 'email') then
    raise exception 'a reminder goes by sms or email' using errcode = 'VX400';
  end if;
  -- The contact's lock before the visit's, as app.take_scheduled takes them: a reminder that goes out by itself at this
  -- moment is seen here, or sees this one.
  perform app.lock_contact(a.contact_id)
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id;
  select * into v_visit
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for share;
  if v_visit.id is null then
    raise exception 'Appointment not found' using errcode = 'VX404';
  end if;

  v_now := app.now();
  if not exists (select from public.messages m where m.org_id = v_org_id and m.send_key = p_send_key) then
    v_decision := app.reminder_refusal(v_visit, v_now);
    if v_decision.reason is not null then
      return next v_decision;
      return;
    end if;
  end if;

  v_text := app.reminder_text(v_visit, p_method);
  return query
  select *
  from app.begin_message(
    p_category => 'reminder', p_method => p_method, p_content => v_text[2], p_send_key => p_send_key,
    p_contact_id => v_visit.contact_id, p_service_provider => p_service_provider,
    p_subject => case when p_method = 'email' then v_text[1] end, p_appointment_id => v_visit.id,
    p_number_zones => p_number_zones, p_number_region => p_number_region, p_request_id => p_request_id);
end
$$;

comment on function app.send_reminder(uuid, text, text, text, text[], text, text) is
  'A reminder of one visit that a member of the staff sends now, in the clinic''s wording and the contact''s language. Answers as app.begin_message does, with outcome send for the caller to take to the provider, and blocked without a row for no_contact (none, or erased), approval_needed, not_active, too_late and already_reminded: a reminder of this visit, sent by itself or not, left or was a call within 24 hours. It counts for the limits like those that go out by themselves (one a day and three in seven days for a contact, which then skip), and waits for the end of the night like them: staff are told when. Staff only (VX403); an unknown or merely held visit is VX404, another method VX400.';

select app.seal('app.send_reminder(uuid, text, text, text, text[], text, text)', 'app_writer', 'tenant_user');
