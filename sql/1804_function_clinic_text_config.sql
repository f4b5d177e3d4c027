create or replace function app.clinic_text_config()
returns text
language sql
stable
set search_path = ''
as $$
  select app.text_config((
    select a.language from public.agents a where a.org_id = app.require_org_id() order by a.is_default desc, a.created_at, a.id limit 1))
$$;

comment on function app.clinic_text_config() is
  'The full-text configuration of what callers of the tenant speak: that of its default agent''s language.';

select app.seal('app.clinic_text_config()', null, 'app_writer');
