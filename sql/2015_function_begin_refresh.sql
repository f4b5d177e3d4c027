-- A refresh is a network call, so no transaction's lock can serialise it: a lease does, a minute long.
create or replace function app.begin_refresh(p_provider text, p_version integer, p_lease_id uuid)
returns setof app.refresh_turn
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_row public.org_credentials;
  v_now timestamptz;
  v_outcome text;
begin
  select * into v_row
  from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  for no key update;
  v_now := app.now();
  v_outcome := case
    when v_row.id is null then 'gone'
    when v_row.needs_reconnect_at is not null then 'needs_reconnect'
    when v_row.grant_version <> p_version then 'refreshed'
    when v_row.refresh_until > v_now and v_row.refresh_lease_id <> p_lease_id then 'busy'
    else 'refresh'
  end;
  if v_outcome = 'refresh' then
    update public.org_credentials c
    set refresh_lease_id = p_lease_id, refresh_until = v_now + interval '1 minute'
    where c.org_id = v_org_id and c.id = v_row.id;
  end if;
  if v_outcome not in ('refresh', 'refreshed') then
    return next (v_outcome, v_row.grant_version, null, null, null, null)::app.refresh_turn;
  else
    return next (v_outcome, v_row.grant_version, v_row.ciphertext, v_row.nonce, v_row.auth_tag, v_row.key_id)::app.refresh_turn;
  end if;
end
$$;

comment on function app.begin_refresh(text, integer, uuid) is
  'Takes the turn to refresh a calendar account''s tokens (google_calendar, outlook) whose version p_version is used up; see app.refresh_turn. p_lease_id, made up by the worker, holds for a minute.';

select app.seal('app.begin_refresh(text, integer, uuid)', 'app_writer', 'tenant_service');
