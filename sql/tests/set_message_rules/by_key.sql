begin;
\ir ../messages.psql
select plan(24);
create function pg_temp.rules(p_rules jsonb) returns text language sql as $$
  select concat_ws(' ', o.follow_up_window, o.quiet_from, o.quiet_until, o.reminder_offsets, o.messages_per_day, o.missed_call_text, o.email_confirmations)
  from app.set_message_rules(p_rules) o
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_as('owner');
select is(pg_temp.rules('{}'), '01:00:00 21:00:00 08:00:00 {24:00:00,02:00:00} 1000 f t', 'what is absent stays');
select is(pg_temp.rules('{"follow_up_window_minutes": 90, "quiet_from": "20:30", "quiet_until": "09:15", "reminder_offsets_minutes": [60, 2880], "messages_per_day": 5, "missed_call_text": true, "email_confirmations": false}'),
  '01:30:00 20:30:00 09:15:00 {48:00:00,01:00:00} 5 t f', 'all of them');
select is(pg_temp.rules('{"reminder_offsets_minutes": []}'), '01:30:00 20:30:00 09:15:00 {} 5 t f', 'no reminders');
select is(pg_temp.rules('{"messages_per_day": 0}'), '01:30:00 20:30:00 09:15:00 {} 0 t f', 'no messages');
select throws_ok(format('select pg_temp.rules(%L)', r), 'VX400', m, r)
from (values
  ('{"color": 1}', 'there is no such rule, or no such value for it: color'),
  ('{"follow_up_window_minutes": 0}', 'there is no such rule, or no such value for it: follow_up_window_minutes'),
  ('{"follow_up_window_minutes": 10081}', null), ('{"follow_up_window_minutes": 1.5}', null), ('{"follow_up_window_minutes": "60"}', null),
  ('{"quiet_from": "24:00"}', 'there is no such rule, or no such value for it: quiet_from'), ('{"quiet_until": 8}', null),
  ('{"reminder_offsets_minutes": [5]}', 'there is no such rule, or no such value for it: reminder_offsets_minutes'),
  ('{"reminder_offsets_minutes": [60, 60]}', null), ('{"reminder_offsets_minutes": [10, 20, 30, 40, 50, 60]}', null),
  ('{"reminder_offsets_minutes": 60}', null), ('{"messages_per_day": 100001}', null), ('{"missed_call_text": "yes"}', null),
  ('{"email_confirmations": null}', null), ('[]', null)
) v (r, m);
select is(pg_temp.rules('{}'), '01:30:00 20:30:00 09:15:00 {} 0 t f', 'refused rules changed nothing');
select is((select count(*) from public.audit_log where action = 'message_rules_changed'), 5::bigint, 'each change is audited');
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.rules('{}') $$, 'VX403', null, 'staff do not');
select pg_temp.act_for('a');
select throws_ok($$ select pg_temp.rules('{}') $$, '42501', null, 'nor a webhook');
select is((select follow_up_window from public.organizations where id = 'b0000000-0000-7000-8000-000000000001'), null, 'another clinic is not seen');
select * from finish();
rollback;
