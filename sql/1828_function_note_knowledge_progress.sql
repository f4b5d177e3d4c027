create or replace function app.note_knowledge_progress(p_version_id uuid, p_model text, p_lease interval)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_document_id uuid;
  v_now timestamptz := app.now();
begin
  update public.knowledge_versions v
  set lease_until = v_now + p_lease, updated_at = v_now, chunks_done = (
    select count(*)
    from public.knowledge_chunks c
    join public.knowledge_vectors w on w.org_id = c.org_id and w.chunk_id = c.id and w.model = p_model
    where c.org_id = v_org_id and c.version_id = p_version_id)
  where v.org_id = v_org_id and v.id = p_version_id and v.state = 'embedding'
  returning v.document_id into v_document_id;
  if v_document_id is null then
    return false;
  end if;
  perform app.announce('knowledge_updated', 'knowledge_document', v_document_id);
  return true;
end
$$;

comment on function app.note_knowledge_progress(uuid, text, interval) is
  'Counts how many pieces of a version have a vector of p_model, tells live clients, and keeps the version for the job p_lease longer. False: the version was overtaken, or its document deleted.';

select app.seal('app.note_knowledge_progress(uuid, text, interval)', 'app_writer', 'tenant_service');
