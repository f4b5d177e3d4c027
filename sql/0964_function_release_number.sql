create or replace function app.release_number(p_number text)
returns void
language sql
volatile
set search_path = ''
as $$
  delete from public.phone_numbers n
  where n.org_id = app.require_org_id() and n.number = p_number
    and n.provider = 'twilio' and n.vapi_phone_number_id is null and n.agent_id is null
    and not exists (
      select from public.provisioning p
      where p.org_id = n.org_id and p.number = n.number and p.state not in ('undone', 'released'))
$$;

comment on function app.release_number(text) is
  'Gives up a number that only texts used. One that calls use, or are about to (known to Vapi, with an agent, or being set up), stays the clinic''s.';

select app.seal('app.release_number(text)', null, 'app_writer');
