create or replace function app.remove_credential(
  p_provider text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_removed public.org_credentials;
begin
  perform app.require_admin();
  if app.calendar_provider(p_provider) is not null then
    raise exception 'calendars have more to forget: use app.disconnect_calendar' using errcode = 'VX400';
  end if;
  if p_provider = 'twilio' and exists (
    select from public.provisioning p where p.org_id = v_org_id and p.state not in ('undone', 'released')) then
    raise exception 'a number of this account is in use: release it first' using errcode = 'VX409';
  end if;
  delete from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  returning * into v_removed;
  if v_removed.id is null then
    return false;
  end if;
  if p_provider = 'twilio' then
    perform app.release_number(v_removed.sender);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_removed', 'credential', v_removed.id, app.current_user_id());
  return true;
end
$$;

comment on function app.remove_credential(text) is
  'Forgets a provider''s credential and, for twilio, the number that only texts used. Returns whether there was one. Owner or admin only (VX403). VX400: a calendar, which app.disconnect_calendar forgets. VX409: calls use a number of the account, which could not be given back without it.';

select app.seal('app.remove_credential(text)', 'app_writer', 'tenant_user');
