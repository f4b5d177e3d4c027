create or replace function app.count_unread_notifications()
returns bigint
language sql
stable
set search_path = ''
as $$
  select count(*) from public.notifications n where n.org_id = app.require_org_id() and n.read_at is null
$$;

comment on function app.count_unread_notifications() is 'How many of the clinic''s notifications nobody has read.';

select app.seal('app.count_unread_notifications()', null, 'tenant_user');
