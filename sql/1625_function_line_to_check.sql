create or replace function app.line_to_check()
returns setof app.provisioning_task
language sql
stable
security definer
set search_path = ''
as $$
  select 'check', 0, made.provisioning_id::text, s.number, null::integer, made.external_id, made.undo, looked.external_id, looked.undo,
    made.external_id, s.vapi_phone_number_id, s.routing, app.own_line(n.location_id), s.vapi_assistant_id
  from app.inbound_status() s
  join public.phone_numbers n on n.org_id = app.require_org_id() and n.id = s.phone_number_id
  join public.provisioning_steps made
    on made.org_id = n.org_id and made.provisioning_id = s.provisioning_id and made.step = 'import'
  join public.provisioning_steps looked
    on looked.org_id = n.org_id and looked.provisioning_id = s.provisioning_id and looked.step = 'check'
  where s.activated_at is not null and s.state in ('running', 'active')
$$;

comment on function app.line_to_check() is
  'What should be so outside for the clinic''s line that works, as a task with outcome check; step is the id of its run. No row: no line works.';

select app.seal('app.line_to_check()', 'app_writer', 'tenant_service');
