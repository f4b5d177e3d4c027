create or replace function app.store_knowledge_vector(p_chunk_id uuid, p_model text, p_embedding extensions.vector)
returns void
language sql
volatile
security definer
set search_path = ''
as $$
  insert into public.knowledge_vectors (org_id, chunk_id, version_id, model, embedding)
  select c.org_id, c.id, c.version_id, p_model, p_embedding
  from public.knowledge_chunks c
  where c.org_id = app.require_org_id() and c.id = p_chunk_id
  for key share
  on conflict (org_id, chunk_id, model) do nothing
$$;

comment on function app.store_knowledge_vector(uuid, text, extensions.vector) is
  'Keeps a piece''s vector. A piece that has one of the model, or that is gone meanwhile, is left as it is.';

select app.seal('app.store_knowledge_vector(uuid, text, extensions.vector)', 'app_writer', 'tenant_service');
