-- The statement is put together from fixed pieces, because a plan for every combination of filters and orders at once
-- uses no index for any of them. Values are parameters, never text.
create or replace function app.list_contacts(
  p_lead_status text default null,
  p_source text default null,
  p_search text default null,
  p_from date default null,
  p_to date default null,
  p_sort text default 'last_contact',
  p_descending boolean default true,
  p_page integer default 1,
  p_limit integer default 20
)
returns setof app.contact_row
language plpgsql
stable
set search_path = ''
set random_page_cost = 1.1 -- what lists show is in memory: a few rows by their ids beat all of them in a row
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_where text := 'c.org_id = $1 and c.erased_at is null';
  v_order text;
  v_back text;
  v_found uuid[];
  v_total bigint;
  v_span app.page_span;
begin
  -- Only what may be missing says where it stands then: the others can be read off an index in both directions.
  v_order := case p_sort
    when 'last_contact' then 'c.last_contacted_at %s nulls %s, c.id %s'
    when 'created' then 'c.created_at %s, c.id %3$s'
    when 'name' then 'c.name %s nulls %s, c.id %s'
    when 'score' then 'c.lead_score %s, c.id %3$s'
  end;
  if v_order is null or p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'there is no such order or page' using errcode = 'VX400';
  end if;
  v_back := format(v_order, case when p_descending then 'asc' else 'desc' end, 'first', 'desc');
  v_order := format(v_order, case when p_descending then 'desc' else 'asc' end, 'last', 'asc');
  if btrim(p_search) <> '' then
    v_found := app.found_ids('contact', p_search);
  end if;
  v_where := concat_ws(' and ', v_where,
    case when p_lead_status is not null then 'c.lead_status = $2' end,
    case when p_source is not null then 'c.source = $3' end,
    case when v_found is not null then 'c.id = any ($10)'
      when btrim(p_search) <> '' then 'c.search_text like app.contact_search($4)' end,
    case when p_from is not null then 'c.created_at >= $5::timestamp at time zone $7' end,
    case when p_to is not null then 'c.created_at < ($6 + 1)::timestamp at time zone $7' end);

  execute format('select count(*) from (select from public.contacts c where %s limit 50001) s', v_where)
  into v_total
  using v_org_id, p_lead_status, p_source, p_search, p_from, p_to, v_zone, null, null, v_found;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  -- Ids first: they come from the index alone, also for a page far behind.
  return query execute format(
    $q$
    select c.id, c.name, c.phone, c.spoken_phone, c.email, c.lead_status, c.lead_score, c.lead_reasons, c.service_interests,
      c.source, c.notes, c.language, c.time_zone, c.marketing_consent_at, c.last_contacted_at, c.created_at, c.updated_at,
      least($11, 50000), $11 > 50000
    from (select c.id from public.contacts c where %s order by %s limit $8 offset $9) p
    join public.contacts c on c.org_id = $1 and c.id = p.id
    order by %s
    $q$, v_where, case when v_span.from_end then v_back else v_order end, v_order)
  using v_org_id, p_lead_status, p_source, p_search, p_from, p_to, v_zone, v_span.take, v_span.skip, v_found, v_total;
end
$$;

comment on function app.list_contacts(text, text, text, date, date, text, boolean, integer, integer) is
  'One page of the organisation''s contacts, without the erased. Every filter narrows, NULL does not: status, source, p_search in name, numbers and address, and the days (both included, of the clinic''s zone) on which the contact came. p_sort: last_contact, created, name or score; those without a value come last. p_page counts from 1, p_limit is 1 to 100; a page past the end has no rows and so tells no total.';

select app.seal('app.list_contacts(text, text, text, date, date, text, boolean, integer, integer)', null, 'tenant_user');
