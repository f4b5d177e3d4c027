create or replace function app.find_resource(p_words text)
returns setof public.resources
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select r.*
  from public.resources r
  cross join lateral (
    select case
      when r.id::text = lower(btrim(p_words)) then 0
      else app.match_rank(p_words, array[r.name] || r.aliases)
    end as rank
  ) m
  where r.org_id = app.current_org_id()
    and r.active
    and m.rank is not null
  order by m.rank, char_length(r.name), r.id
  limit 1;
end
$$;

comment on function app.find_resource(text) is
  'The active resource that the words mean: its id, name or alias, titles left aside, or one that contains them as whole words. No row when nothing fits.';

select app.seal('app.find_resource(text)', null, 'tenant_user', 'tenant_service', 'app_writer');
