-- Asked by commands as the owner of the database, never by the service.

-- name: FindMember :one
select p.org_id, p.user_id
from public.profiles p
join public.organizations o on o.id = p.org_id
where o.slug = @slug::text and p.role = @role::text and o.deleted_at is null
order by p.created_at, p.id
limit 1;

-- name: IsDemoDatabase :one
select (not exists (select from public.organizations)
  or exists (select from public.organizations o where o.slug = @slug::text))::boolean as is_demo;

-- name: IsOwner :one
select (r.rolsuper or (r.rolcreaterole and has_database_privilege(current_database(), 'create')))::boolean as owner
from pg_catalog.pg_roles r
where r.rolname = current_user;
