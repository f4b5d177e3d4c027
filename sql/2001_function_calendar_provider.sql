create or replace function app.calendar_provider(p_credential text)
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case p_credential when 'google_calendar' then 'google' when 'outlook' then 'microsoft' end
$$;

comment on function app.calendar_provider(text) is
  'What calendar_links calls the provider of a credential (org_credentials: google_calendar, outlook); NULL for others.';

select app.seal('app.calendar_provider(text)', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer');
