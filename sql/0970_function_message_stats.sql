create or replace function app.message_stats(
  p_from date,
  p_to date
)
returns setof app.message_stat
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  raise exception 'app.message_stats is not written yet';
end
$$;

comment on function app.message_stats(date, date) is
  'Not written yet.';

select app.seal('app.message_stats(date, date)', 'app_writer', 'tenant_user');
