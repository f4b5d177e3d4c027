create or replace function app.parked_grant(p_id uuid)
returns setof app.parked_grant_view
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform app.require_admin();
  return query
  select s.id, s.provider, s.connected_email, o.name,
    case when c.account_hash is distinct from s.account_hash then coalesce(c.connected_email, case when c.id is not null then '' end) end,
    s.expires_at
  from public.oauth_states s
  join public.organizations o on o.id = s.org_id
  left join public.org_credentials c on c.org_id = s.org_id and c.provider = s.provider
  where s.org_id = app.require_org_id() and s.id = p_id and s.user_id = app.current_user_id()
    and s.state = 'parked' and s.expires_at > app.now();
  if not found then
    raise exception 'there is no such connection to confirm' using errcode = 'VX404';
  end if;
end
$$;

comment on function app.parked_grant(uuid) is
  'What this member is to confirm or refuse: which account, to which clinic. Owner and admin only (VX403); VX404 when it is somebody else''s, another clinic''s, not here yet, done, or too old.';

select app.seal('app.parked_grant(uuid)', 'app_writer', 'tenant_user');
