create or replace function app.disconnect_calendar(p_provider text)
returns setof app.disconnected_account
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_links public.calendar_links[];
  v_removed public.org_credentials;
  v_now timestamptz;
  v_grant_id uuid;
begin
  perform app.require_admin();
  if app.calendar_provider(p_provider) is null then
    raise exception 'calendars are of google_calendar or outlook' using errcode = 'VX400';
  end if;
  -- Whoever links a calendar meanwhile holds the account: theirs is among these, or finds nothing connected.
  perform from public.org_credentials c where c.org_id = v_org_id and c.provider = p_provider for update;
  -- Bookings write rows that hang on a link: they come first or find none.
  perform app.lock_resources(array(
    select l.resource_id from public.calendar_links l where l.org_id = v_org_id and l.provider = app.calendar_provider(p_provider)));
  -- As they are when they go: a worker may have opened a channel until then.
  with gone as (
    delete from public.calendar_links l
    where l.org_id = v_org_id and l.provider = app.calendar_provider(p_provider)
    returning l
  )
  select array_agg(g.l) into v_links from gone g;
  delete from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  returning * into v_removed;
  if v_removed.id is null then
    return;
  end if;
  -- The tokens are kept for the way back to the provider only. Whoever asked gets a while to do it, then the sweep does.
  v_now := app.now();
  insert into public.oauth_states (
    org_id, user_id, provider, state_hash, state, ciphertext, nonce, auth_tag, key_id, connected_email, account_hash, expires_at,
    lease_until)
  values (
    v_org_id, app.current_user_id(), p_provider, sha256(uuid_send(gen_random_uuid()) || uuid_send(v_removed.id)), 'refused',
    v_removed.ciphertext, v_removed.nonce, v_removed.auth_tag, v_removed.key_id, v_removed.connected_email,
    coalesce(v_removed.account_hash, sha256(uuid_send(v_removed.id))), v_now, v_now + interval '2 minutes')
  returning id into v_grant_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'calendar_disconnected', 'credential', v_removed.id, app.current_user_id());
  perform app.announce('calendar_updated', 'credential', v_removed.id);
  return next (
    v_grant_id, v_removed.ciphertext, v_removed.nonce, v_removed.auth_tag, v_removed.key_id,
    app.is_account_used(p_provider, v_removed.account_hash),
    array(select c.channel_id from unnest(v_links) c where c.channel_id is not null order by c.id),
    array(select coalesce(c.channel_resource_id, '') from unnest(v_links) c where c.channel_id is not null order by c.id)
  )::app.disconnected_account;
end
$$;

comment on function app.disconnect_calendar(text) is
  'Forgets a provider''s account with all its calendars, their busy times and what was to be written there; events that are there stay. Its tokens wait among the grants to give back: by whoever asked (then app.drop_grant), else, two minutes later, by app.take_old_grants. Returns what is to be ended at the provider, see app.disconnected_account; no row where nothing was connected. Owner and admin only (VX403); VX400: no such provider.';

select app.seal('app.disconnect_calendar(text)', 'app_writer', 'tenant_user');
