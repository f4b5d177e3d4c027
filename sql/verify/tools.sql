-- Do the tables agree about which tools each organisation's agents carry?
--
--   psql "$ADMIN_DATABASE_URL" -f sql/verify/tools.sql
--
-- Zero rows and exit status 0 are good. A finding, or a role that cannot see every row, ends with another status.
-- What Vapi itself holds is not asked here. Everything is read in one read-only transaction; nothing is repaired.
\set ON_ERROR_STOP on
begin transaction isolation level repeatable read read only;
\ir can_see.psql

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
select 'unregistered' as name, 'error' as level, format('org %s: %s %s names tool %s', l.org_id, l.tab, l.id, l.tool_name) as detail,
  'Register the tool again, or save the agent so that the sync removes the link.' as remediation
from links l
left join public.vapi_tools v on v.name = l.tool_name
where v.name is null

union all
-- foreign_id: a link to an id that was never that tool's. It may be another platform's tool, taking our callers.
select 'foreign_id', 'error', format('org %s: %s %s, tool %s', l.org_id, l.tab, l.id, l.tool_name),
  'Save the agent so that the sync links the registered tool.'
from links l
join public.vapi_tools v on v.name = l.tool_name
where l.vapi_tool_id <> v.vapi_tool_id
  and l.vapi_tool_id <> all (v.retired_ids)

union all
-- outdated: still on an earlier id or definition.
select 'outdated', 'warning', format('org %s: %s %s, tool %s', l.org_id, l.tab, l.id, l.tool_name),
  'The sync has not caught up: look at the queue, or save the agent.'
from links l
join public.vapi_tools v on v.name = l.tool_name
where l.vapi_tool_id = any (v.retired_ids)
  or (l.vapi_tool_id = v.vapi_tool_id and l.definition_hash <> v.definition_hash)

union all
-- shared_id: two names on one Vapi tool; a call of one would run the other.
select 'shared_id', 'error', format('org %s: %s, tools %s', l.org_id, l.tab, string_agg(distinct l.tool_name, ', ')),
  'Register the tools anew and save the agents.'
from links l
group by l.org_id, l.tab, l.vapi_tool_id
having count(distinct l.tool_name) > 1

union all
-- missing_tool: an agent in step that lacks a registered tool; it cannot do what its callers ask.
select 'missing_tool', 'error', format('org %s: agent %s lacks %s', a.org_id, a.id, v.name),
  'Save the agent so that the sync links every registered tool.'
from in_step a
cross join public.vapi_tools v
where not exists (
  select from public.agent_tools t
  where t.org_id = a.org_id and t.agent_id = a.id and t.tool_name = v.name and t.linked_at is not null)

union all
-- no_summary: an agent carries a tool that the organisation's summary does not list.
select distinct 'no_summary', 'error', format('org %s: %s', t.org_id, t.tool_name),
  'Save one of the organisation''s agents: the sync writes org_tools.'
from public.agent_tools t
where t.linked_at is not null
  and not exists (select from public.org_tools o where o.org_id = t.org_id and o.tool_name = t.tool_name)

union all
-- wrong_summary: linked means that every agent whose assistant we route carries the tool.
select 'wrong_summary', 'error', format('org %s: %s is said to be linked', o.org_id, o.tool_name),
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
select 'link_failed', 'warning', format('org %s: agent %s, tool %s', t.org_id, t.agent_id, t.tool_name),
  'Read link_error of the row, then save the agent.'
from public.agent_tools t
where t.link_error is not null

union all
-- unreachable: a tool stands for an agent whose assistant no call can be led to.
select distinct 'unreachable', 'warning', format('org %s: agent %s', t.org_id, t.agent_id),
  'The agent has no row in assistant_routes: save it, or remove its tools.'
from public.agent_tools t
where t.linked_at is not null
  and not exists (select from public.assistant_routes r where r.org_id = t.org_id and r.agent_id = t.agent_id)

union all
-- version_ahead: nothing can be synced that was never saved.
select 'version_ahead', 'error', format('org %s: agent %s', a.org_id, a.id),
  'Versions were written by hand: save the agent.'
from public.agents a
where a.synced_version > a.desired_version

union all
-- sync_failed: the agent's assistant is not what the clinic saved.
select 'sync_failed', 'warning', format('org %s: agent %s', a.org_id, a.id),
  'Read sync_error of the row, then save the agent.'
from public.agents a
where a.sync_status = 'failed'
order by 2, 1, 3;

\ir verdict.psql
