create or replace function app.knowledge_content(p_document_id uuid)
returns bytea
language sql
stable
security definer
set search_path = ''
as $$
  select f.content
  from public.knowledge_documents d
  join public.knowledge_versions v on v.org_id = d.org_id and v.document_id = d.id and v.version = d.latest_version
  join public.knowledge_files f on f.org_id = v.org_id and f.version_id = v.id
  where d.org_id = app.require_org_id() and d.id = p_document_id and d.deleted_at is null
$$;

comment on function app.knowledge_content(uuid) is 'The file of a document''s newest version; NULL when there is no such document.';

select app.seal('app.knowledge_content(uuid)', 'app_writer', 'tenant_user');
