create or replace function app.integrations()
returns setof app.integration_row
language sql
stable
set search_path = ''
as $$
  select p.provider, c.id is not null and c.verification_error is null and c.needs_reconnect_at is null, c.last_verified_at,
    c.verification_error
  from (values ('twilio', 1), ('resend', 2), ('google_calendar', 3), ('outlook', 4)) p (provider, position)
  left join public.org_credentials c on c.org_id = app.require_org_id() and c.provider = p.provider
  order by p.position
$$;

comment on function app.integrations() is
  'Every account that a clinic may connect, with what the last look at it said. Every member may ask; nothing sealed is told.';

select app.seal('app.integrations()', null, 'tenant_user');
