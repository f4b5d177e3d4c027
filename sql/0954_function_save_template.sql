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
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := p_template_id;
  v_name text := btrim(coalesce(p_name, ''));
  v_subject text := nullif(btrim(p_subject), '');
begin
  perform app.require_staff();
  perform app.check_template(p_kind, p_body, v_subject);
  if char_length(v_name) not between 1 and 80 or coalesce(p_language, '') !~ '^[a-z]{2}$' then
    raise exception 'a template needs a name of up to 80 characters and a language of two letters' using errcode = 'VX400';
  end if;

  if v_id is null then
    insert into public.message_templates (org_id, kind, name, language, subject, body, active)
    values (v_org_id, p_kind, v_name, p_language, v_subject, btrim(p_body), coalesce(p_active, true))
    returning id into v_id;
  else
    update public.message_templates t
    set kind = p_kind, name = v_name, language = p_language, subject = v_subject, body = btrim(p_body),
      active = coalesce(p_active, true), updated_at = app.now()
    where t.org_id = v_org_id and t.id = v_id
      -- What a campaign sends stays of the kind that the campaign was checked for.
      and (t.kind = p_kind or not exists (
        select from public.campaign_steps s where s.org_id = t.org_id and s.template_id = t.id));
    if not found then
      if exists (select from public.message_templates t where t.org_id = v_org_id and t.id = v_id) then
        raise exception 'a campaign uses this template; its kind stays' using errcode = 'VX409';
      end if;
      raise exception 'there is no such template' using errcode = 'VX404';
    end if;
  end if;
  return query select * from public.message_templates t where t.org_id = v_org_id and t.id = v_id;
exception when unique_violation then
  raise exception 'another template of this kind and language has this name, or is active already' using errcode = 'VX409';
end
$$;

comment on function app.save_template(uuid, text, text, text, text, text, boolean) is
  'Makes (p_template_id NULL) or changes the clinic''s own wording and returns it. Staff only (VX403). VX400: kind, name, language or a field does not fit, see app.check_template. VX404: no such template. VX409: the name is taken, another one is active for what goes out by itself, or a campaign holds it to its kind.';

select app.seal('app.save_template(uuid, text, text, text, text, text, boolean)', 'app_writer', 'tenant_user');
