create or replace function app.contact_stats()
returns setof app.contact_stat
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_midnight timestamptz := date_trunc('day', app.now() at time zone v_zone) at time zone v_zone;
begin
  -- A count a status, each a stretch of an index; grouping would cost more than counting.
  return query
  select k.hot + k.warm + k.cold + k.booked + k.lost, k.hot, k.warm, k.cold, k.booked, k.lost, k.new
  from (
    select
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'hot') as hot,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'warm') as warm,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'cold') as cold,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'booked') as booked,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'lost') as lost,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.created_at >= v_midnight) as new
  ) k;
end
$$;

comment on function app.contact_stats() is
  'How many contacts the organisation has, by lead status, and how many are new since midnight of the clinic''s zone. One row, also without contacts; the erased do not count.';

select app.seal('app.contact_stats()', null, 'tenant_user');
