-- What `go run ./cmd/bench -only dashboard` asks for, over HTTP and as the function behind it. Run after dashboard.sql.

-- How many milliseconds one call takes: p_schema app under the caller's policies, bench the same function without any.
create function bench.took(p_schema text, p_call text) returns double precision language plpgsql as $$
declare
  v_begun timestamptz := clock_timestamp();
begin
  execute format('select count(*) from (select * from %I.%s offset 0) looked', p_schema, p_call);
  return 1000 * extract(epoch from clock_timestamp() - v_begun);
end
$$;

create table bench.looks (
  place serial,
  title text,
  path text, -- of the API
  call text, -- of SQL; NULL: only over HTTP
  on_start boolean not null default false
);
-- %s is the last page.
insert into bench.looks (title, path, call)
select l.title, format(l.path, c.rows / 20), format(l.call, c.rows / 20)
from bench.clinics c, (values
  (1, 'contacts', '/api/contacts', 'list_contacts()'),
  (2, '  last page', '/api/contacts?page=%s', 'list_contacts(p_page => %s)'),
  (3, '  by name', '/api/contacts?sort=name&order=asc', 'list_contacts(p_sort => ''name'', p_descending => false)'),
  (4, '  by score', '/api/contacts?sort=score', 'list_contacts(p_sort => ''score'')'),
  (5, '  cold ones', '/api/contacts?leadStatus=cold', 'list_contacts(p_lead_status => ''cold'')'),
  (6, '  "ouquill"', '/api/contacts?search=ouquill', 'list_contacts(p_search => ''ouquill'')'),
  (7, '  "12345"', '/api/contacts?search=12345', 'list_contacts(p_search => ''12345'')'),
  (10, 'appointments', '/api/appointments', 'list_appointments()'),
  (11, '  last page', '/api/appointments?page=%s', 'list_appointments(p_page => %s)'),
  (12, '  last booked', '/api/appointments?sort=-created_at', 'list_appointments(p_sort => ''-created_at'')'),
  (13, '  cancelled', '/api/appointments?status=cancelled', 'list_appointments(p_statuses => ''{cancelled}'')'),
  (14, '  of a practitioner', '/api/appointments?resourceId=00000000-0000-7000-8000-000000000001', 'list_appointments(p_resource_id => bench.id(1))'),
  (15, '  "ouquill"', '/api/appointments?search=ouquill', 'list_appointments(p_search => ''ouquill'')'),
  (16, '  "12345"', '/api/appointments?search=12345', 'list_appointments(p_search => ''12345'')'),
  (20, 'calls', '/api/calls-dashboard', 'list_calls(1, 20)'),
  (21, '  last page', '/api/calls-dashboard?page=%s', 'list_calls(%s, 20)'),
  (22, '  this month', '/api/calls-dashboard?date_filter=month', 'list_calls(1, 20, p_recent => ''month'')'),
  (23, '  missed', '/api/calls-dashboard?status=missed', 'list_calls(1, 20, p_state => ''missed'')'),
  (24, '  outbound', '/api/calls-dashboard?call_type=outbound', 'list_calls(1, 20, p_direction => ''outbound'')'),
  (25, '  "ouquill"', '/api/calls-dashboard?search=ouquill', 'list_calls(1, 20, p_search => ''ouquill'')'),
  (26, '  "12345"', '/api/calls-dashboard?search=12345', 'list_calls(1, 20, p_search => ''12345'')'),
  (30, 'messages', '/api/messages', 'list_messages(1, 20)'),
  (31, '  last page', '/api/messages?page=%s', 'list_messages(%s, 20)'),
  (32, '  reminders', '/api/messages?category=reminder', 'list_messages(1, 20, p_category => ''reminder'')'),
  (33, '  failed', '/api/messages?status=failed', 'list_messages(1, 20, p_status => ''failed'')'),
  (34, '  "number 4123"', '/api/messages?search=number%%204123', 'list_messages(1, 20, p_search => ''number 4123'')'),
  (40, 'notifications', '/api/notifications', 'list_notifications(1, 20)'),
  (41, '  last page', '/api/notifications?page=%s', 'list_notifications(%s, 20)'),
  (42, '  missed calls', '/api/notifications?kind=missed_call', 'list_notifications(1, 20, p_kind => ''missed_call'')'),
  (50, 'booking attempts', '/api/booking-attempts', 'list_booking_attempts()'),
  (51, '  last page', '/api/booking-attempts?page=%s', 'list_booking_attempts(p_page => %s)'),
  (52, '  refused', '/api/booking-attempts?outcome=refused', 'list_booking_attempts(p_outcome => ''refused'')'),
  (60, 'audit log', '/api/audit-log', 'list_audit_log(1, 20)'),
  (61, '  last page', '/api/audit-log?page=%s', 'list_audit_log(%s, 20)'),
  (62, '  settings', '/api/audit-log?action=settings_changed', 'list_audit_log(1, 20, p_action => ''settings_changed'')')
) l (place, title, path, call)
where c.n = 1
order by l.place;

insert into bench.looks (title, path, call, on_start)
select l.title, format(l.path, c.org_id, current_date - 30, current_date), l.call, true
from bench.clinics c, (values
  (1, 'validate', '/api/orgs/validate/%s', null),
  (2, 'organization', '/api/orgs', null),
  (3, 'pulse, call stats', '/api/analytics/dashboard-pulse', 'call_stats()'),
  (4, 'recent activity', '/api/analytics/recent-activity', 'recent_activity()'),
  (5, 'leads', '/api/analytics/leads', 'list_leads(20)'),
  (6, 'unread', '/api/notifications/unread', 'count_unread_notifications()'),
  (7, 'calls, stats', '/api/calls-dashboard/stats', null),
  (8, 'contact stats', '/api/contacts/stats', 'contact_stats()'),
  (9, 'message stats', '/api/messages/stats?from=%2$s&to=%3$s', null)
) l (place, title, path, call)
where c.n = 1
order by l.place;

-- The same functions for a superuser, whom no policy binds: what is left is their own "where org_id =".
do $$
declare
  v_definition text;
begin
  for v_definition in
    select replace(replace(pg_get_functiondef(p.oid), 'FUNCTION app.' || p.proname || '(', 'FUNCTION bench.' || p.proname || '('),
      ' SECURITY DEFINER', '')
    from pg_proc p
    where p.pronamespace = 'app'::regnamespace
      and exists (select from bench.looks l where l.call like p.proname || '(%')
  loop
    execute v_definition;
  end loop;
end
$$;
grant usage on schema bench to tenant_user;
grant execute on all functions in schema bench to tenant_user;
