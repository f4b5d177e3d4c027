-- The scheduled row's id names the wish: however often a worker dies after this, one reminder or step is one call.
create or replace function app.queue_scheduled_call(p_scheduled_id uuid, p_number_zones text[], p_number_region text)
returns setof app.outbound_answer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_row public.scheduled_messages;
  v_phone text;
  v_starts timestamptz;
  v_now timestamptz;
  v_answer app.outbound_answer;
begin
  select * into v_row
  from public.scheduled_messages s
  where s.org_id = v_org_id and s.id = p_scheduled_id and s.state = 'waiting' and s.kind in ('reminder', 'campaign');
  if not found then
    raise exception 'no reminder or step of a campaign waits under this id' using errcode = 'VX404';
  end if;
  select c.phone into v_phone from public.contacts c where c.org_id = v_org_id and c.id = v_row.contact_id;
  perform app.lock_number(coalesce(v_phone, v_row.contact_id::text));
  v_now := app.now();
  v_answer := app.replayed_call('scheduled:' || p_scheduled_id);
  if v_answer.outcome is null and app.called_enough(v_row.kind, v_row.contact_id, v_now) then
    v_answer.outcome := 'refused';
    v_answer.refusal := 'too_soon';
  elsif v_answer.outcome is null and not app.may_call_country(p_number_region) then
    v_answer.outcome := 'refused';
    v_answer.refusal := 'foreign_number';
  elsif v_answer.outcome is null then
    select a.scheduled_at into v_starts from public.appointments a where a.org_id = v_org_id and a.id = v_row.appointment_id;
    v_answer := app.queue_outbound_call(v_row.kind, v_row.contact_id, v_phone, null, null, 'scheduled:' || p_scheduled_id,
      p_number_zones, app.reminder_call_until(v_starts, v_now), v_row.appointment_id, v_row.campaign_step_id);
  end if;
  return next v_answer;
end
$$;

comment on function app.queue_scheduled_call(uuid, text[], text) is
  'Asks for the call that a scheduled reminder or step of a campaign is, once: a second wish for the same row is replayed. Answers as app.queue_outbound_call does, and refused with too_soon, see app.called_enough, or foreign_number, see app.may_call_country. app.take_scheduled holds the row. VX404 for a row that is neither, or waits no more.';

select app.seal('app.queue_scheduled_call(uuid, text[], text)', 'app_writer', 'tenant_service');
