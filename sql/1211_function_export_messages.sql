create or replace function app.export_messages(
  p_from date,
  p_to date,
  p_after_at timestamptz default null,
  p_after_id uuid default null,
  p_request_id text default null
)
returns setof app.message_row
language plpgsql
volatile
security definer
set search_path = ''
set plan_cache_mode = force_custom_plan
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
begin
  perform app.require_admin();
  if p_after_at is null then
    insert into public.audit_log (org_id, action, entity, actor_user_id, request_id)
    values (v_org_id, 'messages_exported', 'message', app.current_user_id(), left(p_request_id, 64));
  end if;
  return query
  select m.id, m.direction, m.method, m.category, m.recipient, m.subject, m.content, m.status, m.reason, m.provider_error,
    m.service_provider, m.external_message_id, m.segments::integer, m.contact_id, k.name, m.call_id, m.appointment_id,
    m.actor_user_id, m.sent_at, m.created_at, 0::bigint, false
  from public.messages m
  left join public.contacts k on k.org_id = m.org_id and k.id = m.contact_id
  where m.org_id = v_org_id
    and (v_period[1] is null or m.created_at >= v_period[1])
    and (v_period[2] is null or m.created_at < v_period[2])
    and (p_after_at is null or (m.created_at, m.id) > (p_after_at, p_after_id))
  order by m.created_at, m.id
  limit 1000;
end
$$;

comment on function app.export_messages(date, date, timestamptz, uuid, text) is
  'The next 1000 messages of a period after one, the oldest first; days as in app.list_messages. total is not counted. Owner and admin only (VX403), asked at every step; the first step puts the export in the audit log.';

select app.seal('app.export_messages(date, date, timestamptz, uuid, text)', 'app_writer', 'tenant_user');
