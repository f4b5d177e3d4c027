create or replace function app.queue_knowledge(p_document_id uuid, p_kind text, p_content bytea)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_version integer;
  v_id uuid;
begin
  if (select coalesce(sum(v.size_bytes), 0) + octet_length(p_content) > 200 * 1024 * 1024
      from public.knowledge_files f
      join public.knowledge_versions v on v.org_id = f.org_id and v.id = f.version_id
      where f.org_id = v_org_id)
  then
    raise exception 'the files of all documents together are too large: delete some first' using errcode = 'VX409';
  end if;
  update public.knowledge_documents d
  set latest_version = d.latest_version + 1, checksum = sha256(p_content), updated_at = v_now
  where d.org_id = v_org_id and d.id = p_document_id
  returning d.latest_version into v_version;
  update public.knowledge_versions v
  set state = 'superseded', finished_at = v_now, updated_at = v_now
  where v.org_id = v_org_id and v.document_id = p_document_id and v.state in ('waiting', 'reading', 'embedding');
  -- Of what was before, only the file that answers is ever needed again.
  delete from public.knowledge_files f
  using public.knowledge_versions v, public.knowledge_documents d
  where f.org_id = v_org_id and v.org_id = v_org_id and v.id = f.version_id and v.document_id = p_document_id
    and d.org_id = v_org_id and d.id = p_document_id and v.id is distinct from d.current_version_id;
  insert into public.knowledge_versions (org_id, document_id, version, kind, size_bytes, created_by)
  values (v_org_id, p_document_id, v_version, p_kind, octet_length(p_content), app.current_user_id())
  returning id into v_id;
  insert into public.knowledge_files (org_id, version_id, content) values (v_org_id, v_id, p_content);
  perform app.enqueue_job('ingest_knowledge', jsonb_build_object('version_id', v_id));
  return v_id;
end
$$;

comment on function app.queue_knowledge(uuid, text, bytea) is
  'Makes a file the newest version of a document, whose row the caller holds, and puts a job in for it. Versions not yet ready are superseded. Returns the version''s id. VX409: a clinic''s files may have 200 MB in all.';

select app.seal('app.queue_knowledge(uuid, text, bytea)', null, 'app_writer');
