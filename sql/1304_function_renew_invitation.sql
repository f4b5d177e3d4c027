create or replace function app.renew_invitation(
  p_invitation_id uuid,
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
  v_invitation public.invitations;
begin
  perform app.require_admin();
  select * into v_invitation
  from public.invitations i
  where i.org_id = app.require_org_id() and i.id = p_invitation_id and i.accepted_at is null;
  if v_invitation.id is null then
    raise exception 'there is no such open invitation' using errcode = 'VX404';
  end if;
  return query select * from app.invite_member(v_invitation.email, v_invitation.role, p_token_id, p_token_hash, p_mail, p_platform_mail, p_request_id);
end
$$;

comment on function app.renew_invitation(uuid, uuid, bytea, boolean, text, text) is
  'Invites the address of an open invitation once more, also an expired one: seven days from now, with a new token and a new e-mail; the earlier token opens nothing any more. VX404 when there is none, or it was accepted; otherwise as app.invite_member.';

select app.seal('app.renew_invitation(uuid, uuid, bytea, boolean, text, text)', 'app_writer', 'tenant_user');
