-- What a deleted organisation's calendars gave us is nobody's any more, and must not lie about until a hard deletion.
create or replace function app.retire_calendars()
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if not exists (select from public.organizations o where o.id = v_org_id and o.deleted_at is not null) then
    return;
  end if;
  with retired as (
    delete from public.org_credentials c
    where c.org_id = v_org_id and app.calendar_provider(c.provider) is not null
    returning c.*
  )
  insert into public.oauth_states (
    org_id, user_id, provider, state_hash, state, ciphertext, nonce, auth_tag, key_id, connected_email, account_hash, expires_at)
  select r.org_id, r.id, r.provider, sha256(uuid_send(r.id)), 'refused', r.ciphertext, r.nonce, r.auth_tag, r.key_id,
    r.connected_email, coalesce(r.account_hash, sha256(uuid_send(r.id))), app.now()
  from retired r;
  delete from public.calendar_links l where l.org_id = v_org_id;
end
$$;

comment on function app.retire_calendars() is
  'Of a deleted organisation, and of no other: the tokens of its calendars become refused grants, which app.take_old_grants gives back to the provider, and its calendars are unlinked. Events that are there stay in the clinic''s own calendar; push channels are left to end by themselves, within a week at the latest, and their pushes find nobody.';

select app.seal('app.retire_calendars()', null, 'app_writer');
