create or replace function app.list_phone_numbers(p_page integer, p_limit integer, p_at_vapi boolean default false)
returns setof app.phone_number_row
language sql
stable
security definer
set search_path = ''
as $$
  select s.id, s.number, s.provider, s.location_id, s.location_name, s.own_line, s.agent_id, s.agent_name, s.routing,
    s.vapi_phone_number_id, s.vapi_assistant_id, s.state, s.error, s.created_at, s.updated_at, count(*) over (), false
  from app.phone_numbers_shown() s
  where not p_at_vapi or s.vapi_phone_number_id is not null
  order by s.created_at, s.id
  limit p_limit offset (p_page - 1) * p_limit
$$;

comment on function app.list_phone_numbers(integer, integer, boolean) is
  'A page of the clinic''s numbers, oldest first; p_at_vapi: only those that calls reach.';

select app.seal('app.list_phone_numbers(integer, integer, boolean)', 'app_writer', 'tenant_user');
