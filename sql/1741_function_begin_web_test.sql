create or replace function app.begin_web_test(p_tracking_hash bytea, p_role text default null, p_agent_id uuid default null)
returns setof app.web_test_start
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_user_id uuid := app.current_user_id();
  v_start app.web_test_start;
  v_agent public.agents;
  v_now timestamptz;
  v_first timestamptz;
begin
  perform app.require_admin();
  select * into v_agent
  from public.agents a
  where a.org_id = v_org_id and a.id = coalesce(p_agent_id, app.default_agent(coalesce(p_role, 'inbound'))) and a.deleted_at is null;
  if v_agent.id is null and p_agent_id is not null then
    raise exception 'there is no such agent' using errcode = 'VX404';
  end if;
  v_start.outcome := case when v_agent.id is null then 'no_agent'
    when v_agent.sync_status <> 'synced' or v_agent.synced_version <> v_agent.desired_version then 'out_of_step' end;
  select r.vapi_assistant_id into v_start.vapi_assistant_id
  from public.assistant_routes r
  where r.org_id = v_org_id and r.agent_id = v_agent.id;
  if v_start.vapi_assistant_id is null then
    v_start.outcome := coalesce(v_start.outcome, 'out_of_step');
  end if;
  if v_start.outcome is not null then
    return next v_start;
    return;
  end if;

  -- Two at once: the second sees the first's row, or meets it in the index.
  perform from public.organizations o where o.id = v_org_id for no key update;
  v_now := app.now();
  perform app.finish_web_test(t.id, 'lapsed')
  from public.web_tests t
  where t.org_id = v_org_id and t.ended_at is null
    and case when t.opened_at is null then t.expires_at else t.opened_at + t.max_duration + interval '1 minute' end <= v_now;
  delete from public.web_tests t
  where t.org_id = v_org_id and t.ended_at is not null and t.created_at < v_now - interval '1 day';

  select min(l.created_at) into v_first
  from (
    select t.created_at
    from public.web_tests t
    where t.org_id = v_org_id and t.user_id = v_user_id and t.created_at > v_now - interval '1 minute'
    order by t.created_at desc
    limit 3
  ) l
  having count(*) = 3;
  if exists (select from public.web_tests t where t.org_id = v_org_id and t.ended_at is null) then
    v_start.outcome := 'one_is_open';
  elsif v_first is not null then
    v_start.outcome := 'too_many';
    v_start.retry_seconds := ceil(extract(epoch from v_first + interval '1 minute' - v_now));
  else
    v_start.outcome := 'begun';
    insert into public.web_tests (org_id, user_id, agent_id, tracking_hash, max_duration, expires_at)
    values (v_org_id, v_user_id, v_agent.id, p_tracking_hash, v_agent.max_call_duration, v_now + interval '1 minute')
    returning id into v_start.web_test_id;
  end if;
  return next v_start;
end
$$;

comment on function app.begin_web_test(bytea, text, uuid) is
  'Keeps the hash of a tracking id and takes the organisation''s one place for a test call, or says why not, see app.web_test_start: one open test for an organisation, three beginnings a minute for a member. For owners and admins (VX403). The agent is p_agent_id, else the default of p_role, else of inbound. What lapsed is ended, what is a day old is removed. VX404: there is no such agent.';

select app.seal('app.begin_web_test(bytea, text, uuid)', 'app_writer', 'tenant_user');
