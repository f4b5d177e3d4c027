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

select app.seal('app.current_org_id()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher', 'service_role');
