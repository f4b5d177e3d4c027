create or replace function app.begin_import(p_org_id uuid, p_slug text, p_schema_version bigint)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  -- One at a time: two that bring the same clinic would find each other at the last row.
  perform pg_advisory_xact_lock(10, 0);
  if p_schema_version is distinct from app.schema_version() then
    raise exception 'the archive was written under schema version %, and this database is at %: bring both installations to the same release',
      p_schema_version, app.schema_version() using errcode = 'VX400';
  elsif exists (select from public.organizations o where o.id = p_org_id) then
    raise exception 'the organisation is here already' using errcode = 'VX409';
  elsif exists (select from public.organizations o where o.slug = p_slug) then
    raise exception 'another organisation here has the slug %', p_slug using errcode = 'VX409';
  end if;
  -- Triggers and defaults ask for the clinic that a request works for.
  perform set_config('request.jwt.claims',
    jsonb_build_object('app_metadata', jsonb_build_object('org_id', p_org_id))::text, true);
  set constraints all deferred;
end
$$;

comment on function app.begin_import(uuid, text, bigint) is
  'Begins to store a clinic''s archive, in a transaction that app.finish_import ends: rows may name others that are yet to come. VX400: the archive is of another schema; VX409: the clinic or its slug is here already, also one that has left. For the owner of the database.';

select app.seal('app.begin_import(uuid, text, bigint)', null);
