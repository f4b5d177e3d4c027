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
  v_claims text := coalesce(current_setting('request.jwt.claims', true), '');
  v_invitation public.invitations;
  v_name text;
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

  v_name := coalesce(nullif(left(btrim(new.raw_user_meta_data ->> 'business_name'), 100), ''), 'My clinic');
  insert into public.organizations (id, name, slug, time_zone)
  values (
    v_org_id, v_name,
    left(coalesce(nullif(btrim(regexp_replace(app.normalise_name(v_name), '[^a-z0-9]+', '-', 'g'), '-'), ''), 'clinic'), 40)
      || '-' || right(replace(v_org_id::text, '-', ''), 12),
    case when app.is_time_zone(new.raw_user_meta_data ->> 'time_zone') then new.raw_user_meta_data ->> 'time_zone'
      else 'America/New_York' end);
  insert into public.profiles (org_id, user_id, role, name, email)
  values (v_org_id, new.id, 'owner', left(new.raw_user_meta_data ->> 'name', 100), new.email);

  perform set_config('request.jwt.claims',
    jsonb_build_object('app_metadata', jsonb_build_object('org_id', v_org_id))::text, true);
  perform app.furnish_org(v_name, o.time_zone) from public.organizations o where o.id = v_org_id;
  perform set_config('request.jwt.claims', v_claims, true);
  return new;
end
$$;

comment on function app.provision_user() is
  'Trigger on auth.users: founds the organisation of a person who signs up (location, practitioner, service, hours, agent, profile as owner), or makes an invited person a member. An error fails the sign-up as a whole: nobody is left half-made.';

select app.seal('app.provision_user()', 'app_definer');
