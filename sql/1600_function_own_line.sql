create or replace function app.own_line(p_location_id uuid)
returns text
language sql
stable
set search_path = ''
as $$
  select l.phone
  from public.locations l
  where l.org_id = app.current_org_id() and l.id = p_location_id and not app.is_our_number(l.phone)
$$;

comment on function app.own_line(uuid) is
  'The location''s own line (E.164), which rings when we cannot answer; NULL when it has none, or when the number is one of ours: callers would go round in circles.';

select app.seal('app.own_line(uuid)', null, 'app_writer');
