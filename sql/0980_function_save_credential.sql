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
  v_id uuid;
  v_now timestamptz := app.now();
begin
  if coalesce(app.current_member_role(), '') not in ('owner', 'admin') then
    raise exception 'Only owners and admins may connect accounts.' using errcode = 'VX403';
  end if;
  -- Replies to a number must find one clinic.
  if p_provider = 'twilio' then
    insert into public.phone_numbers (org_id, number, location_id, provider)
    select v_org_id, p_sender, l.id, 'twilio'
    from public.locations l
    where l.org_id = v_org_id
    order by l.created_at, l.id
    limit 1
    on conflict (number) do nothing;
    if not exists (select from public.phone_numbers n where n.org_id = v_org_id and n.number = p_sender) then
      raise exception 'This number belongs to another organization.' using errcode = 'VX409';
    end if;
  end if;
  insert into public.org_credentials as c
    (org_id, provider, ciphertext, nonce, auth_tag, key_id, account_ref, sender, last_verified_at, created_at, updated_at)
  values (v_org_id, p_provider, p_ciphertext, p_nonce, p_auth_tag, p_key_id, p_account_ref, p_sender, v_now, v_now, v_now)
  on conflict (org_id, provider) do update
  set ciphertext = excluded.ciphertext, nonce = excluded.nonce, auth_tag = excluded.auth_tag, key_id = excluded.key_id,
    account_ref = excluded.account_ref, sender = excluded.sender, last_verified_at = v_now, verification_error = null,
    updated_at = v_now
  returning c.id into v_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_saved', 'org_credential', v_id, app.current_user_id());
end
$$;

comment on function app.save_credential(text, bytea, bytea, bytea, text, text, text) is
  'Stores, or replaces, the running organisation''s sealed account at a provider, which has just accepted it, and audits that. Only owners and admins (VX403). Twilio''s number becomes the clinic''s, so that replies to it find the clinic; VX409 when it is another clinic''s.';

select app.seal('app.save_credential(text, bytea, bytea, bytea, text, text, text)', 'app_writer', 'tenant_user');
