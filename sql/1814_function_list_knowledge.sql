create or replace function app.list_knowledge(p_page integer, p_limit integer, p_document_id uuid default null)
returns setof app.knowledge_row
language sql
stable
security definer
set search_path = ''
as $$
  select d.id, d.filename, d.category, d.active, c.version, d.latest_version, v.kind, v.size_bytes, v.state, v.error,
    v.chunks_total, v.chunks_done, d.created_at, greatest(d.updated_at, v.updated_at), count(*) over (), false
  from public.knowledge_documents d
  join public.knowledge_versions v on v.org_id = d.org_id and v.document_id = d.id and v.version = d.latest_version
  left join public.knowledge_versions c on c.org_id = d.org_id and c.id = d.current_version_id
  where d.org_id = app.require_org_id() and d.deleted_at is null and (p_document_id is null or d.id = p_document_id)
  order by d.created_at desc, d.id desc
  limit p_limit offset (p_page - 1) * p_limit
$$;

comment on function app.list_knowledge(integer, integer, uuid) is
  'A page of the clinic''s documents, the newest first, or the one with p_document_id; no row when there is none. Deleted ones are not among them, inactive ones are.';

select app.seal('app.list_knowledge(integer, integer, uuid)', 'app_writer', 'tenant_user');
