create or replace function app.orgs_with_due_recordings()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select o.id
  from public.organizations o
  where exists (
    select from public.recordings r
    where r.org_id = o.id and r.deleted_at is null
      and (r.delete_requested_at is null and r.created_at <= app.now() - o.keep_recordings_for
        or r.delete_requested_at < app.now() - interval '6 hours'
        or r.delete_requested_at is null and r.lease_until < app.now() - interval '6 hours'))
$$;

comment on function app.orgs_with_due_recordings() is
  'The organisations, of all, for which app.expire_recordings has something to do now.';

select app.seal('app.orgs_with_due_recordings()', 'app_definer', 'voxanne_login');
