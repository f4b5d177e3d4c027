create or replace function app.delete_knowledge(p_document_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  perform app.require_admin();
  update public.knowledge_documents d
  set deleted_at = v_now, current_version_id = null, updated_at = v_now
  where d.org_id = v_org_id and d.id = p_document_id and d.deleted_at is null;
  if not found then
    return false;
  end if;
  update public.knowledge_versions v
  set state = 'superseded', finished_at = v_now, updated_at = v_now
  where v.org_id = v_org_id and v.document_id = p_document_id and v.state in ('waiting', 'reading', 'embedding');
  delete from public.knowledge_chunks c where c.org_id = v_org_id and c.document_id = p_document_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'knowledge_deleted', 'knowledge_document', p_document_id, app.current_user_id());
  perform app.announce('knowledge_updated', 'knowledge_document', p_document_id);
  return true;
end
$$;

comment on function app.delete_knowledge(uuid) is
  'Takes a document away from the agents at once: its pieces and vectors go, its row and newest file stay for operators. False when there is none. Owner and admin only (VX403).';

select app.seal('app.delete_knowledge(uuid)', 'app_writer', 'tenant_user');
