-- What the race specs share, loaded once into their database: a clinic to set up and clear, and the steps of a call.
-- Answers hold outcomes and counts only, never ids, references or times, so that expected outputs stay the same.
create schema race;
grant usage on schema race to public;

create table race.day (day date not null);
grant select on race.day to public;

-- Lakeside Dental: Avery and Blake give Checkup (30 min), Avery alone gives Whitening (60 min), open 09:00 to 17:00.
-- Calls: 1 and 4 from one number, 2 and 3 from two others.
create procedure race.open_clinic()
language plpgsql
as $$
declare
  v_org constant uuid := 'a0000000-0000-7000-8000-000000000001';
  v_place constant uuid := 'a0000000-0000-7000-8000-000000000010';
begin
  insert into race.day values ((app.now() at time zone 'America/Chicago')::date + 14);
  insert into public.organizations (id, name, slug, time_zone) values (v_org, 'Lakeside Dental', 'lakeside', 'America/Chicago');
  insert into public.locations (org_id, id, name, time_zone) values (v_org, v_place, 'Main', 'America/Chicago');
  insert into public.services (org_id, id, name, duration) values
    (v_org, 'a0000000-0000-7000-8000-000000000021', 'Checkup', '30 minutes'),
    (v_org, 'a0000000-0000-7000-8000-000000000022', 'Whitening', '60 minutes');
  insert into public.resources (org_id, id, location_id, name) values
    (v_org, 'a0000000-0000-7000-8000-000000000031', v_place, 'Avery'),
    (v_org, 'a0000000-0000-7000-8000-000000000032', v_place, 'Blake');
  insert into public.resource_services (org_id, resource_id, service_id) values
    (v_org, 'a0000000-0000-7000-8000-000000000031', 'a0000000-0000-7000-8000-000000000021'),
    (v_org, 'a0000000-0000-7000-8000-000000000032', 'a0000000-0000-7000-8000-000000000021'),
    (v_org, 'a0000000-0000-7000-8000-000000000031', 'a0000000-0000-7000-8000-000000000022');
  insert into public.business_hours (org_id, location_id, weekday, opens, closes)
  select v_org, v_place, d, '09:00', '17:00' from generate_series(0, 6) d;
  insert into public.calendar_links (org_id, id, resource_id, provider, external_calendar_id, last_synced_at) values
    (v_org, 'a0000000-0000-7000-8000-000000000051', 'a0000000-0000-7000-8000-000000000031', 'google', 'avery', app.now());
  insert into public.phone_numbers (org_id, number, location_id) values (v_org, '+13125550100', v_place);
  insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number, to_number) values
    (v_org, 'a0000000-0000-7000-8000-0000000000c1', 'call-1', v_place, 'inbound', '+13125550111', '+13125550100'),
    (v_org, 'a0000000-0000-7000-8000-0000000000c2', 'call-2', v_place, 'inbound', '+13125550122', '+13125550100'),
    (v_org, 'a0000000-0000-7000-8000-0000000000c3', 'call-3', v_place, 'inbound', '+13125550133', '+13125550100'),
    (v_org, 'a0000000-0000-7000-8000-0000000000c4', 'call-4', v_place, 'inbound', '+13125550111', '+13125550100');
  insert into public.invitations (org_id, email, role, token_hash, expires_at)
  values (v_org, 'staff@clinic.example', 'staff', '\x00', app.now() + interval '1 day');
  insert into auth.users (id, email, email_confirmed_at)
  values ('a0000000-0000-7000-8000-0000000000f1', 'staff@clinic.example', app.now());
end
$$;

create procedure race.close_clinic()
language sql
as $$
  truncate public.organizations, public.vapi_tools, race.day cascade;
  delete from auth.users;
  delete from public.calendar_pace where account <> '';
$$;

-- race.answer: from here on the transaction is a webhook's of that call, through the real door, as voxanne_login.
create procedure race.answer(p_call text)
language plpgsql
as $$
declare
  v_id uuid;
begin
  select c.call_id into strict v_id
  from app.open_call(p_call, 'inbound', null, null, '+13125550100', '+13125550144') c;
  perform set_config('race.call_id', v_id::text, true);
end
$$;

-- race.sign_in: from here on the transaction is a dashboard request of a member of the staff.
create procedure race.sign_in()
language plpgsql
as $$
begin
  perform app.begin_request('tenant_user', jsonb_build_object(
    'sub', 'a0000000-0000-7000-8000-0000000000f1',
    'app_metadata', jsonb_build_object('org_id', 'a0000000-0000-7000-8000-000000000001')));
end
$$;

-- race.work: from here on the transaction is a job's of the clinic, or the webhook of a text that came in.
create procedure race.work()
language plpgsql
as $$
begin
  perform app.begin_request('tenant_service', jsonb_build_object(
    'app_metadata', jsonb_build_object('org_id', 'a0000000-0000-7000-8000-000000000001')));
