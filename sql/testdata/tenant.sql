-- One row at least in every tenant table, of the organisation whose ids begin with $L (replaced by the test by a or b).
-- A new table fails the tests until it has a row here.
insert into auth.users (id, email, raw_app_meta_data) values ('$L0000000-0000-7000-8000-0000000000e1', '$L@patients.example', '{}');
delete from public.profiles where user_id = '$L0000000-0000-7000-8000-0000000000e1';
insert into public.organizations (id, name, slug) values ('$L0000000-0000-7000-8000-000000000001', 'Clinic $L', 'clinic-$L');
select set_config('request.jwt.claims', '{"app_metadata": {"org_id": "$L0000000-0000-7000-8000-000000000001"}}', false);
select app.furnish_org('Clinic $L', 'UTC');
insert into public.profiles (org_id, user_id, role) values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000e1', 'owner');
insert into public.invitations (org_id, email, role, token_hash, expires_at)
values (app.current_org_id(), 'next-$L@patients.example', 'staff', sha256('test-secret-$L'), app.now() + interval '1 day');
insert into public.departments (org_id, location_id, name, phone)
select org_id, id, 'billing', '+13125550151' from public.locations where org_id = app.current_org_id();
insert into public.phone_numbers (org_id, number, location_id)
select org_id, '+1312555010' || ascii('$L') % 10, id from public.locations where org_id = app.current_org_id();
insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id)
select 'assistant-$L', org_id, id from public.agents where org_id = app.current_org_id();
insert into public.agent_tools (org_id, agent_id, tool_name, vapi_tool_id, definition_hash)
select org_id, id, 'checkAvailability', 'tool-$L', repeat('0', 64) from public.agents where org_id = app.current_org_id();
insert into public.org_tools (org_id, tool_name, vapi_tool_id, definition_hash)
values (app.current_org_id(), 'checkAvailability', 'tool-$L', repeat('0', 64));
insert into public.closures (org_id, location_id, during)
select org_id, id, '[2030-12-25, 2030-12-26)' from public.locations where org_id = app.current_org_id();
insert into public.calendar_links (org_id, resource_id, provider, external_calendar_id)
select org_id, id, 'google', 'calendar-$L' from public.resources where org_id = app.current_org_id();
insert into public.busy_blocks (org_id, resource_id, calendar_link_id, starts_at, ends_at)
select org_id, resource_id, id, '2030-12-01 09:00+00', '2030-12-01 10:00+00' from public.calendar_links where org_id = app.current_org_id();
insert into public.contacts (org_id, id, name, phone)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000d1', 'Jo Quillby', '+13125550111');
insert into public.call_logs (org_id, id, vapi_call_id, location_id, contact_id, direction, from_number, transcript)
select org_id, '$L0000000-0000-7000-8000-0000000000c1', 'call-$L', id, '$L0000000-0000-7000-8000-0000000000d1', 'inbound', '+13125550111',
  '[{"speaker": "caller", "text": "zanzibar-lilac"}]'
from public.locations where org_id = app.current_org_id();
insert into public.patients (org_id, id, contact_id, name, normalised_name, date_of_birth)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000f1', '$L0000000-0000-7000-8000-0000000000d1', 'Jo Quillby', 'jo quillby', '1982-03-05');
insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000c1', '$L0000000-0000-7000-8000-0000000000d1', '$L0000000-0000-7000-8000-0000000000f1', 'date_of_birth', true);
insert into public.caller_messages (org_id, call_id, contact_id, body)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000c1', '$L0000000-0000-7000-8000-0000000000d1', 'zanzibar-lilac');
insert into public.appointments (org_id, id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, call_id, booking_ref)
select r.org_id, '$L0000000-0000-7000-8000-000000000071', r.location_id, s.service_id, r.id, '$L0000000-0000-7000-8000-0000000000d1', '$L0000000-0000-7000-8000-0000000000f1',
  '2030-03-05 10:00+00', '30 minutes', '[2030-03-05 10:00+00, 2030-03-05 10:30+00)', '[2030-03-05 10:00+00, 2030-03-05 10:30+00)',
  'confirmed', 'voice', '$L0000000-0000-7000-8000-0000000000c1', 'ABCDE2'
