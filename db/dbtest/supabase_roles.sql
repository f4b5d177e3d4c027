-- The roles of a Supabase project, as far as migrations meet them. Run by a superuser, once per cluster.
do $$
begin
  if exists (select from pg_roles where rolname = 'supabase_auth_admin') then
    return;
  end if;
  create role anon nologin noinherit;
  create role authenticated nologin noinherit;
  create role service_role nologin noinherit bypassrls;
  create role authenticator login noinherit password 'test-secret-authenticator';
  grant anon, authenticated, service_role to authenticator;
  create role supabase_auth_admin nologin noinherit createrole;
  create role postgres login createdb createrole bypassrls nosuperuser password 'test-secret-migrator';
  grant anon, authenticated, service_role to postgres with admin option;
end
$$;