end
$$;

-- race.write_to: a contact that may be written to at any hour.
create procedure race.write_to(p_phone text)
language sql
as $$
  update public.organizations set quiet_from = '00:00', quiet_until = '00:00';
  insert into public.contacts (org_id, id, phone)
  values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d1', p_phone);
$$;

create function race.text(p_category text, p_key text, p_hand_over boolean default true) returns text language sql volatile
as $$
  select concat_ws(' ', b.outcome, b.reason)
  from app.begin_message(p_category, 'sms', 'zanzibar-lilac', p_key, 'a0000000-0000-7000-8000-0000000000d1', 'twilio',
    p_hand_over => p_hand_over) b
$$;

-- The messages as they stand in the end, whoever asks.
create function race.messages() returns text language sql stable security definer
as $$
  select string_agg(concat_ws(' ', m.category, m.status, m.reason, case when m.handed_over_at is not null then 'handed over' end), ', '
    order by m.category, m.status)
  from public.messages m
$$;

-- The one message of a key, for jobs, which know it by id.
create function race.message(p_key text) returns uuid language sql stable security definer
as $$ select m.id from public.messages m where m.send_key = p_key $$;

create function race.call_id() returns uuid language sql stable as $$ select current_setting('race.call_id')::uuid $$;

create function race.at(p_time time) returns timestamptz language sql stable
as $$ select (d.day + p_time) at time zone 'America/Chicago' from race.day d $$;

create type race.answer as (outcome text, reason text, replayed boolean, status text, patient text, offered integer);

create function race.said(p_result app.booking_result) returns race.answer language sql immutable
as $$
  select (p_result).outcome, (p_result).reason, (p_result).replayed, (p_result).status, (p_result).patient_name,
    cardinality((p_result).alternatives)
$$;

create function race.book(
  p_tool_call text, p_at time, p_name text, p_resource text default null, p_service text default 'Checkup'
) returns setof race.answer language sql volatile
as $$
  select a.*
  from app.book_appointment(p_service => p_service, p_starts_at => race.at(p_at), p_patient_name => p_name,
    p_call_id => race.call_id(), p_tool_call_id => p_tool_call, p_resource => p_resource) b
  cross join lateral race.said(b) a
$$;

create function race.hold(p_at time, p_resource text default null) returns setof race.answer language sql volatile
as $$
  select a.*
  from app.hold_slot(race.call_id(), 'Checkup', race.at(p_at), p_resource) b
  cross join lateral race.said(b) a
$$;

create function race.move(p_tool_call text, p_at time, p_resource text default null)
returns setof race.answer language sql volatile
as $$
  select a.*
  from app.reschedule_appointment(p_starts_at => race.at(p_at), p_call_id => race.call_id(), p_tool_call_id => p_tool_call,
    p_resource => p_resource) b
  cross join lateral race.said(b) a
$$;

create function race.cancel(p_tool_call text) returns setof race.answer language sql volatile
as $$
  select a.*
  from app.cancel_appointment(p_call_id => race.call_id(), p_tool_call_id => p_tool_call) b
  cross join lateral race.said(b) a
$$;

-- Call 1 has booked two visits and ended, long enough ago for their confirmations to be due.
create procedure race.book_two_and_hang_up()
language plpgsql
as $$
begin
  call race.answer('call-1');
  perform race.book('t1', '10:00', 'Ada Quillby', 'Avery');
  perform race.book('t2', '11:00', 'Ben Quillfeather', 'Blake');
  reset role;
  update public.call_logs set status = 'ended', ended_at = app.now();
  update public.scheduled_messages set due_at = app.now() - interval '1 minute' where kind = 'confirmation';
end
$$;

create function race.confirmation(p_time time) returns uuid language sql stable security definer
as $$
  select s.id
  from public.scheduled_messages s
  join public.appointments a on a.org_id = s.org_id and a.id = s.appointment_id
  where s.kind = 'confirmation' and a.scheduled_at = race.at(p_time)
$$;

create type race.bundle as (outcome text, visits integer, codes integer);

-- What the job of that visit's confirmation takes; race.settle says that it was sent.
create function race.take(p_time time) returns setof race.bundle language plpgsql volatile
as $$
declare
  v_bundle app.scheduled_bundle;
begin
  select * into v_bundle from app.take_scheduled(race.confirmation(p_time));
  perform set_config('race.taken', coalesce(v_bundle.scheduled_ids, '{}')::text, true);
  return next (v_bundle.outcome, cardinality(v_bundle.appointment_ids), cardinality(v_bundle.code_subjects))::race.bundle;
end
$$;

create procedure race.settle()
language plpgsql
as $$
begin
  perform app.settle_scheduled(current_setting('race.taken')::uuid[], 'done');
end
$$;

