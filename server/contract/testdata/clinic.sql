-- What the examples act on beside sql/testdata/tenant.sql, for the clinic whose ids begin with $L. The clock stands at
-- Monday 2030-03-04 16:00 UTC.
select set_config('request.jwt.claims', '{"app_metadata": {"org_id": "$L0000000-0000-7000-8000-000000000001"}}', false);

-- Colleagues: whose role the tests change, and who is spoken about.
insert into auth.users (id, email, raw_app_meta_data) values
  ('$L0000000-0000-7000-8000-0000000000e3', 'asker-$L@patients.example', '{}'),
  ('$L0000000-0000-7000-8000-0000000000e4', 'nurse-$L@patients.example', '{}');
delete from public.profiles where user_id in ('$L0000000-0000-7000-8000-0000000000e3', '$L0000000-0000-7000-8000-0000000000e4');
insert into public.profiles (org_id, user_id, role, email) values
  (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000e3', 'owner', 'asker-$L@patients.example'),
  (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000e4', 'staff', 'nurse-$L@patients.example');
insert into public.invitations (org_id, id, email, role, token_hash, expires_at)
values (app.current_org_id(), '$L0000000-0000-7000-8000-000000000021', 'desk-$L@patients.example', 'viewer', sha256('test-secret-desk-$L'), app.now() + interval '1 day');

-- What nothing refers to, so that it can be deleted.
insert into public.locations (org_id, id, name, time_zone) values (app.current_org_id(), '$L0000000-0000-7000-8000-000000000031', 'Annexe', 'UTC'),
  (app.current_org_id(), '$L0000000-0000-7000-8000-000000000032', 'Garage', 'UTC');
insert into public.services (org_id, id, name, duration) values (app.current_org_id(), '$L0000000-0000-7000-8000-000000000041', 'Whitening', '60 minutes');
insert into public.resources (org_id, id, location_id, name)
values (app.current_org_id(), '$L0000000-0000-7000-8000-000000000051', '$L0000000-0000-7000-8000-000000000031', 'Dr. Quillby');
insert into public.closures (org_id, id, location_id, during)
select org_id, '$L0000000-0000-7000-8000-000000000061', id, '[2030-12-27, 2030-12-28)' from public.locations where org_id = app.current_org_id() and name not in ('Annexe', 'Garage');
insert into public.agents (org_id, id, name, role) values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000a1', 'Evening', 'inbound'),
  (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000a2', 'Caller', 'outbound');
-- An agent in step, who can be talked to, and a test call of the asker's that is over.
insert into public.agents (org_id, id, name, role, sync_status, synced_version)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000a3', 'Tested', 'inbound', 'synced', 1);
insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id)
values ('assistant-tested-$L', app.current_org_id(), '$L0000000-0000-7000-8000-0000000000a3');
insert into public.web_tests (org_id, user_id, tracking_hash, max_duration, expires_at, ended_at, end_reason)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000e3', sha256(repeat('$L', 43)::bytea), '5 minutes', app.now(), app.now(), 'lapsed');
insert into public.message_templates (org_id, id, kind, name, body)
values (app.current_org_id(), '$L0000000-0000-7000-8000-000000000082', 'marketing', 'Spare', '{clinic}: zanzibar-lilac');

-- A contact without visits ahead, a call of hers that is over, and a visit that waits for approval.
insert into public.contacts (org_id, id, name, phone, email, marketing_consent_at)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000d2', 'Nell Quillfeather', '+13125550113', 'nell@patients.example', app.now());
insert into public.call_logs (org_id, id, vapi_call_id, contact_id, direction, from_number, status, started_at, ended_at, duration_seconds, summary, transcript, transcript_state)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000c2', 'ended-$L', '$L0000000-0000-7000-8000-0000000000d2', 'inbound', '+13125550113', 'ended',
  '2030-03-04 15:00+00', '2030-03-04 15:01+00', 60, 'zanzibar-lilac', '[{"speaker": "caller", "text": "zanzibar-lilac", "at": 0}]', 'stored');
insert into public.appointments (org_id, id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, booking_ref)
select a.org_id, '$L0000000-0000-7000-8000-000000000072', a.location_id, a.service_id, a.resource_id, a.contact_id, a.patient_id,
  '2030-03-06 10:00+00', '30 minutes', '[2030-03-06 10:00+00, 2030-03-06 10:30+00)', '[2030-03-06 10:00+00, 2030-03-06 10:30+00)', 'pending', 'dashboard', 'ABCDE3'
from public.appointments a where a.org_id = app.current_org_id();
insert into public.campaigns (org_id, id, name, status, started_at) values (app.current_org_id(), '$L0000000-0000-7000-8000-000000000092', 'Spring', 'running', app.now());
insert into public.notifications (org_id, id, kind, title, entity, entity_id)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000b1', 'missed_call', 'A call was missed', 'call', '$L0000000-0000-7000-8000-0000000000c2');
insert into public.booking_attempts (org_id, kind, appointment_id, outcome) values (app.current_org_id(), 'book', '$L0000000-0000-7000-8000-000000000071', 'booked');
insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
values (app.current_org_id(), 'contact_merged', 'contact', '$L0000000-0000-7000-8000-0000000000d1', '$L0000000-0000-7000-8000-0000000000e4');
delete from public.org_credentials where org_id = app.current_org_id(); -- the tests connect their own
update public.calendar_links set external_calendar_id = 'room@patients.example' where org_id = app.current_org_id();
-- Somebody deleted the visit's event there.
update public.calendar_events set state = 'gone', synced_version = desired_version, outside = 'deleted' where org_id = app.current_org_id();
-- A consent of the asker's that waits to be confirmed.
insert into public.oauth_states (org_id, id, user_id, provider, state_hash, state, ciphertext, nonce, auth_tag, key_id, connected_email, account_hash, expires_at)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000ca', '$L0000000-0000-7000-8000-0000000000e3', 'outlook', sha256('test-secret-consent-$L'),
  'parked', 'test-secret-$L', '\x000102030405060708090a0b', '\x000102030405060708090a0b0c0d0e0f', 'k1', 'desk-$L@patients.example', sha256('account-$L'), app.now() + interval '10 minutes');
delete from public.phone_numbers where org_id = app.current_org_id();
-- The number that its account is connected with.
insert into public.phone_numbers (org_id, id, number, location_id, vapi_phone_number_id)
select org_id, '$L0000000-0000-7000-8000-0000000000e7', '+1312555019' || ascii('$L') - ascii('a'), id, 'line-$L' from public.locations
where org_id = app.current_org_id() and name not in ('Annexe', 'Garage');
update public.outbound_calls set id = '$L0000000-0000-7000-8000-0000000000c9' where org_id = app.current_org_id();
select set_config('request.jwt.claims', '', false);
