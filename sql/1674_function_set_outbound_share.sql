create or replace function app.set_outbound_share(
  p_per_day integer default null,
  p_at_once integer default null,
  p_countries text[] default null
)
returns setof app.outbound_bounds
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if p_per_day not between 0 and 10000 then
    raise exception 'calls a day: 0 to 10000' using errcode = 'VX400';
  elsif p_at_once not between 0 and 1000 then
    raise exception 'calls at once: 1 to 1000, or 0 for as many as are free' using errcode = 'VX400';
  elsif exists (select from unnest(p_countries) c where c is null or c !~ '^[A-Z]{2}$') then
    raise exception 'a country is two capital letters, as in ISO 3166-1' using errcode = 'VX400';
  end if;
  insert into public.outbound_shares (org_id) values (v_org_id) on conflict (org_id) do nothing;
  if num_nonnulls(p_per_day, p_at_once, p_countries) > 0 then
    update public.outbound_shares s
    set per_day = coalesce(p_per_day, s.per_day), at_once = case when p_at_once is null then s.at_once else nullif(p_at_once, 0) end,
      countries = coalesce((select array_agg(distinct c order by c) from unnest(p_countries) c),
        case when p_countries is null then s.countries else '{}' end)
    where s.org_id = v_org_id;
    insert into public.audit_log (org_id, action, entity, entity_id) values (v_org_id, 'outbound_share_changed', 'organization', v_org_id);
  end if;
  return query select s.per_day, s.at_once::integer, s.countries from public.outbound_shares s where s.org_id = v_org_id;
end
$$;

comment on function app.set_outbound_share(integer, integer, text[]) is
  'A clinic''s share of the account''s calls, for operators: how many may be asked for in a day, how many there may be at once (0: as many as are free), and the countries (ISO 3166-1) besides its own that members may have called. NULL leaves what is; the share as it is then. VX400 for what is out of bounds.';

select app.seal('app.set_outbound_share(integer, integer, text[])', 'app_writer', 'tenant_service');
