-- What was written to and by the demo clinics' patients, in every state that people look at. Each clinic gets it once: a
-- line in its audit log says so, and what was changed or deleted since stays so. Keys to send with are not here: only the
-- service can seal them.

-- note_text: a text that went out or came in so long ago, as the sending functions would have left it. No external id
-- for what never reached the carrier.
create function pg_temp.note_text(
  p_org_id uuid, p_contact_id uuid, p_ago interval, p_direction text, p_category text, p_status text, p_content text,
  p_reason text default null, p_error text default null, p_appointment_id uuid default null)
returns uuid
language sql
as $$
  insert into public.messages (
    org_id, direction, method, category, recipient, recipient_hash, content, segments, status, reason, provider_error,
    service_provider, external_message_id, contact_id, appointment_id, handed_over_at, sent_at, created_at, updated_at)
  select c.org_id, p_direction, 'sms', p_category, c.phone, app.number_hash(c.phone), p_content,
    case p_direction when 'outbound' then app.sms_segments(p_content) end, p_status, p_reason, p_error, 'twilio',
    case when p_status in ('sent', 'delivered') or p_error is not null then 'demo-' || gen_random_uuid() end,
    c.id, p_appointment_id,
    case when p_direction = 'outbound' and p_status <> 'blocked' then app.now() - p_ago end,
    case when p_direction = 'outbound' and p_status in ('sent', 'delivered') then app.now() - p_ago end,
    app.now() - p_ago, app.now() - p_ago
  from public.contacts c
  where c.org_id = p_org_id and c.id = p_contact_id
  returning id
$$;

create function pg_temp.contact(p_org_id uuid, p_phone text)
returns uuid
language sql
as $$
  select c.id from public.contacts c where c.org_id = p_org_id and c.phone = p_phone
$$;

do $$
declare
  v_org record;
  v_visit record;
  v_template_id uuid;
  v_campaign_id uuid;
