create or replace function app.access_token_hook(p_event jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_profile public.profiles;
  v_claims jsonb := coalesce(p_event -> 'claims', '{}');
  v_app_metadata jsonb := coalesce(v_claims -> 'app_metadata', '{}') - 'org_id' - 'member_role';
begin
  select * into v_profile from public.profiles p where p.user_id = (p_event ->> 'user_id')::uuid;
  if v_profile.org_id is not null then
    v_app_metadata := v_app_metadata || jsonb_build_object('org_id', v_profile.org_id, 'member_role', v_profile.role);
  end if;
  return jsonb_set(p_event, '{claims}', v_claims || jsonb_build_object('app_metadata', v_app_metadata));
end
$$;

comment on function app.access_token_hook(jsonb) is
  'Supabase Auth''s custom access token hook: puts the truth of profiles into claims.app_metadata (org_id, member_role) at every issue of a token, and takes it out for people who are no members.';

select app.seal('app.access_token_hook(jsonb)', 'app_definer');

do $$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'supabase_auth_admin') then
    grant usage on schema app to supabase_auth_admin;
    grant execute on function app.access_token_hook(jsonb) to supabase_auth_admin;
  end if;
end
$$;
