create or replace function app.appointment_story(p_appointment_id uuid)
returns setof app.appointment_story
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call_id uuid := (select a.call_id from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id);
begin
  return query
  select
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', h.id, 'at', h.at, 'kind', h.kind, 'old_starts_at', lower(h.old_during), 'new_starts_at', lower(h.new_during),
        'old_resource', o.name, 'new_resource', n.name, 'call_id', h.call_id, 'message_id', h.message_id,
        'actor_user_id', h.actor_user_id, 'actor_name', u.name) order by h.at, h.id)
      from public.appointment_changes h
      left join public.resources o on o.org_id = h.org_id and o.id = h.old_resource_id
      left join public.resources n on n.org_id = h.org_id and n.id = h.new_resource_id
      left join public.profiles u on u.org_id = h.org_id and u.user_id = h.actor_user_id
      where h.org_id = v_org_id and h.appointment_id = p_appointment_id), '[]'),
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', m.id, 'at', m.created_at, 'direction', m.direction, 'method', m.method, 'category', m.category,
        'status', m.status, 'reason', m.reason, 'subject', m.subject, 'content', m.content, 'sent_at', m.sent_at)
        order by m.created_at, m.id)
      from public.messages m
      where m.org_id = v_org_id and (m.appointment_id = p_appointment_id or m.id = any (array(
        select s.message_id from public.scheduled_messages s
        where s.org_id = v_org_id and s.appointment_id = p_appointment_id and s.message_id is not null)))), '[]'),
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', t.id, 'at', t.at, 'kind', t.kind, 'outcome', t.outcome, 'reason', t.reason, 'starts_at', t.starts_at,
        'said_date', t.said_date, 'said_time', t.said_time, 'call_id', t.call_id, 'appointment_id', t.appointment_id,
        'actor_user_id', t.actor_user_id) order by t.at, t.id)
      from public.booking_attempts t
      where t.org_id = v_org_id and (t.appointment_id = p_appointment_id or t.call_id = v_call_id)), '[]');
end
$$;

comment on function app.appointment_story(uuid) is
  'A visit''s history, its messages (also those that told several visits at once) and the tries that named it or came from the call that booked it. One row always; empty arrays for a visit that is not the clinic''s.';

select app.seal('app.appointment_story(uuid)', null, 'tenant_user');
