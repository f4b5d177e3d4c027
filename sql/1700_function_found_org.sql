create or replace function app.found_org(p_org_id uuid, p_user_id uuid, p_email text, p_about jsonb)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_claims text := coalesce(current_setting('request.jwt.claims', true), '');
  v_name text := coalesce(nullif(left(btrim(p_about ->> 'business_name'), 100), ''), 'My clinic');
begin
  insert into public.organizations (id, name, slug, time_zone)
  values (
    p_org_id, v_name,
    left(coalesce(nullif(btrim(regexp_replace(app.normalise_name(v_name), '[^a-z0-9]+', '-', 'g'), '-'), ''), 'clinic'), 40)
      || '-' || right(replace(p_org_id::text, '-', ''), 12),
    case when app.is_time_zone(p_about ->> 'time_zone') then p_about ->> 'time_zone' else 'America/New_York' end);
  insert into public.profiles (org_id, user_id, role, name, email)
  values (p_org_id, p_user_id, 'owner', left(p_about ->> 'name', 100), p_email);

  perform set_config('request.jwt.claims',
    jsonb_build_object('app_metadata', jsonb_build_object('org_id', p_org_id))::text, true);
  perform app.furnish_org(v_name, o.time_zone) from public.organizations o where o.id = p_org_id;
  perform set_config('request.jwt.claims', v_claims, true);
end
$$;

comment on function app.found_org(uuid, uuid, text, jsonb) is
  'Founds an organisation with the person as its owner, and gives it what a first booking needs. p_about is what they said of themselves when they signed up (raw_user_meta_data: business_name, time_zone, name).';

select app.seal('app.found_org(uuid, uuid, text, jsonb)', 'app_definer');
