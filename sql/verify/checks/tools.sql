insert into pg_temp.findings
-- Both link tables in one shape: whose link it is, and what it points at.
with links as (
  select 'org_tools' as tab, t.org_id, t.id, t.tool_name, t.vapi_tool_id, t.definition_hash, t.linked as in_use
  from public.org_tools t
  union all
  select 'agent_tools', t.org_id, t.id, t.tool_name, t.vapi_tool_id, t.definition_hash, t.linked_at is not null
  from public.agent_tools t
),
-- Agents whose assistant, by our own books, is in step.
in_step as (
  select a.org_id, a.id
  from public.agents a
  join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
  where a.role = 'inbound' and a.sync_status = 'synced' and a.synced_version = a.desired_version
)
-- unregistered: a link to a tool that the registry does not know.
select 'unregistered', 'error', format('org %s: %s %s', l.org_id, l.tab, l.id),
  format('it links tool %s, which the registry does not know', l.tool_name),
  'Register the tool again, or save the agent so that the sync removes the link.'
from links l
left join public.vapi_tools v on v.name = l.tool_name
where v.name is null

union all
-- foreign_id: a link to an id that was never that tool's. It may be another platform's tool, taking our callers.
select 'foreign_id', 'error', format('org %s: %s %s', l.org_id, l.tab, l.id),
  format('it links an id that was never tool %s''s', l.tool_name),
  'Save the agent so that the sync links the registered tool.'
from links l
join public.vapi_tools v on v.name = l.tool_name
where l.vapi_tool_id <> v.vapi_tool_id
  and l.vapi_tool_id <> all (v.retired_ids)

union all
-- outdated: still on an earlier id or definition.
select 'outdated', 'warning', format('org %s: %s %s', l.org_id, l.tab, l.id),
  format('it is on an earlier id or definition of tool %s', l.tool_name),
  'The sync has not caught up: look at the queue, or save the agent.'
from links l
join public.vapi_tools v on v.name = l.tool_name
where l.vapi_tool_id = any (v.retired_ids)
  or (l.vapi_tool_id = v.vapi_tool_id and l.definition_hash <> v.definition_hash)

union all
-- shared_id: two names on one Vapi tool; a call of one would run the other.
select 'shared_id', 'error', format('org %s: %s', l.org_id, l.tab),
  format('tools %s are one at Vapi', string_agg(distinct l.tool_name, ', ')),
  'Register the tools anew and save the agents.'
from links l
group by l.org_id, l.tab, l.vapi_tool_id
having count(distinct l.tool_name) > 1

union all
-- missing_tool: an agent in step that lacks a registered tool; it cannot do what its callers ask. A release that brings a tool registers
-- it first, and the sync needs its time for all agents.
select 'missing_tool', 'error', format('org %s: agent %s', a.org_id, a.id),
  format('said to be in step, and lacks %s', v.name),
  'Save the agent so that the sync links every registered tool.'
from in_step a
cross join public.vapi_tools v
where v.vapi_tool_id is not null and v.registered_at < app.now() - interval '1 hour' and not exists (
  select from public.agent_tools t
  where t.org_id = a.org_id and t.agent_id = a.id and t.tool_name = v.name and t.linked_at is not null)

union all
-- no_summary: an agent carries a tool that the organisation's summary does not list.
select distinct 'no_summary', 'error', format('org %s: %s', t.org_id, t.tool_name),
  'an agent carries it, and org_tools does not list it',
  'Save one of the organisation''s agents: the sync writes org_tools.'
from public.agent_tools t
where t.linked_at is not null
  and not exists (select from public.org_tools o where o.org_id = t.org_id and o.tool_name = t.tool_name)

union all
-- wrong_summary: linked means that every agent whose assistant we route carries the tool.
select 'wrong_summary', 'error', format('org %s: %s', o.org_id, o.tool_name),
  'said to be linked, and an agent that is called lacks it',
  'Save the organisation''s agents: the sync writes org_tools.'
