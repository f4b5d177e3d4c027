create or replace function app.take_visits(p_row public.scheduled_messages, p_now timestamptz)
returns app.scheduled_bundle
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_bundle app.scheduled_bundle := app.start_bundle(p_row, (p_row).kind);
  v_language text := app.contact_language((p_row).contact_id);
  v_kind text := case when v_bundle.spoken then 'neutral_confirmation' else (p_row).kind end;
  v_template text[] := app.template_for(v_kind, v_language);
  v_said record;
  v_email_is_known boolean;
  v_places integer;
begin
  select array_agg(t.id order by t.at) as ids, array_agg(a.id order by t.at) as visits,
    array_agg(a.scheduled_at order by t.at) as starts, array_agg(upper(a.during) order by t.at) as ends,
    array_agg(w.words[1] order by t.at) as dates, array_agg(w.words[2] order by t.at) as times,
    -- A name is said only where it is needed to tell patients apart, and then only the first one.
    array_agg(f.name order by t.at) as first_names, count(distinct a.patient_id) > 1 as several,
    array_agg(v.name order by t.at) as services, array_agg(r.name order by t.at) as practitioners,
    (array_agg(coalesce(l.address, l.name) order by t.at))[1] as place,
    (array_agg(l.phone order by t.at))[1] as phone
  into v_said
  from (select s.*, row_number() over () as at from app.visits_to_tell(p_row, p_now) s) t
  join public.appointments a on a.org_id = t.org_id and a.id = t.appointment_id
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  join public.services v on v.org_id = a.org_id and v.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  cross join lateral (select app.local_words(a.scheduled_at, l.time_zone, v_language) as words) w
  -- Brackets and braces would be taken for places of codes and fields.
  cross join lateral (select left(regexp_replace(split_part(p.name, ' ', 1), '[][{}]', '', 'g'), 20) as name) f;
  -- What a call wrote down is only what somebody said.
  v_email_is_known := exists (
    select from public.contacts k
    where k.org_id = (p_row).org_id and k.id = (p_row).contact_id and k.source <> 'call');
  -- Nor do strangers get our e-mail over and over because somebody keeps saying their address.
  if not v_email_is_known and (
    select count(*) >= 3
    from public.messages m
    where m.org_id = (p_row).org_id and m.recipient_hash = app.number_hash(v_bundle.email) and m.direction = 'outbound'
      and m.status <> 'blocked' and m.created_at > p_now - interval '168 hours')
  then
    v_bundle.email := null;
  end if;
  if v_said.ids is null then
    return null;
  elsif v_bundle.phone is null and v_bundle.email is null then
    perform app.settle_scheduled(v_said.ids, 'skipped', 'no_recipient');
    return null;
  end if;

  v_bundle.scheduled_ids := v_said.ids;
  v_bundle.appointment_ids := v_said.visits;
  v_bundle.starts_at := v_said.starts;
  v_bundle.ends_at := v_said.ends;
  v_bundle.place := v_said.place;
  v_bundle.clinic_phone := coalesce(v_said.phone, v_bundle.clinic_phone);
  v_bundle.subject := app.render_text(v_template[1], jsonb_build_object('clinic', v_bundle.clinic_name));

  if v_bundle.phone is not null then
    v_bundle.text := app.visit_text(v_kind, v_language, v_template[2], v_bundle, v_said.dates, v_said.times,
      case when v_said.several and not v_bundle.spoken then v_said.first_names end, v_said.first_names[1], v_said.services[1], v_said.practitioners[1]);
    v_places := (length(v_bundle.text) - length(replace(v_bundle.text, '[code]', ''))) / length('[code]');
    v_bundle.code_subjects := array(
      select v_said.visits[(n - 1) % cardinality(v_said.visits) + 1] from generate_series(1, v_places) n order by n);
    v_bundle.code_versions := app.next_codes(v_bundle.code_subjects);
  end if;

  v_bundle.summaries := array(
    select case when v_email_is_known then v_said.services[n] || ', ' else '' end || v_bundle.clinic_name
    from generate_subscripts(v_said.visits, 1) n order by n);
  if v_bundle.email is not null then
    v_bundle.email_text := app.confirmation_email(v_language, v_bundle.clinic_name, array(
        select concat_ws(', ', case when v_email_is_known and v_said.several then v_said.first_names[n] end,
          v_said.dates[n], v_said.times[n], case when v_email_is_known then v_said.services[n] end,
          case when v_email_is_known then v_said.practitioners[n] end)
        from generate_subscripts(v_said.visits, 1) n order by n),
      v_bundle.place, v_bundle.clinic_phone);
  end if;
  return v_bundle;
end
$$;

comment on function app.take_visits(public.scheduled_messages, timestamptz) is
  'The bundle of a confirmation or reminder with everything that goes out in the same message: texts in the contact''s language and each visit''s local time, places for codes, and what the calendar file says. A number or address that was merely said is told the clinic and the times only; such an address gets three e-mails a week at most. NULL: there is nothing to tell any more, and the rows say why.';

select app.seal('app.take_visits(public.scheduled_messages, timestamptz)', null, 'app_writer');
