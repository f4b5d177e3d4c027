create or replace function app.book_appointment(
  p_service text,
  p_starts_at timestamptz,
  p_patient_name text,
  p_call_id uuid default null,
  p_tool_call_id text default null,
  p_resource text default null,
  p_contact_id uuid default null,
  p_date_of_birth date default null,
  p_email text default null,
  p_spoken_phone text default null,
  p_another_person boolean default false,
  p_notes text default null,
  p_override boolean default false,
  p_said_date text default null,
  p_said_time text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := btrim(coalesce(p_patient_name, ''));
  v_service_id uuid;
  v_resource_id uuid;
  v_verdict text;
  v_own_id uuid;
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is null then
    if not exists (select from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id) then
      raise exception 'name the contact to book for' using errcode = 'VX404';
    end if;
  elsif p_override or p_contact_id is not null then
    raise exception 'a call books by the rules and for its own contact' using errcode = 'VX403';
  end if;

  if p_starts_at is null then
    raise exception 'name the time to book' using errcode = 'VX400';
  end if;
  if p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('book', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  select id into v_service_id from app.find_service(p_service);
  select id into v_resource_id from app.find_resource(p_resource);
  if v_service_id is not null and v_name <> '' then
    select o.verdict, o.appointment_id into v_verdict, v_own_id
    from app.own_booking(p_call_id, v_service_id, v_resource_id, p_starts_at, v_name, p_date_of_birth, p_another_person) o;
  end if;

  v_result := case
    when v_service_id is null then app.booking_refusal('refused', 'unknown_service')
    when v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
      app.booking_refusal('refused', 'unknown_resource', v_service_id)
    when app.normalise_name(v_name) = '' then
      app.booking_refusal('question', 'name_missing', v_service_id, v_resource_id, p_starts_at)
    when v_verdict = 'replay' then app.booking_answer('booked', v_own_id, null, true)
    when v_verdict = 'question' then app.booking_answer('question', v_own_id, 'same_person')
    when v_verdict = 'amend' then
      app.move_appointment('amended', v_own_id, v_service_id, v_resource_id, p_starts_at, p_call_id, false)
    else app.place_booking(v_service_id, v_resource_id, p_starts_at, p_call_id, p_contact_id, v_name,
      p_date_of_birth, p_email, p_spoken_phone, nullif(btrim(p_notes), ''), p_override)
  end;

  -- A gap too short for the buffers between two visits of one call: nobody is told that they took it from themselves.
  if v_result.outcome = 'refused' and v_result.reason = 'taken' and app.blocked_by_own(p_call_id, v_service_id, v_resource_id, p_starts_at) then
    v_result.outcome := 'question';
    v_result.reason := 'own_booking';
  end if;

  if p_override and v_result.outcome = 'booked' then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'booking_override', 'appointment', v_result.appointment_id, app.current_user_id());
  end if;
  perform app.note_attempt('book', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.book_appointment(text, timestamptz, text, uuid, text, text, uuid, date, text, text, boolean, text, boolean, text, text) is
  'Books a visit, or says why not. By a call (p_call_id) for its own contact and by all rules, or by staff (p_contact_id; p_override sets every rule aside but the no-overlap one, and is audited). The end follows from the service. outcome booked (replayed when the same tool call or the same wish came before), amended (the call''s own overlapping booking of the same name was moved), question (name_missing, same_person: appointment and patient_name are those of the booking meant, own_booking) or refused (unknown_service, unknown_resource or one of app.refusal_reason) with up to three alternatives.';

select app.seal('app.book_appointment(text, timestamptz, text, uuid, text, text, uuid, date, text, text, boolean, text, boolean, text, text)', 'app_writer', 'tenant_service', 'tenant_user');
