create or replace function app.org_for_user(
  p_user_id uuid,
  p_email text,
  p_invitation_token text,
  p_email_confirmed boolean,
  p_anonymous boolean,
  p_signing_up boolean
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid;
  v_invited boolean;
begin
  select p.org_id into v_org_id from public.profiles p where p.user_id = p_user_id;
  if v_org_id is not null or p_anonymous then
    return v_org_id;
  end if;

  select i.org_id into v_org_id
  from public.invitations i
  join public.organizations o on o.id = i.org_id and o.deleted_at is null
  where i.accepted_at is null
    and i.expires_at > app.now()
    and i.email = lower(p_email)
    and (p_email_confirmed or i.token_hash = sha256(convert_to(coalesce(p_invitation_token, ''), 'utf8')))
  order by i.created_at desc
  limit 1;
  if v_org_id is not null then
    return v_org_id;
  end if;

  -- An invited address waits until it is confirmed; a person who was removed does not found a clinic by signing in again.
  v_invited := exists (
    select from public.invitations i
    join public.organizations o on o.id = i.org_id and o.deleted_at is null
    where i.accepted_at is null and i.expires_at > app.now() and i.email = lower(p_email));
  return case when p_signing_up and not v_invited then app.uuid_v7() end;
end
$$;

comment on function app.org_for_user(uuid, text, text, boolean, boolean, boolean) is
  'The organisation a person in auth.users belongs to: that of their profile, else of an open invitation that they prove by token or confirmed address, else at sign-up a new id (the organisation is founded after the insert). NULL for anonymous people, unproven invitations and removed members.';

select app.seal('app.org_for_user(uuid, text, text, boolean, boolean, boolean)', 'app_definer');
