-- Schemas, extensions, roles and the few functions that tables, defaults and policies lean on.
-- Runs on plain PostgreSQL >= 15 and on a Supabase-shaped database: what is already there is left as it is.

-- +goose Up
-- +goose StatementBegin
create schema if not exists app;
create schema if not exists river;
create schema if not exists extensions;

comment on schema app is 'Voxanne''s functions, types and views. Tables live in public.';
comment on schema river is 'River, the job queue. Arguments hold ids only, never data about people.';

revoke all on schema app, river from public;

create extension if not exists btree_gist schema extensions;
create extension if not exists fuzzystrmatch schema extensions;
create extension if not exists vector schema extensions;
-- +goose StatementEnd

-- +goose StatementBegin
-- Roles belong to the whole cluster, and two databases of one cluster may be migrated at the same moment:
-- creating and granting tolerate the other one winning (duplicate_object, unique_violation, "tuple concurrently updated").
do $$
declare
  v_role text;
  v_attempt integer;
begin
  foreach v_role in array array[
    'voxanne_login', 'tenant_user', 'tenant_service', 'app_writer', 'app_definer',
    'anon', 'authenticated', 'service_role'
  ]
  loop
    continue when exists (select from pg_catalog.pg_roles where rolname = v_role);
    begin
      execute format('create role %I nologin noinherit', v_role);
    exception when duplicate_object or unique_violation then
      null;
    end;
  end loop;

  for v_attempt in 1..20 loop
    begin
      if not pg_has_role('voxanne_login', 'tenant_user', 'member') then
        grant tenant_user to voxanne_login;
      end if;
      if not pg_has_role('voxanne_login', 'tenant_service', 'member') then
        grant tenant_service to voxanne_login;
      end if;
      -- Giving a function to app_writer or app_definer needs membership in them.
      if not pg_has_role(current_user, 'app_writer', 'usage') then
        execute format('grant app_writer to %I', current_user);
      end if;
      if not pg_has_role(current_user, 'app_definer', 'usage') then
        execute format('grant app_definer to %I', current_user);
      end if;
      exit;
    exception when unique_violation or internal_error or duplicate_object then
      if v_attempt = 20 then
        raise;
      end if;
      perform pg_sleep(0.05);
    end;
  end loop;
end
$$;

grant usage on schema app to voxanne_login, tenant_user, tenant_service, app_writer, app_definer;
grant usage on schema public to tenant_user, tenant_service, app_writer, app_definer, service_role;
grant usage on schema extensions to tenant_user, tenant_service, app_writer, app_definer;
grant usage on schema river to voxanne_login, app_definer;
-- +goose StatementEnd

