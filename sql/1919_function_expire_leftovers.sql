create or replace function app.expire_leftovers(p_limit integer)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_notifications integer;
  v_files integer;
begin
  delete from public.notifications n
  where n.org_id = v_org_id and n.id = any (array(
    select o.id
    from public.notifications o
    where o.org_id = v_org_id and o.created_at <= v_now - interval '1 year'
    order by o.created_at
    limit p_limit
    for update skip locked));
  get diagnostics v_notifications = row_count;
  delete from public.knowledge_files f
  where f.org_id = v_org_id and f.version_id = any (array(
    select o.version_id
    from public.knowledge_files o
    join public.knowledge_versions v on v.org_id = o.org_id and v.id = o.version_id
    join public.knowledge_documents d on d.org_id = v.org_id and d.id = v.document_id
    where o.org_id = v_org_id
      and (d.deleted_at <= v_now - interval '30 days'
        -- The newest can be read again, the current one answers: the others are history.
        or v.id is distinct from d.current_version_id and v.version < d.latest_version and v.updated_at <= v_now - interval '30 days')
    limit p_limit
    for update of o skip locked));
  get diagnostics v_files = row_count;
  return v_notifications + v_files;
end
$$;

comment on function app.expire_leftovers(integer) is
  'The part of app.apply_retention that every organisation has: notifications go after a year, files of deleted documents and of versions that newer ones replaced after thirty days. p_limit at most of each; returns of how many.';

select app.seal('app.expire_leftovers(integer)', null, 'app_writer');
