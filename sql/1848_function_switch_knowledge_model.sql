create or replace function app.switch_knowledge_model(p_model text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  -- No version takes another's place until this is done: each holds its document's row for that.
  perform from public.knowledge_documents d where d.org_id = v_org_id and d.deleted_at is null order by d.id for no key update;
  if exists (select from app.knowledge_to_embed(null, p_model, 1)) then
    return false;
  end if;
  update public.organizations o set knowledge_model = p_model where o.id = v_org_id;
  delete from public.knowledge_vectors v
  using public.knowledge_chunks c, public.knowledge_documents d
  where v.org_id = v_org_id and v.model <> p_model and c.org_id = v_org_id and c.id = v.chunk_id
    and d.org_id = v_org_id and d.id = c.document_id and d.current_version_id = c.version_id;
  return true;
end
$$;

comment on function app.switch_knowledge_model(text) is
  'From now on questions are answered by vectors of p_model, and those of other models go. False, and nothing changes, while a piece that answers has none of p_model.';

select app.seal('app.switch_knowledge_model(text)', 'app_writer', 'tenant_service');
