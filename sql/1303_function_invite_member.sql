create or replace function app.invite_member(
  p_email text,
  p_role text,
  p_token_id uuid,
  p_token_hash bytea,
  p_mail boolean default false,
  p_platform_mail text default null,
  p_request_id text default null
)
returns setof app.invitation_row
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_email text := lower(btrim(p_email));
  v_now timestamptz;
  v_invitation public.invitations;
begin
  perform app.require_admin();
  if coalesce(v_email, '') !~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$' or char_length(v_email) > 254 then
    raise exception 'this is no e-mail address' using errcode = 'VX400';
  elsif coalesce(p_role, '') not in ('admin', 'staff', 'viewer') then
    raise exception 'people are invited as admin, staff or viewer' using errcode = 'VX400';
  elsif p_token_id is null or octet_length(p_token_hash) is distinct from 32 then
    raise exception 'a token has an id and a hash of 32 bytes' using errcode = 'VX400';
  end if;
  -- Two invitations of one address at once would both stand.
  perform from public.organizations o where o.id = v_org_id for no key update;
  if exists (select from public.profiles p where p.org_id = v_org_id and lower(p.email) = v_email) then
    raise exception 'this person is a member already' using errcode = 'VX409';
  end if;
  v_now := app.now();
  update public.invitations i
  set role = p_role, token_id = p_token_id, token_hash = p_token_hash, message_id = null, invited_by = app.current_user_id(),
    expires_at = v_now + interval '7 days'
  where i.org_id = v_org_id and i.email = v_email and i.accepted_at is null
  returning i.* into v_invitation;
  if v_invitation.id is null then
    insert into public.invitations (org_id, email, role, token_id, token_hash, invited_by, expires_at, created_at)
    values (v_org_id, v_email, p_role, p_token_id, p_token_hash, app.current_user_id(), v_now + interval '7 days', v_now)
    returning * into v_invitation;
  end if;
  if p_mail then
    perform app.mail_invitation(v_invitation, p_platform_mail, p_request_id);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'member_invited', 'invitation', v_invitation.id, app.current_user_id(), left(p_request_id, 64));
  return query select * from app.list_invitations(v_invitation.id);
end
$$;

comment on function app.invite_member(text, text, uuid, bytea, boolean, text, text) is
  'Invites an address for seven days; p_token_hash is the SHA-256 of the token that its owner signs up with, which was derived from p_token_id. An address that was invited before keeps one invitation, with the new role and token. With p_mail the token goes out by e-mail, see app.mail_invitation. Owner and admin only (VX403). VX400: no address, or another role than admin, staff, viewer; VX409: a member already, or mailed too often lately.';

select app.seal('app.invite_member(text, text, uuid, bytea, boolean, text, text)', 'app_writer', 'tenant_user', 'app_writer');
