create or replace function app.lapse_knowledge(p_version_id uuid)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_version public.knowledge_versions;
  v_now timestamptz;
  v_until timestamptz;
begin
  select * into v_version
  from public.knowledge_versions v
  where v.org_id = app.require_org_id() and v.id = p_version_id
  for no key update;
  v_now := app.now();
  if v_version.id is null or v_version.state not in ('waiting', 'reading', 'embedding') then
    return 0;
  end if;
  -- Without a lease the try was put off by a process that was told to stop, and comes back when there is a place.
  v_until := coalesce(v_version.lease_until, v_version.updated_at + interval '30 minutes');
  if v_until > v_now then
    return ceil(extract(epoch from v_until - v_now));
  end if;
  perform app.fail_knowledge(p_version_id, 'trouble', true);
  return 0;
end
$$;

comment on function app.lapse_knowledge(uuid) is
  'Looks after the last try at a version, which may have died without a word: one that nobody works on any more has failed with trouble, so that the clinic sees it and can upload again. Returns in how many seconds to look once more; 0: there is nothing more to see.';

select app.seal('app.lapse_knowledge(uuid)', 'app_writer', 'tenant_service');