-- What became of the confirmations, and how many codes each visit was given.
create function race.planned(out states text, out codes text) language sql stable security definer
as $$
  select
    (select string_agg(s.state || coalesce(' ' || s.reason, ''), ', ' order by a.scheduled_at)
      from public.scheduled_messages s
      join public.appointments a on a.org_id = s.org_id and a.id = s.appointment_id
      where s.kind = 'confirmation'),
    (select string_agg(a.code_version::text, ', ' order by a.scheduled_at) from public.appointments a)
$$;

-- A text from the number of race.answer: what it did and whether an answer goes out.
create function race.receive(p_id text, p_body text, out outcome text, out answered boolean) language sql volatile
as $$
  select i.outcome, i.reply_message_id is not null
  from app.record_inbound_message('twilio', p_id, '+13125550144', '+13125550100', p_body) i
$$;

-- The patient has had time to read our question.
create procedure race.question_is_read() language sql security definer
as $$ update public.reply_questions set asked_at = asked_at - interval '1 minute' $$;

-- What texts left behind.
create function race.texting(out cancellations bigint, out questions bigint, out open bigint, out answers bigint, out told bigint)
language sql stable security definer
as $$
  select
    (select count(*) from public.appointment_changes h where h.kind = 'cancelled'),
    (select count(*) from public.reply_questions),
    (select count(*) from public.reply_questions q where q.answered_at is null),
    (select count(*) from public.messages m where m.category = 'reply' and m.direction = 'outbound'),
    (select count(*) from public.notifications n where n.kind = 'visit_cancelled_by_reply')
$$;

-- A campaign runs, and its one step is due for two people who share an address: the first has a number, the second none.
create procedure race.run_campaign()
language sql
as $$
  call race.write_to('+13125550111');
  update public.organizations set messages_per_day = 10;
  update public.contacts set email = 'quill@patients.example';
  insert into public.contacts (org_id, id, email)
  values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d2', 'quill@patients.example');
  insert into public.message_templates (org_id, id, kind, name, body)
  values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000a1', 'follow_up', 'After', 'zanzibar-lilac');
  insert into public.campaigns (org_id, id, name, category, status)
  values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000a2', 'After', 'follow_up', 'running');
  insert into public.campaign_steps (org_id, id, campaign_id, position, after, template_id)
  values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000a3', 'a0000000-0000-7000-8000-0000000000a2', 1, '0',
    'a0000000-0000-7000-8000-0000000000a1');
  insert into public.scheduled_messages (org_id, kind, contact_id, campaign_step_id, due_at)
  select c.org_id, 'campaign', c.id, 'a0000000-0000-7000-8000-0000000000a3', app.now() - interval '1 minute' from public.contacts c;
$$;

-- What the job of the campaign's step takes for a contact (d1 or d2).
create function race.take_step(p_contact text) returns text language sql volatile
as $$
  select b.outcome
  from public.scheduled_messages s, app.take_scheduled(s.id) b
  where s.kind = 'campaign' and s.contact_id = ('a0000000-0000-7000-8000-0000000000' || p_contact)::uuid
$$;

-- A message to a contact, of the campaign where it is a follow-up.
create function race.write(p_category text, p_method text, p_contact text) returns text language sql volatile
as $$
  select concat_ws(' ', b.outcome, b.reason)
  from app.begin_message(p_category, p_method, 'zanzibar-lilac', p_category || p_method || p_contact,
    ('a0000000-0000-7000-8000-0000000000' || p_contact)::uuid, 'twilio',
    p_campaign_id => case p_category when 'follow_up' then 'a0000000-0000-7000-8000-0000000000a2'::uuid end) b
$$;

create procedure race.settle_step(p_contact text) language plpgsql
as $$
begin
  perform app.settle_scheduled(array(
    select s.id from public.scheduled_messages s
    where s.kind = 'campaign' and s.contact_id = ('a0000000-0000-7000-8000-0000000000' || p_contact)::uuid), 'done');
end
$$;

-- How the campaign stands, with its steps.
create function race.campaign() returns text language sql stable security definer
as $$
  select c.status || ': ' || (
    select string_agg(s.state || coalesce(' ' || s.reason, ''), ', ' order by s.contact_id)
    from public.scheduled_messages s where s.kind = 'campaign')
  from public.campaigns c
$$;

-- The first visit of the clinic, for staff, who name visits by id.
create function race.visit() returns text language sql stable security definer
as $$ select a.id::text from public.appointments a where a.status <> 'held' order by a.created_at limit 1 $$;

-- What stands in the end, whoever asks. "double" counts pairs of active rows that overlap: never other than 0.
create function race.diary(out visits bigint, out held bigint, out cancelled bigint, out double bigint,
  out contacts bigint, out patients bigint, out attempts text)
