begin;
select plan(12);
create function app.fresh() returns integer language sql as 'select 1';
grant execute on function app.fresh() to public, anon, tenant_user;
select app.seal('app.fresh()', null, 'tenant_service');
select is(has_function_privilege(r, 'app.fresh()', 'execute'), r = 'tenant_service', r)
from unnest(array['anon', 'authenticated', 'service_role', 'voxanne_login', 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher']) r;
select is((select rolname from pg_roles r join pg_proc p on p.proowner = r.oid where p.oid = 'app.fresh()'::regprocedure), current_user, 'NULL leaves the owner');
select app.seal('app.fresh()', 'app_writer');
select ok(not has_function_privilege('tenant_service', 'app.fresh()', 'execute'), 'sealed anew, forgotten grants are gone');
select is((select rolname from pg_roles r join pg_proc p on p.proowner = r.oid where p.oid = 'app.fresh()'::regprocedure), 'app_writer', 'the owner is as asked');
select * from finish();
rollback;
