create or replace function app.begin_knowledge(p_version_id uuid, p_lease interval, p_last boolean default false)
returns setof app.knowledge_work
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_version public.knowledge_versions;
  v_work app.knowledge_work;
  v_now timestamptz;
begin
  select * into v_version from public.knowledge_versions v where v.org_id = v_org_id and v.id = p_version_id for no key update;
  v_now := app.now();
  if v_version.id is null then
    raise exception 'there is no such version' using errcode = 'VX404';
  end if;
  v_work.document_id := v_version.document_id;
  v_work.kind := v_version.kind;
  v_work.outcome := case
    when v_version.state not in ('waiting', 'reading', 'embedding') then 'done'
    when v_version.lease_until > v_now then 'wait'
    when v_version.state = 'embedding' then 'embed'
    else 'read'
  end;
  if v_work.outcome = 'wait' then
    v_work.not_before := v_version.lease_until;
  elsif v_work.outcome in ('read', 'embed') then
    update public.knowledge_versions v
    set lease_until = v_now + p_lease, state = case when v.state = 'waiting' then 'reading' else v.state end, updated_at = v_now
    where v.org_id = v_org_id and v.id = p_version_id;
    if v_work.outcome = 'read' then
      select f.content into v_work.content from public.knowledge_files f where f.org_id = v_org_id and f.version_id = p_version_id;
    end if;
    if p_last then
      perform app.enqueue_job('lapse_knowledge', jsonb_build_object('version_id', p_version_id), v_now + p_lease);
    end if;
    perform app.announce('knowledge_updated', 'knowledge_document', v_version.document_id);
  end if;
  return next v_work;
end
$$;

comment on function app.begin_knowledge(uuid, interval, boolean) is
  'Asks, for a job, what is to be done about a version now, see app.knowledge_work. With read and embed the version is the job''s for p_lease; app.finish_knowledge or app.fail_knowledge ends it. p_last: no other try follows, so that app.lapse_knowledge shall look whether this one ended. VX404: the tenant has no such version.';

select app.seal('app.begin_knowledge(uuid, interval, boolean)', 'app_writer', 'tenant_service');
