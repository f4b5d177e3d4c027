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
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher'
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
