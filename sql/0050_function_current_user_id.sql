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