from public.org_tools o
where o.linked
  and exists (
    select from public.assistant_routes r
    where r.org_id = o.org_id
      and not exists (
        select from public.agent_tools t
        where t.org_id = r.org_id and t.agent_id = r.agent_id and t.tool_name = o.tool_name and t.linked_at is not null))

union all
-- link_failed: the last try to link ended with an error.
select 'link_failed', 'warning', format('org %s: agent %s', t.org_id, t.agent_id),
  format('the last try to link %s failed', t.tool_name),
  'Read link_error of the row, then save the agent.'
from public.agent_tools t
where t.link_error is not null

union all
-- unreachable: a tool stands for an agent whose assistant no call can be led to.
select distinct 'unreachable', 'warning', format('org %s: agent %s', t.org_id, t.agent_id),
  'it carries tools, and no call can be led to it',
  'The agent has no row in assistant_routes: save it, or remove its tools.'
from public.agent_tools t
where t.linked_at is not null
  and not exists (select from public.assistant_routes r where r.org_id = t.org_id and r.agent_id = t.agent_id)

union all
-- version_ahead: nothing can be synced that was never saved.
select 'version_ahead', 'error', format('org %s: agent %s', a.org_id, a.id),
  'synced to a version that was never saved',
  'Versions were written by hand: save the agent.'
from public.agents a
where a.synced_version > a.desired_version

union all
-- sync_failed: the agent's assistant is not what the clinic saved.
select 'sync_failed', 'warning', format('org %s: agent %s', a.org_id, a.id),
  'its assistant is not what the clinic saved',
  'Read sync_error of the row, then save the agent.'
from public.agents a
where a.sync_status = 'failed'

union all
-- sync_behind: the reconciler looks every minute, and what Vapi refuses for good is sync_failed.
select 'sync_behind', 'warning', format('org %s: agent %s', a.org_id, a.id),
  format('saved at %s, and its assistant still is as before', a.saved_at),
  'Look at the queue and at VAPI_PRIVATE_KEY; then voxanne tools sync --all --wait.'
from public.agents a
join public.organizations o on o.id = a.org_id and o.deleted_at is null
where a.deleted_at is null and a.synced_version < a.desired_version and a.sync_status <> 'failed'
  and a.saved_at < app.now() - interval '1 hour'

union all
-- not_registered: begun, and never brought to its end.
select 'not_registered', 'warning', 'tool ' || v.name,
  'it is not at Vapi, so that no agent can carry it',
  'The sync registers it: voxanne tools sync --all --wait says why it does not.'
from public.vapi_tools v
where v.vapi_tool_id is null and coalesce(v.claimed_until, '-infinity') < app.now() - interval '1 hour'

union all
-- tools_of: only when it is asked for (docs/verify/tools.md).
select 'tools_of', 'info', format('org %s: %s', o.id, v.name),
  format('%s; %s of %s agents that are called carry it as it is now; the summary says %s',
    case when v.vapi_tool_id is null then 'not registered' else format('registered at %s', v.registered_at) end,
    (select count(distinct t.agent_id) from public.agent_tools t
      where t.org_id = o.id and t.tool_name = v.name and t.vapi_tool_id = v.vapi_tool_id and t.definition_hash = v.definition_hash
        and t.linked_at is not null
        and exists (select from public.assistant_routes r where r.org_id = t.org_id and r.agent_id = t.agent_id)),
    (select count(distinct r.agent_id) from public.assistant_routes r where r.org_id = o.id),
    coalesce((select case when s.linked then 'linked' else 'not linked' end from public.org_tools s where s.org_id = o.id and s.tool_name = v.name), 'nothing')),
  'nothing: it was asked for'
from public.organizations o
cross join public.vapi_tools v
where o.deleted_at is null and current_setting('verify.tools_of', true) in ('all', o.slug, o.id::text);