begin
  for v_org in
    select o.id, o.name, o.slug, o.slug = 'lakeside-dental' as lakeside, p.user_id
    from public.organizations o
    join public.profiles p on p.org_id = o.id and p.role = 'owner'
    where o.slug in ('lakeside-dental', 'harbor-skin')
      and not exists (select from public.audit_log l where l.org_id = o.id and l.action = 'demo_messages_seeded')
  loop
    -- The functions below act for the clinic of the claims.
    perform set_config('request.jwt.claims', jsonb_build_object(
      'sub', v_org.user_id, 'app_metadata', jsonb_build_object('org_id', v_org.id))::text, true);
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org.id, 'demo_messages_seeded', 'organization', v_org.id, v_org.user_id);

    insert into public.message_templates (org_id, kind, name, body) values
      (v_org.id, 'reminder', 'Reminder', '{clinic}: see you on {visits}. Reply C to confirm, X to change, STOP to end.'),
      (v_org.id, 'follow_up', 'How are you?', '{clinic}: how are you after your visit, {first_name}? Call {phone} if anything is wrong.');
    insert into public.message_templates (org_id, kind, name, body)
    values (v_org.id, 'marketing', 'Recall', case when v_org.lakeside
      then '{clinic}: {first_name}, it has been half a year. Shall we find a time for a cleaning? Call {phone}.'
      else '{clinic}: {first_name}, it has been a year. Shall we look at your skin again? Call {phone}.' end)
    returning id into v_template_id;
    insert into public.campaigns (org_id, name, segment)
    values (v_org.id, 'Recall', '{"no_visit_ahead": true, "lead_status": ["warm", "booked"]}')
    returning id into v_campaign_id;
    insert into public.campaign_steps (org_id, campaign_id, position, after, template_id) values
      (v_org.id, v_campaign_id, 1, '0', v_template_id),
      (v_org.id, v_campaign_id, 2, '14 days', v_template_id);
    update public.contacts c
    set marketing_consent_at = app.now() - interval '90 days'
    where c.org_id = v_org.id and c.phone in ('+13125550111', '+13125550112', '+442079460111');

    -- What the booked demo calls were answered with.
    for v_visit in
      select a.id, a.contact_id, app.now() - a.created_at - interval '2 minutes' as ago,
        app.local_words(a.scheduled_at, l.time_zone, 'en') as words
      from public.appointments a
      join public.locations l on l.org_id = a.org_id and l.id = a.location_id
      join public.call_logs c on c.org_id = a.org_id and c.id = a.call_id
      where a.org_id = v_org.id and c.vapi_call_id like 'demo-%'
    loop
      perform pg_temp.note_text(v_org.id, v_visit.contact_id, v_visit.ago, 'outbound', 'confirmation', 'delivered',
        format('%s: %s, %s. Reply C to confirm, X to change, STOP to end.', v_org.name, v_visit.words[1], v_visit.words[2]),
        p_appointment_id => v_visit.id);
    end loop;

    if v_org.lakeside then
      perform pg_temp.note_text(v_org.id, pg_temp.contact(v_org.id, '+13125550112'), '3 days', 'outbound', 'follow_up', 'sent',
        'Lakeside Dental: your invoice is ready, we will hand it to you at your next visit.');
      perform pg_temp.note_text(v_org.id, pg_temp.contact(v_org.id, '+13125550112'), '70 hours', 'inbound', 'reply', 'delivered',
        'Thank you, see you then.');
      -- An unreachable handset (Twilio: error 30003).
      perform pg_temp.note_text(v_org.id, pg_temp.contact(v_org.id, '+13125550115'), '2 days', 'outbound', 'reminder', 'failed',
        'Lakeside Dental: see you tomorrow. Reply C to confirm, X to change, STOP to end.', 'refused', '30003');
      perform pg_temp.note_text(v_org.id, pg_temp.contact(v_org.id, '+13125550117'), '5 days', 'outbound', 'follow_up', 'delivered',
        'Lakeside Dental: thank you for your call. Shall we find you a time?');
      perform pg_temp.note_text(v_org.id, pg_temp.contact(v_org.id, '+13125550117'), '119 hours', 'inbound', 'reply', 'delivered', 'STOP');
      insert into public.opt_outs (org_id, channel, phone, number_hash, source, at)
      values (v_org.id, 'sms', '+13125550117', app.number_hash('+13125550117'), 'reply', app.now() - interval '119 hours');
      perform pg_temp.note_text(v_org.id, pg_temp.contact(v_org.id, '+13125550117'), '4 days', 'outbound', 'follow_up', 'blocked',
        'Lakeside Dental: are you still looking for a time?', 'opted_out');
    else
      insert into public.opt_outs (org_id, channel, phone, number_hash, source, at)
      values (v_org.id, 'sms', '+442079460113', app.number_hash('+442079460113'), 'staff', app.now() - interval '4 days');
      perform pg_temp.note_text(v_org.id, pg_temp.contact(v_org.id, '+442079460113'), '3 days', 'outbound', 'follow_up', 'blocked',
        'Harbor Skin: shall we find you a time?', 'opted_out');
    end if;
  end loop;

  -- The visits that have come into the month are reminded of like any other; those booked otherwise have their rows.
  for v_visit in
    select a as row, a.org_id
    from public.appointments a
    join public.organizations o on o.id = a.org_id
    where o.slug in ('lakeside-dental', 'harbor-skin') and a.status = 'confirmed' and a.scheduled_at > app.now()
      and not exists (select from public.scheduled_messages s where s.org_id = a.org_id and s.appointment_id = a.id)
  loop
    perform set_config('request.jwt.claims', jsonb_build_object('app_metadata', jsonb_build_object('org_id', v_visit.org_id))::text, true);
    perform app.schedule_reminders(v_visit.row, app.now());
  end loop;
  perform set_config('request.jwt.claims', '', true);
end
$$;
