create or replace function app.invite_member(p_email text, p_role text, p_token_hash bytea)
returns setof public.invitations
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_email text := lower(btrim(p_email));
  v_invitation public.invitations;
begin
  perform app.require_admin();
  if coalesce(v_email, '') !~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$' or char_length(v_email) > 254 then
    raise exception 'this is no e-mail address' using errcode = 'VX400';
  elsif coalesce(p_role, '') not in ('admin', 'staff', 'viewer') then
    raise exception 'people are invited as admin, staff or viewer' using errcode = 'VX400';
  elsif octet_length(p_token_hash) is distinct from 32 then
    raise exception 'the token''s hash has 32 bytes' using errcode = 'VX400';
  end if;
  -- Two invitations of one address at once would both stand.
  perform from public.organizations o where o.id = v_org_id for no key update;
  if exists (select from public.profiles p where p.org_id = v_org_id and lower(p.email) = v_email) then
    raise exception 'this person is a member already' using errcode = 'VX409';
  end if;
  update public.invitations i
  set role = p_role, token_hash = p_token_hash, invited_by = app.current_user_id(), expires_at = app.now() + interval '7 days'
  where i.org_id = v_org_id and i.email = v_email and i.accepted_at is null
  returning i.* into v_invitation;
  if v_invitation.id is null then
    insert into public.invitations (org_id, email, role, token_hash, invited_by, expires_at)
    values (v_org_id, v_email, p_role, p_token_hash, app.current_user_id(), app.now() + interval '7 days')
    returning * into v_invitation;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'member_invited', 'invitation', v_invitation.id, app.current_user_id());
  return next v_invitation;
end
$$;

comment on function app.invite_member(text, text, bytea) is
  'Invites an address for seven days; p_token_hash is the SHA-256 of the token that its owner signs up with. An address that was invited before keeps one invitation, with the new role and token. Owner and admin only (VX403). VX400: no address, or another role than admin, staff, viewer; VX409: a member already.';

select app.seal('app.invite_member(text, text, bytea)', 'app_writer', 'tenant_user');
