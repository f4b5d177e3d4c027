create or replace function app.test_call_facts()
returns setof app.clinic_facts
language sql
stable
rows 1
security definer
set search_path = ''
as $$
  select f.*
  from app.clinic_facts((
    select l.id from public.locations l where l.org_id = app.require_org_id() order by l.created_at, l.id limit 1)) f
$$;

comment on function app.test_call_facts() is
  'What an agent is told of the clinic in a test call from the dashboard, which comes in on no line: the facts of its first location, see app.clinic_facts.';

select app.seal('app.test_call_facts()', 'app_writer', 'tenant_user');
