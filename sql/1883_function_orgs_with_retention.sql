create or replace function app.orgs_with_retention()
returns setof uuid
language sql
stable
security definer
set search_path = ''
as $$
  select o.id
  from public.organizations o
  where o.keep_transcripts_for is not null or o.keep_messages_for is not null or o.keep_recordings_for is not null
  order by o.id
$$;

comment on function app.orgs_with_retention() is
  'The organisations, of all, that keep something for a limited time: what has come to its end is for app.apply_retention to see, inside each.';

select app.seal('app.orgs_with_retention()', 'app_definer', 'voxanne_login');
