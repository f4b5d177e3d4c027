create or replace function app.save_credential(
  p_provider text,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text,
  p_account_ref text,
  p_sender text
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_old_sender text;
  v_id uuid;
begin
  perform app.require_admin();
  if coalesce(p_provider, '') not in ('twilio', 'resend') or coalesce(p_sender, '') = ''
    or (p_provider = 'twilio' and p_sender !~ '^\+[1-9][0-9]{6,14}$') then
    raise exception 'twilio needs a number to send from, resend an address' using errcode = 'VX400';
  end if;
  select c.sender into v_old_sender
  from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  for update;
  v_now := app.now();
  if p_provider = 'twilio' then
    -- What was changed at Twilio for a line in use can be put back with that account's keys only.
    if exists (
      select from public.provisioning p
      where p.org_id = v_org_id and p.state not in ('undone', 'released') and p.number <> p_sender
        and p.account_ref <> p_account_ref) then
      raise exception 'a number of another Twilio account is in use: release it first' using errcode = 'VX409';
    end if;
    perform app.claim_number(p_sender);
    if v_old_sender <> p_sender then
      perform app.release_number(v_old_sender);
    end if;
  end if;

  insert into public.org_credentials as c (
    org_id, provider, ciphertext, nonce, auth_tag, key_id, account_ref, sender, last_verified_at)
  values (v_org_id, p_provider, p_ciphertext, p_nonce, p_auth_tag, p_key_id, p_account_ref, p_sender, v_now)
  on conflict (org_id, provider) do update
  set ciphertext = excluded.ciphertext, nonce = excluded.nonce, auth_tag = excluded.auth_tag, key_id = excluded.key_id,
    account_ref = excluded.account_ref, sender = excluded.sender, last_verified_at = v_now, verification_error = null,
    updated_at = v_now
  returning c.id into v_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_saved', 'credential', v_id, app.current_user_id());
end
$$;

comment on function app.save_credential(text, bytea, bytea, bytea, text, text, text) is
  'Keeps what the clinic sends with (twilio, resend), sealed by the caller and just verified with the provider; replaces what was there. Twilio''s number becomes the clinic''s and a former one that only texts used is given up. Owner or admin only (VX403). VX400: no such provider or sender; VX409: the number is another organisation''s, or a number of another account is in use.';

select app.seal('app.save_credential(text, bytea, bytea, bytea, text, text, text)', 'app_writer', 'tenant_user');
