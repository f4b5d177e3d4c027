create or replace function app.reminder_refusal(p_visit public.appointments, p_now timestamptz)
returns app.message_decision
language plpgsql
stable
set search_path = ''
as $$
declare
  v_last timestamptz;
  v_decision app.message_decision;
begin
  v_decision.reason := case
    when not exists (
      select from public.contacts k
      where k.org_id = (p_visit).org_id and k.id = (p_visit).contact_id and k.erased_at is null) then 'no_contact'
    when (p_visit).status = 'pending' then 'approval_needed'
    when (p_visit).status <> 'confirmed' then 'not_active'
    when (p_visit).scheduled_at <= p_now then 'too_late'
  end;
  if v_decision.reason is null then
    select max(r.at) into v_last
    from (
      select m.created_at as at
      from public.messages m
      where m.org_id = (p_visit).org_id and m.category = 'reminder' and m.status in ('queued', 'sent', 'delivered', 'unknown')
        and m.created_at > p_now - interval '24 hours'
        and (m.appointment_id = (p_visit).id or m.id in (
          select s.message_id from public.scheduled_messages s where s.org_id = m.org_id and s.appointment_id = (p_visit).id))
      union all
      select c.created_at
      from public.outbound_calls c
      where c.org_id = (p_visit).org_id and c.contact_id = (p_visit).contact_id and c.appointment_id = (p_visit).id
        and c.kind = 'reminder' and c.state not in ('cancelled', 'given_up') and c.created_at > p_now - interval '24 hours'
    ) r;
    if v_last is not null then
      v_decision.reason := 'already_reminded';
      v_decision.not_before := v_last + interval '24 hours';
    end if;
  end if;
  if v_decision.reason is not null then
    v_decision.outcome := 'blocked';
  end if;
  return v_decision;
end
$$;

comment on function app.reminder_refusal(public.appointments, timestamptz) is
  'Why staff may not remind of a visit now, by whatever way: outcome blocked with no_contact (none, or erased), approval_needed, not_active, too_late or already_reminded (a text, e-mail or call of the last 24 hours; not_before). NULL in every field: they may.';

select app.seal('app.reminder_refusal(public.appointments, timestamptz)', null, 'app_writer');