from public.resources r join public.resource_services s on s.org_id = r.org_id and s.resource_id = r.id where r.org_id = app.current_org_id();
insert into public.appointment_changes (org_id, appointment_id, kind)
values (app.current_org_id(), '$L0000000-0000-7000-8000-000000000071', 'booked');
insert into public.booking_attempts (org_id, kind, call_id, outcome)
values (app.current_org_id(), 'book', '$L0000000-0000-7000-8000-0000000000c1', 'booked');
insert into public.messages (org_id, direction, method, category, recipient, content, contact_id, call_id, appointment_id)
values (app.current_org_id(), 'outbound', 'sms', 'confirmation', '+13125550111', 'zanzibar-lilac', '$L0000000-0000-7000-8000-0000000000d1', '$L0000000-0000-7000-8000-0000000000c1', '$L0000000-0000-7000-8000-000000000071');
insert into public.oauth_states (org_id, user_id, provider, state_hash, ciphertext, nonce, auth_tag, key_id, expires_at)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000e1', 'outlook', sha256('test-secret-state-$L'), 'test-secret-$L', '\x000102030405060708090a0b', '\x000102030405060708090a0b0c0d0e0f', 'k1', '2030-03-02 10:10+00');
insert into public.calendar_events (org_id, appointment_id, calendar_link_id)
select org_id, '$L0000000-0000-7000-8000-000000000071', id from public.calendar_links where org_id = app.current_org_id();
insert into public.calendar_conflicts (org_id, appointment_id, calendar_link_id, external_id)
select org_id, '$L0000000-0000-7000-8000-000000000071', id, 'event-$L' from public.calendar_links where org_id = app.current_org_id();
insert into public.calendar_feeds (org_id, resource_id, token_hash)
select org_id, resource_id, sha256('test-secret-feed-$L') from public.calendar_links where org_id = app.current_org_id();
insert into public.recordings (org_id, id, call_id, source_url, storage_key, content_type, size_bytes, stored_at)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000a1', '$L0000000-0000-7000-8000-0000000000c1', 'https://recordings.example/$L', 'recordings/$L0000000-0000-7000-8000-000000000001/$L', 'audio/wav', 44, app.now());
insert into public.recording_shares (org_id, id, recording_id, token_hash, recipient, actor_user_id, expires_at)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000a2', '$L0000000-0000-7000-8000-0000000000a1', sha256('test-secret-share-$L'), 'ear-$L@patients.example', '$L0000000-0000-7000-8000-0000000000e1', '2030-03-02 10:00+00');
insert into public.recording_share_openings (org_id, share_id, part, visitor_hash)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000a2', 'page', sha256('$L'));
insert into public.org_keys (org_id, number_key) values (app.current_org_id(), sha256('test-secret-number-$L'));
insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, account_ref, sender)
values (app.current_org_id(), 'twilio', 'test-secret-$L', '\x000102030405060708090a0b', '\x000102030405060708090a0b0c0d0e0f', 'k1', 'AC12…9f', '+13125550100');
insert into public.opt_outs (org_id, channel, phone, number_hash, source)
values (app.current_org_id(), 'sms', '+13125550112', app.number_hash('+13125550112'), 'reply');
insert into public.identity_codes (org_id, kind, contact_id, appointment_id, code_hash, expires_at)
values (app.current_org_id(), 'confirmation', '$L0000000-0000-7000-8000-0000000000d1', '$L0000000-0000-7000-8000-000000000071', sha256('test-secret-code-$L'), '2030-03-05 10:30+00');
insert into public.message_templates (org_id, id, kind, name, body)
values (app.current_org_id(), '$L0000000-0000-7000-8000-000000000081', 'marketing', 'Recall', '{clinic}: zanzibar-lilac');
insert into public.campaigns (org_id, id, name) values (app.current_org_id(), '$L0000000-0000-7000-8000-000000000091', 'Recall');
insert into public.campaign_steps (org_id, campaign_id, position, after, template_id)
values (app.current_org_id(), '$L0000000-0000-7000-8000-000000000091', 1, '0', '$L0000000-0000-7000-8000-000000000081');
insert into public.scheduled_messages (org_id, kind, contact_id, appointment_id, before, due_at)
values (app.current_org_id(), 'reminder', '$L0000000-0000-7000-8000-0000000000d1', '$L0000000-0000-7000-8000-000000000071', '24 hours', '2030-03-04 10:00+00');
insert into public.reply_questions (org_id, contact_id, kind, appointment_ids, expires_at)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000d1', 'cancel_this', '{$L0000000-0000-7000-8000-000000000071}', '2030-03-02 10:00+00');
insert into public.notifications (org_id, kind, title) values (app.current_org_id(), 'missed_call', 'A call was missed');
insert into public.events (org_id, kind, entity, entity_id) values (app.current_org_id(), 'call_update', 'call', '$L0000000-0000-7000-8000-0000000000c1');
insert into public.webhook_deliveries (org_id, vapi_call_id, kind, key, body_hash) values (app.current_org_id(), 'call-$L', 'status-update', 'ended', '\x01');
insert into public.idempotency_keys (org_id, user_id, method, route, key, body_hash, claim_id, lease_until, expires_at)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000e1', 'POST', '/api/locations', 'Idempotency-Key:1', sha256('$L'), '$L0000000-0000-7000-8000-0000000000e2', '2030-03-02 10:01+00', '2030-03-03 10:00+00');
insert into public.event_tickets (org_id, user_id, ticket_hash, expires_at, stream_until)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000e1', sha256('test-secret-ticket-$L'), '2030-03-02 10:01+00', '2030-03-02 11:00+00');
insert into public.call_days (org_id, day, time_zone, from_at, to_at, calls, inbound, outbound, ended, missed, failed, transferred, timed, seconds)
values (app.current_org_id(), '2030-02-01', 'America/Chicago', '2030-02-01 06:00+00', '2030-02-02 06:00+00', 0, 0, 0, 0, 0, 0, 0, 0, 0);
insert into public.provisioning (org_id, id, number, account_ref, state, ended_at)
select org_id, '$L0000000-0000-7000-8000-0000000000a1', number, 'AC12…9f', 'undone', app.now() from public.phone_numbers where org_id = app.current_org_id();
insert into public.provisioning_steps (org_id, provisioning_id, position, step, undo)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000a1', 1, 'check', '{"smsUrl": "https://clinic.example/test-secret-$L"}');
insert into public.web_tests (org_id, user_id, call_id, tracking_hash, max_duration, expires_at, ended_at, end_reason)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000e1', '$L0000000-0000-7000-8000-0000000000c1', sha256('test-secret-tracking-$L'), '5 minutes', '2030-03-02 10:01+00', '2030-03-02 10:01+00', 'lapsed');
insert into public.outbound_calls (org_id, kind, contact_id, to_number, due_at, until_at, look_at)
values (app.current_org_id(), 'call_back', '$L0000000-0000-7000-8000-0000000000d1', '+13125550111', '2030-03-02 10:00+00', '2030-03-03 10:00+00', '2030-03-03 10:00+00');
insert into public.outbound_shares (org_id) values (app.current_org_id());
insert into public.knowledge_documents (org_id, id, filename, checksum, latest_version)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000b1', 'prices.txt', sha256('zanzibar-lilac'), 1);
insert into public.knowledge_versions (org_id, id, document_id, version, kind, size_bytes, state)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000b2', '$L0000000-0000-7000-8000-0000000000b1', 1, 'txt', 14, 'ready');
update public.knowledge_documents set current_version_id = '$L0000000-0000-7000-8000-0000000000b2' where org_id = app.current_org_id();
insert into public.knowledge_files (org_id, version_id, content)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000b2', 'zanzibar-lilac');
insert into public.knowledge_chunks (org_id, id, document_id, version_id, position, body, tokens, text_config, tsv)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000b3', '$L0000000-0000-7000-8000-0000000000b1', '$L0000000-0000-7000-8000-0000000000b2', 1,
  'zanzibar-lilac', 4, 'english', to_tsvector('english', 'zanzibar-lilac'));
insert into public.knowledge_vectors (org_id, chunk_id, version_id, model, embedding)
values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000b3', '$L0000000-0000-7000-8000-0000000000b2', 'model-1', '[1, 0]');
insert into public.knowledge_gaps (org_id, id, topic, question) values (app.current_org_id(), '$L0000000-0000-7000-8000-0000000000b4', 'zanzibar-lilac', 'zanzibar-lilac');
insert into public.audit_log (org_id, action) values (app.current_org_id(), 'booking_override');
select set_config('request.jwt.claims', '', false);
