-- AFTER trigger: in a BEFORE trigger the profile's foreign key would not find its user yet.
create or replace function app.provision_user()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := (new.raw_app_meta_data ->> 'org_id')::uuid;
  v_invitation public.invitations;
begin
  if v_org_id is null or exists (select from public.profiles p where p.user_id = new.id) then
    return new;
  end if;

  if exists (select from public.organizations o where o.id = v_org_id) then
    update public.invitations i
    set accepted_at = app.now()
    where i.id = (
      select c.id from public.invitations c
      where c.org_id = v_org_id and c.email = lower(new.email) and c.accepted_at is null and c.expires_at > app.now()
      order by c.token_hash = sha256(convert_to(coalesce(new.raw_user_meta_data ->> 'invitation_token', ''), 'utf8')) desc, c.created_at desc
      limit 1)
      and i.org_id = v_org_id
    returning i.* into v_invitation;
    if v_invitation.id is null then
      raise exception 'no open invitation for this address' using errcode = 'VX403';
    end if;
    insert into public.profiles (org_id, user_id, role, name, email)
    values (v_org_id, new.id, v_invitation.role, left(new.raw_user_meta_data ->> 'name', 100), new.email);
    return new;
  end if;

  perform app.found_org(v_org_id, new.id, new.email, new.raw_user_meta_data);
  return new;
end
$$;

comment on function app.provision_user() is
  'Trigger on auth.users: founds the organisation of a person who signs up (location, practitioner, service, hours, agent, profile as owner), or makes an invited person a member. An error fails the sign-up as a whole: nobody is left half-made.';

select app.seal('app.provision_user()', 'app_definer');
