-- name: ListAgents :many
select a.*, r.vapi_assistant_id
from public.agents a
left join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
where a.org_id = @org_id and a.deleted_at is null
order by a.role, a.is_default desc, a.name;

-- name: SaveAgent :one
select *
from app.save_agent(
  p_agent_id => sqlc.narg(agent_id)::uuid,
  p_name => sqlc.narg(name)::text,
  p_role => sqlc.narg(role)::text,
  p_voice => sqlc.narg(voice)::text,
  p_language => sqlc.narg(language)::text,
  p_system_prompt => sqlc.narg(system_prompt)::text,
  p_first_message => sqlc.narg(first_message)::text,
  p_max_call_seconds => sqlc.narg(max_call_seconds)::integer,
  p_is_default => sqlc.narg(is_default)::boolean,
  p_trace_context => sqlc.narg(trace_context)::text
);

-- name: DeleteAgent :one
select app.delete_agent(p_agent_id => @agent_id::uuid)::boolean as deleted;

-- name: BeginAgentSync :one
select *
from app.begin_agent_sync(p_agent_id => @agent_id::uuid, p_lease_id => @lease_id::uuid, p_even_in_step => @even_in_step::boolean);

-- name: IntendAssistant :one
select app.intend_assistant(p_agent_id => @agent_id::uuid, p_lease_id => @lease_id::uuid)::boolean as yours;

-- name: RecordAssistant :one
select app.record_assistant(
  p_agent_id => @agent_id::uuid,
  p_lease_id => @lease_id::uuid,
  p_vapi_assistant_id => sqlc.narg(vapi_assistant_id)::text
)::boolean as routed;

-- name: FinishAgentSync :one
select app.finish_agent_sync(
  p_agent_id => @agent_id::uuid,
  p_lease_id => @lease_id::uuid,
  p_version => @version::integer,
  p_status => @status::text,
  p_error => sqlc.narg(error)::text,
  p_tools => sqlc.narg(tools)::jsonb
)::boolean as finished;

-- name: FinishAgentRemoval :one
select app.finish_agent_removal(p_agent_id => @agent_id::uuid, p_lease_id => @lease_id::uuid)::boolean as removed;

-- name: DefaultAgent :one
-- No row: the role has no agent.
select id::uuid
from app.default_agent(p_role => @role::text) id
where id is not null;

-- name: RequestAgentSync :one
select app.request_agent_sync(p_agent_id => @agent_id::uuid)::boolean as requested;

-- name: DescribeTelephony :one
-- What the console shows beside the agents. Clinics have no Vapi keys; of Twilio's only what may be seen.
select n.vapi_phone_number_id, c.account_ref, c.sender, c.last_verified_at
from (select @org_id::uuid as org_id) o
left join public.org_credentials c on c.org_id = o.org_id and c.provider = 'twilio'
left join lateral (
  select p.vapi_phone_number_id
  from public.phone_numbers p
  where p.org_id = o.org_id
  order by p.created_at
  limit 1
) n on true;
