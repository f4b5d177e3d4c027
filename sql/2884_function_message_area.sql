-- No search path is set, so that it is inlined where 500 messages are sorted.
create or replace function app.message_area(p_kind text, p_in_campaign boolean)
returns text
language sql
immutable
parallel safe
return case
  when p_in_campaign or p_kind in ('campaign', 'marketing') then 'campaigns'
  when p_kind in ('reminder', 'confirmation') then 'reminders'
  else 'messages'
end;

comment on function app.message_area(text, boolean) is
  'The area of app.system_status that a message belongs to, by its category, or one that is still to be written, by its kind in scheduled_messages.';

select app.seal('app.message_area(text, boolean)', null, 'app_writer');