language sql stable security definer
as $$
  select
    (select count(*) from public.appointments a where a.status in ('pending', 'confirmed')),
    (select count(*) from public.appointments a where a.status = 'held'),
    (select count(*) from public.appointments a where a.status = 'cancelled'),
    (select count(*) from public.appointments a join public.appointments b
      on b.resource_id = a.resource_id and b.id > a.id and b.blocked && a.blocked
      where a.status in ('held', 'pending', 'confirmed') and b.status in ('held', 'pending', 'confirmed')),
    (select count(*) from public.contacts),
    (select count(*) from public.patients),
    (select string_agg(t.outcome || coalesce(' ' || t.reason, ''), ', ' order by t.outcome, t.reason)
      from public.booking_attempts t)
$$;

-- race.open_neighbour: a second clinic, founded by signing up; Lakeside has an agent, and its member may set numbers up.
create procedure race.open_neighbour()
language plpgsql
as $$
begin
  insert into auth.users (id, email) values ('b0000000-0000-7000-8000-0000000000f1', 'owner@neighbour.example');
  insert into public.agents (org_id, name, role, is_default)
  values ('a0000000-0000-7000-8000-000000000001', 'Receptionist', 'inbound', true);
  update public.profiles set role = 'admin' where user_id = 'a0000000-0000-7000-8000-0000000000f1';
end
$$;

create function race.neighbour() returns uuid language sql stable security definer
as $$ select p.org_id from public.profiles p where p.user_id = 'b0000000-0000-7000-8000-0000000000f1' $$;

create procedure race.sign_in_as_neighbour()
language plpgsql
as $$
begin
  perform app.begin_request('tenant_user', jsonb_build_object(
    'sub', 'b0000000-0000-7000-8000-0000000000f1', 'app_metadata', jsonb_build_object('org_id', race.neighbour())));
end
$$;

-- The set-up of a number of an account that was verified.
create function race.want_number(p_number text, out state text, out step text) language sql volatile
as $$
  select b.state, b.step
  from app.begin_provisioning(p_number, '\x01', '\x000000000000000000000000', '\x00000000000000000000000000000000', 'k1', 'AC12…9f', false) b
$$;

-- Who has which number, and what is under way; the clinic's first number is left out.
create function race.numbers(out lakeside bigint, out neighbour bigint, out runs bigint, out jobs bigint, out accounts bigint)
language sql stable security definer
as $$
  select
    (select count(*) from public.phone_numbers n where n.number <> '+13125550100' and n.org_id <> race.neighbour()),
    (select count(*) from public.phone_numbers n where n.org_id = race.neighbour()),
    (select count(*) from public.provisioning),
    (select count(*) from river.river_job j join public.provisioning p on p.id = (j.args ->> 'provisioning_id')::uuid),
    (select count(*) from public.org_credentials)
$$;

-- race.claim, race.act: a try asks for the wish, and changes what can be counted unless the wish is not its own.
create function race.claim(p_try integer) returns text language sql volatile
as $$
  select c.outcome
  from app.claim_request('POST', 'POST /api/x', 'k', sha256('b'), '1 day', '1 minute', ('a0000000-0000-7000-8000-00000000ff0' || p_try)::uuid) c
$$;

create function race.act(p_try integer) returns boolean language plpgsql volatile
as $$
begin
  perform app.create_contact('{"name": "Nora Quill"}');
  return app.note_effect(('a0000000-0000-7000-8000-00000000ff0' || p_try)::uuid);
end
$$;

-- race.staff_the_desk: somebody answers the own line at any hour.
create procedure race.staff_the_desk()
language sql
as $$
  update public.locations set phone = '+13125550150';
  update public.business_hours set opens = '00:00', closes = '24:00';
$$;

-- race.put_through: the call with this number asks to be transferred.
create function race.put_through(p_call integer) returns text language sql volatile
as $$
  select concat_ws(' ', a.outcome, a.reason)
  from app.transfer_destination(('a0000000-0000-7000-8000-0000000000c' || p_call)::uuid, null) a
$$;

-- race.call_back: a clinic that can call at any hour, and so many calls of its that are due.
create procedure race.call_back(p_calls integer)
language plpgsql
as $$
declare
  v_org constant uuid := 'a0000000-0000-7000-8000-000000000001';
begin
  update public.organizations set quiet_from = '00:00', quiet_until = '00:00';
  update public.phone_numbers set vapi_phone_number_id = 'number-1';
  insert into public.agents (org_id, id, name, role, is_default) values (v_org, 'a0000000-0000-7000-8000-000000000041', 'Caller', 'outbound', true);
  insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id) values ('assistant-1', v_org, 'a0000000-0000-7000-8000-000000000041');
  insert into public.outbound_shares (org_id) values (v_org);
  insert into public.outbound_calls (org_id, id, kind, to_number, due_at, until_at, look_at)
  select v_org, ('a0000000-0000-7000-8000-0000000002' || lpad(n::text, 2, '0'))::uuid, 'test', '+131255502' || lpad(n::text, 2, '0'),
    app.now(), app.now() + interval '1 hour', app.now() + interval '1 hour'
  from generate_series(1, p_calls) n;
