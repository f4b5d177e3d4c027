create or replace function app.status_of_knowledge(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'knowledge', p_now, '15 minutes',
      count(*) filter (where v.state in ('waiting', 'reading', 'embedding')),
      min(v.created_at) filter (where v.state in ('waiting', 'reading', 'embedding')),
      max(v.finished_at) filter (where v.state in ('ready', 'superseded')),
      case when bool_or(f.failed) then 'document_failed' end, min(v.updated_at) filter (where f.failed))
    from public.knowledge_documents d
    join public.knowledge_versions v on v.org_id = d.org_id and v.document_id = d.id
    cross join lateral (select v.state = 'failed' and v.version = d.latest_version) f (failed)
    where d.org_id = p_org_id and d.deleted_at is null);
end
$$;

comment on function app.status_of_knowledge(uuid, timestamptz) is
  'The area knowledge of app.system_status: documents that are being read. document_failed: the latest version of one could not be; another version, or deleting the document, ends it.';

select app.seal('app.status_of_knowledge(uuid, timestamptz)', null, 'app_writer');
