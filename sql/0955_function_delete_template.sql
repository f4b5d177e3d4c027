create or replace function app.delete_template(
  p_template_id uuid
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform app.require_staff();
  delete from public.message_templates t
  where t.org_id = app.require_org_id() and t.id = p_template_id;
  return found;
exception when foreign_key_violation then
  raise exception 'a campaign uses this template' using errcode = 'VX409';
end
$$;

comment on function app.delete_template(uuid) is
  'Deletes the clinic''s own wording; what goes out by itself then has ours again. Returns whether there was one. Staff only (VX403); VX409 while a campaign''s step uses it.';

select app.seal('app.delete_template(uuid)', 'app_writer', 'tenant_user');
