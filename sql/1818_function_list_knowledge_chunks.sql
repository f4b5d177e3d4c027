create or replace function app.list_knowledge_chunks(p_document_id uuid, p_page integer, p_limit integer)
returns setof app.knowledge_chunk_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_version_id uuid;
begin
  select d.current_version_id into v_version_id
  from public.knowledge_documents d
  where d.org_id = v_org_id and d.id = p_document_id and d.deleted_at is null;
  if not found then
    raise exception 'there is no such document' using errcode = 'VX404';
  end if;
  return query
  select c.id, c.position, c.page, c.headings, c.body, c.tokens,
    array(select v.model from public.knowledge_vectors v where v.org_id = v_org_id and v.chunk_id = c.id order by v.model),
    count(*) over (), false
  from public.knowledge_chunks c
  where c.org_id = v_org_id and c.version_id = v_version_id
  order by c.position
  limit p_limit offset (p_page - 1) * p_limit;
end
$$;

comment on function app.list_knowledge_chunks(uuid, integer, integer) is
  'A page of the pieces of the version of a document that answers, in its order; none while no version does. VX404: no such document.';

select app.seal('app.list_knowledge_chunks(uuid, integer, integer)', 'app_writer', 'tenant_user');
