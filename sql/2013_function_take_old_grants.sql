-- Giving tokens back is a network call, so the row is leased; it goes when that is done (app.drop_grant).
create or replace function app.take_old_grants()
returns setof app.old_grant
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  perform app.retire_calendars();
  delete from public.oauth_states s
  where s.org_id = v_org_id and s.expires_at <= v_now
    and (s.state in ('begun', 'taken') or s.expires_at <= v_now - interval '1 day');
  return query
  update public.oauth_states s
  set lease_until = v_now + interval '2 minutes'
  where s.org_id = v_org_id
    and s.id in (
      select x.id
      from public.oauth_states x
      where x.org_id = v_org_id and x.expires_at <= v_now and (x.lease_until is null or x.lease_until <= v_now)
      order by x.expires_at
      limit 20
      for update skip locked)
  returning s.id, s.provider, s.ciphertext, s.nonce, s.auth_tag, s.key_id, app.is_account_used(s.provider, s.account_hash, s.id);
end
$$;

comment on function app.take_old_grants() is
  'Leases, for two minutes, twenty grants at most that nobody confirmed in time or that were refused: give their tokens back to the provider unless shared, then app.drop_grant. What holds no tokens is deleted here; so is, after a day, what the provider would not take back. The accounts of a deleted organisation go the same way (app.retire_calendars): let this run before its rows are deleted, for nobody can give back tokens that are gone.';

select app.seal('app.take_old_grants()', 'app_writer', 'tenant_service');
