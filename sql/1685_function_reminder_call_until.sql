create or replace function app.reminder_call_until(p_starts_at timestamptz, p_now timestamptz)
returns timestamptz
language sql
immutable
set search_path = ''
as $$
  select least(p_now + interval '24 hours', p_starts_at - interval '15 minutes')
$$;

comment on function app.reminder_call_until(timestamptz, timestamptz) is
  'Until when a call may be made that reminds of a visit which starts at p_starts_at: a day, and never in the last quarter of an hour before it. p_starts_at NULL (a campaign''s call): a day.';

select app.seal('app.reminder_call_until(timestamptz, timestamptz)', null, 'app_writer');
