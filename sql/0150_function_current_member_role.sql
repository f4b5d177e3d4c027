create or replace function app.current_member_role()
returns text
language sql
stable
set search_path = ''
as $$
  select p.role
  from public.profiles p
  where p.org_id = app.current_org_id()
    and p.user_id = app.current_user_id()
$$;

comment on function app.current_member_role() is
  'The running request''s role in its organisation as the database has it now: owner, admin, staff or viewer; NULL when no member acts (webhooks, jobs).';

select app.seal('app.current_member_role()', null, 'tenant_user', 'tenant_service', 'app_writer');
