create or replace function app.find_phone_number(p_id uuid, p_number text default null)
returns setof app.phone_number_row
language sql
stable
security definer
set search_path = ''
as $$
  select s.*
  from app.phone_numbers_shown() s
  where s.id = p_id or s.number = p_number
$$;

comment on function app.find_phone_number(uuid, text) is
  'One of the clinic''s numbers, by its id or as E.164; no row for anybody else''s, so that nobody learns which numbers there are.';

select app.seal('app.find_phone_number(uuid, text)', 'app_writer', 'tenant_user');
