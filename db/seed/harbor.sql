-- Harbor Skin, London: another tenant, another zone, another country's telephone numbers.
do $$
declare
  v_org_id uuid := pg_temp.found_clinic(
    'd0000000-0000-4000-8000-000000000011', 'owner@harbor.example', 'Percy Quillington',
    'Harbor Skin', 'harbor-skin', 'GB', 'Europe/London');
  v_location_id uuid;
  v_agent_id uuid;
begin
  if v_org_id is null then
    return;
  end if;
  select l.id into v_location_id from public.locations l where l.org_id = v_org_id;
  select a.id into v_agent_id from public.agents a where a.org_id = v_org_id;
  perform pg_temp.invite(v_org_id, 'd0000000-0000-4000-8000-000000000012', 'desk@harbor.example', 'Rose Quillby', 'staff');

  update public.organizations o
  set buffer_after = '15 minutes', min_notice = '2 hours', approval_required = true, emergency_sentence =
    'This sounds like an emergency. Please hang up and call 999, or go to the nearest A and E, right now.'
  where o.id = v_org_id;
  update public.agents a set language = 'en-GB' where a.org_id = v_org_id;
  update public.locations l set address = '12 Harbour Row, London', phone = '+442079460190' where l.org_id = v_org_id;
  insert into public.departments (org_id, location_id, name, phone) values (v_org_id, v_location_id, 'billing', '+442079460191');

  update public.services s
  set name = 'Skin consultation', aliases = '{consultation,consult,appointment,visit}', price_minor = 12000, currency = 'GBP'
  where s.org_id = v_org_id;
  insert into public.services (org_id, name, aliases, duration, price_minor, currency) values
    (v_org_id, 'Mole check', '{mole,moles,mole mapping}', '20 minutes', 9000, 'GBP'),
    (v_org_id, 'Acne treatment', '{acne,facial}', '45 minutes', 15000, 'GBP');
  update public.resources r set name = 'Dr. Imogen Hart', aliases = '{Dr. Hart,Imogen}' where r.org_id = v_org_id;
  insert into public.resource_services (org_id, resource_id, service_id)
  select v_org_id, r.id, s.id
  from public.resources r
  join public.services s on s.org_id = r.org_id
  where r.org_id = v_org_id
  on conflict do nothing;

  insert into public.phone_numbers (org_id, number, location_id, agent_id, vapi_phone_number_id)
  values (v_org_id, '+442079460100', v_location_id, v_agent_id, 'phone-harbor');
  insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id) values ('assistant-harbor', v_org_id, v_agent_id);

  perform pg_temp.patient(v_org_id, 'Ada Quillfeather', '+442079460111', 'Ada Quillfeather', '1979-02-14');
  perform pg_temp.patient(v_org_id, 'Hugh Quillan', '+442079460112', 'Hugh Quillan', '1988-10-05');
  perform pg_temp.patient(v_org_id, 'Iris Quillet', '+442079460113', null, null, 'warm');

  perform pg_temp.past_call(v_org_id, '30 hours', '+442079460112', 'booked', 'Hugh Quillan booked a mole check.', array[
    'Harbor Skin, this call is recorded. How can I help?', 'A mole check please, Hugh Quillan.',
    'Thursday at ten with Dr. Hart?', 'Yes please.', 'Noted. The clinic will confirm it.']);
  perform pg_temp.past_call(v_org_id, '5 days', '+442079460113', 'answered', 'Asked about opening hours.', array[
    'Harbor Skin, this call is recorded. How can I help?', 'Are you open at the weekend?', 'We are open Monday to Friday, nine to five.']);
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'demo_seeded', 'organization', v_org_id, 'd0000000-0000-4000-8000-000000000011');
end
$$;
