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
  -- Two counts, each from an index alone.
  return query
  select coalesce(sum(k.contacts), 0)::bigint, coalesce(sum(k.contacts) filter (where k.lead_status = 'hot'), 0)::bigint,
    coalesce(sum(k.contacts) filter (where k.lead_status = 'warm'), 0)::bigint,
    coalesce(sum(k.contacts) filter (where k.lead_status = 'cold'), 0)::bigint,
    coalesce(sum(k.contacts) filter (where k.lead_status = 'booked'), 0)::bigint,
    coalesce(sum(k.contacts) filter (where k.lead_status = 'lost'), 0)::bigint,
    (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.created_at >= v_midnight)
  from (
    select c.lead_status, count(*) as contacts
    from public.contacts c
    where c.org_id = v_org_id and c.erased_at is null
    group by c.lead_status
  ) k;
end
$$;

comment on function app.contact_stats() is
  'How many contacts the organisation has, by lead status, and how many are new since midnight of the clinic''s zone. One row, also without contacts; the erased do not count.';

select app.seal('app.contact_stats()', null, 'tenant_user');
