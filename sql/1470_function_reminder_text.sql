create or replace function app.reminder_text(p_visit public.appointments, p_method text)
returns text[]
language plpgsql
stable
set search_path = ''
as $$
declare
  v_language text := app.contact_language((p_visit).contact_id);
  v_template text[] := app.template_for('reminder', v_language);
  v_bundle app.scheduled_bundle;
  v_said record;
begin
  select o.name as clinic, w.words, v.name as service, r.name as practitioner, coalesce(l.address, l.name) as place, k.source <> 'call' as known,
    coalesce(l.phone, (
      select x.phone from public.locations x where x.org_id = l.org_id and x.phone is not null order by x.created_at, x.id limit 1)) as phone,
    -- Brackets and braces would be taken for places of codes and fields.
    left(regexp_replace(split_part(p.name, ' ', 1), '[][{}]', '', 'g'), 20) as first_name
  into strict v_said
  from public.organizations o
  join public.locations l on l.org_id = o.id and l.id = (p_visit).location_id
  join public.services v on v.org_id = o.id and v.id = (p_visit).service_id
  join public.resources r on r.org_id = o.id and r.id = (p_visit).resource_id
  join public.patients p on p.org_id = o.id and p.id = (p_visit).patient_id
  join public.contacts k on k.org_id = o.id and k.id = (p_visit).contact_id
  cross join lateral (select app.local_words((p_visit).scheduled_at, l.time_zone, v_language) as words) w
  where o.id = app.require_org_id();

  v_bundle.clinic_name := v_said.clinic;
  v_bundle.place := v_said.place;
  v_bundle.clinic_phone := v_said.phone;
  return array[
    app.render_text(v_template[1], jsonb_build_object('clinic', v_said.clinic)),
    case p_method
      when 'sms' then app.visit_text('reminder', v_language, v_template[2], v_bundle, array[v_said.words[1]], array[v_said.words[2]],
        null, v_said.first_name, v_said.service, v_said.practitioner)
      -- An address that a caller merely said learns the clinic and the time only.
      else app.confirmation_email(v_language, v_said.clinic,
        array[concat_ws(', ', v_said.words[1], v_said.words[2],
          case when v_said.known then v_said.service end, case when v_said.known then v_said.practitioner end)],
        v_said.place, v_said.phone, true)
    end];
end
$$;

comment on function app.reminder_text(public.appointments, text) is
  'The words of a reminder of one visit in the contact''s language: array[subject, body]. sms: the clinic''s wording for reminders; email: what a confirmation by e-mail says, without the file for the calendar and without anything to answer.';

select app.seal('app.reminder_text(public.appointments, text)', null, 'app_writer');
