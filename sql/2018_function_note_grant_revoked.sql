create or replace function app.note_grant_revoked(p_provider text, p_version integer)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_credential_id uuid;
  v_id uuid;
begin
  update public.org_credentials c
  set needs_reconnect_at = v_now, refresh_lease_id = null, refresh_until = null,
    verification_error = 'Access to the calendar was withdrawn. Connect it again.'
  where c.org_id = v_org_id and c.provider = p_provider and c.grant_version = p_version and c.needs_reconnect_at is null
    and app.calendar_provider(c.provider) is not null
  returning c.id into v_credential_id;
  if v_credential_id is null then
    return false;
  end if;
  for v_id in
    update public.calendar_links l
    set health = 'needs_reconnect', failing_since = coalesce(l.failing_since, v_now), error_code = 'grant_revoked', updated_at = v_now
    where l.org_id = v_org_id and l.provider = app.calendar_provider(p_provider)
    returning l.id
  loop
    perform app.announce('calendar_updated', 'calendar_link', v_id);
  end loop;
  perform app.notify_staff('calendar_reconnect', case p_provider
    when 'google_calendar' then 'Google calendar is no longer connected: connect it again'
    else 'Outlook calendar is no longer connected: connect it again' end, 'credential', v_credential_id);
  return true;
end
$$;

comment on function app.note_grant_revoked(text, integer) is
  'The provider refuses the tokens of version p_version for good (invalid_grant): nothing more is tried until a person connects again, and staff are told, once. False when it was known, or when there are newer tokens, which may be good.';

select app.seal('app.note_grant_revoked(text, integer)', 'app_writer', 'tenant_service');
