create or replace function app.service_cards()
returns setof app.service_card
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select s.name, (extract(epoch from s.duration) / 60)::integer, s.price_minor, s.currency,
    coalesce(array_agg(r.name order by r.name) filter (where r.id is not null), '{}')
  from public.services s
  left join public.resource_services rs on rs.org_id = s.org_id and rs.service_id = s.id
  left join public.resources r on r.org_id = rs.org_id and r.id = rs.resource_id and r.active
  where s.org_id = app.current_org_id() and s.active
  group by s.org_id, s.id
  order by s.name;
end
$$;

comment on function app.service_cards() is
  'The clinic''s active services with length, price and who gives them: public facts, open to every caller.';

select app.seal('app.service_cards()', null, 'tenant_user', 'tenant_service', 'app_writer');
