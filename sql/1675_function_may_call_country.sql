-- Whoever gets into a member's account could have numbers called that are dear to us and good to them. Where a number lies is
-- told by Go, which knows the numbering plans.
create or replace function app.may_call_country(p_region text)
returns boolean
language sql
stable
set search_path = ''
as $$
  select coalesce((
    select p_region = o.country or p_region = any (s.countries)
    from public.organizations o
    left join public.outbound_shares s on s.org_id = o.id
    where o.id = app.require_org_id()), false)
$$;

comment on function app.may_call_country(text) is
  'Whether members may have a number of a country (ISO 3166-1) called: the clinic''s own, or one that an operator added. Never where the country is NULL or empty: nobody knows what such a number costs.';

select app.seal('app.may_call_country(text)', null, 'app_writer');