end
$$;

create function race.take_slot(p_slots integer) returns bigint language sql volatile
as $$ select count(*) from app.take_outbound_call(p_slots, 'a0000000-0000-7000-8000-0000000001f1', 60) $$;

create function race.call_off(p_call integer) returns text language sql volatile
as $$ select c.outcome from app.cancel_outbound_call(('a0000000-0000-7000-8000-0000000002' || lpad(p_call::text, 2, '0'))::uuid) c $$;

create function race.placed(p_call integer) returns boolean language sql volatile
as $$
  select app.note_call_placed(('a0000000-0000-7000-8000-0000000002' || lpad(p_call::text, 2, '0'))::uuid,
    'a0000000-0000-7000-8000-0000000001f1', 'vapi-1')
$$;

-- The last webhook of that call.
create function race.rang_off() returns boolean language plpgsql volatile
as $$
declare
  v_id uuid := app.ensure_call('vapi-1', 'outbound', null, null, '+13125550201', '+13125550100');
begin
  return app.record_call_event(v_id, 'ended', app.now(), 'customer-busy');
end
$$;

create function race.outbound() returns text language sql stable security definer
as $$ select string_agg(concat_ws(' ', c.state, c.reason), ', ' order by c.id) from public.outbound_calls c $$;

-- race.know_person: a contact that called twice, with words; c4 is over, c1 still runs. The member may erase.
create procedure race.know_person()
language sql
as $$
  update public.profiles set role = 'admin' where user_id = 'a0000000-0000-7000-8000-0000000000f1';
  update public.organizations set keep_transcripts_for = '1 day', keep_messages_for = '1 day', keep_recordings_for = '1 day';
  insert into public.contacts (org_id, id, name, phone) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d1', 'Ada Quillby', '+13125550111'),
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d2', 'Ada Quill', '+13125550112');
  update public.call_logs set contact_id = 'a0000000-0000-7000-8000-0000000000d1' where from_number = '+13125550111';
  update public.call_logs
  set status = 'ended', started_at = app.now() - interval '3 days', summary = 'zanzibar-lilac', transcript_state = 'stored', reported_at = app.now()
  where vapi_call_id = 'call-4';
  insert into public.caller_messages (org_id, call_id, contact_id, body, created_at)
  select c.org_id, c.id, c.contact_id, 'zanzibar-lilac', app.now() - interval '3 days' from public.call_logs c where c.vapi_call_id = 'call-4';
  insert into public.booking_attempts (org_id, kind, call_id, outcome, said_date)
  select c.org_id, 'book', c.id, 'unavailable', 'zanzibar-lilac' from public.call_logs c where c.vapi_call_id = 'call-4';
  insert into public.recordings (org_id, call_id, storage_key, created_at)
  select c.org_id, c.id, 'k', app.now() - interval '3 days' from public.call_logs c where c.vapi_call_id = 'call-4';
  insert into public.messages (org_id, direction, method, category, recipient, content, status, contact_id, created_at)
  select c.org_id, 'outbound', 'sms', 'reply', c.phone, 'zanzibar-lilac', 'sent', c.id, app.now() - interval '3 days'
  from public.contacts c where c.phone = '+13125550111';
$$;

create function race.erase(p_contact text) returns boolean language sql volatile
as $$ select app.erase_contact(('a0000000-0000-7000-8000-0000000000' || p_contact)::uuid) $$;

-- The report of the call that still ran, with words and a recording.
create function race.report() returns text language sql volatile
as $$
  select app.record_call_report('a0000000-0000-7000-8000-0000000000c1', null, null, 60, 'customer-ended-call', 'zanzibar-lilac',
    '[{"speaker": "caller", "text": "zanzibar-lilac"}]', 0, true, '{}', '{}', 'https://provider.example/zanzibar-lilac')
$$;

create function race.merge() returns text language sql volatile
as $$ select c.phone from app.merge_contacts('a0000000-0000-7000-8000-0000000000d2', 'a0000000-0000-7000-8000-0000000000d1') c $$;

-- What is left of the person: rows with a name, a number or a word, recordings that nobody deletes, and visits.
create function race.left_over(out contacts bigint, out calls bigint, out words bigint, out recordings bigint, out visits bigint, out erased bigint)
language sql stable security definer
as $$
  select
    (select count(*) from public.contacts c where c.name like '%Quill%' or c.phone in ('+13125550111', '+13125550112')),
    (select count(*) from public.call_logs c where c.from_number in ('+13125550111', '+13125550112')),
    (select count(*) from public.call_logs c where c::text like '%zanzibar%')
      + (select count(*) from public.caller_messages m where m::text like '%zanzibar%')
      + (select count(*) from public.messages m where m::text like '%zanzibar%')
      + (select count(*) from public.booking_attempts b where b::text like '%zanzibar%'),
    (select count(*) from public.recordings r where r.delete_requested_at is null or r.source_url is not null),
    (select count(*) from public.appointments a where a.status in ('pending', 'confirmed')),
    (select count(*) from public.contacts c where c.erased_at is not null)
