-- Made when the call is, so that nothing personal is kept with it. What is left of a template's signs could be taken for
-- fields of the assistant's own prompt.
create or replace function app.words_of_call(p_campaign_step_id uuid, p_contact_id uuid)
returns text
language sql
volatile
set search_path = ''
as $$
  select left(btrim(regexp_replace(regexp_replace(app.plain_text(app.render_text(t.body, jsonb_build_object(
    'clinic', o.name, 'first_name', split_part(coalesce(k.name, ''), ' ', 1), 'phone', coalesce(l.phone, '')))),
    '[][{}<>%$#*_|`~^\\]', '', 'g'), '\s+', ' ', 'g')), 500)
  from public.campaign_steps s
  join public.message_templates t on t.org_id = s.org_id and t.id = s.template_id
  join public.organizations o on o.id = s.org_id
  join public.contacts k on k.org_id = s.org_id and k.id = p_contact_id
  left join lateral (
    select p.phone from public.locations p where p.org_id = s.org_id and p.phone is not null order by p.created_at, p.id limit 1
  ) l on true
  where s.org_id = app.require_org_id() and s.id = p_campaign_step_id
$$;

comment on function app.words_of_call(uuid, uuid) is
  'What the agent is to say in a campaign''s call to a contact: the step''s template in plain words on one line, up to 500 characters, without any sign of a template''s. NULL: there is no such step or contact.';

select app.seal('app.words_of_call(uuid, uuid)', null, 'app_writer');
