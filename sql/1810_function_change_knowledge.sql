create or replace function app.change_knowledge(p_document_id uuid, p_fields jsonb, p_kind text default null, p_content bytea default null)
returns setof app.knowledge_saved
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_document public.knowledge_documents;
  v_failed boolean;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'filename', 'category', 'active');
  update public.knowledge_documents d
  set filename = case when p_fields ? 'filename' then p_fields ->> 'filename' else d.filename end,
    category = case when p_fields ? 'category' then p_fields ->> 'category' else d.category end,
    active = case when p_fields ? 'active' then (p_fields ->> 'active')::boolean else d.active end,
    updated_at = app.now()
  where d.org_id = v_org_id and d.id = p_document_id and d.deleted_at is null
  returning d.* into v_document;
  if v_document.id is null then
    raise exception 'there is no such document' using errcode = 'VX404';
  end if;
  select app.is_knowledge_stuck(v.state, v.updated_at) into v_failed
  from public.knowledge_versions v
  where v.org_id = v_org_id and v.document_id = p_document_id and v.version = v_document.latest_version;
  if p_content is not null and (v_document.checksum <> sha256(p_content) or v_failed) then
    perform app.queue_knowledge(p_document_id, p_kind, p_content);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'knowledge_saved', 'knowledge_document', p_document_id, app.current_user_id());
  perform app.announce('knowledge_updated', 'knowledge_document', p_document_id);
  return query select 'updated'::text, p_document_id;
exception
  when unique_violation then
    raise exception 'another document has this content' using errcode = 'VX409';
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.change_knowledge(uuid, jsonb, text, bytea) is
  'Changes what p_fields holds of filename, category and active; with p_content other than the newest version''s, or where that one failed, a new version is made, and the one before answers until it is ready. Owner and admin only (VX403). VX404: no such document; VX409: another document has this content, or the clinic''s files are too large; VX400: an unknown field or a value that it may not have.';

select app.seal('app.change_knowledge(uuid, jsonb, text, bytea)', 'app_writer', 'tenant_user');
