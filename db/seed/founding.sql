-- A role that row security binds would write half of it, or nothing, without an error.
do $$
begin
  if not (select rolsuper or rolbypassrls from pg_catalog.pg_roles where rolname = current_user) then
    raise exception 'the role of ADMIN_DATABASE_URL is bound by row level security; it needs BYPASSRLS to write demo clinics'
      using errcode = 'VX403';
  end if;
end
$$;

-- Two starts at once take turns.
select pg_advisory_xact_lock(hashtext('voxanne demo clinics'));

-- found_clinic: signs a person up, as Supabase Auth would; the trigger on auth.users founds the clinic. Returns its id,
-- or NULL when a clinic of that slug is there already and must be left alone.
create function pg_temp.found_clinic(p_user_id uuid, p_email text, p_owner text, p_name text, p_slug text, p_country text, p_zone text)
returns uuid
language plpgsql
as $$
declare
  v_org_id uuid;
begin
  if exists (select from public.organizations o where o.slug = p_slug) then
    return null;
  end if;
  insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data)
  values (p_user_id, p_email, app.now(), jsonb_build_object('business_name', p_name, 'name', p_owner, 'time_zone', p_zone))
  returning (raw_app_meta_data ->> 'org_id')::uuid into v_org_id;
  update public.organizations o set slug = p_slug, country = p_country where o.id = v_org_id;
  return v_org_id;
end
$$;

-- invite: asks an address to join and lets the person sign up with it confirmed, so that they become a member.
create function pg_temp.invite(p_org_id uuid, p_user_id uuid, p_email text, p_name text, p_role text)
returns void
language sql
as $$
  insert into public.invitations (org_id, email, role, token_hash, expires_at)
  values (p_org_id, p_email, p_role, sha256(convert_to(gen_random_uuid()::text, 'utf8')), app.now() + interval '7 days');
  insert into auth.users (id, email, email_confirmed_at, raw_user_meta_data)
  values (p_user_id, p_email, app.now(), jsonb_build_object('name', p_name));
$$;

-- patient: a contact (found by its number, made where missing) and one of the people it books for.
create function pg_temp.patient(p_org_id uuid, p_contact text, p_phone text, p_patient text, p_born date, p_lead text default 'booked')
returns void
language sql
as $$
  insert into public.contacts (org_id, name, phone, email, lead_status, lead_score, source, last_contacted_at)
  values (p_org_id, p_contact, p_phone, lower(replace(p_contact, ' ', '.')) || '@patients.example', p_lead,
    case p_lead when 'hot' then 80 when 'warm' then 50 when 'booked' then 90 else 10 end, 'import', app.now() - interval '3 days')
  on conflict (org_id, phone) do nothing;
  insert into public.patients (org_id, contact_id, name, normalised_name, date_of_birth, made_by_voice)
  select p_org_id, c.id, p_patient, app.normalise_name(p_patient), p_born, false
  from public.contacts c
  where c.org_id = p_org_id and c.phone = p_phone and p_patient is not null;
$$;

-- past_call: a call that came in so long ago, said what, redacted as every stored call. p_said alternates, the
-- receptionist first.
create function pg_temp.past_call(p_org_id uuid, p_ago interval, p_from text, p_outcome text, p_summary text, p_said text[])
returns uuid
language plpgsql
as $$
declare
  v_id uuid;
  v_contact_id uuid;
  v_names text[];
begin
  select c.id, array_agg(p.name) || c.name into v_contact_id, v_names
  from public.contacts c
  left join public.patients p on p.org_id = c.org_id and p.contact_id = c.id
  where c.org_id = p_org_id and c.phone = p_from
  group by c.id, c.name;
  insert into public.call_logs (
    org_id, vapi_call_id, agent_id, location_id, contact_id, direction, from_number, to_number, status, ended_reason,
    started_at, ended_at, duration_seconds, outcome, summary, transcript, transcript_state, recording_state, tools_used, cost_micros,
    reported_at, created_at)
  select p_org_id, 'demo-' || gen_random_uuid(), a.id, n.location_id, v_contact_id, 'inbound', p_from, n.number, 'ended',
    'customer-ended-call', app.now() - p_ago, app.now() - p_ago + interval '8 seconds' * cardinality(p_said),
    8 * cardinality(p_said), p_outcome, t.kept[cardinality(t.kept)], t.turns, 'stored', 'at_provider',
    case p_outcome when 'booked' then array['checkAvailability', 'bookClinicAppointment'] when 'message' then array['takeMessage'] else '{}' end,
    12500 * cardinality(p_said), app.now() - p_ago + interval '2 minutes', app.now() - p_ago
  from public.phone_numbers n
  join public.agents a on a.org_id = n.org_id and a.is_default
  cross join lateral (
    select r.kept, (
      select jsonb_agg(jsonb_build_object(
          'speaker', case when s.position % 2 = 1 then 'assistant' else 'caller' end, 'text', s.said, 'at', 8 * (s.position - 1)) order by s.position)
      from unnest(r.kept[:cardinality(p_said)]) with ordinality s(said, position)
    ) as turns
    from (select app.redact_turns(p_said || p_summary, v_names) as kept) r
  ) t
  where n.org_id = p_org_id
  returning id into v_id;
  -- Copied by a job: from the played Vapi, which has a tone for every call.
  perform set_config('request.jwt.claims', jsonb_build_object('app_metadata', jsonb_build_object('org_id', p_org_id))::text, true);
  perform app.note_recording(v_id, null);
  -- What a report leaves: how the caller sounded, how urgent it is, and the score with its reasons.
  update public.call_logs c set summary_source = 'analysis' where c.id = v_id;
  perform app.note_feeling(v_id, null);
  perform app.score_lead(v_id);
  perform set_config('request.jwt.claims', '', true);
  return v_id;
end
$$;
