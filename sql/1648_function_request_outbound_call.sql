create or replace function app.request_outbound_call(
  p_kind text,
  p_contact_id uuid,
  p_to text,
  p_agent_id uuid,
  p_not_before timestamptz,
  p_send_key text,
  p_number_zones text[] default '{}',
  p_appointment_id uuid default null,
  p_number_region text default null
)
returns setof app.outbound_answer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_to text := p_to;
  v_answer app.outbound_answer;
begin
  if p_kind = 'test' then
    perform app.require_admin();
  else
    perform app.require_staff();
  end if;
  if p_kind is null or p_kind not in ('call_back', 'test') then
    raise exception 'a call is a call_back or a test' using errcode = 'VX400';
  elsif (p_kind = 'test') <> (p_contact_id is null) or (p_kind = 'test') <> (p_to is not null) then
    raise exception 'a test call needs a number, every other one a contact' using errcode = 'VX400';
  elsif p_to !~ '^\+[1-9][0-9]{6,14}$' then
    raise exception 'the number is no phone number in E.164' using errcode = 'VX400';
  elsif p_not_before > app.now() + interval '30 days' then
    raise exception 'a call can be put off by 30 days at most' using errcode = 'VX400';
  end if;
  if p_contact_id is not null then
    select c.phone into v_to from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id;
    if not found then
      raise exception 'there is no such contact' using errcode = 'VX404';
    end if;
  end if;
  if p_agent_id is not null and not exists (
    select from public.agents a where a.org_id = v_org_id and a.id = p_agent_id and a.deleted_at is null)
  then
    raise exception 'there is no such agent' using errcode = 'VX404';
  elsif p_appointment_id is not null and not exists (
    select from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id and a.contact_id = p_contact_id)
  then
    raise exception 'there is no such appointment' using errcode = 'VX404';
  end if;
  v_answer := app.replayed_call(p_send_key);
  if v_answer.outcome is null and v_to is not null and not app.may_call_country(p_number_region) then
    v_answer.outcome := 'refused';
    v_answer.refusal := 'foreign_number';
  elsif v_answer.outcome is null then
    v_answer := app.queue_outbound_call(
      p_kind, p_contact_id, v_to, p_agent_id, p_not_before, p_send_key, p_number_zones, null, p_appointment_id, null);
  end if;
  if v_answer.outcome = 'queued' then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'outbound_call_requested', 'outbound_call', v_answer.outbound_call_id, app.current_user_id());
  end if;
  return next v_answer;
end
$$;

comment on function app.request_outbound_call(text, uuid, text, uuid, timestamptz, text, text[], uuid, text) is
  'A call that a member asks for. call_back calls a contact (staff only, VX403) at its number; p_to stays NULL. test calls p_to (E.164), which an owner or admin gives (VX403), without a contact and also at night. Answers as app.queue_outbound_call does; the same p_send_key again is replayed. p_number_zones are the IANA zones of the recipient''s number, p_number_region its country: refused as foreign_number, see app.may_call_country. Who asked stands in the audit log. VX404 for an unknown contact, agent or visit of the contact''s; VX400 for another kind, a number that is none, more than 30 days ahead.';

select app.seal('app.request_outbound_call(text, uuid, text, uuid, timestamptz, text, text[], uuid, text)', 'app_writer', 'tenant_user');
