-- What `voxanne demo` looks at when it checks what became of a call. All but DashboardSight run as the owner, who sees
-- every clinic; as the application's role they would show one clinic's rows at most.

-- name: DemoClinic :one
select o.id, o.name, o.time_zone, n.number, coalesce(n.vapi_phone_number_id, '')::text as phone_number_id,
  r.vapi_assistant_id as assistant_id, p.user_id as member
from public.organizations o
join public.phone_numbers n on n.org_id = o.id
join public.agents a on a.org_id = o.id and a.role = 'inbound' and a.is_default
join public.assistant_routes r on r.org_id = o.id and r.agent_id = a.id
join public.profiles p on p.org_id = o.id
where o.slug = @slug and o.deleted_at is null
order by n.number, p.role = 'owner' desc
limit 1;

-- name: DemoNumberIsKnown :one
select exists (select from public.contacts c where c.phone = @phone::text) as known;

-- name: DemoAppointments :many
select o.name as clinic, l.vapi_call_id, a.id, s.name as service, r.name as practitioner,
  coalesce(p.name, '')::text as patient, a.scheduled_at, o.time_zone, a.status
from public.call_logs l
join public.appointments a on a.org_id = l.org_id and a.call_id = l.id
join public.organizations o on o.id = a.org_id
join public.services s on s.org_id = a.org_id and s.id = a.service_id
join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
left join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
where l.vapi_call_id = any(@vapi_call_ids::text[])
order by o.name, a.scheduled_at, r.name, a.id;

-- name: DemoAttempts :many
select o.name as clinic, l.vapi_call_id, t.kind, coalesce(t.tool_call_id, '')::text as tool_call_id, t.starts_at,
  o.time_zone, t.outcome, coalesce(t.reason, '')::text as reason
from public.call_logs l
join public.booking_attempts t on t.org_id = l.org_id and t.call_id = l.id
join public.organizations o on o.id = t.org_id
where l.vapi_call_id = any(@vapi_call_ids::text[])
order by o.name, t.at, t.id;

-- name: DemoCalls :many
select o.name as clinic, l.vapi_call_id, l.status, coalesce(l.outcome, '')::text as outcome,
  coalesce(l.ended_reason, '')::text as ended_reason, coalesce(l.summary, '')::text as summary,
  l.transcript, l.transcript_state
from public.call_logs l
join public.organizations o on o.id = l.org_id
where l.vapi_call_id = any(@vapi_call_ids::text[])
order by o.name, l.created_at, l.id;

-- name: DemoDoubleBookings :one
select count(*)::integer as pairs
from public.appointments a
join public.appointments b on b.org_id = a.org_id and b.resource_id = a.resource_id and b.id > a.id and b.blocked && a.blocked
where a.status in ('held', 'pending', 'confirmed') and b.status in ('held', 'pending', 'confirmed');

-- name: DashboardSight :many
-- Runs as a clinic's member: how many rows they see of their own clinic, and of any other.
select 'appointments'::text as name, (count(*) filter (where a.org_id = @own_org))::integer as own,
  (count(*) filter (where a.org_id <> @own_org))::integer as others
from public.appointments a
union all
select 'booking_attempts'::text, (count(*) filter (where t.org_id = @own_org))::integer,
  (count(*) filter (where t.org_id <> @own_org))::integer
from public.booking_attempts t
union all
select 'call_logs'::text, (count(*) filter (where l.org_id = @own_org))::integer,
  (count(*) filter (where l.org_id <> @own_org))::integer
from public.call_logs l
union all
select 'contacts'::text, (count(*) filter (where c.org_id = @own_org))::integer,
  (count(*) filter (where c.org_id <> @own_org))::integer
from public.contacts c
union all
select 'patients'::text, (count(*) filter (where p.org_id = @own_org))::integer,
  (count(*) filter (where p.org_id <> @own_org))::integer
from public.patients p
union all
select 'messages'::text, (count(*) filter (where m.org_id = @own_org))::integer,
  (count(*) filter (where m.org_id <> @own_org))::integer
from public.messages m;

-- name: DemoPatient :one
select a.org_id, a.id as appointment_id, l.id as call_id, a.contact_id::uuid as contact_id, a.confirmed_by_patient_at
from public.appointments a
join public.call_logs l on l.org_id = a.org_id and l.id = a.call_id
where l.vapi_call_id = @vapi_call_id::text
limit 1;

-- name: DemoHurryConfirmation :many
-- A confirmation waits two minutes for what else its call books. The play lets them have passed.
update public.scheduled_messages s
set due_at = app.now() - interval '1 second'
where s.org_id = @org_id and s.appointment_id = @appointment_id and s.kind = 'confirmation' and s.state = 'waiting'
returning s.id;

-- name: DemoMessages :many
select m.direction, m.category, m.status, coalesce(m.reason, '')::text as reason, m.content, coalesce(m.segments, 0)::integer as segments
from public.messages m
where m.org_id = @org_id and m.contact_id = @contact_id::uuid and m.method = 'sms'
order by m.created_at, m.id;
