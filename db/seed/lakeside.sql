-- Lakeside Dental, Chicago: two practitioners, four services, a lunch break, lines to be put through to.
do $$
declare
  v_org_id uuid := pg_temp.found_clinic(
    'd0000000-0000-4000-8000-000000000001', 'owner@lakeside.example', 'Nora Quillfeather',
    'Lakeside Dental', 'lakeside-dental', 'US', 'America/Chicago');
  v_location_id uuid;
  v_agent_id uuid;
  v_call_id uuid;
begin
  if v_org_id is null then
    return;
  end if;
  select l.id into v_location_id from public.locations l where l.org_id = v_org_id;
  select a.id into v_agent_id from public.agents a where a.org_id = v_org_id;
  perform pg_temp.invite(v_org_id, 'd0000000-0000-4000-8000-000000000002', 'desk@lakeside.example', 'Ida Quillby', 'staff');
  perform pg_temp.invite(v_org_id, 'd0000000-0000-4000-8000-000000000003', 'books@lakeside.example', 'Otis Quill', 'viewer');
  insert into public.invitations (org_id, email, role, token_hash, expires_at)
  values (v_org_id, 'partner@lakeside.example', 'admin', sha256(convert_to(gen_random_uuid()::text, 'utf8')), app.now() + interval '7 days');

  update public.organizations o set buffer_after = '10 minutes', min_notice = '1 hour',
    policies = 'Most dental insurance is taken. Who cancels less than a day ahead pays 40 dollars.', hot_lead_phone = '+13125550190'
  where o.id = v_org_id;
  update public.locations l set address = '400 North Lake Shore Drive, Chicago', phone = '+13125550189'
  where l.org_id = v_org_id;
  insert into public.departments (org_id, location_id, name, phone) values
    (v_org_id, v_location_id, 'billing', '+13125550191'),
    (v_org_id, v_location_id, 'medical', '+13125550192');

  delete from public.business_hours h where h.org_id = v_org_id;
  insert into public.business_hours (org_id, location_id, weekday, opens, closes)
  select v_org_id, v_location_id, d, s.opens, s.closes
  from generate_series(1, 5) d, (values (time '09:00', time '13:00'), ('14:00', '18:00')) s(opens, closes)
  union all
  select v_org_id, v_location_id, 6, '09:00', '13:00';

  update public.services s
  set name = 'Check-up', aliases = '{checkup,exam,examination,appointment,visit}', price_minor = 9500
  where s.org_id = v_org_id;
  insert into public.services (org_id, name, aliases, duration, price_minor) values
    (v_org_id, 'Cleaning', '{teeth cleaning,hygiene,scale and polish}', '45 minutes', 12000),
    (v_org_id, 'Filling', '{cavity,fillings}', '60 minutes', 22000),
    (v_org_id, 'Whitening', '{bleaching,teeth whitening}', '90 minutes', 35000);
  update public.resources r set name = 'Dr. Maya Okafor', aliases = '{Dr. Okafor,Maya,the dentist}' where r.org_id = v_org_id;
  insert into public.resources (org_id, location_id, name, aliases)
  values (v_org_id, v_location_id, 'Sam Rivera', '{Sam,Rivera,the hygienist}');
  insert into public.resource_services (org_id, resource_id, service_id)
  select v_org_id, r.id, s.id
  from public.resources r
  join public.services s on s.org_id = r.org_id
  where r.org_id = v_org_id and (s.name in ('Check-up', 'Cleaning') or r.name = 'Dr. Maya Okafor')
  on conflict do nothing;

  insert into public.phone_numbers (org_id, number, location_id, agent_id, vapi_phone_number_id)
  values (v_org_id, '+13125550100', v_location_id, v_agent_id, 'phone-lakeside');
  insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id) values ('assistant-lakeside', v_org_id, v_agent_id);

  perform pg_temp.patient(v_org_id, 'Ada Quillfeather', '+13125550111', 'Ada Quillfeather', '1984-03-09');
  perform pg_temp.patient(v_org_id, 'Ben Quillby', '+13125550112', 'Ben Quillby', '1971-11-23');
  perform pg_temp.patient(v_org_id, 'Cleo Quillman', '+13125550113', 'Mia Quillman', '2016-05-02');
  perform pg_temp.patient(v_org_id, 'Cleo Quillman', '+13125550113', 'Leo Quillman', '2018-08-19');
  perform pg_temp.patient(v_org_id, 'Dan Quillmore', '+13125550114', 'Dan Quillmore', '1990-01-30');
  perform pg_temp.patient(v_org_id, 'Eve Quillstone', '+13125550115', 'Eve Quillstone', '1958-07-12');
  perform pg_temp.patient(v_org_id, 'Finn Quillard', '+13125550116', null, null, 'hot');
  perform pg_temp.patient(v_org_id, 'Gia Quillton', '+13125550117', null, null, 'warm');

  perform pg_temp.past_call(v_org_id, '26 hours', '+13125550111', 'booked', 'Ada Quillfeather booked a cleaning.', array[
    'Lakeside Dental, this call is recorded. How can I help?', 'Hi, this is Ada Quillfeather, I need a cleaning.',
    'We have Tuesday at nine or at eleven. Which suits you?', 'Nine is good. My number is 312-555-0111.',
    'Booked: a cleaning with Sam Rivera on Tuesday at nine.', 'Thanks, bye.']);
  perform pg_temp.past_call(v_org_id, '50 hours', '+13125550113', 'booked', 'Booked check-ups for two children.', array[
    'Lakeside Dental, this call is recorded. How can I help?', 'I would like check-ups for my two children at the same time.',
    'At half past two, one with Dr. Okafor and one with Sam Rivera?', 'Perfect. Mia and Leo Quillman.',
    'Both are booked for half past two.', 'Wonderful, thank you.']);
  perform pg_temp.past_call(v_org_id, '4 days', '+13125550116', 'answered', 'Asked for the price of whitening.', array[
    'Lakeside Dental, this call is recorded. How can I help?', 'How much is whitening?',
    'Whitening takes an hour and a half and is 350 dollars.', 'Good. My front tooth chipped too and it hurts, I want to book something this week.']);
  perform pg_temp.past_call(v_org_id, '6 days', null, 'transferred', 'Wanted to talk about a bill.', array[
    'Lakeside Dental, this call is recorded. How can I help?', 'There is a mistake on my bill.', 'I will put you through to billing.']);
  v_call_id := pg_temp.past_call(v_org_id, '7 hours', '+13125550114', 'message', 'Left a message about a chipped filling.', array[
    'Lakeside Dental, this call is recorded. How can I help?', 'My filling chipped, can the dentist call me back?',
    'I will pass that on.', 'Thank you.']);
  insert into public.caller_messages (org_id, call_id, contact_id, caller_name, callback_number, body, created_at)
  select v_org_id, v_call_id, c.id, c.name, c.phone, 'A filling chipped; please call back.', app.now() - interval '7 hours'
  from public.contacts c
  where c.org_id = v_org_id and c.phone = '+13125550114';
  insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded, at)
  select v_org_id, v_call_id, p.contact_id, p.id, 'date_of_birth', true, app.now() - interval '7 hours'
  from public.patients p
  where p.org_id = v_org_id and p.name = 'Dan Quillmore';
  insert into public.notifications (org_id, kind, title, entity, entity_id)
  values (v_org_id, 'caller_message', 'A caller left a message', 'call', v_call_id);
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'demo_seeded', 'organization', v_org_id, 'd0000000-0000-4000-8000-000000000001');
end
$$;
