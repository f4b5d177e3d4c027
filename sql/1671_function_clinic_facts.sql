-- Not in SQL, whose functions are planned anew at every call: for this one that takes longer than all else.
-- One source for calls that come and calls that are made: what the agent says of the clinic is the same in both.
create or replace function app.clinic_facts(p_location_id uuid)
returns app.clinic_facts
language plpgsql
stable
set search_path = ''
as $$
declare
  v_facts app.clinic_facts;
begin
  select o.name, l.address, l.time_zone, o.emergency_sentence, o.recording_consent, o.ai_disclosure,
    (
      select string_agg(d.day || ' ' || d.spans, '; ' order by d.weekday)
      from (
        select h.weekday, (array['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'])[h.weekday + 1] as day,
          string_agg(to_char(h.opens, 'FMHH12:MI AM') || ' to ' ||
            case when h.closes = '24:00' then 'midnight' else to_char(h.closes, 'FMHH12:MI AM') end, ' and ' order by h.opens) as spans
        from public.business_hours h
        where h.org_id = o.id and h.location_id = l.id and h.resource_id is null
        group by h.weekday
      ) d
    ),
    (
      select string_agg(c.name || ' (' || c.minutes || ' minutes' ||
        case when c.price_minor is null then '' else ', ' || trim(to_char(c.price_minor / 100.0, 'FM999999990.00')) || ' ' || c.currency end
        || ')', '; ' order by c.name)
      from app.service_cards() c
    ),
    (
      select string_agg(r.name, ', ' order by r.name)
      from public.resources r
      where r.org_id = o.id and r.location_id = l.id and r.active and r.kind = 'practitioner'
    ),
    o.policies
  into v_facts
  from public.organizations o
  left join public.locations l on l.org_id = o.id and l.id = p_location_id
  where o.id = app.current_org_id();
  return v_facts;
end
$$;

comment on function app.clinic_facts(uuid) is
  'The public facts of the clinic and of one of its locations, ready to be spoken; what the clinic did not say is NULL. Nothing about anybody who calls or is called.';

select app.seal('app.clinic_facts(uuid)', null, 'tenant_service', 'app_writer');
