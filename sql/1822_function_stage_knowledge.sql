create or replace function app.stage_knowledge(p_version_id uuid, p_chunks jsonb)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_document_id uuid;
  v_config text := app.clinic_text_config();
  v_now timestamptz;
begin
  select v.document_id into v_document_id
  from public.knowledge_versions v
  where v.org_id = v_org_id and v.id = p_version_id and v.state = 'reading'
  for no key update;
  v_now := app.now();
  if not found then
    return false;
  end if;
  delete from public.knowledge_chunks c where c.org_id = v_org_id and c.version_id = p_version_id;
  insert into public.knowledge_chunks (org_id, document_id, version_id, position, page, headings, body, tokens, text_config, tsv)
  select v_org_id, v_document_id, p_version_id, c.position, nullif((c.chunk ->> 'page')::integer, 0), h.headings, c.chunk ->> 'body',
    (c.chunk ->> 'tokens')::integer, v_config,
    strip(to_tsvector(v_config::regconfig, app.fold_text(array_to_string(h.headings, ' '))))
      || strip(to_tsvector(v_config::regconfig, app.fold_text(c.chunk ->> 'body')))
  from jsonb_array_elements(p_chunks) with ordinality c (chunk, position)
  cross join lateral (select array(select jsonb_array_elements_text(c.chunk -> 'headings')) as headings) h;
  -- What stands in the version that answers, word for word, needs no new vector.
  insert into public.knowledge_vectors (org_id, chunk_id, version_id, model, embedding)
  select distinct on (n.id, w.model) v_org_id, n.id, p_version_id, w.model, w.embedding
  from public.knowledge_documents d
  join public.knowledge_chunks o on o.org_id = v_org_id and o.version_id = d.current_version_id
  join public.knowledge_vectors w on w.org_id = v_org_id and w.chunk_id = o.id
  join public.knowledge_chunks n on n.org_id = v_org_id and n.version_id = p_version_id and n.body = o.body and n.headings = o.headings
  where d.org_id = v_org_id and d.id = v_document_id
  order by n.id, w.model, o.position;
  update public.knowledge_versions v
  set state = 'embedding', chunks_total = jsonb_array_length(p_chunks), chunks_done = 0, updated_at = v_now
  where v.org_id = v_org_id and v.id = p_version_id;
  perform app.announce('knowledge_updated', 'knowledge_document', v_document_id);
  return true;
end
$$;

comment on function app.stage_knowledge(uuid, jsonb) is
  'Keeps the pieces of a version that is being read: p_chunks is an array of {page, headings, body, tokens} in the order of the document, page 0 for none. Nothing finds them before app.finish_knowledge. Pieces that stand unchanged in the version that answers get its vectors. False: the version was overtaken, or its document deleted.';

select app.seal('app.stage_knowledge(uuid, jsonb)', 'app_writer', 'tenant_service');
