create or replace function app.archive_head(p_org_id uuid)
returns setof app.archive_head
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select o.id, o.slug, app.schema_version(), app.now()
  from public.organizations o
  where o.id = p_org_id;
end
$$;

comment on function app.archive_head(uuid) is
  'What the manifest of a clinic''s archive says of it; no row: there is no such clinic. For the owner of the database.';

select app.seal('app.archive_head(uuid)', null);
