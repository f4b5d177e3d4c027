create or replace function app.save_template(
  p_template_id uuid,
  p_kind text,
  p_name text,
  p_language text,
  p_body text,
  p_subject text default null,
  p_active boolean default true
)
returns setof public.message_templates
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  raise exception 'app.save_template is not written yet';
end
$$;

comment on function app.save_template(uuid, text, text, text, text, text, boolean) is
  'Not written yet.';

select app.seal('app.save_template(uuid, text, text, text, text, text, boolean)', 'app_writer', 'tenant_user');
