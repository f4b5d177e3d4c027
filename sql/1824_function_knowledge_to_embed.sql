create or replace function app.knowledge_to_embed(p_version_id uuid, p_model text, p_limit integer)
returns setof app.knowledge_text
language sql
stable
security definer
set search_path = ''
as $$
  select c.id, case when c.headings = '{}' then c.body else array_to_string(c.headings, ' › ') || E'\n' || c.body end
  from public.knowledge_chunks c
  join public.knowledge_documents d on d.org_id = c.org_id and d.id = c.document_id and d.deleted_at is null
  where c.org_id = app.require_org_id()
    and c.version_id = coalesce(p_version_id, d.current_version_id)
    and not exists (select from public.knowledge_vectors v where v.org_id = c.org_id and v.chunk_id = c.id and v.model = p_model)
  order by c.version_id, c.position
  limit p_limit
$$;

comment on function app.knowledge_to_embed(uuid, text, integer) is
  'Pieces of a version that have no vector of p_model yet, with their headings before them; p_version_id NULL: of every version that answers.';

select app.seal('app.knowledge_to_embed(uuid, text, integer)', 'app_writer', 'tenant_service');