$$;

-- race.own: as race.sign_in, and the member is an owner, who may change documents; the clinic's language is English.
create procedure race.own()
language plpgsql
as $$
begin
  update public.profiles set role = 'owner' where user_id = 'a0000000-0000-7000-8000-0000000000f1';
  insert into public.agents (org_id, name, role, is_default)
  values ('a0000000-0000-7000-8000-000000000001', 'Receptionist', 'inbound', true);
end
$$;

create function race.upload(p_text text) returns text language sql volatile
as $$ select s.outcome from app.add_knowledge('prices.txt', null, null, 'txt', convert_to(p_text, 'UTF8')) s $$;

create function race.document() returns uuid language sql stable security definer
as $$ select d.id from public.knowledge_documents d order by d.created_at limit 1 $$;

create function race.version(p_version integer) returns uuid language sql stable security definer
as $$ select v.id from public.knowledge_versions v where v.version = p_version $$;

create function race.rewrite(p_text text) returns boolean language sql volatile
as $$ select c is not null from app.change_knowledge(race.document(), '{}', 'txt', convert_to(p_text, 'UTF8')) c $$;

create function race.delete_document() returns boolean language sql volatile
as $$ select app.delete_knowledge(race.document()) $$;

-- What a job is told of a version, and what it does: one piece, one vector.
create function race.begin_reading(p_version integer) returns text language sql volatile
as $$ select w.outcome from app.begin_knowledge(race.version(p_version), '10 minutes') w $$;

create function race.stage(p_version integer) returns boolean language plpgsql volatile
as $$
declare
  v_staged boolean := app.stage_knowledge(race.version(p_version),
    jsonb_build_array(jsonb_build_object('page', 0, 'headings', '[]'::jsonb, 'body', 'piece of ' || p_version, 'tokens', 3)));
begin
  perform app.store_knowledge_vector(t.chunk_id, 'm1', '[1, 0]') from app.knowledge_to_embed(race.version(p_version), 'm1', 10) t;
  return v_staged;
end
$$;

create function race.finish(p_version integer) returns text language sql volatile
as $$ select app.finish_knowledge(race.version(p_version), 'm1') $$;

create function race.miss(p_question text, p_call integer) returns void language sql volatile security definer
as $$ select app.note_knowledge_gap(('a0000000-0000-7000-8000-0000000000c' || p_call)::uuid, p_question, 0.1) $$;

-- What the clinic knows in the end, whoever asks.
create function race.library(out documents bigint, out versions text, out answers text, out pieces text, out files bigint, out jobs bigint)
language sql stable security definer
as $$
  select
    (select count(*) from public.knowledge_documents d where d.deleted_at is null),
    (select string_agg(v.version || ' ' || v.state, ', ' order by v.version, v.state) from public.knowledge_versions v),
    (select string_agg(coalesce(v.version::text, 'none'), ', ' order by d.id)
      from public.knowledge_documents d left join public.knowledge_versions v on v.id = d.current_version_id),
    (select string_agg(c.body, ', ' order by c.body) from public.knowledge_chunks c),
    (select count(*) from public.knowledge_files),
    (select count(*) from river.river_job j join public.knowledge_versions v on v.id = (j.args ->> 'version_id')::uuid)
$$;

-- race.report_hot: the report of a call in which the caller said all that makes a hot lead.
create function race.report_hot(p_call integer) returns text language sql volatile
as $$
  select app.record_call_report(('a0000000-0000-7000-8000-0000000000c' || p_call)::uuid, null, null, 60, 'customer-ended-call', null,
    '[{"speaker": "caller", "text": "My tooth broke, it hurts, I want to book whitening today"}]', 1000, false, '{}')
$$;

-- What people were told of hot leads, and how many calls and contacts have a score.
create function race.hot(out notices bigint, out alerts bigint, out calls bigint, out contacts bigint) language sql stable security definer
as $$
  select
    (select count(*) from public.notifications n where n.kind = 'hot_lead'),
    (select count(*) from public.events e where e.kind = 'hot_lead_alert'),
    (select count(*) from public.call_logs c where c.lead_score = 100),
    (select count(*) from public.contacts c where c.lead_status = 'hot' and c.lead_score = 100)
$$;

