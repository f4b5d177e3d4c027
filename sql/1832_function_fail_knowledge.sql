create or replace function app.fail_knowledge(p_version_id uuid, p_reason text, p_final boolean)
returns void
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
  set lease_until = null, updated_at = v_now,
    state = case when p_final then 'failed' else v.state end,
    error = case when p_final then p_reason end,
    finished_at = case when p_final then v_now end
  where v.org_id = v_org_id and v.id = p_version_id and v.state in ('waiting', 'reading', 'embedding')
  returning v.document_id into v_document_id;
  if v_document_id is null or not p_final then
    return;
  end if;
  delete from public.knowledge_chunks c where c.org_id = v_org_id and c.version_id = p_version_id;
  perform app.announce('knowledge_updated', 'knowledge_document', v_document_id);
end
$$;

comment on function app.fail_knowledge(uuid, text, boolean) is
  'A version could not be made ready this time, see knowledge_versions.error; the one before goes on answering. p_final: nobody tries again, and the clinic is shown the reason. A version that is ready or overtaken stays as it is.';

select app.seal('app.fail_knowledge(uuid, text, boolean)', 'app_writer', 'tenant_service');
