create or replace function app.template_for(
  p_kind text,
  p_language text
)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_default text[] := app.default_template(p_kind, p_language);
begin
  return coalesce((
    select array[coalesce(t.subject, v_default[1]), t.body]
    from public.message_templates t
    where t.org_id = app.require_org_id() and t.kind = p_kind and t.language = p_language and t.active
    order by t.updated_at desc, t.id
    limit 1), v_default);
end
$$;

comment on function app.template_for(text, text) is
  'The wording that counts: array[subject, body] of the organisation''s own active template of that kind and language, else of app.default_template. A missing subject is the default''s. NULL where there is neither.';

select app.seal('app.template_for(text, text)', null, 'app_writer');
