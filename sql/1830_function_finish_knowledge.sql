create or replace function app.finish_knowledge(p_version_id uuid, p_model text)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_document public.knowledge_documents;
  v_version public.knowledge_versions;
  v_now timestamptz;
begin
  -- The document first, as whoever makes a newer version or deletes it does.
  select d.* into v_document
  from public.knowledge_documents d
  where d.org_id = v_org_id
    and d.id = (select v.document_id from public.knowledge_versions v where v.org_id = v_org_id and v.id = p_version_id)
  for no key update;
  select * into v_version from public.knowledge_versions v where v.org_id = v_org_id and v.id = p_version_id for no key update;
  v_now := app.now();
  if v_version.state is distinct from 'embedding' or v_document.deleted_at is not null then
    return 'done';
  elsif exists (
    select from public.knowledge_chunks c
    where c.org_id = v_org_id and c.version_id = p_version_id
      and not exists (select from public.knowledge_vectors w where w.org_id = v_org_id and w.chunk_id = c.id and w.model = p_model))
  then
    return 'unfinished';
  end if;
  delete from public.knowledge_chunks c
  where c.org_id = v_org_id and c.document_id = v_document.id and c.version_id <> p_version_id;
  delete from public.knowledge_files f
  using public.knowledge_versions v
  where f.org_id = v_org_id and v.org_id = v_org_id and v.id = f.version_id and v.document_id = v_document.id and v.id <> p_version_id;
  update public.knowledge_versions v
  set state = 'superseded', updated_at = v_now
  where v.org_id = v_org_id and v.id = v_document.current_version_id and v.id <> p_version_id;
  update public.knowledge_versions v
  set state = 'ready', chunks_done = v.chunks_total, lease_until = null, finished_at = v_now, updated_at = v_now
  where v.org_id = v_org_id and v.id = p_version_id;
  update public.knowledge_documents d
  set current_version_id = p_version_id, updated_at = v_now
  where d.org_id = v_org_id and d.id = v_document.id;
  update public.organizations o set knowledge_model = p_model where o.id = v_org_id and o.knowledge_model is null;
  perform app.announce('knowledge_updated', 'knowledge_document', v_document.id);
  return 'ready';
end
$$;

comment on function app.finish_knowledge(uuid, text) is
  'Puts a version whose every piece has a vector of p_model in the place of the one before, whose pieces go: a caller is answered from the one or from the other, never from both or neither. ready; done: it was already, or was overtaken; unfinished: pieces lack a vector.';

select app.seal('app.finish_knowledge(uuid, text)', 'app_writer', 'tenant_service');
