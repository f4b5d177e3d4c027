create or replace function app.invitation_of_message(p_message_id uuid)
returns setof public.invitations
language sql
stable
security definer
set search_path = ''
as $$
  select i.*
  from public.invitations i
  where i.org_id = app.require_org_id() and i.message_id = p_message_id and i.accepted_at is null and i.expires_at > app.now()
$$;

comment on function app.invitation_of_message(uuid) is
  'The invitation whose token an e-mail carries. No row when it was withdrawn, accepted, renewed or has expired: the e-mail has nothing to say any more. Never given to people''s requests.';

select app.seal('app.invitation_of_message(uuid)', 'app_writer', 'tenant_service');
