create or replace function app.list_invitations(p_invitation_id uuid default null)
returns setof app.invitation_row
language sql
stable
set search_path = ''
as $$
  select i.id, i.email, i.role, i.invited_by, i.expires_at, i.created_at, i.expires_at <= app.now(),
    coalesce(m.status, 'none'), m.reason, m.sent_at
  from public.invitations i
  left join public.messages m on m.org_id = i.org_id and m.id = i.message_id
  where i.org_id = app.require_org_id() and i.accepted_at is null and (p_invitation_id is null or i.id = p_invitation_id)
  order by i.created_at, i.id
$$;

comment on function app.list_invitations(uuid) is
  'The invitations that nobody has accepted, or that one of them, with what became of their e-mails; the oldest first, expired ones too.';

select app.seal('app.list_invitations(uuid)', null, 'tenant_user', 'app_writer');
