create or replace function app.set_message_rules(
  p_rules jsonb
)
returns setof public.organizations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_key text;
begin
  perform app.require_admin();
  if jsonb_typeof(p_rules) is distinct from 'object' then
    raise exception 'the rules are an object' using errcode = 'VX400';
  end if;
  select r.key into v_key
  from jsonb_each(p_rules) r
  where app.is_message_rule(r.key, r.value) is not true
  order by r.key
  limit 1;
  if found then
    raise exception 'there is no such rule, or no such value for it: %', left(v_key, 40) using errcode = 'VX400';
  end if;

  return query
  update public.organizations o
  set follow_up_window = coalesce(make_interval(mins => (p_rules ->> 'follow_up_window_minutes')::integer), o.follow_up_window),
    quiet_from = coalesce((p_rules ->> 'quiet_from')::time, o.quiet_from),
    quiet_until = coalesce((p_rules ->> 'quiet_until')::time, o.quiet_until),
    reminder_offsets = case when p_rules ? 'reminder_offsets_minutes' then array(
      select make_interval(mins => m::integer)
      from jsonb_array_elements_text(p_rules -> 'reminder_offsets_minutes') m
      order by m::integer desc) else o.reminder_offsets end,
    messages_per_day = coalesce((p_rules ->> 'messages_per_day')::integer, o.messages_per_day),
    missed_call_text = coalesce((p_rules ->> 'missed_call_text')::boolean, o.missed_call_text),
    email_confirmations = coalesce((p_rules ->> 'email_confirmations')::boolean, o.email_confirmations),
    updated_at = app.now()
  where o.id = v_org_id
  returning o.*;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'message_rules_changed', 'organization', v_org_id, app.current_user_id());
  perform app.announce('organization_updated', 'organization', v_org_id);
end
$$;

comment on function app.set_message_rules(jsonb) is
  'Changes the clinic''s rules for messages and returns the organisation. p_rules may hold follow_up_window_minutes (1 to 10080), quiet_from and quiet_until ("21:00"; equal: no quiet hours), reminder_offsets_minutes (at most five, each 10 to 86400), messages_per_day (0 to 100000), missed_call_text and email_confirmations; what is absent stays. Visits planned before keep their reminders. Owner and admin only (VX403). An unknown key or a bad value is VX400 and named.';

select app.seal('app.set_message_rules(jsonb)', 'app_writer', 'tenant_user');
