create or replace function app.tool_registry()
returns setof public.vapi_tools
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select t.*
  from public.vapi_tools t
  order by t.name;
end
$$;

comment on function app.tool_registry() is
  'All tools that were ever registered, with the ids they have and had at Vapi.';

select app.seal('app.tool_registry()', 'app_definer', 'voxanne_login');
