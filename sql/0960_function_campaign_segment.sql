create or replace function app.campaign_segment(
  p_segment jsonb
)
returns setof public.contacts
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_statuses text[];
  v_interests text[];
  v_before date;
begin
  perform app.check_segment(p_segment);
  v_statuses := case when p_segment ? 'lead_status' then array(select jsonb_array_elements_text(p_segment -> 'lead_status')) end;
  v_interests := case when p_segment ? 'service_interests' then
    array(select lower(i) from jsonb_array_elements_text(p_segment -> 'service_interests') i) end;
  v_before := (p_segment ->> 'last_visit_before')::date;
  return query
  select c.*
  from public.contacts c
  join public.organizations o on o.id = c.org_id
  where c.org_id = v_org_id
    and c.phone is not null
    and c.erased_at is null
    and (v_statuses is null or c.lead_status = any (v_statuses))
    and (v_interests is null or exists (select from unnest(c.service_interests) i where lower(i) = any (v_interests)))
    -- Nobody is recalled who was never there: without a visit there is no last one.
    and (v_before is null or v_before > (
      select max((a.scheduled_at at time zone o.time_zone)::date)
      from public.appointments a
      where a.org_id = c.org_id and a.contact_id = c.id
        and a.status in ('confirmed', 'completed') and a.scheduled_at <= v_now))
    and (not coalesce((p_segment ->> 'no_visit_ahead')::boolean, false) or not exists (
      select from public.appointments a
      where a.org_id = c.org_id and a.contact_id = c.id
        and a.status in ('pending', 'confirmed') and a.scheduled_at > v_now))
    and not app.is_opted_out('sms', c.phone)
  order by c.id;
end
$$;

comment on function app.campaign_segment(jsonb) is
  'Whom a campaign reaches: contacts with a number of their own, neither erased nor opted out, narrowed by every key of the segment (see app.check_segment; VX400). Days are the clinic''s. Consent to marketing is asked by app.start_campaign and again at each sending.';

select app.seal('app.campaign_segment(jsonb)', 'app_writer', 'tenant_user', 'app_writer');
