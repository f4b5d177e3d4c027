-- SECURITY INVOKER on purpose, as app.open_call. Claims first, then the role, then the look at profiles with that
-- role's eyes: a member who was removed a second ago is refused although the token is still good.
create or replace function app.begin_request(p_role text, p_claims jsonb)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_member_role text;
begin
  if p_role is null or p_role not in ('tenant_user', 'tenant_service') then
    raise exception 'requests run as tenant_user or tenant_service' using errcode = 'VX400';
  end if;
  perform app.limit_waits();
  perform set_config('request.jwt.claims', p_claims::text, true);
  perform set_config('role', p_role, true);
  perform app.require_org_id();
  if p_role = 'tenant_service' then
    return 'service';
  end if;

  v_member_role := app.current_member_role();
  if v_member_role is null then
    raise exception 'not a member of this organisation' using errcode = 'VX401';
  end if;
  return v_member_role;
end
$$;

comment on function app.begin_request(text, jsonb) is
  'First statement of a request''s transaction: sets the verified claims and the role (tenant_user or tenant_service), and returns the member''s role as it is now (service for tenant_service). VX401 without an organisation or membership.';

select app.seal('app.begin_request(text, jsonb)', null, 'voxanne_login');
