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

-- name: SeesAllRows :one
-- An owner whom row security binds would find nothing and take that for the truth.
select (not row_security_active('public.organizations'))::boolean as sees_all;

-- name: FindOrg :one
-- By slug or id.
select o.id, o.slug, o.name
from public.organizations o
where (o.slug = @org::text or o.id::text = lower(@org::text)) and o.deleted_at is null;

-- name: FindNumberOwner :one
-- Which clinic has a number, and the open run that set it up.
select n.org_id, o.slug, n.id, n.vapi_phone_number_id, p.id as provisioning_id, p.state
from public.phone_numbers n
join public.organizations o on o.id = n.org_id
left join public.provisioning p on p.org_id = n.org_id and p.number = n.number and p.state not in ('undone', 'released')
where n.number = @number::text;

-- name: ListProvisionings :many
-- Runs of all clinics, or of one; steps as in app.provisioning_status, without what was remembered for undoing.
select p.id, p.org_id, o.slug, p.number, p.state, p.error, p.next_at, p.lease_until, p.activated_at, p.ended_at, p.created_at, p.updated_at,
  (
    select coalesce(jsonb_agg(
      jsonb_build_object('step', s.step, 'state', s.state, 'attempts', s.attempts, 'error', s.error) order by s.position), '[]')
    from public.provisioning_steps s
    where s.org_id = p.org_id and s.provisioning_id = p.id
  )::jsonb as steps
from public.provisioning p
join public.organizations o on o.id = p.org_id
where (sqlc.narg(org_id)::uuid is null or p.org_id = sqlc.narg(org_id)::uuid)
  and (sqlc.narg(state)::text is null or p.state = sqlc.narg(state)::text)
  and (sqlc.narg(id)::uuid is null or p.id = sqlc.narg(id)::uuid)
order by p.created_at desc, p.id;

-- name: FindUser :one
-- No row: there is no such person.
select id::uuid
from app.find_user(p_who => @who::text) id
where id is not null;

-- name: MembershipFaults :many
select *
from app.membership_faults(p_user_id => sqlc.narg(user_id)::uuid);

-- name: RepairMembership :one
-- No row: nothing can be repaired.
select *
from app.repair_membership(p_user_id => @user_id::uuid);

-- name: CallerAppointments :many
-- The visits of the person who called from a number or whose number it is, in all clinics or in one. on_date is by the
-- location's clock.
select a.id, a.org_id, o.slug, s.name as service, r.name as practitioner, a.scheduled_at, l.time_zone, a.status, a.source,
  to_char(a.scheduled_at at time zone l.time_zone, 'YYYY-MM-DD HH24:MI')::text as local_time,
  (to_char(a.scheduled_at at time zone l.time_zone, 'YYYY-MM-DD') = @day::text)::boolean as on_date
from public.appointments a
join public.organizations o on o.id = a.org_id and o.deleted_at is null
join public.contacts c on c.org_id = a.org_id and c.id = a.contact_id
join public.services s on s.org_id = a.org_id and s.id = a.service_id
join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
join public.locations l on l.org_id = a.org_id and l.id = a.location_id
left join public.call_logs k on k.org_id = a.org_id and k.id = a.call_id
where a.status <> 'held'
  and (sqlc.narg(org_id)::uuid is null or a.org_id = sqlc.narg(org_id)::uuid)
  and @phone::text in (c.phone, c.spoken_phone, k.from_number)
order by a.scheduled_at desc, a.id;
