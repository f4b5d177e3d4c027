-- name: GetContact :one
select *
from public.contacts
where org_id = @org_id and id = @id;

-- name: EraseContact :one
select app.erase_contact(p_contact_id => @contact_id::uuid)::boolean as erased;

-- name: ListContacts :many
select *
from app.list_contacts(
  p_lead_status => sqlc.narg(lead_status)::text,
  p_source => sqlc.narg(source)::text,
  p_search => sqlc.narg(search)::text,
  p_from => sqlc.narg(from_day)::date,
  p_to => sqlc.narg(to_day)::date,
  p_sort => @sort::text,
  p_descending => @descending::boolean,
  p_page => @page::integer,
  p_limit => @page_size::integer
);

-- name: ContactStats :one
select *
from app.contact_stats();

-- name: CreateContact :one
select *
from app.create_contact(p_fields => @fields::jsonb, p_source => @source::text, p_call_id => sqlc.narg(call_id)::uuid);

-- name: ChangeContact :one
select *
from app.change_contact(p_contact_id => @contact_id::uuid, p_change => @change::jsonb);

-- name: MergeContacts :one
select *
from app.merge_contacts(p_into => @into_id::uuid, p_from => @from_id::uuid);

-- name: ListPatients :many
select *
from public.patients
where org_id = @org_id and contact_id = @contact_id
order by created_at, id;

-- name: SavePatient :one
select *
from app.save_patient(
  p_contact_id => @contact_id::uuid,
  p_patient_id => sqlc.narg(patient_id)::uuid,
  p_name => sqlc.narg(name)::text,
  p_date_of_birth => sqlc.narg(date_of_birth)::date,
  p_forget_date_of_birth => @forget_date_of_birth::boolean
);

-- name: CallsOfContact :many
-- The latest 50 that were not deleted, and how many there are. No word of a transcript: only the summary.
select id, direction, from_number, to_number, app.call_state(status, outcome, ended_reason)::text as status, ended_reason, outcome, summary,
  sentiment, sentiment_score,
  duration_seconds, began_at as call_date, created_at, count(*) over () as total
from public.call_logs
where org_id = @org_id and contact_id = @contact_id::uuid and deleted_at is null
order by created_at desc, id
limit 50;

-- name: AppointmentsOfContact :many
-- The latest 50, and how many there are. Held slots are nobody's visits yet.
select a.id, s.name as service_type, r.name as resource_name, a.patient_id, p.name as patient_name, a.scheduled_at,
  (extract(epoch from a.duration) / 60)::integer as duration_minutes, a.status, a.created_at, count(*) over () as total
from public.appointments a
join public.services s on s.org_id = a.org_id and s.id = a.service_id
join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
where a.org_id = @org_id and a.contact_id = @contact_id::uuid and a.status <> 'held'
order by a.scheduled_at desc, a.id
limit 50;

-- name: MessagesOfContact :many
-- The latest 50, and how many there are.
select id, direction, method, category, recipient, subject, content, status, reason, sent_at, created_at, count(*) over () as total
from public.messages
where org_id = @org_id and contact_id = @contact_id::uuid
order by created_at desc, id
limit 50;