-- +goose StatementBegin
-- Supabase Auth owns these where it runs; elsewhere we make the little that we rely on.
do $$
begin
  if to_regnamespace('auth') is null then
    create schema auth;
  end if;
  if to_regclass('auth.users') is null then
    create table auth.users (
      id uuid primary key,
      email varchar(255),
      phone text,
      raw_app_meta_data jsonb,
      raw_user_meta_data jsonb,
      email_confirmed_at timestamptz,
      is_anonymous boolean not null default false,
      is_sso_user boolean not null default false,
      banned_until timestamptz,
      created_at timestamptz,
      deleted_at timestamptz
    );
    comment on table auth.users is 'People who can sign in. Stands in for Supabase Auth''s table where Supabase does not run.';
    alter table auth.users enable row level security;
  end if;
  if to_regprocedure('auth.jwt()') is null then
    create function auth.jwt() returns jsonb language sql stable as
      'select nullif(current_setting(''request.jwt.claims'', true), '''')::jsonb';
  end if;
  if to_regprocedure('auth.uid()') is null then
    create function auth.uid() returns uuid language sql stable as
      'select nullif(nullif(current_setting(''request.jwt.claims'', true), '''')::jsonb ->> ''sub'', '''')::uuid';
  end if;
end
$$;
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0010_function_seal.sql
-- Functions are executable by PUBLIC from birth, and older Supabase projects grant more by default privileges.
-- Every function file ends with a call of this one, so that who may call it, and as whom it runs, stands in one line.
create or replace function app.seal(p_function text, p_owner text, variadic p_grantees text[] default '{}')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_function regprocedure := p_function::regprocedure;
  v_role text;
begin
  execute format('revoke all on function %s from public', v_function);
  for v_role in
    select rolname from pg_catalog.pg_roles
    where rolname in (
      'anon', 'authenticated', 'service_role', 'voxanne_login',
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer'
    )
  loop
    execute format('revoke all on function %s from %I', v_function, v_role);
  end loop;
  foreach v_role in array p_grantees loop
    execute format('grant execute on function %s to %I', v_function, v_role);
  end loop;
  if p_owner is not null then
    execute format('alter function %s owner to %I', v_function, p_owner);
    execute format('grant execute on function %s to %I', v_function, p_owner);
  end if;
end
$$;

comment on function app.seal(text, text, text[]) is
  'Closes a function to everyone, opens it to the named roles and gives it to its owner (null: stays with the migrating role). Called at the end of every function file.';

revoke all on function app.seal(text, text, text[]) from public;
-- end of sql/0010_function_seal.sql

-- snapshot of sql/0020_function_now.sql
-- The one clock. Functions read it once into a variable, after taking their locks, so that a hold that expired
-- while the transaction waited counts as expired. Test databases replace this function; nothing else does.
-- A standard body is bound to what it names when it is made: safe without a search path, and so it can be inlined.
create or replace function app.now()
returns timestamptz
language sql
volatile
parallel safe
begin atomic
  select pg_catalog.clock_timestamp();
end;

comment on function app.now() is
  'The current instant by the wall clock (not the transaction''s start). The only clock that functions and defaults read.';

select app.seal('app.now()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'service_role');
-- end of sql/0020_function_now.sql

-- snapshot of sql/0030_function_uuid_v7.sql
-- Time-ordered ids keep the indexes of a growing table compact: new rows go to the right edge instead of everywhere.
-- A standard body is bound to what it names when it is made: safe without a search path, and so it can be inlined.
create or replace function app.uuid_v7()
returns uuid
language sql
volatile
parallel safe
begin atomic
  select encode(
    set_bit(set_bit(
      overlay(
        uuid_send(gen_random_uuid())
        placing substring(int8send((extract(epoch from app.now()) * 1000)::bigint) from 3)
        from 1 for 6
      ), 52, 1), 53, 1), 'hex')::uuid;
end;

comment on function app.uuid_v7() is
  'A new UUID version 7 (RFC 9562): 48 bits of Unix milliseconds from app.now(), then random bits. Default of every id.';

select app.seal('app.uuid_v7()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'service_role');
-- end of sql/0030_function_uuid_v7.sql

-- snapshot of sql/0040_function_current_org_id.sql
-- Only app_metadata counts: a user can write user_metadata. After a transaction the setting is '' and not NULL.
-- A standard body is bound to what it names when it is made: safe without a search path, and so it can be inlined.
create or replace function app.current_org_id()
returns uuid
language sql
stable
parallel safe
begin atomic
  select (nullif(current_setting('request.jwt.claims', true), '')::jsonb -> 'app_metadata' ->> 'org_id')::uuid;
end;

comment on function app.current_org_id() is
  'The tenant of the running request: request.jwt.claims -> app_metadata -> org_id, as Supabase''s auth.jwt() reads it. NULL without claims, and then every policy hides every row.';

select app.seal('app.current_org_id()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'service_role');
-- end of sql/0040_function_current_org_id.sql

-- snapshot of sql/0050_function_current_user_id.sql
-- A standard body is bound to what it names when it is made: safe without a search path, and so it can be inlined.
create or replace function app.current_user_id()
returns uuid
language sql
stable
parallel safe
begin atomic
  select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid;
end;

comment on function app.current_user_id() is
  'The signed-in person of the running request (the claims'' sub); NULL when a webhook or a job acts for the tenant.';

select app.seal('app.current_user_id()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer');
-- end of sql/0050_function_current_user_id.sql

-- snapshot of sql/0060_function_is_time_zone.sql
-- Asking the time zone code itself is a thousand times faster than reading pg_timezone_names, which stats every file.
create or replace function app.is_time_zone(p_zone text)
returns boolean
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
begin
  if p_zone <> 'UTC' and p_zone !~ '^[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+$' then
    return false;
  end if;
  perform pg_catalog.timezone(p_zone, timestamptz '2000-01-01 00:00:00+00');
  return true;
exception when invalid_parameter_value then
  return false;
end
$$;

comment on function app.is_time_zone(text) is
  'Whether the text is an IANA zone name that this server knows (America/Chicago), not an abbreviation or an offset. Used by check constraints.';

select app.seal('app.is_time_zone(text)', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'service_role');
-- end of sql/0060_function_is_time_zone.sql

-- +goose StatementEnd

-- +goose StatementBegin
do $$
begin
  if to_regclass('public.goose_db_version') is not null then
    revoke all on table public.goose_db_version from public;
    revoke all on table public.goose_db_version from anon, authenticated;
    -- Asked for by column: two first migrations at the same moment may leave the sequence another name.
    execute format('revoke all on sequence %s from anon, authenticated', pg_get_serial_sequence('public.goose_db_version', 'id'));
  end if;
end
$$;
-- +goose StatementEnd

-- +goose Down
-- Roles stay: they belong to the cluster and other databases may use them. So do extensions and anything in auth that was there before us.
-- +goose StatementBegin
drop function app.is_time_zone(text);
drop function app.current_user_id();
drop function app.current_org_id();
drop function app.uuid_v7();
drop function app.seal(text, text, text[]);
drop function app.now();
revoke usage on schema public from tenant_user, tenant_service, app_writer, app_definer;
revoke usage on schema extensions from tenant_user, tenant_service, app_writer, app_definer;
drop schema app;
drop schema river;
do $$
begin
  -- Only what the Up above made: on Supabase another role owns it, and people are in it.
  if exists (
    select from pg_catalog.pg_class c
    where c.oid = to_regclass('auth.users')
      and obj_description(c.oid) like '%Stands in for Supabase Auth%'
  ) then
    drop function auth.uid();
    drop function auth.jwt();
    drop table auth.users;
    drop schema auth;
  end if;
end
$$;
-- +goose StatementEnd
