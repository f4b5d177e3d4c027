create or replace function app.add_knowledge(p_filename text, p_category text, p_active boolean, p_kind text, p_content bytea)
returns setof app.knowledge_saved
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_saved app.knowledge_saved;
begin
  perform app.require_admin();
  insert into public.knowledge_documents (org_id, filename, category, active, checksum, created_by)
  values (v_org_id, p_filename, coalesce(p_category, 'general'), coalesce(p_active, true), sha256(p_content), app.current_user_id())
  on conflict (org_id, checksum) where deleted_at is null do nothing
  returning id into v_saved.document_id;
  if found then
    if (select count(*) > 500 from public.knowledge_documents d where d.org_id = v_org_id and d.deleted_at is null) then
      raise exception 'there are 500 documents already: delete some first' using errcode = 'VX409';
    end if;
    v_saved.outcome := 'created';
    perform app.queue_knowledge(v_saved.document_id, p_kind, p_content);
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'knowledge_saved', 'knowledge_document', v_saved.document_id, app.current_user_id());
  else
    select 'same', d.id into v_saved
    from public.knowledge_documents d
    where d.org_id = v_org_id and d.checksum = sha256(p_content) and d.deleted_at is null
    for update;
    -- A file that failed and comes again is a wish to try again; so is one whose job died without a word.
    if exists (
      select from public.knowledge_versions v
      join public.knowledge_documents d on d.org_id = v.org_id and d.id = v.document_id and v.version = d.latest_version
      where v.org_id = v_org_id and v.document_id = v_saved.document_id and app.is_knowledge_stuck(v.state, v.updated_at))
    then
      v_saved.outcome := 'updated';
      perform app.queue_knowledge(v_saved.document_id, p_kind, p_content);
    end if;
  end if;
  if v_saved.outcome <> 'same' then
    perform app.announce('knowledge_updated', 'knowledge_document', v_saved.document_id);
  end if;
  return next v_saved;
exception when check_violation or not_null_violation then
  raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

comment on function app.add_knowledge(text, text, boolean, text, bytea) is
  'Makes a document of a file and puts a job in that reads it, see app.knowledge_saved. The same file again, by whatever name, is the same document; where it had failed it is tried again. p_category NULL: general; p_active NULL: true; p_kind: what the content is. Owner and admin only (VX403). VX409: 500 documents, or 200 MB, are there; VX400: a value that a field may not have.';

select app.seal('app.add_knowledge(text, text, boolean, text, bytea)', 'app_writer', 'tenant_user');
