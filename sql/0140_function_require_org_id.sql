create or replace function app.require_org_id()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.current_org_id();
begin
  if v_org_id is null then
    raise exception 'no organisation in the request''s claims' using errcode = 'VX401';
  end if;
  return v_org_id;
end
$$;

comment on function app.require_org_id() is
  'The tenant of the running request, or VX401 where there is none: a function that writes never runs without a tenant.';

select app.seal('app.require_org_id()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher');