-- Each contact's number with its score, and what stands of call 1: whose it is, its score, whether its words are kept.
create function race.scored(out contacts text, out call text) language sql stable security definer
as $$
  select
    (select string_agg(concat_ws(' ', coalesce(c.phone, case when c.erased_at is not null then 'erased' end), c.lead_score, cardinality(c.lead_reasons)), ', ' order by c.id)
      from public.contacts c),
    (select concat_ws(' ', right(c.contact_id::text, 2), c.lead_score, c.transcript_state, cardinality(c.lead_reasons)) from public.call_logs c where c.vapi_call_id = 'call-1')
$$;

-- race.connect: Avery's calendar takes the visits, the account is connected and what is moved there is followed. The member
-- may connect accounts, and a consent of theirs for the same account waits for their word.
create procedure race.connect()
language sql
as $$
  delete from river.river_job where kind like '%calendar%';
  update public.profiles set role = 'owner' where user_id = 'a0000000-0000-7000-8000-0000000000f1';
  update public.organizations set calendar_changes = 'follow';
  update public.calendar_links set writes = true, time_zone = 'America/Chicago';
  insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, account_hash)
  values ('a0000000-0000-7000-8000-000000000001', 'google_calendar', 'test-secret-1', '\x000102030405060708090a0b', '\x000102030405060708090a0b0c0d0e0f', 'k1',
    sha256('account'));
  insert into public.oauth_states (org_id, id, user_id, provider, state_hash, state, ciphertext, nonce, auth_tag, key_id, account_hash, expires_at)
  values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000a9', 'a0000000-0000-7000-8000-0000000000f1', 'google_calendar',
    sha256('state'), 'parked', 'test-secret-2', '\x000102030405060708090a0b', '\x000102030405060708090a0b0c0d0e0f', 'k1', sha256('account'),
    app.now() + interval '10 minutes');
$$;

create function race.worker(p_n integer) returns uuid language sql immutable as $$ select ('00000000-0000-7000-8000-00000000000' || p_n)::uuid $$;

-- The visit that call 1 booked, whatever became of it.
create function race.written_visit() returns uuid language sql stable security definer
as $$ select a.id from public.appointments a where a.call_id = 'a0000000-0000-7000-8000-0000000000c1' and a.status <> 'held' limit 1 $$;

create procedure race.book_for_calendar()
language plpgsql
as $$
begin
  call race.answer('call-1');
  perform race.book('t1', '10:00', 'Ada Quillby', 'Avery');
  reset role;
end
$$;

-- race.take_event, race.settle_event: what a job of the visit is told, and what it says then.
create function race.take_event(p_worker integer) returns text language plpgsql volatile
as $$
declare
  v_work app.calendar_event_work;
begin
  select * into v_work from app.take_calendar_event(race.written_visit(), race.worker(p_worker));
  perform set_config('race.event', coalesce(v_work.event_id::text, ''), false), set_config('race.version', coalesce(v_work.version::text, ''), false);
  return concat_ws(' ', v_work.outcome, to_char(v_work.starts_at at time zone 'America/Chicago', 'HH24:MI'));
end
$$;

create function race.settle_event(p_worker integer, p_outcome text) returns boolean language sql volatile
as $$
  select app.settle_calendar_event(current_setting('race.event')::uuid, race.worker(p_worker), current_setting('race.version')::integer, p_outcome, 'event', 'etag')
$$;

-- The worker hung for longer than its lease.
create procedure race.lease_ends() language sql security definer
as $$ update public.calendar_events set lease_until = app.now() - interval '1 second' $$;

-- What stands of the visit's event, and how many jobs are still to look at it.
create function race.event(out event text, out behind integer, out jobs bigint) language sql stable security definer
as $$
  select e.state, e.desired_version - e.synced_version, (select count(*) from river.river_job j where j.kind = 'sync_calendar_event')
  from public.calendar_events e
$$;

-- race.pull, race.apply: one reading of Avery's calendar: an event from 10:15 to 10:45 unless nothing, the visit's own where told.
create function race.pull(p_worker integer) returns text language sql volatile
as $$ select p.outcome from app.take_pull('a0000000-0000-7000-8000-000000000051', race.worker(p_worker)) p $$;

create function race.apply(p_worker integer, p_busy boolean default true, p_own_at time default null, p_whole boolean default true) returns text language sql volatile
as $$
  select concat_ws(' ', a.outcome, a.blocks, a.conflicts, a.followed, a.flagged)
  from app.apply_calendar_changes('a0000000-0000-7000-8000-000000000051', race.worker(p_worker), p_whole, race.at('00:00'), race.at('23:00'), 'token', '{}', '{}',
    case when p_busy then array['dentist'] else '{}' end, case when p_busy then array[''] else '{}' end,
    case when p_busy then array[race.at('10:15')] else '{}' end, case when p_busy then array[race.at('10:45')] else '{}' end,
    case when p_own_at is not null then jsonb_build_array(jsonb_build_object('appointment_id', race.written_visit(), 'external_id', 'event', 'etag', 'etag-2',
      'starts_at', race.at(p_own_at), 'ends_at', race.at(p_own_at) + interval '30 minutes', 'deleted', false)) end) a
