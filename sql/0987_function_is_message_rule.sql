create or replace function app.is_message_rule(p_key text, p_value jsonb)
returns boolean
language sql
immutable
parallel safe
set search_path = ''
as $$
  select case p_key
    when 'follow_up_window_minutes' then app.is_whole_number(p_value, 1, 7 * 24 * 60)
    when 'messages_per_day' then app.is_whole_number(p_value, 0, 100000)
    when 'quiet_from' then jsonb_typeof(p_value) = 'string' and p_value #>> '{}' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
    when 'quiet_until' then jsonb_typeof(p_value) = 'string' and p_value #>> '{}' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
    when 'missed_call_text' then jsonb_typeof(p_value) = 'boolean'
    when 'email_confirmations' then jsonb_typeof(p_value) = 'boolean'
    when 'reminder_offsets_minutes' then case when jsonb_typeof(p_value) = 'array' then (
      select count(*) <= 5 and count(*) = count(distinct m) and coalesce(bool_and(app.is_whole_number(m, 10, 60 * 24 * 60)), true)
      from jsonb_array_elements(p_value) m) else false end
    else false
  end
$$;

comment on function app.is_message_rule(text, jsonb) is
  'Whether app.set_message_rules knows the key and the value is one that it may have.';

select app.seal('app.is_message_rule(text, jsonb)', null, 'app_writer');
