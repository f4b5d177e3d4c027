-- A patient's name may be what a caller dictated: one word of letters of each, and of three at most, is a name and no order.
create or replace function app.caller_brief(p_call_id uuid)
returns setof app.caller_brief
language sql
stable
set search_path = ''
as $$
  select i.known,
    coalesce((
      select string_agg(f.name, ', ' order by f.name)
      from (
        select distinct left(substring(btrim(n.name) from '^[[:alpha:]''’-]+'), 20) as name
        from unnest(i.patient_names) n (name)
        order by 1
        limit 3
      ) f), ''),
    app.caller_memory(p_call_id)
  from app.identify_caller(p_call_id) i
$$;

comment on function app.caller_brief(uuid) is
  'What the agent of a call is told at its start about who calls; always one row, and an empty one unless app.identify_caller knows the caller. First names only, three at most; see app.caller_memory.';

select app.seal('app.caller_brief(uuid)', null, 'tenant_service');