$$;

create function race.confirm() returns text language sql volatile
as $$ select g.provider from app.confirm_grant('a0000000-0000-7000-8000-0000000000a9') g $$;

-- race.turn, race.refreshed: who refreshes version 1 of the tokens, and what is stored.
create function race.turn(p_worker integer) returns text language sql volatile
as $$ select concat_ws(' ', r.outcome, r.version) from app.begin_refresh('google_calendar', 1, race.worker(p_worker)) r $$;

create function race.refreshed(p_secret text) returns integer language sql volatile
as $$ select app.note_refresh('google_calendar', 1, p_secret::bytea, '\x000102030405060708090a0d', '\x000102030405060708090a0b0c0d0e0f', 'k1') $$;

create function race.grant(out grants bigint, out version integer, out tokens text, out parked bigint) language sql stable security definer
as $$
  select (select count(*) from public.org_credentials), c.grant_version, convert_from(c.ciphertext, 'UTF8'), (select count(*) from public.oauth_states)
  from public.org_credentials c
$$;

-- race.link, race.disconnect: an account's second calendar is linked, to Blake; the account is taken away.
create function race.link() returns text language plpgsql volatile
as $$
begin
  perform app.link_calendar('google', 'a0000000-0000-7000-8000-000000000032', 'blake', 'Blake', 'UTC', true);
  return 'linked';
exception
  when sqlstate 'VX409' then
    return 'not connected';
end
$$;

create function race.disconnect() returns bigint language sql volatile
as $$ select count(*) from app.disconnect_calendar('google_calendar') $$;

-- What disconnecting says is to be ended at the provider.
create function race.disconnected_channels() returns text language sql volatile
as $$ select array_to_string(d.channel_ids, ' ') from app.disconnect_calendar('google_calendar') d $$;

create function race.connected(out accounts bigint, out links bigint) language sql stable security definer
as $$ select (select count(*) from public.org_credentials), (select count(*) from public.calendar_links) $$;

-- race.open_channel, race.push: pushes of Avery's calendar are opened; one comes.
create function race.open_channel() returns boolean language sql volatile
as $$ select app.note_channel('a0000000-0000-7000-8000-000000000051', 'channel', null, sha256('channel'), app.now() + interval '7 days') $$;

create function race.push() returns boolean language sql volatile
as $$ select app.note_push('a0000000-0000-7000-8000-000000000051', 'channel', 'changed') $$;

-- A turn of the account, for a whole minute's requests: the next one waits for about that long.
create function race.take_turn() returns boolean language sql volatile
as $$ select app.take_calendar_turn('google', true, 480, 480) > 50000 $$;

-- race.flag: call 2 has a visit at 13:00 besides that of call 1; the events of both were moved there by an hour, and the
-- visits did not follow. Calendars name patients.
create procedure race.flag()
language plpgsql
as $$
begin
  call race.answer('call-2');
  perform race.book('t9', '13:00', 'Ben Quillon', 'Avery');
  reset role;
  update public.organizations set calendar_changes = 'flag', calendar_content = 'full';
  update public.calendar_events e
  set external_id = 'event', state = 'there', synced_version = e.desired_version, outside = 'moved',
    outside_from = a.scheduled_at + interval '1 hour', outside_to = a.scheduled_at + interval '90 minutes'
  from public.appointments a
  where a.id = e.appointment_id;
  insert into public.busy_blocks (org_id, resource_id, calendar_link_id, external_id, starts_at, ends_at)
  select e.org_id, l.resource_id, l.id, 'visit:' || e.appointment_id, e.outside_from, e.outside_to
  from public.calendar_events e
  join public.calendar_links l on l.id = e.calendar_link_id;
end
$$;

-- A member corrects the name of the patient whom a call booked for.
create function race.rename(p_call integer, p_name text) returns text language sql volatile
as $$
  select p.name
  from public.appointments a
  cross join lateral app.save_patient(a.contact_id, a.patient_id, p_name) p
  where a.call_id = ('a0000000-0000-7000-8000-0000000000c' || p_call)::uuid and a.status <> 'held'
$$;

-- Where events stand outside that their visits did not follow, and what the mirror keeps for them.
create function race.outside(out moved_to text, out busy text) language sql stable security definer
as $$
  select (select string_agg(to_char(e.outside_from at time zone 'America/Chicago', 'HH24:MI'), ' ' order by e.outside_from) from public.calendar_events e),
    (select string_agg(to_char(b.starts_at at time zone 'America/Chicago', 'HH24:MI'), ' ' order by b.starts_at) from public.busy_blocks b)
$$;
