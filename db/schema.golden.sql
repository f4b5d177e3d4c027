CREATE SCHEMA app;

ALTER SCHEMA app OWNER TO owner;

COMMENT ON SCHEMA app IS 'Voxanne''s functions, types and views. Tables live in public.';

CREATE SCHEMA auth;

ALTER SCHEMA auth OWNER TO owner;

CREATE SCHEMA extensions;

ALTER SCHEMA extensions OWNER TO owner;

CREATE SCHEMA river;

ALTER SCHEMA river OWNER TO owner;

COMMENT ON SCHEMA river IS 'River, the job queue. Arguments hold ids only, never data about people.';

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA extensions;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE EXTENSION IF NOT EXISTS fuzzystrmatch WITH SCHEMA extensions;

COMMENT ON EXTENSION fuzzystrmatch IS 'determine similarities and distance between strings';

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA extensions;

COMMENT ON EXTENSION vector IS 'vector data type and ivfflat and hnsw access methods';

CREATE TYPE app.assistant_facts AS (
	vapi_assistant_id text,
	clinic_name text,
	first_message text,
	address text,
	recording_consent text,
	ai_disclosure boolean,
	hours text,
	services text,
	practitioners text
);

ALTER TYPE app.assistant_facts OWNER TO owner;

COMMENT ON TYPE app.assistant_facts IS 'What the assistant is told at the start of a call: public facts of the clinic only, ready to be spoken.';

CREATE TYPE app.booking_result AS (
	outcome text,
	reason text,
	replayed boolean,
	appointment_id uuid,
	booking_ref text,
	status text,
	patient_name text,
	service_id uuid,
	service_name text,
	resource_id uuid,
	resource_name text,
	starts_at timestamp with time zone,
	ends_at timestamp with time zone,
	time_zone text,
	alternatives timestamp with time zone[]
);

ALTER TYPE app.booking_result OWNER TO owner;

COMMENT ON TYPE app.booking_result IS 'What came of a try to hold, book, move or cancel. outcome: booked, held, amended, rescheduled, cancelled, approved, question or refused; reason: why refused or what is asked (closed list, see app.refusal_reason and the booking functions); replayed: the same try was answered before; alternatives: up to three nearest starts that are free.';

CREATE TYPE app.call_context AS (
	outcome text,
	org_id uuid,
	call_id uuid,
	agent_id uuid,
	location_id uuid,
	clinic_name text,
	country text,
	language text,
	time_zone text,
	emergency_sentence text,
	now timestamp with time zone,
	weekdays integer[],
	opens_minutes integer[],
	closes_minutes integer[]
);

ALTER TYPE app.call_context OWNER TO owner;

COMMENT ON TYPE app.call_context IS 'What handling a call needs to know about its clinic: outcome as in app.tenant_route, the call''s row, language and zone for reading dates, the clock, and the week''s hours of the location and its resources as parallel arrays (weekday 0 is Sunday, minutes from midnight).';

CREATE TYPE app.caller_view AS (
	known boolean,
	patient_names text[],
	visits_to_come bigint
);

ALTER TYPE app.caller_view OWNER TO owner;

COMMENT ON TYPE app.caller_view IS 'What may be said to a caller about who they are: known only after a check, with the names of the patients it opened.';

CREATE TYPE app.free_slot AS (
	resource_id uuid,
	location_id uuid,
	during tstzrange,
	blocked tstzrange,
	load bigint
);

ALTER TYPE app.free_slot OWNER TO owner;

COMMENT ON TYPE app.free_slot IS 'One possible visit of one resource: the visit, the visit with buffers, and how many visits that resource has within a day of it.';

CREATE TYPE app.open_span AS (
	resource_id uuid,
	location_id uuid,
	opens_at timestamp with time zone,
	closes_at timestamp with time zone
);

ALTER TYPE app.open_span OWNER TO owner;

COMMENT ON TYPE app.open_span IS 'A span in which a resource is open, as instants: [opens_at, closes_at).';

CREATE TYPE app.service_card AS (
	name text,
	minutes integer,
	price_minor bigint,
	currency text,
	practitioners text[]
);

ALTER TYPE app.service_card OWNER TO owner;

COMMENT ON TYPE app.service_card IS 'What any caller may hear about a service. price_minor NULL: no price is told.';

CREATE TYPE app.slot AS (
	starts_at timestamp with time zone,
	ends_at timestamp with time zone,
	resource_id uuid,
	resource_name text,
	service_name text,
	time_zone text
);

ALTER TYPE app.slot OWNER TO owner;

COMMENT ON TYPE app.slot IS 'A start that can be offered: times as instants, names to say, and the IANA zone to say them in.';

CREATE TYPE app.tenant_route AS (
	outcome text,
	org_id uuid,
	agent_id uuid,
	location_id uuid
);

ALTER TYPE app.tenant_route OWNER TO owner;

COMMENT ON TYPE app.tenant_route IS 'Whose call it is. outcome: found, unknown (no identifier is ours) or conflict (they name two tenants).';

CREATE TYPE app.transfer_answer AS (
	outcome text,
	reason text,
	phone text,
	caller_id text
);

ALTER TYPE app.transfer_answer OWNER TO owner;

COMMENT ON TYPE app.transfer_answer IS 'Where to put a caller through. outcome transfer or refused; reason closed, no_number, already_transferred or loop.';

CREATE TYPE river.river_job_state AS ENUM (
    'available',
    'cancelled',
    'completed',
    'discarded',
    'pending',
    'retryable',
    'running',
    'scheduled'
);

ALTER TYPE river.river_job_state OWNER TO owner;

CREATE FUNCTION app.now() RETURNS timestamp with time zone
    LANGUAGE sql PARALLEL SAFE
    BEGIN ATOMIC
 SELECT clock_timestamp() AS clock_timestamp;
END;

ALTER FUNCTION app.now() OWNER TO owner;

COMMENT ON FUNCTION app.now() IS 'The current instant by the wall clock (not the transaction''s start). The only clock that functions and defaults read.';

CREATE FUNCTION app.uuid_v7() RETURNS uuid
    LANGUAGE sql PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (encode(set_bit(set_bit(OVERLAY(uuid_send(gen_random_uuid()) PLACING SUBSTRING(int8send(((EXTRACT(epoch FROM app.now()) * (1000)::numeric))::bigint) FROM 3) FROM 1 FOR 6), (52)::bigint, 1), (53)::bigint, 1), 'hex'::text))::uuid AS encode;
END;

ALTER FUNCTION app.uuid_v7() OWNER TO owner;

COMMENT ON FUNCTION app.uuid_v7() IS 'A new UUID version 7 (RFC 9562): 48 bits of Unix milliseconds from app.now(), then random bits. Default of every id.';

CREATE TABLE public.webhook_deliveries (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    vapi_call_id text NOT NULL,
    kind text NOT NULL,
    key text NOT NULL,
    received_at timestamp with time zone DEFAULT app.now() NOT NULL,
    body_hash bytea NOT NULL,
    answer text,
    CONSTRAINT webhook_deliveries_key_check CHECK ((char_length(key) <= 300)),
    CONSTRAINT webhook_deliveries_kind_check CHECK ((char_length(kind) <= 100)),
    CONSTRAINT webhook_deliveries_vapi_call_id_check CHECK ((char_length(vapi_call_id) <= 100))
);

ALTER TABLE ONLY public.webhook_deliveries FORCE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_deliveries OWNER TO owner;

COMMENT ON TABLE public.webhook_deliveries IS 'Webhooks already acted on: the same one delivered again gets the same answer and changes nothing. Kept for a day.';

COMMENT ON COLUMN public.webhook_deliveries.kind IS 'Vapi''s message type.';

COMMENT ON COLUMN public.webhook_deliveries.key IS 'The tool call id, the status, or empty: what makes the message unique within its call.';

COMMENT ON COLUMN public.webhook_deliveries.body_hash IS 'SHA-256 of the body; the body itself is not kept.';

COMMENT ON COLUMN public.webhook_deliveries.answer IS 'What a tool call was answered.';

CREATE FUNCTION app.accept_delivery(p_vapi_call_id text, p_kind text, p_key text, p_body_hash bytea) RETURNS SETOF public.webhook_deliveries
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_row public.webhook_deliveries;
begin
  insert into public.webhook_deliveries (org_id, vapi_call_id, kind, key, body_hash)
  values (v_org_id, p_vapi_call_id, p_kind, p_key, p_body_hash)
  on conflict (org_id, vapi_call_id, kind, key) do nothing
  returning * into v_row;
  if v_row.id is not null then
    return;
  end if;
  return query
  select d.*
  from public.webhook_deliveries d
  where d.org_id = v_org_id and d.vapi_call_id = p_vapi_call_id and d.kind = p_kind and d.key = p_key;
end
$$;

ALTER FUNCTION app.accept_delivery(p_vapi_call_id text, p_kind text, p_key text, p_body_hash bytea) OWNER TO app_writer;

COMMENT ON FUNCTION app.accept_delivery(p_vapi_call_id text, p_kind text, p_key text, p_body_hash bytea) IS 'Marks a webhook as being acted on. No row: it is new, act on it in this transaction. A row: it was acted on before, and this is what was answered.';

CREATE FUNCTION app.access_token_hook(p_event jsonb) RETURNS jsonb
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_profile public.profiles;
  v_claims jsonb := coalesce(p_event -> 'claims', '{}');
  v_app_metadata jsonb := coalesce(v_claims -> 'app_metadata', '{}') - 'org_id' - 'member_role';
begin
  select * into v_profile from public.profiles p where p.user_id = (p_event ->> 'user_id')::uuid;
  if v_profile.org_id is not null then
    v_app_metadata := v_app_metadata || jsonb_build_object('org_id', v_profile.org_id, 'member_role', v_profile.role);
  end if;
  return jsonb_set(p_event, '{claims}', v_claims || jsonb_build_object('app_metadata', v_app_metadata));
end
$$;

ALTER FUNCTION app.access_token_hook(p_event jsonb) OWNER TO app_definer;

COMMENT ON FUNCTION app.access_token_hook(p_event jsonb) IS 'Supabase Auth''s custom access token hook: puts the truth of profiles into claims.app_metadata (org_id, member_role) at every issue of a token, and takes it out for people who are no members.';

CREATE TABLE public.closures (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    location_id uuid NOT NULL,
    resource_id uuid,
    during tstzrange NOT NULL,
    reason text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT closures_during_check CHECK (((NOT isempty(during)) AND (NOT lower_inf(during)) AND (NOT upper_inf(during)))),
    CONSTRAINT closures_reason_check CHECK ((char_length(reason) <= 200))
);

ALTER TABLE ONLY public.closures FORCE ROW LEVEL SECURITY;

ALTER TABLE public.closures OWNER TO owner;

COMMENT ON TABLE public.closures IS 'Holidays (of a location) and time off (of a resource).';

COMMENT ON COLUMN public.closures.during IS 'Half-open [).';

CREATE FUNCTION app.add_closure(p_location_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_ends_at timestamp with time zone, p_reason text DEFAULT NULL::text) RETURNS SETOF public.closures
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  if p_ends_at <= p_starts_at then
    raise exception 'a closure must end after it starts' using errcode = 'VX400';
  end if;
  perform app.lock_resources(array(
    select r.id from public.resources r
    where r.org_id = v_org_id and r.location_id = p_location_id and (p_resource_id is null or r.id = p_resource_id)));
  return query
  insert into public.closures (org_id, location_id, resource_id, during, reason)
  values (v_org_id, p_location_id, p_resource_id, tstzrange(p_starts_at, p_ends_at), p_reason)
  returning *;
  perform app.announce('hours_updated', 'location', p_location_id);
end
$$;

ALTER FUNCTION app.add_closure(p_location_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_ends_at timestamp with time zone, p_reason text) OWNER TO app_writer;

COMMENT ON FUNCTION app.add_closure(p_location_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_ends_at timestamp with time zone, p_reason text) IS 'Closes a location, or one of its resources, for a time. Visits already booked in it stay and are for the staff to move. Staff only (VX403); an end before the start is VX400.';

CREATE FUNCTION app.already_changed(p_kind text, p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, p_starts_at timestamp with time zone) RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_ref text := upper(regexp_replace(coalesce(p_appointment, ''), '[^A-Za-z0-9]', '', 'g'));
begin
  return (
    select a.id
    from public.appointment_changes h
    join public.appointments a on a.org_id = h.org_id and a.id = h.appointment_id
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    where h.org_id = app.current_org_id()
      and h.call_id = p_call_id
      and h.kind = p_kind
      and case p_kind
        when 'cancelled' then a.status = 'cancelled'
        else a.status in ('pending', 'confirmed') and a.scheduled_at = p_starts_at
      end
      and (v_ref = '' or a.booking_ref = v_ref or replace(a.id::text, '-', '') = lower(v_ref))
      and (v_ref <> '' or (
        (p_on is null or (lower(h.old_during) at time zone l.time_zone)::date = p_on)
        and (p_at is null or (lower(h.old_during) at time zone l.time_zone)::time = p_at)
        and app.name_distance(p_patient_name, array[p.name, coalesce(a.said_name, p.name)]) is not null))
    order by h.at desc
    limit 1
  );
end
$$;

ALTER FUNCTION app.already_changed(p_kind text, p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, p_starts_at timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.already_changed(p_kind text, p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, p_starts_at timestamp with time zone) IS 'The visit for which the same call already had this very change made (kind rescheduled to p_starts_at, or cancelled), described as it stood before; NULL when there is none.';

CREATE FUNCTION app.amend_appointment(p_call_id uuid, p_booking_ref text, p_service text DEFAULT NULL::text, p_starts_at timestamp with time zone DEFAULT NULL::timestamp with time zone, p_resource text DEFAULT NULL::text, p_patient_name text DEFAULT NULL::text, p_tool_call_id text DEFAULT NULL::text, p_said_date text DEFAULT NULL::text, p_said_time text DEFAULT NULL::text) RETURNS SETOF app.booking_result
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_service_id uuid;
  v_resource_id uuid;
  v_result app.booking_result;
begin
  perform app.lock_call(p_call_id);
  v_result := app.replayed_attempt('amend', p_call_id, p_tool_call_id);
  if v_result.outcome is not null then
    return next v_result;
    return;
  end if;

  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id
    and a.call_id = p_call_id
    and a.booking_ref = upper(regexp_replace(p_booking_ref, '[^A-Za-z0-9]', '', 'g'));
  v_service_id := case when coalesce(btrim(p_service), '') = '' then v_old.service_id
    else (select id from app.find_service(p_service)) end;
  v_resource_id := (select id from app.find_resource(p_resource));

  if v_old.id is null then
    v_result := app.booking_refusal('refused', 'not_found');
  elsif v_service_id is null then
    v_result := app.booking_refusal('refused', 'unknown_service');
  elsif v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
    v_result := app.booking_refusal('refused', 'unknown_resource', v_service_id);
  elsif v_old.status not in ('pending', 'confirmed') then
    v_result := app.booking_refusal('refused', 'not_active', v_service_id);
  else
    begin
      v_result := app.move_appointment('amended', v_old.id, v_service_id, v_resource_id,
        coalesce(p_starts_at, v_old.scheduled_at), p_call_id, false);
      if v_result.outcome = 'amended' and app.normalise_name(coalesce(p_patient_name, '')) <> '' then
        perform app.rename_patient(v_old.id, p_patient_name, p_call_id);
        v_result := app.booking_answer('amended', v_old.id);
      end if;
    exception when unique_violation then
      -- Under the new name or time it would be a visit that this call has booked already: nothing is changed.
      v_result := app.booking_refusal('question', 'own_booking', v_service_id, v_resource_id, p_starts_at);
    end;
  end if;

  perform app.note_attempt('amend', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

ALTER FUNCTION app.amend_appointment(p_call_id uuid, p_booking_ref text, p_service text, p_starts_at timestamp with time zone, p_resource text, p_patient_name text, p_tool_call_id text, p_said_date text, p_said_time text) OWNER TO app_writer;

COMMENT ON FUNCTION app.amend_appointment(p_call_id uuid, p_booking_ref text, p_service text, p_starts_at timestamp with time zone, p_resource text, p_patient_name text, p_tool_call_id text, p_said_date text, p_said_time text) IS 'Changes a booking that this very call made, named by its booking_ref: service, start, resource or the patient''s name; what is NULL or blank stays, but for the resource: without a name it stays where it is free, else another takes the visit. outcome amended, or refused: not_found (of another call, or none), not_active, unknown_service, unknown_resource or one of app.refusal_reason with alternatives.';

CREATE FUNCTION app.announce(p_kind text, p_entity text, p_entity_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  insert into public.events (org_id, kind, entity, entity_id)
  values (app.require_org_id(), p_kind, p_entity, p_entity_id);
end
$$;

ALTER FUNCTION app.announce(p_kind text, p_entity text, p_entity_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.announce(p_kind text, p_entity text, p_entity_id uuid) IS 'Tells live clients of the tenant that something changed: the kind of change, the entity''s table name in the singular and its id. Part of the changing transaction, so nothing is announced that did not happen.';

CREATE FUNCTION app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.webhook_deliveries d
  set answer = p_answer
  where d.org_id = app.require_org_id() and d.vapi_call_id = p_vapi_call_id and d.kind = p_kind and d.key = p_key;
end
$$;

ALTER FUNCTION app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text) OWNER TO app_writer;

COMMENT ON FUNCTION app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text) IS 'Keeps what a tool call was answered, in the transaction that acted, for the same call delivered again.';

CREATE FUNCTION app.approve_appointment(p_appointment_id uuid) RETURNS SETOF app.booking_result
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_result app.booking_result;
begin
  perform app.require_staff();
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for update;
  if v_old.id is null then
    v_result := app.booking_refusal('refused', 'not_found');
  elsif v_old.status = 'confirmed' then
    v_result := app.booking_answer('approved', v_old.id, null, true);
  elsif v_old.status <> 'pending' then
    v_result := app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = 'confirmed', updated_at = app.now()
    where a.org_id = v_org_id and a.id = p_appointment_id;
    perform app.note_change('approved', p_appointment_id, v_old, null);
    v_result := app.booking_answer('approved', p_appointment_id);
  end if;
  perform app.note_attempt('approve', v_result, null, null, null, null, null);
  return next v_result;
end
$$;

ALTER FUNCTION app.approve_appointment(p_appointment_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.approve_appointment(p_appointment_id uuid) IS 'Confirms a pending booking; staff only (VX403). outcome approved (replayed when it was confirmed already), or refused: not_found, not_active. To decline, cancel it.';

CREATE FUNCTION app.assistant_facts(p_call_id uuid) RETURNS SETOF app.assistant_facts
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select route.vapi_assistant_id, o.name, coalesce(route.first_message, ''), l.address, o.recording_consent, o.ai_disclosure,
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
    )
  from public.call_logs k
  join public.organizations o on o.id = k.org_id
  join public.locations l on l.org_id = k.org_id and l.id = k.location_id
  left join lateral (
    select x.vapi_assistant_id, a.first_message
    from public.assistant_routes x
    join public.agents a on a.org_id = x.org_id and a.id = x.agent_id
    where x.org_id = k.org_id
      and a.role = 'inbound'
      and (a.id = k.agent_id or (k.agent_id is null and a.is_default))
    limit 1
  ) route on true
  where k.org_id = app.current_org_id() and k.id = p_call_id
$$;

ALTER FUNCTION app.assistant_facts(p_call_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.assistant_facts(p_call_id uuid) IS 'Which assistant answers a call, and the public facts it is given: hours, services, practitioners. Nothing about the caller. vapi_assistant_id is NULL while the clinic''s inbound agent has no assistant yet.';

CREATE FUNCTION app.available_slots(p_service text, p_from timestamp with time zone, p_to timestamp with time zone, p_resource text DEFAULT NULL::text, p_limit integer DEFAULT 100, p_call_id uuid DEFAULT NULL::uuid) RETURNS SETOF app.slot
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
#variable_conflict use_column
declare
  v_service public.services;
  v_resource_id uuid;
begin
  if not coalesce(isfinite(p_from) and isfinite(p_to) and p_to <= p_from + interval '62 days', false) then
    raise exception 'ask for at most 62 days of slots at a time' using errcode = 'VX400';
  end if;
  select * into v_service from app.find_service(p_service);
  if coalesce(btrim(p_resource), '') <> '' then
    select id into v_resource_id from app.find_resource(p_resource);
    if v_resource_id is null then
      return;
    end if;
  end if;

  return query
  select best.starts_at, best.ends_at, r.id, r.name, v_service.name, l.time_zone
  from (
    select distinct on (lower(f.during))
      lower(f.during) as starts_at, upper(f.during) as ends_at, f.resource_id, f.location_id
    from app.free_slots(v_service.id, v_resource_id, p_from, p_to, app.now(), p_call_id) f
    order by lower(f.during), f.load, f.resource_id
    limit least(greatest(p_limit, 0), 5000)
  ) best
  join public.resources r on r.org_id = app.current_org_id() and r.id = best.resource_id
  join public.locations l on l.org_id = app.current_org_id() and l.id = best.location_id
  order by best.starts_at;
end
$$;

ALTER FUNCTION app.available_slots(p_service text, p_from timestamp with time zone, p_to timestamp with time zone, p_resource text, p_limit integer, p_call_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.available_slots(p_service text, p_from timestamp with time zone, p_to timestamp with time zone, p_resource text, p_limit integer, p_call_id uuid) IS 'Free starts in [p_from, p_to) in order of time, one row a start, with the resource that an "any" booking would take. Service and resource by id, name or alias; a resource not given means any; one that is unknown gives no rows. At most 62 days (else VX400), at most p_limit rows.';

CREATE FUNCTION app.begin_request(p_role text, p_claims jsonb) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_member_role text;
begin
  if p_role is null or p_role not in ('tenant_user', 'tenant_service') then
    raise exception 'requests run as tenant_user or tenant_service' using errcode = 'VX400';
  end if;
  perform app.limit_waits();
  perform set_config('request.jwt.claims', p_claims::text, true);
  perform set_config('role', p_role, true);
  perform app.require_org_id();
  if p_role = 'tenant_service' then
    return 'service';
  end if;

  v_member_role := app.current_member_role();
  if v_member_role is null then
    raise exception 'not a member of this organisation' using errcode = 'VX401';
  end if;
  return v_member_role;
end
$$;

ALTER FUNCTION app.begin_request(p_role text, p_claims jsonb) OWNER TO owner;

COMMENT ON FUNCTION app.begin_request(p_role text, p_claims jsonb) IS 'First statement of a request''s transaction: sets the verified claims and the role (tenant_user or tenant_service), and returns the member''s role as it is now (service for tenant_service). VX401 without an organisation or membership.';

CREATE FUNCTION app.blocked_by_own(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  return exists (
    select
    from public.appointments a
    join public.services s on s.org_id = a.org_id and s.id = p_service_id
    join public.organizations o on o.id = a.org_id
    where a.org_id = app.current_org_id()
      and a.call_id = p_call_id
      and a.resource_id in (select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, null)))
      and a.status in ('pending', 'confirmed')
      and a.blocked && tstzrange(
        p_starts_at - coalesce(s.buffer_before, o.buffer_before),
        p_starts_at + s.duration + coalesce(s.buffer_after, o.buffer_after))
  );
end
$$;

ALTER FUNCTION app.blocked_by_own(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.blocked_by_own(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone) IS 'Whether a booking of the same call, buffers included, lies on a resource that could have taken the wished start.';

CREATE FUNCTION app.book_appointment(p_service text, p_starts_at timestamp with time zone, p_patient_name text, p_call_id uuid DEFAULT NULL::uuid, p_tool_call_id text DEFAULT NULL::text, p_resource text DEFAULT NULL::text, p_contact_id uuid DEFAULT NULL::uuid, p_date_of_birth date DEFAULT NULL::date, p_email text DEFAULT NULL::text, p_spoken_phone text DEFAULT NULL::text, p_another_person boolean DEFAULT false, p_notes text DEFAULT NULL::text, p_override boolean DEFAULT false, p_said_date text DEFAULT NULL::text, p_said_time text DEFAULT NULL::text) RETURNS SETOF app.booking_result
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := btrim(coalesce(p_patient_name, ''));
  v_service_id uuid;
  v_resource_id uuid;
  v_verdict text;
  v_own_id uuid;
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is null then
    if not exists (select from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id) then
      raise exception 'name the contact to book for' using errcode = 'VX404';
    end if;
  elsif p_override or p_contact_id is not null then
    raise exception 'a call books by the rules and for its own contact' using errcode = 'VX403';
  end if;

  if p_starts_at is null then
    raise exception 'name the time to book' using errcode = 'VX400';
  end if;
  if p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('book', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  select id into v_service_id from app.find_service(p_service);
  select id into v_resource_id from app.find_resource(p_resource);
  if v_service_id is not null and v_name <> '' then
    select o.verdict, o.appointment_id into v_verdict, v_own_id
    from app.own_booking(p_call_id, v_service_id, v_resource_id, p_starts_at, v_name, p_date_of_birth, p_another_person) o;
  end if;

  v_result := case
    when v_service_id is null then app.booking_refusal('refused', 'unknown_service')
    when v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
      app.booking_refusal('refused', 'unknown_resource', v_service_id)
    when app.normalise_name(v_name) = '' then
      app.booking_refusal('question', 'name_missing', v_service_id, v_resource_id, p_starts_at)
    when v_verdict = 'replay' then app.booking_answer('booked', v_own_id, null, true)
    when v_verdict = 'question' then app.booking_answer('question', v_own_id, 'same_person')
    when v_verdict = 'amend' then
      app.move_appointment('amended', v_own_id, v_service_id, v_resource_id, p_starts_at, p_call_id, false)
    else app.place_booking(v_service_id, v_resource_id, p_starts_at, p_call_id, p_contact_id, v_name,
      p_date_of_birth, p_email, p_spoken_phone, nullif(btrim(p_notes), ''), p_override)
  end;

  -- A gap too short for the buffers between two visits of one call: nobody is told that they took it from themselves.
  if v_result.outcome = 'refused' and v_result.reason = 'taken' and app.blocked_by_own(p_call_id, v_service_id, v_resource_id, p_starts_at) then
    v_result.outcome := 'question';
    v_result.reason := 'own_booking';
  end if;

  if p_override and v_result.outcome = 'booked' then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'booking_override', 'appointment', v_result.appointment_id, app.current_user_id());
  end if;
  perform app.note_attempt('book', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

ALTER FUNCTION app.book_appointment(p_service text, p_starts_at timestamp with time zone, p_patient_name text, p_call_id uuid, p_tool_call_id text, p_resource text, p_contact_id uuid, p_date_of_birth date, p_email text, p_spoken_phone text, p_another_person boolean, p_notes text, p_override boolean, p_said_date text, p_said_time text) OWNER TO app_writer;

COMMENT ON FUNCTION app.book_appointment(p_service text, p_starts_at timestamp with time zone, p_patient_name text, p_call_id uuid, p_tool_call_id text, p_resource text, p_contact_id uuid, p_date_of_birth date, p_email text, p_spoken_phone text, p_another_person boolean, p_notes text, p_override boolean, p_said_date text, p_said_time text) IS 'Books a visit, or says why not. By a call (p_call_id) for its own contact and by all rules, or by staff (p_contact_id; p_override sets every rule aside but the no-overlap one, and is audited). The end follows from the service. outcome booked (replayed when the same tool call or the same wish came before), amended (the call''s own overlapping booking of the same name was moved), question (name_missing, same_person: appointment and patient_name are those of the booking meant, own_booking) or refused (unknown_service, unknown_resource or one of app.refusal_reason) with up to three alternatives.';

CREATE FUNCTION app.booking_answer(p_outcome text, p_appointment_id uuid, p_reason text DEFAULT NULL::text, p_replayed boolean DEFAULT false) RETURNS app.booking_result
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_row app.booking_result;
begin
  select p_outcome, p_reason, p_replayed, a.id, a.booking_ref, a.status, coalesce(a.said_name, p.name), s.id, s.name, r.id, r.name,
    a.scheduled_at, a.scheduled_at + a.duration, l.time_zone, '{}'::timestamptz[]
  into v_row
  from public.appointments a
  join public.services s on s.org_id = a.org_id and s.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  left join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  where a.org_id = app.current_org_id()
    and a.id = p_appointment_id;
  return v_row;
end
$$;

ALTER FUNCTION app.booking_answer(p_outcome text, p_appointment_id uuid, p_reason text, p_replayed boolean) OWNER TO owner;

COMMENT ON FUNCTION app.booking_answer(p_outcome text, p_appointment_id uuid, p_reason text, p_replayed boolean) IS 'The result of a booking function about an appointment as it stands now. The patient is named as the booking call said, not as on file: the answer must not tell a stranger''s wish from a known patient''s.';

CREATE FUNCTION app.booking_refusal(p_outcome text, p_reason text, p_service_id uuid DEFAULT NULL::uuid, p_resource_id uuid DEFAULT NULL::uuid, p_starts_at timestamp with time zone DEFAULT NULL::timestamp with time zone, p_alternatives timestamp with time zone[] DEFAULT '{}'::timestamp with time zone[]) RETURNS app.booking_result
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_row app.booking_result;
begin
  select p_outcome, p_reason, false, null::uuid, null, null, null, s.id, s.name, r.id, r.name, p_starts_at,
    p_starts_at + s.duration, coalesce(l.time_zone, o.time_zone), p_alternatives
  into v_row
  from public.organizations o
  left join public.services s on s.org_id = o.id and s.id = p_service_id
  left join public.resources r on r.org_id = o.id and r.id = p_resource_id
  left join lateral (
    select x.time_zone
    from public.locations x
    where x.org_id = o.id
    order by x.id is distinct from r.location_id, x.created_at, x.id
    limit 1
  ) l on true
  where o.id = app.current_org_id();
  return v_row;
end
$$;

ALTER FUNCTION app.booking_refusal(p_outcome text, p_reason text, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_alternatives timestamp with time zone[]) OWNER TO owner;

COMMENT ON FUNCTION app.booking_refusal(p_outcome text, p_reason text, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_alternatives timestamp with time zone[]) IS 'The result of a booking function that changed nothing: outcome refused or question, with its reason and what to offer instead.';

CREATE FUNCTION app.call_outcome(p_call_id uuid, p_ended_reason text, p_duration_seconds integer) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select case
    when exists (
      select from public.appointments a
      where a.org_id = app.current_org_id() and a.call_id = p_call_id
        and a.status not in ('held', 'cancelled')) then 'booked'
    when exists (
      select from public.appointment_changes h
      where h.org_id = app.current_org_id() and h.call_id = p_call_id and h.kind in ('rescheduled', 'amended')) then 'rescheduled'
    when exists (
      select from public.appointment_changes h
      where h.org_id = app.current_org_id() and h.call_id = p_call_id and h.kind = 'cancelled') then 'cancelled'
    when exists (
      select from public.caller_messages m
      where m.org_id = app.current_org_id() and m.call_id = p_call_id) then 'message'
    when p_ended_reason = 'assistant-forwarded-call' then 'transferred'
    when p_ended_reason in ('customer-did-not-answer', 'customer-busy', 'voicemail')
      or p_ended_reason like '%error%' or coalesce(p_duration_seconds, 0) < 5 then 'missed'
    else 'answered'
  end
$$;

ALTER FUNCTION app.call_outcome(p_call_id uuid, p_ended_reason text, p_duration_seconds integer) OWNER TO owner;

COMMENT ON FUNCTION app.call_outcome(p_call_id uuid, p_ended_reason text, p_duration_seconds integer) IS 'The most telling thing that came of a call, from what it left in our tables: booked, rescheduled, cancelled, message, transferred, missed or answered.';

CREATE FUNCTION app.cancel_appointment(p_appointment text DEFAULT NULL::text, p_on date DEFAULT NULL::date, p_call_id uuid DEFAULT NULL::uuid, p_tool_call_id text DEFAULT NULL::text, p_reason text DEFAULT NULL::text, p_at time without time zone DEFAULT NULL::time without time zone, p_patient_name text DEFAULT NULL::text) RETURNS SETOF app.booking_result
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_pick record;
  v_old public.appointments;
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('cancel', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  select * into v_pick from app.pick_appointment(p_call_id, p_appointment, p_on, p_at, p_patient_name);
  if v_pick.appointment_id is null and v_pick.reason <> 'which_appointment' then
    v_pick.appointment_id := app.already_changed(
      'cancelled', p_call_id, p_appointment, p_on, p_at, p_patient_name, null);
  end if;

  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = v_pick.appointment_id
  for update;
  if v_old.id is null then
    v_result := app.booking_refusal(case v_pick.reason when 'which_appointment' then 'question' else 'refused' end, v_pick.reason);
  elsif v_old.status = 'cancelled' then
    v_result := app.booking_answer('cancelled', v_old.id, null, true);
  elsif v_old.status not in ('pending', 'confirmed') then
    v_result := app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = 'cancelled', cancelled_at = app.now(), cancel_reason = left(nullif(btrim(p_reason), ''), 200),
      updated_at = app.now()
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.note_change('cancelled', v_old.id, v_old, p_call_id);
    v_result := app.booking_answer('cancelled', v_old.id);
  end if;

  perform app.note_attempt('cancel', v_result, p_call_id, p_tool_call_id, null, null, null);
  return next v_result;
end
$$;

ALTER FUNCTION app.cancel_appointment(p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_reason text, p_at time without time zone, p_patient_name text) OWNER TO app_writer;

COMMENT ON FUNCTION app.cancel_appointment(p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_reason text, p_at time without time zone, p_patient_name text) IS 'Cancels a visit; its time is free at once and can be booked again, also in the same call. Named as in app.reschedule_appointment. outcome cancelled (replayed when it was already), question (which_appointment) or refused: not_verified, not_found, not_active.';

CREATE FUNCTION app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  return query
  select r.id
  from public.resource_services rs
  join public.resources r on r.org_id = rs.org_id and r.id = rs.resource_id
  join public.locations l on l.org_id = r.org_id and l.id = r.location_id
  where rs.org_id = app.current_org_id()
    and rs.service_id = p_service_id
    and r.active
    and (p_resource_id is null or r.id = p_resource_id)
    and (p_location_id is null or r.location_id = p_location_id
      -- Somebody asked for by name may work elsewhere, as long as the time that was said means the same there.
      or (p_resource_id is not null and l.time_zone = (
        select w.time_zone from public.locations w where w.org_id = r.org_id and w.id = p_location_id)));
end
$$;

ALTER FUNCTION app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid) IS 'The active resources that can give a service. p_resource_id NULL: any of the location; else that one, at the location or at another in the same time zone. p_location_id NULL: anywhere.';

CREATE FUNCTION app.check_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text DEFAULT NULL::text) RETURNS SETOF app.booking_result
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_now timestamptz := app.now();
  v_service_id uuid := (select id from app.find_service(p_service));
  v_resource_id uuid := (select id from app.find_resource(p_resource));
  v_slot app.free_slot;
begin
  perform app.require_org_id();
  if v_service_id is null then
    return next app.booking_refusal('refused', 'unknown_service');
    return;
  elsif v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
    return next app.booking_refusal('refused', 'unknown_resource', v_service_id);
    return;
  end if;

  select * into v_slot
  from app.choose_slot(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
  if v_slot.resource_id is not null then
    return next app.booking_refusal('free', null, v_service_id, v_slot.resource_id, p_starts_at);
  else
    return next app.slot_refusal(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
  end if;
end
$$;

ALTER FUNCTION app.check_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text) OWNER TO app_writer;

COMMENT ON FUNCTION app.check_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text) IS 'Whether a start is free for a call, without holding it: outcome free with the resource that would take it, or refused with a reason as app.book_appointment would give and up to three alternatives.';

CREATE FUNCTION app.choose_slot(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) RETURNS SETOF app.free_slot
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_preferred_id uuid;
begin
  if not p_override then
    -- What the call holds is what it was offered, a moved visit stays with its practitioner; among the rest the least
    -- busy one keeps days even.
    select a.resource_id into v_preferred_id
    from public.appointments a
    where a.org_id = app.current_org_id()
      and (a.id = p_ignore_appointment_id or (a.call_id = p_call_id and a.status = 'held'))
    order by a.id = p_ignore_appointment_id desc nulls last
    limit 1;
    return query
    select f.*
    from app.free_slots(p_service_id, p_resource_id, p_starts_at, p_starts_at + interval '1 second', p_now,
      p_call_id, p_ignore_appointment_id) f
    where lower(f.during) = p_starts_at
    order by f.resource_id is not distinct from v_preferred_id desc, f.load, f.resource_id
    limit 1;
    return;
  end if;

  return query
  select r.id, r.location_id, v.during, v.blocked, 0::bigint
  from public.services s
  join public.organizations o on o.id = s.org_id
  cross join lateral (
    select tstzrange(p_starts_at, p_starts_at + s.duration) as during,
      tstzrange(p_starts_at - coalesce(s.buffer_before, o.buffer_before),
        p_starts_at + s.duration + coalesce(s.buffer_after, o.buffer_after)) as blocked
  ) v
  join public.resources r on r.org_id = s.org_id and r.id in (
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id)))
  where s.org_id = app.current_org_id()
    and s.id = p_service_id
    and not exists (
      select from public.appointments a
      where a.org_id = r.org_id
        and a.resource_id = r.id
        and a.scheduled_at > p_starts_at - interval '24 hours'
        and a.scheduled_at < p_starts_at + interval '24 hours'
        and a.status in ('held', 'pending', 'confirmed')
        and not (a.status = 'held' and a.held_until <= p_now)
        and a.id is distinct from p_ignore_appointment_id
        and a.blocked && v.blocked
    )
  order by r.id
  limit 1;
end
$$;

ALTER FUNCTION app.choose_slot(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) OWNER TO owner;

COMMENT ON FUNCTION app.choose_slot(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) IS 'The resource that takes a visit at exactly p_starts_at, or no row when none is free. With p_override only other visits count, not hours, closures, notice, horizon, step or calendars.';

CREATE FUNCTION app.contact_of_call(p_call_id uuid) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_contact_id uuid;
  v_number text;
begin
  select * into v_call
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id;
  if not found then
    raise exception 'there is no such call' using errcode = 'VX404';
  elsif v_call.contact_id is not null then
    return v_call.contact_id;
  end if;

  v_number := case when v_call.direction = 'outbound' then v_call.to_number else v_call.from_number end;
  if v_number is not null then
    insert into public.contacts (org_id, phone, last_contacted_at)
    values (v_org_id, v_number, app.now())
    on conflict (org_id, phone) do update set last_contacted_at = excluded.last_contacted_at, updated_at = app.now()
    returning id into v_contact_id;
  else
    insert into public.contacts (org_id, origin_call_id, last_contacted_at)
    values (v_org_id, p_call_id, app.now())
    on conflict (org_id, origin_call_id) do update set last_contacted_at = excluded.last_contacted_at, updated_at = app.now()
    returning id into v_contact_id;
  end if;

  update public.call_logs c
  set contact_id = v_contact_id, updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;
  perform app.announce('contact_updated', 'contact', v_contact_id);
  return v_contact_id;
end
$$;

ALTER FUNCTION app.contact_of_call(p_call_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.contact_of_call(p_call_id uuid) IS 'The contact a call belongs to, made where it is missing: by the calling number, or one of its own for a caller without a number. VX404 when the call is not the tenant''s.';

CREATE FUNCTION app.current_member_role() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select p.role
  from public.profiles p
  where p.org_id = app.current_org_id()
    and p.user_id = app.current_user_id()
$$;

ALTER FUNCTION app.current_member_role() OWNER TO owner;

COMMENT ON FUNCTION app.current_member_role() IS 'The running request''s role in its organisation as the database has it now: owner, admin, staff or viewer; NULL when no member acts (webhooks, jobs).';

CREATE FUNCTION app.current_org_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT ((((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::jsonb -> 'app_metadata'::text) ->> 'org_id'::text))::uuid AS uuid;
END;

ALTER FUNCTION app.current_org_id() OWNER TO owner;

COMMENT ON FUNCTION app.current_org_id() IS 'The tenant of the running request: request.jwt.claims -> app_metadata -> org_id, as Supabase''s auth.jwt() reads it. NULL without claims, and then every policy hides every row.';

CREATE FUNCTION app.current_user_id() RETURNS uuid
    LANGUAGE sql STABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (((NULLIF(current_setting('request.jwt.claims'::text, true), ''::text))::jsonb ->> 'sub'::text))::uuid AS uuid;
END;

ALTER FUNCTION app.current_user_id() OWNER TO owner;

COMMENT ON FUNCTION app.current_user_id() IS 'The signed-in person of the running request (the claims'' sub); NULL when a webhook or a job acts for the tenant.';

CREATE FUNCTION app.drop_expired_holds(p_resource_ids uuid[], p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  delete from public.appointments a
  where a.org_id = app.current_org_id()
    and a.resource_id = any (p_resource_ids)
    and a.status = 'held'
    and a.held_until <= p_now;
end
$$;

ALTER FUNCTION app.drop_expired_holds(p_resource_ids uuid[], p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.drop_expired_holds(p_resource_ids uuid[], p_now timestamp with time zone) IS 'Deletes the holds that have run out on resources the caller has locked: the no-overlap constraint cannot look at the clock.';

CREATE FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_id bigint;
  v_run_at timestamptz := coalesce(p_run_at, app.now());
begin
  if p_kind is null or p_kind not in ('release_hold', 'fetch_call_report') then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    8, 'default', 1, v_run_at,
    case when v_run_at > app.now() then 'scheduled' else 'available' end::river.river_job_state
  )
  returning id into v_id;
  return v_id;
end
$$;

ALTER FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone) OWNER TO app_definer;

COMMENT ON FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone) IS 'Puts a job of a known kind (release_hold, fetch_call_report) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

CREATE FUNCTION app.ensure_call(p_vapi_call_id text, p_direction text, p_agent_id uuid, p_location_id uuid, p_caller text, p_number text) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
  v_from text := case when p_direction = 'outbound' then p_number else p_caller end;
  v_to text := case when p_direction = 'outbound' then p_caller else p_number end;
begin
  -- The first message may lack what a later one carries. Numbers are taken as long as nobody was booked under the call.
  update public.call_logs c
  set agent_id = coalesce(c.agent_id, p_agent_id),
    from_number = case when c.contact_id is null then coalesce(c.from_number, v_from) else c.from_number end,
    to_number = case when c.contact_id is null then coalesce(c.to_number, v_to) else c.to_number end
  where c.org_id = v_org_id
    and c.vapi_call_id = p_vapi_call_id
    and ((c.agent_id is null and p_agent_id is not null)
      or (c.contact_id is null and c.from_number is null and v_from is not null)
      or (c.contact_id is null and c.to_number is null and v_to is not null));
  select c.id into v_id
  from public.call_logs c
  where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;
  if v_id is not null then
    return v_id;
  end if;

  insert into public.call_logs (org_id, vapi_call_id, agent_id, location_id, direction, from_number, to_number)
  values (
    v_org_id, p_vapi_call_id, p_agent_id,
    coalesce(p_location_id, (
      select l.id from public.locations l where l.org_id = v_org_id order by l.created_at, l.id limit 1)),
    p_direction,
    v_from, v_to)
  on conflict (org_id, vapi_call_id) do nothing
  returning id into v_id;
  if v_id is null then
    select c.id into v_id
    from public.call_logs c
    where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;
  else
    perform app.announce('call_update', 'call', v_id);
  end if;
  return v_id;
end
$$;

ALTER FUNCTION app.ensure_call(p_vapi_call_id text, p_direction text, p_agent_id uuid, p_location_id uuid, p_caller text, p_number text) OWNER TO app_writer;

COMMENT ON FUNCTION app.ensure_call(p_vapi_call_id text, p_direction text, p_agent_id uuid, p_location_id uuid, p_caller text, p_number text) IS 'The row of a call, made by whichever webhook comes first and completed by later ones. p_caller is the other party''s number (E.164, NULL when withheld), p_number the clinic''s.';

CREATE FUNCTION app.expire_hold(p_appointment_id uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_expired integer;
begin
  delete from public.appointments a
  where a.org_id = app.require_org_id()
    and a.id = p_appointment_id
    and a.status = 'held'
    and a.held_until <= app.now();
  get diagnostics v_expired = row_count;
  return v_expired;
end
$$;

ALTER FUNCTION app.expire_hold(p_appointment_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.expire_hold(p_appointment_id uuid) IS 'Deletes one hold whose time has run out; the job that every hold puts in the queue calls it. Returns 1 when it was still there. A hold that became a booking, or was prolonged, is left alone.';

CREATE FUNCTION app.find_my_appointments(p_call_id uuid, p_appointment text DEFAULT NULL::text, p_on date DEFAULT NULL::date, p_at time without time zone DEFAULT NULL::time without time zone, p_patient_name text DEFAULT NULL::text) RETURNS SETOF app.booking_result
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select b.*
  from app.meant_appointments(p_call_id, p_appointment, p_on, p_at, p_patient_name) a
  cross join lateral app.booking_answer('found', a.id) b
  order by a.scheduled_at, a.id
  limit 10
$$;

ALTER FUNCTION app.find_my_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) OWNER TO app_writer;

COMMENT ON FUNCTION app.find_my_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) IS 'The next ten visits that a call may hear about, soonest first; see app.visible_appointments; narrowed to those that are meant, see app.meant_appointments. No rows for a caller who proved nothing, whether or not there are visits.';

CREATE TABLE public.resources (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    location_id uuid NOT NULL,
    name text NOT NULL,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    kind text DEFAULT 'practitioner'::text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT resources_kind_check CHECK ((kind = ANY (ARRAY['practitioner'::text, 'room'::text]))),
    CONSTRAINT resources_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100)))
);

ALTER TABLE ONLY public.resources FORCE ROW LEVEL SECURITY;

ALTER TABLE public.resources OWNER TO owner;

COMMENT ON TABLE public.resources IS 'Who or what is booked: a practitioner or a room. One visit at a time.';

COMMENT ON COLUMN public.resources.aliases IS 'What callers say for it (the hygienist, Dr. Q); matched without regard to case.';

CREATE FUNCTION app.find_resource(p_words text) RETURNS SETOF public.resources
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  return query
  select r.*
  from public.resources r
  cross join lateral (
    select case
      when r.id::text = lower(btrim(p_words)) then 0
      else app.match_rank(p_words, array[r.name] || r.aliases)
    end as rank
  ) m
  where r.org_id = app.current_org_id()
    and r.active
    and m.rank is not null
  order by m.rank, char_length(r.name), r.id
  limit 1;
end
$$;

ALTER FUNCTION app.find_resource(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.find_resource(p_words text) IS 'The active resource that the words mean: its id, name or alias, titles left aside, or one that contains them as whole words. No row when nothing fits.';

CREATE TABLE public.services (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    name text NOT NULL,
    aliases text[] DEFAULT '{}'::text[] NOT NULL,
    duration interval NOT NULL,
    buffer_before interval,
    buffer_after interval,
    price_minor bigint,
    currency text DEFAULT 'USD'::text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT services_buffer_after_check CHECK (((buffer_after >= '00:00:00'::interval) AND (buffer_after <= '04:00:00'::interval))),
    CONSTRAINT services_buffer_before_check CHECK (((buffer_before >= '00:00:00'::interval) AND (buffer_before <= '04:00:00'::interval))),
    CONSTRAINT services_currency_check CHECK ((currency ~ '^[A-Z]{3}$'::text)),
    CONSTRAINT services_duration_check CHECK (((duration >= '00:05:00'::interval) AND (duration <= '12:00:00'::interval))),
    CONSTRAINT services_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT services_price_minor_check CHECK ((price_minor >= 0))
);

ALTER TABLE ONLY public.services FORCE ROW LEVEL SECURITY;

ALTER TABLE public.services OWNER TO owner;

COMMENT ON TABLE public.services IS 'What a patient comes for. Its duration and buffers decide how long a resource is taken.';

COMMENT ON COLUMN public.services.aliases IS 'What callers say for it (cleaning, hygiene); matched without regard to case.';

COMMENT ON COLUMN public.services.buffer_before IS 'NULL: the organisation''s.';

COMMENT ON COLUMN public.services.buffer_after IS 'NULL: the organisation''s.';

COMMENT ON COLUMN public.services.price_minor IS 'Price in the currency''s minor unit (cents); NULL: not told to callers.';

CREATE FUNCTION app.find_service(p_words text) RETURNS SETOF public.services
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  return query
  select s.*
  from public.services s
  cross join lateral (
    select case
      when s.id::text = lower(btrim(p_words)) then 0
      when app.normalise_name(coalesce(p_words, '')) <> '' then app.match_rank(p_words, array[s.name] || s.aliases)
      -- Nothing said is only clear where there is nothing to choose.
      when (select count(*) from public.services o where o.org_id = s.org_id and o.active) = 1 then 4
    end as rank
  ) m
  where s.org_id = app.current_org_id()
    and s.active
    and m.rank is not null
  order by m.rank, char_length(s.name), s.id
  limit 1;
end
$$;

ALTER FUNCTION app.find_service(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.find_service(p_words text) IS 'The active service that the words mean: its id, name or alias, or one that contains them as whole words or is contained in them. No row when nothing fits; without words only the single service of an organisation that has one.';

CREATE FUNCTION app.free_slots(p_service_id uuid, p_resource_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_now timestamp with time zone, p_call_id uuid DEFAULT NULL::uuid, p_ignore_appointment_id uuid DEFAULT NULL::uuid) RETURNS SETOF app.free_slot
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
#variable_conflict use_column
declare
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id)));
  v_first timestamptz;
  v_last timestamptz;
  v_duration interval;
  v_before interval;
  v_after interval;
  v_step interval;
begin
  select greatest(p_from, p_now + o.min_notice), least(p_to, p_now + o.max_advance), s.duration,
    coalesce(s.buffer_before, o.buffer_before), coalesce(s.buffer_after, o.buffer_after), o.slot_step
  into v_first, v_last, v_duration, v_before, v_after, v_step
  from public.services s
  join public.organizations o on o.id = s.org_id
  where s.org_id = app.current_org_id()
    and s.id = p_service_id
    and s.active;
  if v_first is null or v_first >= v_last then
    return;
  end if;

  return query
  with spans as materialized (
    select * from app.open_spans(v_candidates, v_first, v_last + v_duration)
  ),
  open as (
    -- Spans that touch are one: a visit may lie over midnight, or over the hour at which two spans meet.
    select s.resource_id, range_agg(tstzrange(s.opens_at, s.closes_at)) as ranges
    from spans s
    group by s.resource_id
  ),
  starts as (
    select distinct o.resource_id, o.location_id, t as starts_at
    from spans o
    cross join lateral generate_series(
      -- The step counts from the opening; starts before the window are skipped by arithmetic, not one by one.
      o.opens_at + v_step * greatest(0, ceil(extract(epoch from v_first - o.opens_at) / extract(epoch from v_step))),
      least(o.closes_at, v_last),
      v_step) t
    where t >= v_first
      and t < v_last
      and t < o.closes_at
  ),
  taken as (
    select a.resource_id, range_agg(a.blocked) as ranges, count(*) filter (where a.status <> 'held') as load
    from public.appointments a
    where a.org_id = app.current_org_id()
      and a.resource_id = any (v_candidates)
      and a.scheduled_at > v_first - interval '24 hours'
      and a.scheduled_at < v_last + v_duration + interval '24 hours'
      and a.status in ('held', 'pending', 'confirmed')
      and not (a.status = 'held' and (a.held_until <= p_now or a.call_id is not distinct from p_call_id))
      and a.id is distinct from p_ignore_appointment_id
    group by a.resource_id
  ),
  busy as (
    select b.resource_id, range_agg(tstzrange(b.starts_at, b.ends_at)) as ranges
    from public.busy_blocks b
    where b.org_id = app.current_org_id()
      and b.resource_id = any (v_candidates)
      and b.ends_at > v_first - v_before
      and b.starts_at < v_last + v_duration + v_after
    group by b.resource_id
  ),
  closed as (
    select r.id as resource_id, range_agg(c.during) as ranges
    from public.resources r
    join public.closures c on c.org_id = r.org_id and c.location_id = r.location_id
      and (c.resource_id is null or c.resource_id = r.id)
    where r.org_id = app.current_org_id()
      and r.id = any (v_candidates)
      and c.during && tstzrange(v_first, v_last + v_duration)
    group by r.id
  )
  select s.resource_id, s.location_id, v.during, v.blocked, coalesce(t.load, 0)
  from starts s
  cross join lateral (
    select tstzrange(s.starts_at, s.starts_at + v_duration) as during,
      tstzrange(s.starts_at - v_before, s.starts_at + v_duration + v_after) as blocked
  ) v
  join open w on w.resource_id = s.resource_id and v.during <@ w.ranges
  left join taken t on t.resource_id = s.resource_id
  left join busy b on b.resource_id = s.resource_id
  left join closed c on c.resource_id = s.resource_id
  where not v.blocked && coalesce(t.ranges, '{}')
    and not v.blocked && coalesce(b.ranges, '{}')
    and not v.during && coalesce(c.ranges, '{}');
end
$$;

ALTER FUNCTION app.free_slots(p_service_id uuid, p_resource_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.free_slots(p_service_id uuid, p_resource_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) IS 'Every start in [p_from, p_to) at which a resource of the service is free by all rules: hours, closures, buffers, other visits, live holds of other calls, busy calendars, notice and horizon. p_resource_id NULL: any. p_call_id: that call''s own hold does not count. p_ignore_appointment_id: the visit being moved does not stand in its own way.';

CREATE FUNCTION app.furnish_org(p_name text, p_time_zone text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_location_id uuid;
  v_resource_id uuid;
  v_service_id uuid;
begin
  insert into public.locations (org_id, name, time_zone) values (v_org_id, p_name, p_time_zone)
  returning id into v_location_id;
  insert into public.resources (org_id, location_id, name) values (v_org_id, v_location_id, 'First practitioner')
  returning id into v_resource_id;
  insert into public.services (org_id, name, aliases, duration)
  values (v_org_id, 'Consultation', '{appointment,visit,checkup}', '30 minutes')
  returning id into v_service_id;
  insert into public.resource_services (org_id, resource_id, service_id) values (v_org_id, v_resource_id, v_service_id);
  insert into public.business_hours (org_id, location_id, weekday, opens, closes)
  select v_org_id, v_location_id, d, '09:00', '17:00' from generate_series(1, 5) d;
  insert into public.agents (org_id, name, role, is_default) values (v_org_id, 'Receptionist', 'inbound', true);
end
$$;

ALTER FUNCTION app.furnish_org(p_name text, p_time_zone text) OWNER TO app_writer;

COMMENT ON FUNCTION app.furnish_org(p_name text, p_time_zone text) IS 'Gives a new organisation what a first booking needs: a location, a practitioner, a half-hour consultation, weekday hours from nine to five and an inbound agent.';

CREATE FUNCTION app.hold_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text DEFAULT NULL::text, p_tool_call_id text DEFAULT NULL::text, p_said_date text DEFAULT NULL::text, p_said_time text DEFAULT NULL::text) RETURNS SETOF app.booking_result
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_service_id uuid := (select id from app.find_service(p_service));
  v_resource_id uuid := (select id from app.find_resource(p_resource));
  v_candidates uuid[];
  v_slot app.free_slot;
  v_id uuid;
  v_held_until timestamptz;
  v_result app.booking_result;
begin
  perform app.lock_call(p_call_id);
  if v_service_id is null then
    v_result := app.booking_refusal('refused', 'unknown_service');
  elsif v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
    v_result := app.booking_refusal('refused', 'unknown_resource', v_service_id);
  end if;
  if v_result.outcome is null then
    v_candidates := array(
      select app.candidates(v_service_id, v_resource_id, app.location_of_wish(p_call_id, null)));
    perform app.lock_resources(v_candidates);
    v_now := app.now();
    perform app.drop_expired_holds(v_candidates, v_now);

    select * into v_slot
    from app.choose_slot(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
    if v_slot.resource_id is null then
      v_result := app.slot_refusal(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
    elsif app.holds_left(v_now) <= 0 then
      v_result := app.booking_refusal('refused', 'hold_cap', v_service_id, v_slot.resource_id, p_starts_at);
    else
      -- One hold per call: what was held before goes back.
      delete from public.appointments a
      where a.org_id = v_org_id and a.call_id = p_call_id and a.status = 'held';
      insert into public.appointments (
        org_id, location_id, service_id, resource_id, scheduled_at, duration, during, blocked,
        status, held_until, source, call_id)
      select v_org_id, v_slot.location_id, v_service_id, v_slot.resource_id, p_starts_at, s.duration,
        v_slot.during, v_slot.blocked, 'held', v_now + o.hold_ttl, 'voice', p_call_id
      from public.services s
      join public.organizations o on o.id = s.org_id
      where s.org_id = v_org_id and s.id = v_service_id
      returning id, held_until into v_id, v_held_until;
      perform app.enqueue_job('release_hold', jsonb_build_object('appointment_id', v_id), v_held_until + interval '1 second');
      v_result := app.booking_answer('held', v_id);
    end if;
  end if;

  perform app.note_attempt('hold', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

ALTER FUNCTION app.hold_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text, p_tool_call_id text, p_said_date text, p_said_time text) OWNER TO app_writer;

COMMENT ON FUNCTION app.hold_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text, p_tool_call_id text, p_said_date text, p_said_time text) IS 'Holds a slot for a call while the caller decides: one per call, for the organisation''s hold_ttl, at most holds_per_day a day. outcome held, or refused with reason unknown_service, unknown_resource, hold_cap or one of app.refusal_reason, and alternatives. A booking of the same call converts the hold in place.';

CREATE FUNCTION app.holds_left(p_now timestamp with time zone) RETURNS integer
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  return (
    select o.holds_per_day - (
      select count(*)::integer
      from public.booking_attempts t
      where t.org_id = o.id
        and t.kind = 'hold'
        and t.outcome = 'held'
        and t.at >= date_trunc('day', p_now at time zone o.time_zone) at time zone o.time_zone
    )
    from public.organizations o
    where o.id = app.current_org_id()
  );
end
$$;

ALTER FUNCTION app.holds_left(p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.holds_left(p_now timestamp with time zone) IS 'How many holds the organisation may still take on its local day of p_now.';

CREATE FUNCTION app.identify_caller(p_call_id uuid) RETURNS SETOF app.caller_view
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select count(p.id) > 0,
    coalesce(array_agg(p.name order by p.name) filter (where p.id is not null), '{}'),
    (select count(*) from app.visible_appointments(p_call_id))
  from (
    select v.patient_id
    from public.caller_verifications v
    where v.org_id = app.require_org_id() and v.call_id = p_call_id and v.succeeded
    union
    select q.id
    from public.call_logs c
    join public.organizations o on o.id = c.org_id and o.identity_factor = 'calling_number'
    join public.contacts k on k.org_id = c.org_id and k.phone = c.from_number
    join public.patients q on q.org_id = c.org_id and q.contact_id = k.id
    where c.org_id = app.require_org_id() and c.id = p_call_id
  ) opened
  join public.patients p on p.org_id = app.require_org_id() and p.id = opened.patient_id
$$;

ALTER FUNCTION app.identify_caller(p_call_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.identify_caller(p_call_id uuid) IS 'What may be said about the caller of a call. Not known until a check succeeded (or the organisation accepts the calling number): then the answer is the same for a stranger and for a patient of twenty years.';

CREATE FUNCTION app.is_open(p_location_id uuid, p_at timestamp with time zone) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select exists (
    select
    from public.locations l
    join public.business_hours h on h.org_id = l.org_id and h.location_id = l.id and h.resource_id is null
    where l.org_id = app.current_org_id()
      and l.id = p_location_id
      and h.weekday = extract(dow from p_at at time zone l.time_zone)
      and (p_at at time zone l.time_zone)::time >= h.opens
      and (p_at at time zone l.time_zone)::time < h.closes
  ) and not exists (
    select
    from public.closures c
    where c.org_id = app.current_org_id()
      and c.location_id = p_location_id
      and c.resource_id is null
      and c.during @> p_at
  )
$$;

ALTER FUNCTION app.is_open(p_location_id uuid, p_at timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.is_open(p_location_id uuid, p_at timestamp with time zone) IS 'Whether a location''s doors are open at an instant: within its hours and no closure.';

CREATE FUNCTION app.is_our_number(p_number text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select exists (select from public.phone_numbers n where n.number = p_number)
$$;

ALTER FUNCTION app.is_our_number(p_number text) OWNER TO app_definer;

COMMENT ON FUNCTION app.is_our_number(p_number text) IS 'Whether a number is answered by this platform, for whichever clinic: putting a caller through to one would ring us again.';

CREATE FUNCTION app.is_time_zone(p_zone text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $_$
begin
  if p_zone <> 'UTC' and p_zone !~ '^[A-Z][A-Za-z_]+(/[A-Za-z0-9_+-]+)+$' then
    return false;
  end if;
  perform pg_catalog.timezone(p_zone, timestamptz '2000-01-01 00:00:00+00');
  return true;
exception when invalid_parameter_value then
  return false;
end
$_$;

ALTER FUNCTION app.is_time_zone(p_zone text) OWNER TO owner;

COMMENT ON FUNCTION app.is_time_zone(p_zone text) IS 'Whether the text is an IANA zone name that this server knows (America/Chicago), not an abbreviation or an offset. Used by check constraints.';

CREATE FUNCTION app.limit_waits() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform set_config('lock_timeout', '5s', true);
  perform set_config('statement_timeout', '10s', true);
  perform set_config('idle_in_transaction_session_timeout', '30s', true);
end
$$;

ALTER FUNCTION app.limit_waits() OWNER TO owner;

COMMENT ON FUNCTION app.limit_waits() IS 'Bounds the running transaction: 5 s for a lock, 10 s for a statement, 30 s of idling. First thing in every request.';

CREATE FUNCTION app.local_instant(p_local timestamp without time zone, p_zone text, p_last boolean) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
declare
  v_guess timestamptz := p_local at time zone p_zone;
  v_day_before timestamptz := v_guess - interval '24 hours';
  v_day_after timestamptz := v_guess + interval '24 hours';
  v_offset_before interval := (v_day_before at time zone p_zone) - (v_day_before at time zone 'UTC');
  v_offset_after interval := (v_day_after at time zone p_zone) - (v_day_after at time zone 'UTC');
  v_old timestamptz;
  v_new timestamptz;
  v_old_matches boolean;
  v_new_matches boolean;
begin
  if v_offset_before = v_offset_after then
    return v_guess;
  end if;
  v_old := (p_local - v_offset_before) at time zone 'UTC';
  v_new := (p_local - v_offset_after) at time zone 'UTC';
  v_old_matches := (v_old at time zone p_zone) = p_local;
  v_new_matches := (v_new at time zone p_zone) = p_local;
  if v_old_matches and v_new_matches then
    return case
      when p_last and ((greatest(v_old, v_new) - interval '1 second') at time zone p_zone) < p_local then greatest(v_old, v_new)
      else least(v_old, v_new)
    end;
  elsif v_old_matches then
    return v_old;
  elsif v_new_matches then
    return v_new;
  end if;
  return (
    select min(t)
    from generate_series(least(v_old, v_new), greatest(v_old, v_new), interval '1 minute') t
    where (t at time zone p_zone) >= p_local
  );
end
$$;

ALTER FUNCTION app.local_instant(p_local timestamp without time zone, p_zone text, p_last boolean) OWNER TO owner;

COMMENT ON FUNCTION app.local_instant(p_local timestamp without time zone, p_zone text, p_last boolean) IS 'The instant of a local time in an IANA zone. Where the clock repeats it: the first, or with p_last the last one that an earlier local time leads up to; where the clock skips it: the moment the clock is set forward.';

CREATE FUNCTION app.location_of_wish(p_call_id uuid, p_appointment_id uuid) RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  return coalesce(
    (select a.location_id from public.appointments a where a.org_id = app.current_org_id() and a.id = p_appointment_id),
    (select c.location_id from public.call_logs c where c.org_id = app.current_org_id() and c.id = p_call_id));
end
$$;

ALTER FUNCTION app.location_of_wish(p_call_id uuid, p_appointment_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.location_of_wish(p_call_id uuid, p_appointment_id uuid) IS 'Where a visit is wanted: where the visit stands that is to be moved, else the location whose number was called. NULL for staff, who choose themselves.';

CREATE FUNCTION app.lock_call(p_call_id uuid) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  select pg_advisory_xact_lock(1, hashtext(p_call_id::text))
$$;

ALTER FUNCTION app.lock_call(p_call_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.lock_call(p_call_id uuid) IS 'Serialises what one call does, until the transaction ends. Taken before app.lock_resources, never after.';

CREATE FUNCTION app.lock_resources(p_resource_ids uuid[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_key integer;
begin
  for v_key in
    select distinct hashtext(r::text)
    from unnest(p_resource_ids) r
    order by 1
  loop
    perform pg_advisory_xact_lock(2, v_key);
  end loop;
end
$$;

ALTER FUNCTION app.lock_resources(p_resource_ids uuid[]) OWNER TO owner;

COMMENT ON FUNCTION app.lock_resources(p_resource_ids uuid[]) IS 'Locks resources against every other booking and every change of their hours, until the transaction ends; always in one order, so that no two transactions wait for each other.';

CREATE FUNCTION app.match_rank(p_words text, p_names text[]) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return (
    -- "Doctor" and "Dr." are how callers say a title, not part of who is meant.
    with said as (
      select regexp_replace(app.normalise_name(coalesce(p_words, '')), '^(dr|doctor|dra|doctora) ', '') as words
    ), known as (
      select regexp_replace(app.normalise_name(unnest(p_names)), '^(dr|doctor|dra|doctora) ', '') as name
    )
    select min(case
      when k.name = s.words then 1
      when ' ' || k.name || ' ' like '% ' || s.words || ' %' then 2
      when ' ' || s.words || ' ' like '% ' || k.name || ' %' then 3
    end)
    from said s, known k
    where s.words <> '' and k.name <> ''
  );
end
$$;

ALTER FUNCTION app.match_rank(p_words text, p_names text[]) OWNER TO owner;

COMMENT ON FUNCTION app.match_rank(p_words text, p_names text[]) IS 'How well words that were said fit the best of some names, titles left aside: 1 equal, 2 the words stand in the name as whole words, 3 the name stands in the words; NULL when nothing fits or nothing was said.';

CREATE TABLE public.appointments (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    location_id uuid NOT NULL,
    service_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    contact_id uuid,
    patient_id uuid,
    scheduled_at timestamp with time zone NOT NULL,
    duration interval NOT NULL,
    during tstzrange NOT NULL,
    blocked tstzrange NOT NULL,
    status text NOT NULL,
    held_until timestamp with time zone,
    source text NOT NULL,
    call_id uuid,
    booking_ref text,
    said_name text,
    said_date_of_birth date,
    confirmation_sent boolean DEFAULT false NOT NULL,
    notes text,
    overridden_by uuid,
    cancelled_at timestamp with time zone,
    cancel_reason text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT appointments_booking_ref_check CHECK ((booking_ref ~ '^[A-HJ-NP-Z2-9]{6}$'::text)),
    CONSTRAINT appointments_cancel_reason_check CHECK ((char_length(cancel_reason) <= 200)),
    CONSTRAINT appointments_duration_check CHECK (((duration >= '00:05:00'::interval) AND (duration <= '12:00:00'::interval))),
    CONSTRAINT appointments_during CHECK (((during = tstzrange(scheduled_at, (scheduled_at + duration), '[)'::text)) AND (blocked @> during) AND lower_inc(blocked) AND (NOT upper_inc(blocked)) AND (lower(blocked) >= (scheduled_at - '04:00:00'::interval)) AND (upper(blocked) <= ((scheduled_at + duration) + '04:00:00'::interval)))),
    CONSTRAINT appointments_held CHECK (
CASE
    WHEN (status = 'held'::text) THEN ((held_until IS NOT NULL) AND (call_id IS NOT NULL) AND (patient_id IS NULL) AND (booking_ref IS NULL))
    ELSE ((held_until IS NULL) AND (contact_id IS NOT NULL) AND (patient_id IS NOT NULL) AND (booking_ref IS NOT NULL))
END),
    CONSTRAINT appointments_notes_check CHECK ((char_length(notes) <= 2000)),
    CONSTRAINT appointments_said_name_check CHECK (((char_length(said_name) >= 1) AND (char_length(said_name) <= 100))),
    CONSTRAINT appointments_source_check CHECK ((source = ANY (ARRAY['voice'::text, 'dashboard'::text]))),
    CONSTRAINT appointments_status_check CHECK ((status = ANY (ARRAY['held'::text, 'pending'::text, 'confirmed'::text, 'completed'::text, 'cancelled'::text, 'no_show'::text])))
);

ALTER TABLE ONLY public.appointments FORCE ROW LEVEL SECURITY;

ALTER TABLE public.appointments OWNER TO owner;

COMMENT ON TABLE public.appointments IS 'Visits, and slots held for a caller who is still on the line (status held: never shown, never counted).';

COMMENT ON COLUMN public.appointments.scheduled_at IS 'Start of the visit.';

COMMENT ON COLUMN public.appointments.during IS 'The visit itself, [).';

COMMENT ON COLUMN public.appointments.blocked IS 'The visit plus its buffers, [). What no other active row of the resource may overlap.';

COMMENT ON COLUMN public.appointments.held_until IS 'When a hold ends by the clock; NULL unless held.';

COMMENT ON COLUMN public.appointments.booking_ref IS 'Six letters and digits, easy to say; names the booking within a call. Not a secret.';

COMMENT ON COLUMN public.appointments.said_name IS 'The patient''s name as the booking call said it. That call hears this one back, never the spelling on file: whether there is a file is not its business.';

COMMENT ON COLUMN public.appointments.said_date_of_birth IS 'The date of birth as the booking call said it, for telling two people of that call apart; the one on file would answer guesses.';

COMMENT ON COLUMN public.appointments.overridden_by IS 'The staff member who set the rules aside (never the no-overlap rule); NULL when none did.';

CREATE FUNCTION app.meant_appointments(p_call_id uuid, p_appointment text DEFAULT NULL::text, p_on date DEFAULT NULL::date, p_at time without time zone DEFAULT NULL::time without time zone, p_patient_name text DEFAULT NULL::text) RETURNS SETOF public.appointments
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_ref text := upper(regexp_replace(coalesce(p_appointment, ''), '[^A-Za-z0-9]', '', 'g'));
begin
  return query
  with open as (
    select a as visit, a.scheduled_at, a.id,
      case when v_ref <> '' then 0
        else app.name_distance(p_patient_name, array[p.name, coalesce(a.said_name, p.name)]) end as off
    from app.visible_appointments(p_call_id) a
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    where case
      when v_ref <> '' then a.booking_ref = v_ref or replace(a.id::text, '-', '') = lower(v_ref)
      else (p_on is null or (a.scheduled_at at time zone l.time_zone)::date = p_on)
        and (p_at is null or (a.scheduled_at at time zone l.time_zone)::time = p_at)
    end
  )
  -- Ann is not Anne where both have a visit: a name that fits as it was said leaves the near ones out.
  select (o.visit).*
  from open o
  where o.off = (select min(x.off) from open x)
  order by o.scheduled_at, o.id;
end
$$;

ALTER FUNCTION app.meant_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) OWNER TO owner;

COMMENT ON FUNCTION app.meant_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) IS 'Those of app.visible_appointments that a caller means: by booking_ref or id alone, else by the local day and time they stand on and the patient''s name (the first name will do; two edits are forgiven where no name fits better). What is not said does not narrow; what is said and fits none gives none.';

CREATE FUNCTION app.mirror_busy_blocks(p_calendar_link_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_external_ids text[], p_starts timestamp with time zone[], p_ends timestamp with time zone[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_resource_id uuid;
  v_blocks integer;
begin
  select l.resource_id into v_resource_id
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  if v_resource_id is null then
    raise exception 'there is no such calendar link' using errcode = 'VX404';
  end if;
  perform app.lock_resources(array[v_resource_id]);
  delete from public.busy_blocks b
  where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id and b.starts_at < p_to and b.ends_at > p_from;
  insert into public.busy_blocks (org_id, resource_id, calendar_link_id, external_id, starts_at, ends_at)
  select v_org_id, v_resource_id, p_calendar_link_id, s.external_id, s.starts_at, s.ends_at
  from unnest(p_external_ids, p_starts, p_ends) s(external_id, starts_at, ends_at);
  get diagnostics v_blocks = row_count;
  update public.calendar_links l
  set last_synced_at = app.now(), updated_at = app.now()
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  return v_blocks;
end
$$;

ALTER FUNCTION app.mirror_busy_blocks(p_calendar_link_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_external_ids text[], p_starts timestamp with time zone[], p_ends timestamp with time zone[]) OWNER TO app_writer;

COMMENT ON FUNCTION app.mirror_busy_blocks(p_calendar_link_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_external_ids text[], p_starts timestamp with time zone[], p_ends timestamp with time zone[]) IS 'Replaces what the mirror of an outside calendar says about [p_from, p_to) and marks it fresh. Locks the resource, so that a booking sees the old mirror or the new one. VX404 when the link is not the tenant''s. Returns the number of busy blocks.';

CREATE FUNCTION app.move_appointment(p_kind text, p_appointment_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_override boolean) RETURNS app.booking_result
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_appointment_id)));
  v_now timestamptz;
  v_old public.appointments;
  v_slot app.free_slot;
begin
  perform app.lock_resources(v_candidates);
  v_now := app.now();
  perform app.drop_expired_holds(v_candidates, v_now);

  -- Read again under the lock: staff may have cancelled or moved it meanwhile.
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id
  for update;
  if v_old.status is null or v_old.status not in ('pending', 'confirmed') then
    return app.booking_refusal('refused', 'not_active', p_service_id, p_resource_id, p_starts_at);
  end if;

  if v_old.service_id = p_service_id and v_old.scheduled_at = p_starts_at
    and coalesce(p_resource_id, v_old.resource_id) = v_old.resource_id
  then
    return app.booking_answer(p_kind, p_appointment_id);
  end if;

  select * into v_slot
  from app.choose_slot(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, p_appointment_id, p_override);
  if v_slot.resource_id is not null then
    begin
      -- A hold of this call on the new slot has served its purpose; it goes first, or it would stand in the way.
      delete from public.appointments a
      where a.org_id = v_org_id and a.call_id = p_call_id and a.status = 'held';
      update public.appointments a
      set location_id = v_slot.location_id, service_id = p_service_id, resource_id = v_slot.resource_id,
        scheduled_at = lower(v_slot.during), duration = upper(v_slot.during) - lower(v_slot.during),
        during = v_slot.during, blocked = v_slot.blocked,
        -- Moving does not approve; it can bring a confirmed visit under a stale calendar back to pending.
        status = case when a.status = 'pending' and not p_override then 'pending'
          else app.starting_status(v_slot.resource_id, v_now, p_override) end,
        overridden_by = case when p_override then app.current_user_id() else a.overridden_by end,
        confirmation_sent = false, updated_at = v_now
      where a.org_id = v_org_id and a.id = p_appointment_id;
    exception
      when exclusion_violation then
        v_slot := null;
      when unique_violation then
        -- The same patient has just this visit already, booked by the same call.
        return app.booking_refusal('question', 'own_booking', p_service_id, v_slot.resource_id, p_starts_at);
    end;
  end if;
  if v_slot.resource_id is null then
    return app.slot_refusal(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, p_appointment_id, p_override);
  end if;

  perform app.note_change(p_kind, p_appointment_id, v_old, p_call_id);
  return app.booking_answer(p_kind, p_appointment_id);
end
$$;

ALTER FUNCTION app.move_appointment(p_kind text, p_appointment_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_override boolean) OWNER TO owner;

COMMENT ON FUNCTION app.move_appointment(p_kind text, p_appointment_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_override boolean) IS 'Moves one row to another time, resource or service in one statement: both or nothing, with its history kept. p_kind says what it is called (amended, rescheduled). The resource it has is preferred where any will do.';

CREATE FUNCTION app.name_distance(p_said text, p_names text[]) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
declare
  v_said text := app.normalise_name(coalesce(p_said, ''));
begin
  if v_said = '' then
    return 0;
  end if;
  return (
    select min(case
      when n.name = v_said or n.name like v_said || ' %' then 0
      when extensions.levenshtein_less_equal(left(n.name, 100), left(v_said, 100), 2) <= 2 then 1
    end)
    from (select app.normalise_name(unnest(p_names)) as name) n
  );
end
$$;

ALTER FUNCTION app.name_distance(p_said text, p_names text[]) OWNER TO owner;

COMMENT ON FUNCTION app.name_distance(p_said text, p_names text[]) IS 'How well a name that was said fits somebody''s names: 0 as it was said, or nothing was said (the first name will do), 1 at most two edits away, NULL another name.';

CREATE FUNCTION app.names_of_call(p_call_id uuid) RETURNS text[]
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select coalesce(array_agg(distinct n.name), '{}')
  from (
    select p.name
    from public.appointments a
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    where a.org_id = app.current_org_id() and a.call_id = p_call_id
    union
    select a.said_name
    from public.appointments a
    where a.org_id = app.current_org_id() and a.call_id = p_call_id
    union
    select p.name
    from public.call_logs c
    join public.patients p on p.org_id = c.org_id and p.contact_id = c.contact_id
    where c.org_id = app.current_org_id() and c.id = p_call_id
    union
    select k.name
    from public.call_logs c
    join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.org_id = app.current_org_id() and c.id = p_call_id
    union
    select m.caller_name
    from public.caller_messages m
    where m.org_id = app.current_org_id() and m.call_id = p_call_id
  ) n
  where n.name is not null
$$;

ALTER FUNCTION app.names_of_call(p_call_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.names_of_call(p_call_id uuid) IS 'The names that a call''s words are redacted of: its contact''s, that contact''s patients'', and everybody it booked or left a message for.';

CREATE FUNCTION app.new_booking_ref() RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  -- No I, O, 0 or 1: they are misheard and misread.
  v_alphabet constant text := 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  v_ref text;
begin
  loop
    select string_agg(substr(v_alphabet, 1 + (get_byte(b.bytes, i) % 32), 1), '')
    into v_ref
    from (select uuid_send(gen_random_uuid()) as bytes) b, generate_series(10, 15) i;
    exit when not exists (
      select from public.appointments a
      where a.org_id = app.current_org_id() and a.booking_ref = v_ref
    );
  end loop;
  return v_ref;
end
$$;

ALTER FUNCTION app.new_booking_ref() OWNER TO owner;

COMMENT ON FUNCTION app.new_booking_ref() IS 'Six letters and digits that name one booking of the organisation; easy to say and to hear.';

CREATE FUNCTION app.next_alternatives(p_service_id uuid, p_resource_id uuid, p_around timestamp with time zone, p_call_id uuid DEFAULT NULL::uuid, p_ignore_appointment_id uuid DEFAULT NULL::uuid) RETURNS timestamp with time zone[]
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_now timestamptz := app.now();
  -- A wish in the past or beyond the horizon gets what is nearest to it that can be booked at all.
  v_around timestamptz := (
    select greatest(v_now + o.min_notice, least(p_around, v_now + o.max_advance))
    from public.organizations o
    where o.id = app.current_org_id()
  );
  v_reach interval;
  v_starts timestamptz[];
begin
  -- Nearly always the same or the next days have something: only a full diary pays for the wide search.
  foreach v_reach in array array[interval '36 hours', interval '7 days', interval '30 days'] loop
    select array_agg(n.starts_at order by n.starts_at)
    into v_starts
    from (
      select distinct lower(f.during) as starts_at, abs(extract(epoch from lower(f.during) - v_around)) as distance
      from app.free_slots(
        p_service_id, p_resource_id, v_around - v_reach, v_around + v_reach, v_now, p_call_id, p_ignore_appointment_id) f
      order by distance, starts_at
      limit 3
    ) n;
    exit when cardinality(v_starts) = 3;
  end loop;
  return coalesce(v_starts, '{}');
end
$$;

ALTER FUNCTION app.next_alternatives(p_service_id uuid, p_resource_id uuid, p_around timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.next_alternatives(p_service_id uuid, p_resource_id uuid, p_around timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) IS 'Up to three free starts nearest to the wished one, in order of time, within 30 days either way. Empty when there is none.';

CREATE FUNCTION app.normalise_name(p_name text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
 SELECT btrim(regexp_replace(regexp_replace(NORMALIZE(lower((p_name COLLATE "und-x-icu")), NFKD), '[\u0300-\u036f''’`.]'::text, ''::text, 'g'::text), '[^[:alnum:]]+'::text, ' '::text, 'g'::text)) AS btrim;
END;

ALTER FUNCTION app.normalise_name(p_name text) OWNER TO owner;

COMMENT ON FUNCTION app.normalise_name(p_name text) IS 'The form in which names are compared: lower case, no accents, apostrophes or dots, other signs as one blank. Empty when nothing is left.';

CREATE FUNCTION app.note_attempt(p_kind text, p_result app.booking_result, p_call_id uuid, p_tool_call_id text, p_starts_at timestamp with time zone, p_said_date text, p_said_time text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  insert into public.booking_attempts (
    org_id, kind, call_id, tool_call_id, said_date, said_time, service_id, resource_id, starts_at,
    outcome, reason, appointment_id, actor_user_id)
  values (
    app.current_org_id(), p_kind, p_call_id, p_tool_call_id, left(p_said_date, 32), left(p_said_time, 32),
    (p_result).service_id, (p_result).resource_id, coalesce(p_starts_at, (p_result).starts_at),
    (p_result).outcome, (p_result).reason, (p_result).appointment_id, app.current_user_id());
end
$$;

ALTER FUNCTION app.note_attempt(p_kind text, p_result app.booking_result, p_call_id uuid, p_tool_call_id text, p_starts_at timestamp with time zone, p_said_date text, p_said_time text) OWNER TO owner;

COMMENT ON FUNCTION app.note_attempt(p_kind text, p_result app.booking_result, p_call_id uuid, p_tool_call_id text, p_starts_at timestamp with time zone, p_said_date text, p_said_time text) IS 'Leaves the trace of a try in booking_attempts, whatever came of it.';

CREATE FUNCTION app.note_change(p_kind text, p_appointment_id uuid, p_old public.appointments, p_call_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  insert into public.appointment_changes (
    org_id, appointment_id, kind, old_during, new_during, old_resource_id, new_resource_id, call_id, actor_user_id)
  select a.org_id, a.id, p_kind, (p_old).during, a.during, (p_old).resource_id, a.resource_id, p_call_id, app.current_user_id()
  from public.appointments a
  where a.org_id = app.current_org_id() and a.id = p_appointment_id;
  perform app.announce(
    case when p_kind = 'booked' then 'appointment_created' else 'appointment_updated' end, 'appointment', p_appointment_id);
end
$$;

ALTER FUNCTION app.note_change(p_kind text, p_appointment_id uuid, p_old public.appointments, p_call_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.note_change(p_kind text, p_appointment_id uuid, p_old public.appointments, p_call_id uuid) IS 'Keeps the history of an appointment and tells live clients. p_old is the row before the change, NULL for a new booking.';

CREATE FUNCTION app.notify_staff(p_kind text, p_title text, p_entity text, p_entity_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_id uuid;
begin
  insert into public.notifications (org_id, kind, title, entity, entity_id)
  values (app.require_org_id(), p_kind, p_title, p_entity, p_entity_id)
  returning id into v_id;
  perform app.announce('notification', 'notification', v_id);
end
$$;

ALTER FUNCTION app.notify_staff(p_kind text, p_title text, p_entity text, p_entity_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.notify_staff(p_kind text, p_title text, p_entity text, p_entity_id uuid) IS 'Puts a notification before the clinic''s staff. The title names no person: it points at the entity that does.';

CREATE FUNCTION app.open_call(p_vapi_call_id text, p_direction text, p_assistant_id text, p_phone_number_id text, p_number text, p_caller text) RETURNS SETOF app.call_context
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_route app.tenant_route;
  v_context app.call_context;
begin
  perform app.limit_waits();
  perform set_config('request.jwt.claims', '', true);
  perform set_config('role', 'tenant_service', true);
  select * into v_route from app.resolve_tenant(p_assistant_id, p_phone_number_id, p_number);
  v_context.outcome := v_route.outcome;
  if v_route.outcome <> 'found' then
    return next v_context;
    return;
  end if;

  perform set_config('request.jwt.claims',
    jsonb_build_object('app_metadata', jsonb_build_object('org_id', v_route.org_id))::text, true);
  v_context.org_id := v_route.org_id;
  v_context.call_id := app.ensure_call(
    p_vapi_call_id, p_direction, v_route.agent_id, v_route.location_id, p_caller, p_number);
  v_context.now := app.now();

  select c.agent_id, l.id, o.name, o.country, coalesce(a.language, 'en-US'), l.time_zone, o.emergency_sentence
  into v_context.agent_id, v_context.location_id, v_context.clinic_name, v_context.country, v_context.language,
    v_context.time_zone, v_context.emergency_sentence
  from public.call_logs c
  join public.organizations o on o.id = c.org_id
  join public.locations l on l.org_id = c.org_id and l.id = c.location_id
  left join public.agents a on a.org_id = c.org_id and a.id = c.agent_id
  where c.org_id = v_route.org_id and c.id = v_context.call_id;

  select coalesce(array_agg(h.weekday::integer), '{}'),
    coalesce(array_agg((extract(epoch from h.opens) / 60)::integer), '{}'),
    coalesce(array_agg((extract(epoch from h.closes) / 60)::integer), '{}')
  into v_context.weekdays, v_context.opens_minutes, v_context.closes_minutes
  from (
    select distinct b.weekday, b.opens, b.closes
    from public.business_hours b
    where b.org_id = v_route.org_id and b.location_id = v_context.location_id
  ) h;
  return next v_context;
end
$$;

ALTER FUNCTION app.open_call(p_vapi_call_id text, p_direction text, p_assistant_id text, p_phone_number_id text, p_number text, p_caller text) OWNER TO owner;

COMMENT ON FUNCTION app.open_call(p_vapi_call_id text, p_direction text, p_assistant_id text, p_phone_number_id text, p_number text, p_caller text) IS 'First statement of a webhook''s transaction: finds the tenant of the envelope, acts as tenant_service of it from then on, and makes sure the call has its row. p_direction: inbound, outbound or web; p_caller E.164 or NULL. Where the outcome is not found, nothing is written and no tenant is set.';

CREATE FUNCTION app.open_spans(p_resource_ids uuid[], p_from timestamp with time zone, p_to timestamp with time zone) RETURNS SETOF app.open_span
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
#variable_conflict use_column
begin
  return query
  with week as (
    select r.id as resource_id, r.location_id, l.time_zone, h.weekday, h.opens, h.closes
    from public.resources r
    join public.locations l on l.org_id = r.org_id and l.id = r.location_id
    join public.business_hours h on h.org_id = r.org_id and h.location_id = r.location_id
    where r.org_id = app.current_org_id()
      and r.id = any (p_resource_ids)
      and h.resource_id is not distinct from (
        select o.resource_id from public.business_hours o
        where o.org_id = r.org_id and o.resource_id = r.id
        limit 1
      )
  ),
  spans as (
    select w.resource_id, w.location_id,
      app.local_instant(d.day + w.opens, w.time_zone, false) as opens_at,
      app.local_instant(d.day + w.closes, w.time_zone, true) as closes_at
    from week w
    cross join lateral (
      select g::date as day
      from generate_series(
        (p_from at time zone w.time_zone)::date::timestamp,
        (p_to at time zone w.time_zone)::date::timestamp,
        interval '1 day') g
    ) d
    where w.weekday = extract(dow from d.day)
  )
  select s.resource_id, s.location_id, s.opens_at, s.closes_at
  from spans s
  where s.closes_at > s.opens_at
    and s.closes_at > p_from
    and s.opens_at < p_to;
end
$$;

ALTER FUNCTION app.open_spans(p_resource_ids uuid[], p_from timestamp with time zone, p_to timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.open_spans(p_resource_ids uuid[], p_from timestamp with time zone, p_to timestamp with time zone) IS 'The opening hours of resources as instants, for every local day that touches [p_from, p_to). A resource with hours of its own keeps those, others their location''s. Closures are not taken out.';

CREATE FUNCTION app.org_for_user(p_user_id uuid, p_email text, p_invitation_token text, p_email_confirmed boolean, p_anonymous boolean, p_signing_up boolean) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid;
  v_invited boolean;
begin
  select p.org_id into v_org_id from public.profiles p where p.user_id = p_user_id;
  if v_org_id is not null or p_anonymous then
    return v_org_id;
  end if;

  select i.org_id into v_org_id
  from public.invitations i
  join public.organizations o on o.id = i.org_id and o.deleted_at is null
  where i.accepted_at is null
    and i.expires_at > app.now()
    and i.email = lower(p_email)
    and (p_email_confirmed or i.token_hash = sha256(convert_to(coalesce(p_invitation_token, ''), 'utf8')))
  order by i.created_at desc
  limit 1;
  if v_org_id is not null then
    return v_org_id;
  end if;

  -- An invited address waits until it is confirmed; a person who was removed does not found a clinic by signing in again.
  v_invited := exists (
    select from public.invitations i
    join public.organizations o on o.id = i.org_id and o.deleted_at is null
    where i.accepted_at is null and i.expires_at > app.now() and i.email = lower(p_email));
  return case when p_signing_up and not v_invited then app.uuid_v7() end;
end
$$;

ALTER FUNCTION app.org_for_user(p_user_id uuid, p_email text, p_invitation_token text, p_email_confirmed boolean, p_anonymous boolean, p_signing_up boolean) OWNER TO app_definer;

COMMENT ON FUNCTION app.org_for_user(p_user_id uuid, p_email text, p_invitation_token text, p_email_confirmed boolean, p_anonymous boolean, p_signing_up boolean) IS 'The organisation a person in auth.users belongs to: that of their profile, else of an open invitation that they prove by token or confirmed address, else at sign-up a new id (the organisation is founded after the insert). NULL for anonymous people, unproven invitations and removed members.';

CREATE FUNCTION app.own_booking(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_patient_name text, p_date_of_birth date, p_another_person boolean, OUT verdict text, OUT appointment_id uuid) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_name text := app.normalise_name(p_patient_name);
  v_visit tstzrange := (
    select tstzrange(p_starts_at, p_starts_at + s.duration)
    from public.services s
    where s.org_id = app.current_org_id() and s.id = p_service_id
  );
  v_own record;
begin
  for v_own in
    select a.id, a.service_id, a.resource_id, a.scheduled_at, p.normalised_name, a.said_date_of_birth
    from public.appointments a
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    where a.org_id = app.current_org_id()
      and a.call_id = p_call_id
      and a.status in ('pending', 'confirmed')
      and a.during && v_visit
    order by p.normalised_name = v_name desc, a.created_at
  loop
    if v_own.normalised_name = v_name then
      verdict := case
        when v_own.service_id = p_service_id and v_own.scheduled_at = p_starts_at
          and (p_resource_id is null or p_resource_id = v_own.resource_id) then 'replay'
        else 'amend'
      end;
      appointment_id := v_own.id;
      return;
    elsif not p_another_person
      and extensions.levenshtein_less_equal(left(v_own.normalised_name, 100), left(v_name, 100), 2) <= 2
      and not coalesce(v_own.said_date_of_birth <> p_date_of_birth, false)
    then
      verdict := 'question';
      appointment_id := v_own.id;
      return;
    end if;
  end loop;
end
$$;

ALTER FUNCTION app.own_booking(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_patient_name text, p_date_of_birth date, p_another_person boolean, OUT verdict text, OUT appointment_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.own_booking(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_patient_name text, p_date_of_birth date, p_another_person boolean, OUT verdict text, OUT appointment_id uuid) IS 'What a wish means beside the visits that the same call booked for an overlapping time. replay: the same wish again; amend: the same patient, otherwise; question: a name at most two edits away, and nothing that tells two people apart; NULL: somebody else, or no overlap.';

CREATE FUNCTION app.patient_of_contact(p_contact_id uuid, p_name text, p_date_of_birth date, p_call_id uuid) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := app.normalise_name(p_name);
  v_patient_id uuid;
begin
  -- A row the staff made wins over one that a voice made: it is the one with the history.
  select p.id into v_patient_id
  from public.patients p
  where p.org_id = v_org_id and p.contact_id = p_contact_id and p.normalised_name = v_name
  order by p.made_by_voice, p.created_at, p.id
  limit 1;
  if v_patient_id is not null then
    return v_patient_id;
  end if;

  insert into public.patients (org_id, contact_id, name, normalised_name, date_of_birth, made_by_voice, origin_call_id)
  values (v_org_id, p_contact_id, p_name, v_name, p_date_of_birth, p_call_id is not null, p_call_id)
  on conflict (org_id, contact_id, normalised_name) where made_by_voice do nothing
  returning id into v_patient_id;
  if v_patient_id is null then
    select p.id into v_patient_id
    from public.patients p
    where p.org_id = v_org_id and p.contact_id = p_contact_id and p.normalised_name = v_name and p.made_by_voice;
  end if;
  return v_patient_id;
end
$$;

ALTER FUNCTION app.patient_of_contact(p_contact_id uuid, p_name text, p_date_of_birth date, p_call_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.patient_of_contact(p_contact_id uuid, p_name text, p_date_of_birth date, p_call_id uuid) IS 'The contact''s patient of that name, made where it is missing. What is stored about a known patient is left as it is: a caller could be anyone. p_call_id NULL: made by staff.';

CREATE FUNCTION app.pick_appointment(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, OUT appointment_id uuid, OUT reason text) RETURNS record
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_ids uuid[];
begin
  if p_call_id is null then
    select a.id into appointment_id
    from public.appointments a
    where a.org_id = app.current_org_id()
      and a.id::text = lower(btrim(p_appointment))
      and a.status <> 'held';
    reason := case when appointment_id is null then 'not_found' end;
    return;
  end if;

  select array_agg(a.id) into v_ids
  from app.meant_appointments(p_call_id, p_appointment, p_on, p_at, p_patient_name) a;
  if cardinality(v_ids) = 1 then
    appointment_id := v_ids[1];
  elsif cardinality(v_ids) > 1 then
    reason := 'which_appointment';
  else
    -- The same answer whether there is such a visit or not, as long as the caller proved nothing.
    reason := case when (select i.known from app.identify_caller(p_call_id) i) then 'not_found' else 'not_verified' end;
  end if;
end
$$;

ALTER FUNCTION app.pick_appointment(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, OUT appointment_id uuid, OUT reason text) OWNER TO owner;

COMMENT ON FUNCTION app.pick_appointment(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, OUT appointment_id uuid, OUT reason text) IS 'The one visit that is meant, see app.meant_appointments; nothing need be said when only one visit is open to the call. reason else: not_verified, not_found, which_appointment. Staff (p_call_id NULL) name it by id.';

CREATE FUNCTION app.place_booking(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_contact_id uuid, p_patient_name text, p_date_of_birth date, p_email text, p_spoken_phone text, p_notes text, p_override boolean) RETURNS app.booking_result
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, null)));
  v_now timestamptz;
  v_slot app.free_slot;
  v_contact_id uuid;
  v_patient_id uuid;
  v_id uuid;
  v_result app.booking_result;
begin
  perform app.lock_resources(v_candidates);
  v_now := app.now();
  perform app.drop_expired_holds(v_candidates, v_now);

  select * into v_slot
  from app.choose_slot(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, null, p_override);
  if v_slot.resource_id is not null then
    begin
      -- Contact and patient only now: a refused try leaves nobody behind.
      v_contact_id := coalesce(p_contact_id, app.contact_of_call(p_call_id));
      v_patient_id := app.patient_of_contact(v_contact_id, p_patient_name, p_date_of_birth, p_call_id);
      v_id := app.write_booking(v_slot, p_service_id, v_contact_id, v_patient_id, p_call_id,
        case when p_call_id is not null then p_patient_name end, case when p_call_id is not null then p_date_of_birth end,
        left(p_notes, 2000), v_now, p_override);
    exception when exclusion_violation then
      -- Somebody wrote past the locks (a DBA, a restore). The constraint held; the caller gets an honest refusal.
      v_slot := null;
    end;
  end if;

  if v_slot.resource_id is null then
    return app.slot_refusal(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, null, p_override);
  end if;

  -- An address said on the phone is kept only for a contact that this call made: a stranger must not add theirs to
  -- somebody known, who would then get none of the confirmations.
  update public.contacts c
  set name = coalesce(c.name, p_patient_name), lead_status = 'booked', updated_at = v_now,
    email = case when k.is_new then coalesce(c.email, p_email) else c.email end,
    spoken_phone = case when k.is_new then coalesce(c.spoken_phone, p_spoken_phone) else c.spoken_phone end
  from (
    select exists (
      select from public.call_logs l
      join public.contacts n on n.org_id = l.org_id and n.id = v_contact_id
      where l.org_id = v_org_id and l.id = p_call_id and n.created_at >= l.created_at
    ) as is_new
  ) k
  where c.org_id = v_org_id and c.id = v_contact_id;
  perform app.note_change('booked', v_id, null, p_call_id);
  v_result := app.booking_answer('booked', v_id);
  if p_call_id is not null then
    perform app.notify_staff(
      case when v_result.status = 'pending' then 'approval_needed' else 'appointment_booked' end,
      case when v_result.status = 'pending' then 'A booking waits for approval' else 'The receptionist booked a visit' end,
      'appointment', v_id);
  end if;
  return v_result;
end
$$;

ALTER FUNCTION app.place_booking(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_contact_id uuid, p_patient_name text, p_date_of_birth date, p_email text, p_spoken_phone text, p_notes text, p_override boolean) OWNER TO owner;

COMMENT ON FUNCTION app.place_booking(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_contact_id uuid, p_patient_name text, p_date_of_birth date, p_email text, p_spoken_phone text, p_notes text, p_override boolean) IS 'The decision itself: lock every candidate resource, look at the rules with a fresh clock, write under the no-overlap constraint. Called by book_appointment once it is clear that the wish is a new visit.';

CREATE FUNCTION app.protect_table(p_table regclass, p_org_column text DEFAULT 'org_id'::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_role text;
  v_sequence regclass;
  v_same_org text := format('%I = (select app.current_org_id())', p_org_column);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);

  execute format('revoke all on table %s from public', p_table);
  for v_role in
    select rolname from pg_catalog.pg_roles
    where rolname in ('anon', 'authenticated', 'service_role', 'voxanne_login',
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer')
  loop
    execute format('revoke all on table %s from %I', p_table, v_role);
    -- Identity columns need no right on their sequence; old Supabase projects open it to every browser.
    for v_sequence in
      select d.objid::regclass
      from pg_catalog.pg_depend d
      join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
      where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = d.classid and d.refobjid = p_table
    loop
      execute format('revoke all on sequence %s from %I', v_sequence, v_role);
    end loop;
  end loop;

  execute format('drop policy if exists tenant_reads on %s', p_table);
  execute format('drop policy if exists writer_writes on %s', p_table);
  execute format('drop policy if exists service_role_sees_all on %s', p_table);
  execute format(
    'create policy tenant_reads on %s for select to tenant_user, tenant_service using (%s)', p_table, v_same_org);
  execute format(
    'create policy writer_writes on %s for all to app_writer using (%s) with check (%s)', p_table, v_same_org, v_same_org);
  -- On plain PostgreSQL nobody but a superuser can make a BYPASSRLS role, so service_role sees all by policy.
  execute format(
    'create policy service_role_sees_all on %s for all to service_role using (true) with check (true)', p_table);

  execute format('grant select on table %s to tenant_user, tenant_service', p_table);
  execute format('grant select, insert, update, delete on table %s to app_writer, service_role', p_table);
end
$$;

ALTER FUNCTION app.protect_table(p_table regclass, p_org_column text) OWNER TO owner;

COMMENT ON FUNCTION app.protect_table(p_table regclass, p_org_column text) IS 'Gives a tenant table its row security: tenants read their own rows, only app_writer''s functions write, service_role sees all, everyone else has no rights. Reappliable.';

CREATE FUNCTION app.provision_user() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := (new.raw_app_meta_data ->> 'org_id')::uuid;
  v_claims text := coalesce(current_setting('request.jwt.claims', true), '');
  v_invitation public.invitations;
  v_name text;
begin
  if v_org_id is null or exists (select from public.profiles p where p.user_id = new.id) then
    return new;
  end if;

  if exists (select from public.organizations o where o.id = v_org_id) then
    update public.invitations i
    set accepted_at = app.now()
    where i.id = (
      select c.id from public.invitations c
      where c.org_id = v_org_id and c.email = lower(new.email) and c.accepted_at is null and c.expires_at > app.now()
      order by c.token_hash = sha256(convert_to(coalesce(new.raw_user_meta_data ->> 'invitation_token', ''), 'utf8')) desc, c.created_at desc
      limit 1)
      and i.org_id = v_org_id
    returning i.* into v_invitation;
    if v_invitation.id is null then
      raise exception 'no open invitation for this address' using errcode = 'VX403';
    end if;
    insert into public.profiles (org_id, user_id, role, name, email)
    values (v_org_id, new.id, v_invitation.role, left(new.raw_user_meta_data ->> 'name', 100), new.email);
    return new;
  end if;

  v_name := coalesce(nullif(left(btrim(new.raw_user_meta_data ->> 'business_name'), 100), ''), 'My clinic');
  insert into public.organizations (id, name, slug, time_zone)
  values (
    v_org_id, v_name,
    left(coalesce(nullif(btrim(regexp_replace(app.normalise_name(v_name), '[^a-z0-9]+', '-', 'g'), '-'), ''), 'clinic'), 40)
      || '-' || right(replace(v_org_id::text, '-', ''), 12),
    case when app.is_time_zone(new.raw_user_meta_data ->> 'time_zone') then new.raw_user_meta_data ->> 'time_zone'
      else 'America/New_York' end);
  insert into public.profiles (org_id, user_id, role, name, email)
  values (v_org_id, new.id, 'owner', left(new.raw_user_meta_data ->> 'name', 100), new.email);

  perform set_config('request.jwt.claims',
    jsonb_build_object('app_metadata', jsonb_build_object('org_id', v_org_id))::text, true);
  perform app.furnish_org(v_name, o.time_zone) from public.organizations o where o.id = v_org_id;
  perform set_config('request.jwt.claims', v_claims, true);
  return new;
end
$$;

ALTER FUNCTION app.provision_user() OWNER TO app_definer;

COMMENT ON FUNCTION app.provision_user() IS 'Trigger on auth.users: founds the organisation of a person who signs up (location, practitioner, service, hours, agent, profile as owner), or makes an invited person a member. An error fails the sign-up as a whole: nobody is left half-made.';

CREATE FUNCTION app.record_call_event(p_call_id uuid, p_status text, p_at timestamp with time zone, p_ended_reason text DEFAULT NULL::text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_order constant text[] := array['scheduled', 'queued', 'ringing', 'in-progress', 'forwarding', 'ended'];
  v_changed boolean;
begin
  -- Before the call's row: a caller who hangs up while the booking still waits must not meet it the other way round.
  perform app.lock_call(p_call_id);
  update public.call_logs c
  set status = p_status,
    started_at = case when p_status = 'in-progress' then coalesce(c.started_at, p_at) else c.started_at end,
    ended_at = case when p_status = 'ended' then coalesce(c.ended_at, p_at) else c.ended_at end,
    ended_reason = coalesce(c.ended_reason, left(p_ended_reason, 200)),
    updated_at = app.now()
  where c.org_id = v_org_id
    and c.id = p_call_id
    and array_position(v_order, c.status) < array_position(v_order, p_status);
  v_changed := found;
  if p_status = 'ended' then
    perform app.release_hold(p_call_id);
  end if;
  if v_changed then
    perform app.announce(case when p_status = 'ended' then 'call_ended' else 'call_update' end, 'call', p_call_id);
  end if;
  return v_changed;
end
$$;

ALTER FUNCTION app.record_call_event(p_call_id uuid, p_status text, p_at timestamp with time zone, p_ended_reason text) OWNER TO app_writer;

COMMENT ON FUNCTION app.record_call_event(p_call_id uuid, p_status text, p_at timestamp with time zone, p_ended_reason text) IS 'Takes in a status of a call. Statuses only go forward, so late and repeated ones change nothing; ended gives back what the call held. Returns whether anything changed. A status outside the known ones changes nothing.';

CREATE FUNCTION app.record_call_report(p_call_id uuid, p_started_at timestamp with time zone, p_ended_at timestamp with time zone, p_duration_seconds integer, p_ended_reason text, p_summary text, p_turns jsonb, p_cost_micros bigint, p_has_recording boolean, p_tools_used text[], p_said_names text[] DEFAULT '{}'::text[]) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_names text[];
  v_summary text;
  v_turns jsonb;
  v_state text;
  v_outcome text;
  v_seconds integer;
begin
  perform app.lock_call(p_call_id);
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  if v_call.id is null then
    raise exception 'there is no such call' using errcode = 'VX404';
  elsif v_call.reported_at is not null and v_call.transcript_state <> 'pending_redaction' then
    return v_call.transcript_state;
  end if;

  perform app.contact_of_call(p_call_id);
  v_names := app.names_of_call(p_call_id) || coalesce(p_said_names, '{}');
  begin
    v_summary := app.redact_phi(p_summary, v_names);
    select coalesce(jsonb_agg(jsonb_build_object(
        'speaker', t.turn ->> 'speaker', 'text', app.redact_phi(t.turn ->> 'text', v_names), 'at', t.turn -> 'at')
      order by t.position), '[]')
    into v_turns
    from jsonb_array_elements(coalesce(p_turns, '[]')) with ordinality t(turn, position);
    v_state := case when v_turns = '[]' then 'none' else 'stored' end;
  exception when query_canceled or others then
    -- Never raw text, never a lost call: everything else is kept, and the report is fetched again. One job does that,
    -- with its own growing pauses; each failure putting in another would fetch every minute for ever.
    v_summary := null;
    v_turns := '[]';
    v_state := 'pending_redaction';
    if v_call.reported_at is null then
      perform app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', p_call_id), app.now() + interval '1 minute');
    end if;
  end;

  v_seconds := coalesce(p_duration_seconds, extract(epoch from
    coalesce(p_ended_at, v_call.ended_at) - coalesce(p_started_at, v_call.started_at))::integer);
  v_seconds := case when v_seconds < 0 then 0 else v_seconds end;
  -- A caller who spoke was connected, also where nobody says for how long.
  v_outcome := app.call_outcome(p_call_id, coalesce(p_ended_reason, v_call.ended_reason),
    coalesce(v_seconds, case when p_turns @> '[{"speaker": "caller"}]' then 5 end));
  update public.call_logs c
  set status = 'ended', started_at = coalesce(p_started_at, c.started_at), ended_at = coalesce(p_ended_at, c.ended_at),
    duration_seconds = coalesce(v_seconds, c.duration_seconds),
    ended_reason = coalesce(left(p_ended_reason, 200), c.ended_reason), summary = v_summary, transcript = v_turns,
    transcript_state = v_state, cost_micros = p_cost_micros, outcome = v_outcome,
    recording_state = case when p_has_recording then 'at_provider' else 'none' end,
    tools_used = coalesce(p_tools_used, '{}'), reported_at = app.now(), updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;

  perform app.release_hold(p_call_id);
  if v_outcome = 'missed' and v_call.reported_at is null then
    perform app.notify_staff('missed_call', 'A call was missed', 'call', p_call_id);
  end if;
  perform app.announce('call_ended', 'call', p_call_id);
  return v_state;
end
$$;

ALTER FUNCTION app.record_call_report(p_call_id uuid, p_started_at timestamp with time zone, p_ended_at timestamp with time zone, p_duration_seconds integer, p_ended_reason text, p_summary text, p_turns jsonb, p_cost_micros bigint, p_has_recording boolean, p_tools_used text[], p_said_names text[]) OWNER TO app_writer;

COMMENT ON FUNCTION app.record_call_report(p_call_id uuid, p_started_at timestamp with time zone, p_ended_at timestamp with time zone, p_duration_seconds integer, p_ended_reason text, p_summary text, p_turns jsonb, p_cost_micros bigint, p_has_recording boolean, p_tools_used text[], p_said_names text[]) IS 'Takes in an end-of-call report, before or after the status updates, once: a second report changes nothing unless redaction failed the first time. p_turns: [{"speaker","text","at"}]; p_said_names: names given to tools during the call, also of people who were not booked in the end; turns and summary are redacted of them and of everything else before they are stored; a missing duration follows from start and end. Returns the transcript''s state; the first pending_redaction puts a job in the queue that fetches the report again. VX404 when the call is not the tenant''s.';

CREATE FUNCTION app.redact_birth_dates(p_text text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
declare
  v_month constant text := '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?';
  v_unit constant text := '(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)';
  v_teen constant text := '(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)';
  v_tens constant text := '(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)';
  v_day constant text := '(?:\d{1,2}(?:st|nd|rd|th)?|(?:(?:twenty|thirty)[\s-]+)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)'
    || '|tenth|eleventh|twelfth|[a-z]+teenth|twentieth|thirtieth|(?:(?:twenty|thirty)[\s-]+)?' || v_unit || '|' || v_teen || '|twenty|thirty)';
  v_below_100 constant text := '(?:' || v_tens || '(?:[\s-]+' || v_unit || ')?|' || v_teen || '|' || v_unit || '(?:\s+' || v_unit || ')?)';
  v_past constant text := '(?:18\d\d|19\d\d|200\d|201\d|202[0-4])';
  v_past_words constant text := '(?:(?:eighteen|nineteen)(?:\s+hundred)?(?:\s+and)?[\s-]+' || v_below_100
    || '|two\s+thousand(?:\s+and)?(?:[\s-]+' || v_below_100 || ')?|twenty[\s-]+(?:oh[\s-]+' || v_unit || '|' || v_teen || '))';
  v_any_year constant text := '(?:''?\d\d|(?:18|19|20)\d\d|' || v_past_words || '|' || v_below_100 || ')';
  v_cue constant text := '\m(?:born|birth\s?days?|birth\s?dates?|date\s+of\s+birth|d\.?o\.?b\M\.?)';
  -- At most a few words lie between the cue and the date: "my date of birth, let me see, it's the ...".
  v_gap constant text := '(?:[\s:,.?-]+|\m(?:on|is|was|it|it''s|its|in|the|a|uh|um|let|me|see|would|be|[a-z]+day)\M|''s)*';
begin
  p_text := regexp_replace(p_text, '(' || v_cue || v_gap || ')(?:'
    || '\m' || v_month || '\s+(?:the\s+)?' || v_day || '(?:,?\s+(?:of\s+)?' || v_any_year || ')?\M'
    || '|\m' || v_day || '(?:\s+of)?\s+' || v_month || '(?:,?\s+(?:of\s+)?' || v_any_year || ')?\M'
    || '|\m\d{1,4}\s?[-/. ]\s?\d{1,2}(?:\s?[-/. ]\s?\d{1,4})?\M|\m\d{6,8}\M'
    || '|\m(?:' || v_below_100 || '|' || v_past_words || ')(?:[\s,/-]+(?:' || v_past_words || '|' || v_below_100 || ')){1,4}\M)',
    '\1[date of birth]', 'gi');
  p_text := regexp_replace(p_text,
    '\m(?:' || v_month || '\s+(?:the\s+)?' || v_day || '|' || v_day || '(?:\s+of)?\s+' || v_month || '),?\s+(?:of\s+)?'
      || '(?:' || v_past || '|' || v_past_words || ')\M',
    '[date of birth]', 'gi');
  p_text := regexp_replace(p_text, '\m' || v_past || '\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}\M', '[date of birth]', 'g');
  -- A two-digit year from 40 on is the last century's.
  return regexp_replace(p_text, '\m\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:' || v_past || '|[4-9]\d)\M', '[date of birth]', 'g');
end
$$;

ALTER FUNCTION app.redact_birth_dates(p_text text) OWNER TO owner;

COMMENT ON FUNCTION app.redact_birth_dates(p_text text) IS 'The text with dates of birth replaced by [date of birth]: any date that is said to be one, in digits or words, and every full date before 2025. Dates of visits stay.';

CREATE FUNCTION app.redact_emails(p_text text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
declare
  -- Spoken: "j dot quill at patients dot example", letter by letter too, and half-written "j.quill at patients.example".
  v_part constant text := '[[:alnum:]_+-]+';
  v_join constant text := '(?:\s*\.\s*|\s+(?:dot|period|point|underscore|dash|hyphen|plus)\s+)';
begin
  p_text := regexp_replace(p_text, '[[:alnum:]._%+-]+@[[:alnum:].-]+\.[[:alpha:]]{2,}', '[email]', 'gi');
  return regexp_replace(p_text,
    '\m(?:[[:alnum:]][\s-]+)*(?:' || v_part || v_join || ')*' || v_part || '\s+(?:at|\(at\)|@)\s+'
      || '(?:[[:alnum:]][\s-]+)*' || v_part || '(?:' || v_join || v_part || ')*(?:\s+(?:dot|period|point)\s+|\.)[[:alpha:]]{2,}\M',
    '[email]', 'gi');
end
$$;

ALTER FUNCTION app.redact_emails(p_text text) OWNER TO owner;

COMMENT ON FUNCTION app.redact_emails(p_text text) IS 'The text with every e-mail address, written or spoken ("j dot quill at patients dot example"), replaced by [email].';

CREATE FUNCTION app.redact_names(p_text text, p_names text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $_$
declare
  v_word text;
begin
  for v_word in
    select distinct f.form
    from unnest(p_names) n(name)
    cross join lateral regexp_split_to_table(btrim(n.name), '[\s-]+') w(word)
    -- Speech recognition writes accents and apostrophes as it likes: both spellings go.
    cross join lateral (values (w.word), (replace(app.normalise_name(w.word), ' ', ''))) f(form)
    where char_length(f.form) > 1
  loop
    p_text := regexp_replace(p_text,
      '\m' || regexp_replace(v_word, '([][\\.^$*+?(){}|])', '\\\1', 'g') || '\M', '[name]', 'gi');
  end loop;
  return regexp_replace(p_text, '\[name\](?:[\s-]+\[name\])+', '[name]', 'g');
end
$_$;

ALTER FUNCTION app.redact_names(p_text text, p_names text[]) OWNER TO owner;

COMMENT ON FUNCTION app.redact_names(p_text text, p_names text[]) IS 'The text with every word of the given names replaced by [name], whatever its case; one placeholder for a full name. A name that is also a word (May, Will) takes that word with it.';

CREATE FUNCTION app.redact_numbers(p_text text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $_$
declare
  v_mark constant text := U&'\E000';
  v_digit constant text := '(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple|\d)';
  v_number constant text := '(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen'
    || '|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|\d\d)';
  v_between constant text := '[\s,.-]+';
  v_month constant text := '(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?';
begin
  p_text := replace(p_text, v_mark, '');
  p_text := regexp_replace(p_text, '\m(20[2-9]\d)([-./])(\d{1,2})\2(\d{1,2})\M',
    v_mark || '\1' || v_mark || '\2\3\2\4' || v_mark, 'g');
  p_text := regexp_replace(p_text, '\m(\d{1,2})([-./])(\d{1,2})\2(20[2-9]\d)\M',
    v_mark || '\1\2\3' || v_mark || '\2\4' || v_mark, 'g');
  p_text := regexp_replace(p_text, '\m(' || v_month || '\s+\d{1,2}(?:st|nd|rd|th)?|\d{1,2}\s+' || v_month || ')(,?\s+)(20[2-9]\d)\M',
    '\1\2' || v_mark || '\3' || v_mark, 'gi');
  p_text := regexp_replace(p_text, '\m(\d{1,2}:\d\d)\M', v_mark || '\1' || v_mark, 'g');
  p_text := regexp_replace(p_text, '([$£€]\s?\d+(?:,\d{3})*(?:\.\d\d)?)\M', v_mark || '\1' || v_mark, 'g');

  p_text := regexp_replace(p_text, '\m\d{3}\s?[- .]\s?\d{2}\s?[- .]\s?\d{4}\M', '[ssn]', 'g');
  p_text := regexp_replace(p_text, '\m((?:social security|ssn|social)(?:\s+\w+){0,3}?[\s:]+)\d{9}\M', '\1[ssn]', 'gi');
  p_text := regexp_replace(p_text, '\m\d(?:[ .-]{0,2}\d){12,18}\M', '[card]', 'g');
  p_text := regexp_replace(p_text, '\+?\(?\m\d{3}[\s().,/-]{0,3}\d{3}[\s.,/-]{0,3}\d{4}\M', '[number]', 'g');
  p_text := regexp_replace(p_text, '\+?\(?\m\d(?:[\s().-]{0,3}\d){6,}\M', '[number]', 'g');
  p_text := regexp_replace(p_text, '\m' || v_digit || '(?:' || v_between || v_digit || '){6,}\M', '[number]', 'gi');
  -- "five five five, twelve thirty-four": three single digits, then pairs.
  p_text := regexp_replace(p_text, '\m' || v_digit || '(?:' || v_between || v_digit || '){2,}(?:' || v_between
    || '(?:' || v_digit || '|' || v_number || ')){3,}\M', '[number]', 'gi');
  return replace(p_text, v_mark, '');
end
$_$;

ALTER FUNCTION app.redact_numbers(p_text text) OWNER TO owner;

COMMENT ON FUNCTION app.redact_numbers(p_text text) IS 'The text with social security numbers ([ssn]), card numbers ([card]) and phone and other long numbers ([number]) replaced, also when spelled out. Dates from 2020 on, times and prices stay.';

CREATE FUNCTION app.redact_phi(p_text text, p_names text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select app.redact_names(app.redact_numbers(app.redact_birth_dates(app.redact_emails(p_text))), p_names)
$$;

ALTER FUNCTION app.redact_phi(p_text text, p_names text[]) OWNER TO owner;

COMMENT ON FUNCTION app.redact_phi(p_text text, p_names text[]) IS 'The text without identifiers: social security and card numbers, phone numbers (also spelled out), e-mail addresses, dates of birth and the given names'' words, each replaced by a placeholder in brackets. Dates of visits stay. NULL stays NULL.';

CREATE FUNCTION app.refusal_reason(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid DEFAULT NULL::uuid, p_ignore_appointment_id uuid DEFAULT NULL::uuid) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id)));
  v_min_notice interval;
  v_max_advance interval;
  v_visit tstzrange;
  v_blocked tstzrange;
  v_step interval;
  v_open boolean;
  v_not_closed boolean;
  v_on_step boolean;
  v_not_taken boolean;
  v_active boolean;
begin
  select s.active, o.min_notice, o.max_advance, o.slot_step, tstzrange(p_starts_at, p_starts_at + s.duration),
    tstzrange(p_starts_at - coalesce(s.buffer_before, o.buffer_before),
      p_starts_at + s.duration + coalesce(s.buffer_after, o.buffer_after))
  into v_active, v_min_notice, v_max_advance, v_step, v_visit, v_blocked
  from public.services s
  join public.organizations o on o.id = s.org_id
  where s.org_id = app.current_org_id()
    and s.id = p_service_id;

  if cardinality(v_candidates) = 0 or not v_active then
    return 'no_resource';
  elsif p_starts_at <= p_now then
    return 'past';
  elsif p_starts_at < p_now + v_min_notice then
    return 'too_soon';
  elsif p_starts_at >= p_now + v_max_advance then
    return 'too_far';
  end if;

  -- The reason is that of the candidate that came furthest: with one of two practitioners away and the other booked,
  -- the slot is taken, not closed.
  select bool_or(c.is_open), bool_or(c.is_open and c.not_closed), bool_or(c.is_open and c.not_closed and c.on_step),
    bool_or(c.is_open and c.not_closed and c.on_step and c.not_taken)
  into v_open, v_not_closed, v_on_step, v_not_taken
  from (
    select
      coalesce(v_visit <@ o.ranges, false) as is_open,
      not exists (
        select from public.closures x
        where x.org_id = r.org_id
          and x.location_id = r.location_id
          and (x.resource_id is null or x.resource_id = r.id)
          and x.during && v_visit
      ) as not_closed,
      coalesce(o.on_step, false) as on_step,
      not exists (
        select from public.appointments a
        where a.org_id = r.org_id
          and a.resource_id = r.id
          and a.scheduled_at > p_starts_at - interval '24 hours'
          and a.scheduled_at < p_starts_at + interval '24 hours'
          and a.status in ('held', 'pending', 'confirmed')
          and not (a.status = 'held' and (a.held_until <= p_now or a.call_id is not distinct from p_call_id))
          and a.id is distinct from p_ignore_appointment_id
          and a.blocked && v_blocked
      ) as not_taken
    from public.resources r
    left join (
      -- Spans that touch are one; the step counts from the opening of the span in which the visit starts.
      select w.resource_id, range_agg(tstzrange(w.opens_at, w.closes_at)) as ranges,
        bool_or(p_starts_at >= w.opens_at and p_starts_at < w.closes_at
          and mod(extract(epoch from p_starts_at - w.opens_at), extract(epoch from v_step)) = 0) as on_step
      from app.open_spans(v_candidates, lower(v_visit), upper(v_visit)) w
      group by w.resource_id
    ) o on o.resource_id = r.id
    where r.org_id = app.current_org_id()
      and r.id = any (v_candidates)
  ) c;

  return case
    when not v_open then 'outside_hours'
    when not v_not_closed then 'closed'
    when not v_on_step then 'off_step'
    when not v_not_taken then 'taken'
    else 'calendar_busy'
  end;
end
$$;

ALTER FUNCTION app.refusal_reason(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.refusal_reason(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) IS 'Why a start that app.free_slots does not give is not free. Closed list: no_resource, past, too_soon, too_far, outside_hours, closed, off_step, taken, calendar_busy; of several candidates the one that came furthest decides.';

CREATE FUNCTION app.release_hold(p_call_id uuid) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_released integer;
begin
  perform app.lock_call(p_call_id);
  delete from public.appointments a
  where a.org_id = app.require_org_id()
    and a.call_id = p_call_id
    and a.status = 'held';
  get diagnostics v_released = row_count;
  return v_released;
end
$$;

ALTER FUNCTION app.release_hold(p_call_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.release_hold(p_call_id uuid) IS 'Gives back what a call still holds: when it ends, or when another slot is chosen. Returns how many holds there were, 0 or 1.';

CREATE FUNCTION app.remove_closure(p_closure_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_location_id uuid;
begin
  perform app.require_staff();
  perform app.lock_resources(array(
    select r.id
    from public.closures c
    join public.resources r on r.org_id = c.org_id and r.location_id = c.location_id
      and (c.resource_id is null or c.resource_id = r.id)
    where c.org_id = v_org_id and c.id = p_closure_id));
  delete from public.closures c
  where c.org_id = v_org_id and c.id = p_closure_id
  returning c.location_id into v_location_id;
  if v_location_id is null then
    return false;
  end if;
  perform app.announce('hours_updated', 'location', v_location_id);
  return true;
end
$$;

ALTER FUNCTION app.remove_closure(p_closure_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.remove_closure(p_closure_id uuid) IS 'Takes a closure back; its time can be booked again at once. Staff only (VX403). Returns whether there was one.';

CREATE FUNCTION app.rename_patient(p_appointment_id uuid, p_name text, p_call_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_visit public.appointments;
  v_patient public.patients;
begin
  select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id;
  select * into v_patient from public.patients p where p.org_id = v_org_id and p.id = v_visit.patient_id;
  update public.appointments a
  set said_name = p_name
  where a.org_id = v_org_id and a.id = p_appointment_id and a.said_name is distinct from p_name;
  if v_patient.normalised_name = app.normalise_name(p_name) then
    return;
  end if;

  -- A spelling corrected within the call that first named the patient; anybody else's row is left alone.
  if v_patient.origin_call_id = p_call_id
    and not exists (
      select from public.appointments a
      where a.org_id = v_org_id and a.patient_id = v_patient.id and a.id <> p_appointment_id)
    and not exists (
      select from public.patients p
      where p.org_id = v_org_id and p.contact_id = v_patient.contact_id
        and p.normalised_name = app.normalise_name(p_name))
  then
    update public.patients p
    set name = p_name, normalised_name = app.normalise_name(p_name), updated_at = app.now()
    where p.org_id = v_org_id and p.id = v_patient.id;
  else
    update public.appointments a
    set patient_id = app.patient_of_contact(v_visit.contact_id, p_name, null, p_call_id), updated_at = app.now()
    where a.org_id = v_org_id and a.id = p_appointment_id;
  end if;
end
$$;

ALTER FUNCTION app.rename_patient(p_appointment_id uuid, p_name text, p_call_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.rename_patient(p_appointment_id uuid, p_name text, p_call_id uuid) IS 'Puts a booking of the running call under another name: corrects the patient that this call made, else attaches the contact''s patient of that name.';

CREATE FUNCTION app.replayed_attempt(p_kind text, p_call_id uuid, p_tool_call_id text) RETURNS app.booking_result
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_attempt public.booking_attempts;
begin
  select * into v_attempt
  from public.booking_attempts t
  where t.org_id = app.current_org_id()
    and t.call_id = p_call_id
    and t.tool_call_id = p_tool_call_id
    and t.kind = p_kind
    and t.appointment_id is not null
    and t.outcome not in ('refused', 'question')
  order by t.at
  limit 1;
  if not found then
    return null;
  end if;
  return app.booking_answer(v_attempt.outcome, v_attempt.appointment_id, v_attempt.reason, true);
end
$$;

ALTER FUNCTION app.replayed_attempt(p_kind text, p_call_id uuid, p_tool_call_id text) OWNER TO owner;

COMMENT ON FUNCTION app.replayed_attempt(p_kind text, p_call_id uuid, p_tool_call_id text) IS 'The answer to a tool call that already succeeded once, about the appointment as it stands now; NULL when it is new. Looked up under app.lock_call, so that parallel repeats see each other.';

CREATE FUNCTION app.require_org_id() RETURNS uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.current_org_id();
begin
  if v_org_id is null then
    raise exception 'no organisation in the request''s claims' using errcode = 'VX401';
  end if;
  return v_org_id;
end
$$;

ALTER FUNCTION app.require_org_id() OWNER TO owner;

COMMENT ON FUNCTION app.require_org_id() IS 'The tenant of the running request, or VX401 where there is none: a function that writes never runs without a tenant.';

CREATE FUNCTION app.require_staff() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  if app.current_member_role() is distinct from 'owner'
    and app.current_member_role() is distinct from 'admin'
    and app.current_member_role() is distinct from 'staff'
  then
    raise exception 'this needs a member of the staff' using errcode = 'VX403';
  end if;
end
$$;

ALTER FUNCTION app.require_staff() OWNER TO owner;

COMMENT ON FUNCTION app.require_staff() IS 'Raises VX403 unless an owner, admin or staff member is acting. Viewers only read; webhooks are no staff.';

CREATE FUNCTION app.reschedule_appointment(p_starts_at timestamp with time zone, p_appointment text DEFAULT NULL::text, p_on date DEFAULT NULL::date, p_call_id uuid DEFAULT NULL::uuid, p_tool_call_id text DEFAULT NULL::text, p_resource text DEFAULT NULL::text, p_override boolean DEFAULT false, p_said_date text DEFAULT NULL::text, p_said_time text DEFAULT NULL::text, p_at time without time zone DEFAULT NULL::time without time zone, p_patient_name text DEFAULT NULL::text) RETURNS SETOF app.booking_result
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_pick record;
  v_done_id uuid;
  v_old public.appointments;
  v_resource_id uuid := (select id from app.find_resource(p_resource));
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is not null and p_override then
    raise exception 'a call moves visits by the rules' using errcode = 'VX403';
  elsif p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('reschedule', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  if p_starts_at is null then
    raise exception 'name the time to move to' using errcode = 'VX400';
  end if;
  select * into v_pick from app.pick_appointment(p_call_id, p_appointment, p_on, p_at, p_patient_name);
  if v_pick.appointment_id is null and v_pick.reason <> 'which_appointment' then
    v_done_id := app.already_changed(
      'rescheduled', p_call_id, p_appointment, p_on, p_at, p_patient_name, p_starts_at);
  end if;
  select * into v_old from public.appointments a where a.org_id = v_org_id and a.id = v_pick.appointment_id;
  v_result := case
    when v_done_id is not null then app.booking_answer('rescheduled', v_done_id, null, true)
    when v_pick.reason = 'which_appointment' then app.booking_refusal('question', v_pick.reason)
    when v_pick.reason is not null then app.booking_refusal('refused', v_pick.reason)
    when v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
      app.booking_refusal('refused', 'unknown_resource', v_old.service_id)
    -- Asked for the time it already has: the wish is fulfilled, there is nothing to move.
    when v_old.status in ('pending', 'confirmed') and v_old.scheduled_at = p_starts_at
      and coalesce(v_resource_id, v_old.resource_id) = v_old.resource_id then
      app.booking_answer('rescheduled', v_old.id, null, true)
    -- A visit from before the call stays with its practitioner unless another one was asked for.
    else app.move_appointment('rescheduled', v_old.id, v_old.service_id,
      case when v_old.call_id = p_call_id then v_resource_id else coalesce(v_resource_id, v_old.resource_id) end,
      p_starts_at, p_call_id, p_override)
  end;

  if p_override and v_result.outcome = 'rescheduled' then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'reschedule_override', 'appointment', v_old.id, app.current_user_id());
  end if;
  perform app.note_attempt('reschedule', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

ALTER FUNCTION app.reschedule_appointment(p_starts_at timestamp with time zone, p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_resource text, p_override boolean, p_said_date text, p_said_time text, p_at time without time zone, p_patient_name text) OWNER TO app_writer;

COMMENT ON FUNCTION app.reschedule_appointment(p_starts_at timestamp with time zone, p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_resource text, p_override boolean, p_said_date text, p_said_time text, p_at time without time zone, p_patient_name text) IS 'Moves a visit to p_starts_at, in one row and one transaction, history kept, with the same practitioner unless another one is named (what this very call booked may go to any). Named by booking_ref or id, else by its day, time and patient (see app.meant_appointments); a call may move only what it may hear about. outcome rescheduled, question (which_appointment) or refused: not_verified, not_found, not_active, unknown_resource or one of app.refusal_reason with alternatives.';

CREATE FUNCTION app.resolve_tenant(p_assistant_id text, p_phone_number_id text, p_number text) RETURNS SETOF app.tenant_route
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_orgs uuid[];
  v_route app.tenant_route;
begin
  select array_agg(distinct f.org_id)
  into v_orgs
  from (
    select r.org_id from public.assistant_routes r where r.vapi_assistant_id = p_assistant_id
    union all
    select n.org_id from public.phone_numbers n where n.vapi_phone_number_id = p_phone_number_id
    union all
    select n.org_id from public.phone_numbers n where n.number = p_number
  ) f
  join public.organizations o on o.id = f.org_id and o.deleted_at is null;

  v_route.outcome := case coalesce(cardinality(v_orgs), 0) when 0 then 'unknown' when 1 then 'found' else 'conflict' end;
  if v_route.outcome = 'found' then
    v_route.org_id := v_orgs[1];
    -- Each may be missing: an assistant called from the web has no number, a number may have no assistant.
    select coalesce(r.agent_id, n.agent_id), n.location_id into v_route.agent_id, v_route.location_id
    from (values (v_route.org_id)) o (id)
    left join public.assistant_routes r on r.org_id = o.id and r.vapi_assistant_id = p_assistant_id
    left join public.phone_numbers n
      on n.org_id = o.id and (n.vapi_phone_number_id = p_phone_number_id or n.number = p_number)
    order by n.number = p_number desc nulls last
    limit 1;
  end if;
  return next v_route;
end
$$;

ALTER FUNCTION app.resolve_tenant(p_assistant_id text, p_phone_number_id text, p_number text) OWNER TO app_definer;

COMMENT ON FUNCTION app.resolve_tenant(p_assistant_id text, p_phone_number_id text, p_number text) IS 'Whose call an envelope belongs to, by assistant id, phone number id and number; any may be NULL, those we do not know are no help and no harm. Two tenants named in one envelope are a conflict, and nobody''s call.';

CREATE FUNCTION app.seal(p_function text, p_owner text, VARIADIC p_grantees text[] DEFAULT '{}'::text[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_function regprocedure := p_function::regprocedure;
  v_role text;
begin
  execute format('revoke all on function %s from public', v_function);
  for v_role in
    select rolname from pg_catalog.pg_roles
    where rolname in (
      'anon', 'authenticated', 'service_role', 'voxanne_login',
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer'
    )
  loop
    execute format('revoke all on function %s from %I', v_function, v_role);
  end loop;
  foreach v_role in array p_grantees loop
    execute format('grant execute on function %s to %I', v_function, v_role);
  end loop;
  if p_owner is not null then
    execute format('alter function %s owner to %I', v_function, p_owner);
    execute format('grant execute on function %s to %I', v_function, p_owner);
  end if;
end
$$;

ALTER FUNCTION app.seal(p_function text, p_owner text, VARIADIC p_grantees text[]) OWNER TO owner;

COMMENT ON FUNCTION app.seal(p_function text, p_owner text, VARIADIC p_grantees text[]) IS 'Closes a function to everyone, opens it to the named roles and gives it to its owner (null: stays with the migrating role). Called at the end of every function file.';

CREATE FUNCTION app.service_cards() RETURNS SETOF app.service_card
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select s.name, (extract(epoch from s.duration) / 60)::integer, s.price_minor, s.currency,
    coalesce(array_agg(r.name order by r.name) filter (where r.id is not null), '{}')
  from public.services s
  left join public.resource_services rs on rs.org_id = s.org_id and rs.service_id = s.id
  left join public.resources r on r.org_id = rs.org_id and r.id = rs.resource_id and r.active
  where s.org_id = app.current_org_id() and s.active
  group by s.org_id, s.id
  order by s.name
$$;

ALTER FUNCTION app.service_cards() OWNER TO owner;

COMMENT ON FUNCTION app.service_cards() IS 'The clinic''s active services with length, price and who gives them: public facts, open to every caller.';

CREATE FUNCTION app.set_business_hours(p_location_id uuid, p_resource_id uuid, p_weekdays integer[], p_opens time without time zone[], p_closes time without time zone[]) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_spans integer;
begin
  perform app.require_staff();
  if not exists (select from public.locations l where l.org_id = v_org_id and l.id = p_location_id)
    or (p_resource_id is not null and not exists (
      select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id and r.location_id = p_location_id))
  then
    raise exception 'there is no such location, or no such resource in it' using errcode = 'VX404';
  end if;
  if cardinality(p_weekdays) is null or cardinality(p_weekdays) is distinct from cardinality(p_opens)
    or cardinality(p_opens) is distinct from cardinality(p_closes) then
    raise exception 'weekdays, opening and closing times must be as many' using errcode = 'VX400';
  end if;
  -- A booking that is being decided must see either the old week or the new one.
  perform app.lock_resources(array(
    select r.id from public.resources r
    where r.org_id = v_org_id and r.location_id = p_location_id and (p_resource_id is null or r.id = p_resource_id)));

  delete from public.business_hours h
  where h.org_id = v_org_id and h.location_id = p_location_id and h.resource_id is not distinct from p_resource_id;
  insert into public.business_hours (org_id, location_id, resource_id, weekday, opens, closes)
  select v_org_id, p_location_id, p_resource_id, s.weekday, s.opens, s.closes
  from unnest(p_weekdays, p_opens, p_closes) s(weekday, opens, closes);
  get diagnostics v_spans = row_count;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'hours_changed', 'location', p_location_id, app.current_user_id());
  perform app.announce('hours_updated', 'location', p_location_id);
  return v_spans;
end
$$;

ALTER FUNCTION app.set_business_hours(p_location_id uuid, p_resource_id uuid, p_weekdays integer[], p_opens time without time zone[], p_closes time without time zone[]) OWNER TO app_writer;

COMMENT ON FUNCTION app.set_business_hours(p_location_id uuid, p_resource_id uuid, p_weekdays integer[], p_opens time without time zone[], p_closes time without time zone[]) IS 'Replaces the week of a location, or of one resource (empty arrays: it keeps its location''s week again). Weekday 0 is Sunday. Visits already booked stay. Staff only (VX403); an unknown location or resource is VX404, arrays of unlike length are VX400. Returns the number of spans.';

CREATE FUNCTION app.slot_refusal(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) RETURNS app.booking_result
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  return app.booking_refusal(
    'refused',
    case
      when p_override and exists (
        select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id))) then 'taken'
      else app.refusal_reason(p_service_id, p_resource_id, p_starts_at, p_now, p_call_id, p_ignore_appointment_id) end,
    p_service_id, p_resource_id, p_starts_at,
    app.next_alternatives(p_service_id, p_resource_id, p_starts_at, p_call_id, p_ignore_appointment_id));
end
$$;

ALTER FUNCTION app.slot_refusal(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) OWNER TO owner;

COMMENT ON FUNCTION app.slot_refusal(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) IS 'The answer to a wish for a start that app.choose_slot found not to be free: why, and up to three alternatives. An override is refused by other visits only.';

CREATE FUNCTION app.stamp_user() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.org_for_user(
    new.id, new.email, new.raw_user_meta_data ->> 'invitation_token',
    new.email_confirmed_at is not null, coalesce(new.is_anonymous, false),
    -- Somebody who looked round without an account signs up when they give an address.
    case when tg_op = 'INSERT' then true else coalesce(old.is_anonymous, false) end);
begin
  if v_org_id is null then
    new.raw_app_meta_data := coalesce(new.raw_app_meta_data, '{}') - 'org_id';
  else
    new.raw_app_meta_data := coalesce(new.raw_app_meta_data, '{}') || jsonb_build_object('org_id', v_org_id);
  end if;
  return new;
end
$$;

ALTER FUNCTION app.stamp_user() OWNER TO app_definer;

COMMENT ON FUNCTION app.stamp_user() IS 'Trigger: keeps raw_app_meta_data.org_id of a person in auth.users true, whoever writes the row and whatever they put there. An update that drops the stamp gets it back.';

CREATE FUNCTION app.starting_status(p_resource_id uuid, p_now timestamp with time zone, p_override boolean) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  return (
    select case
      when p_override then 'confirmed'
      when o.approval_required then 'pending'
      when exists (
        select from public.calendar_links c
        where c.org_id = o.id
          and c.resource_id = r.id
          and (c.last_synced_at is null or c.last_synced_at < p_now - l.calendar_stale_after)
      ) then 'pending'
      else 'confirmed'
    end
    from public.organizations o
    join public.resources r on r.org_id = o.id and r.id = p_resource_id
    join public.locations l on l.org_id = o.id and l.id = r.location_id
    where o.id = app.current_org_id()
  );
end
$$;

ALTER FUNCTION app.starting_status(p_resource_id uuid, p_now timestamp with time zone, p_override boolean) OWNER TO owner;

COMMENT ON FUNCTION app.starting_status(p_resource_id uuid, p_now timestamp with time zone, p_override boolean) IS 'pending where the organisation approves bookings or the resource''s calendar mirror is too old to be believed, else confirmed. What staff book with an override is confirmed.';

CREATE FUNCTION app.sweep_platform(p_events_before timestamp with time zone, p_deliveries_before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_events bigint;
  v_deliveries bigint;
begin
  if p_events_before > app.now() - interval '1 hour' or p_deliveries_before > app.now() - interval '1 hour' then
    raise exception 'live clients and repeated webhooks need the last hour' using errcode = 'VX400';
  end if;
  delete from public.events e where e.at < p_events_before;
  get diagnostics v_events = row_count;
  delete from public.webhook_deliveries d where d.received_at < p_deliveries_before;
  get diagnostics v_deliveries = row_count;
  return v_events + v_deliveries;
end
$$;

ALTER FUNCTION app.sweep_platform(p_events_before timestamp with time zone, p_deliveries_before timestamp with time zone) OWNER TO app_definer;

COMMENT ON FUNCTION app.sweep_platform(p_events_before timestamp with time zone, p_deliveries_before timestamp with time zone) IS 'Deletes live events and webhook deliveries, of all tenants, that are older than the given instants: both are memory for a short time, the truth stands elsewhere. The last hour cannot be deleted (VX400). Returns how many rows went.';

CREATE FUNCTION app.take_message(p_call_id uuid, p_tool_call_id text, p_body text, p_caller_name text DEFAULT NULL::text, p_callback_number text DEFAULT NULL::text, p_urgent boolean DEFAULT false) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  if coalesce(btrim(p_body), '') = '' then
    raise exception 'a message needs a text' using errcode = 'VX400';
  end if;
  perform app.lock_call(p_call_id);
  insert into public.caller_messages (
    org_id, call_id, tool_call_id, contact_id, caller_name, callback_number, body, urgent)
  values (
    v_org_id, p_call_id, p_tool_call_id, app.contact_of_call(p_call_id), left(nullif(btrim(p_caller_name), ''), 100),
    p_callback_number, left(app.redact_phi(btrim(p_body), array_remove(array[p_caller_name], null) || app.names_of_call(p_call_id)), 2000), p_urgent)
  on conflict (org_id, call_id, tool_call_id) do nothing
  returning id into v_id;
  if v_id is null then
    return (
      select m.id from public.caller_messages m
      where m.org_id = v_org_id and m.call_id = p_call_id and m.tool_call_id = p_tool_call_id
    );
  end if;
  perform app.notify_staff('caller_message',
    case when p_urgent then 'A caller left an urgent message' else 'A caller left a message' end, 'caller_message', v_id);
  return v_id;
end
$$;

ALTER FUNCTION app.take_message(p_call_id uuid, p_tool_call_id text, p_body text, p_caller_name text, p_callback_number text, p_urgent boolean) OWNER TO app_writer;

COMMENT ON FUNCTION app.take_message(p_call_id uuid, p_tool_call_id text, p_body text, p_caller_name text, p_callback_number text, p_urgent boolean) IS 'Keeps what a caller asked to pass on and tells the staff. The same tool call again returns the same message''s id. Numbers, addresses and identifiers in the text are redacted; the call-back number (E.164) has its own column. An empty text is VX400.';

CREATE FUNCTION app.transfer_destination(p_call_id uuid, p_department text) RETURNS SETOF app.transfer_answer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_call public.call_logs;
  v_location public.locations;
  v_other text;
  v_answer app.transfer_answer;
begin
  perform app.lock_call(p_call_id);
  v_now := app.now();
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  select * into v_location from public.locations l where l.org_id = v_org_id and l.id = v_call.location_id;

  v_other := case when v_call.direction = 'outbound' then v_call.to_number else v_call.from_number end;
  v_answer.phone := coalesce(
    (select d.phone from public.departments d
      where d.org_id = v_org_id and d.location_id = v_location.id and d.name = lower(btrim(coalesce(p_department, '')))),
    v_location.phone);
  v_answer.caller_id := case when v_call.direction = 'outbound' then v_call.from_number else v_call.to_number end;
  v_answer.reason := case
    when v_answer.phone is null then 'no_number'
    when app.is_our_number(v_answer.phone) or v_answer.phone = v_other then 'loop'
    when exists (
      select from public.audit_log g
      join public.call_logs c on c.org_id = g.org_id and c.id = g.entity_id
      where g.org_id = v_org_id
        and g.action = 'caller_transferred'
        and g.at > v_now - interval '10 minutes'
        and (c.id = p_call_id
          or case when c.direction = 'outbound' then c.to_number else c.from_number end = v_other)) then 'already_transferred'
    when not app.is_open(v_location.id, v_now) then 'closed'
  end;
  if v_answer.reason is not null then
    v_answer.outcome := 'refused';
    v_answer.phone := null;
  else
    v_answer.outcome := 'transfer';
    insert into public.audit_log (org_id, action, entity, entity_id)
    values (v_org_id, 'caller_transferred', 'call', p_call_id);
  end if;
  return next v_answer;
end
$$;

ALTER FUNCTION app.transfer_destination(p_call_id uuid, p_department text) OWNER TO app_writer;

COMMENT ON FUNCTION app.transfer_destination(p_call_id uuid, p_department text) IS 'Where to put a caller through: the department''s number, else the location''s own line, during opening hours. Refused with closed, no_number, loop (the number is ours or the caller''s own, so it would ring us again) or already_transferred (once per caller in ten minutes). Each transfer is audited.';

CREATE FUNCTION app.verify_caller(p_call_id uuid, p_date_of_birth date, p_patient_name text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := app.normalise_name(coalesce(p_patient_name, ''));
  v_contact_id uuid;
  v_wrong_in_call integer;
  v_wrong_today integer;
  v_patient_ids uuid[];
begin
  perform app.lock_call(p_call_id);
  -- Made where it is missing, so that guesses at an unknown number count, and lock, like those at a known one.
  v_contact_id := app.contact_of_call(p_call_id);
  -- Parallel calls guess at one contact one after the other.
  perform pg_advisory_xact_lock(3, hashtext(v_contact_id::text));

  select count(*) filter (where v.call_id = p_call_id), count(*) filter (where v.contact_id = v_contact_id
    and v.at >= date_trunc('day', app.now() at time zone o.time_zone) at time zone o.time_zone)
  into v_wrong_in_call, v_wrong_today
  from public.caller_verifications v
  join public.organizations o on o.id = v.org_id
  where v.org_id = v_org_id and not v.succeeded and (v.call_id = p_call_id or v.contact_id = v_contact_id);
  if v_wrong_in_call >= 3 or v_wrong_today >= 5 then
    return 'locked';
  end if;

  -- Families share birthdays more rarely than numbers; where they do, the name decides, and of twins the one named exactly.
  select array_agg(c.id) into v_patient_ids
  from (
    select p.id, rank() over (order by (p.normalised_name = v_name) desc) as place
    from public.patients p
    where p.org_id = v_org_id
      and p.contact_id = v_contact_id
      and p.date_of_birth = p_date_of_birth
      -- A date that this very call gave proves nothing, and must not tell a new patient from a known one.
      and p.origin_call_id is distinct from p_call_id
      and (v_name = '' or extensions.levenshtein_less_equal(left(p.normalised_name, 100), left(v_name, 100), 2) <= 2
        or p.normalised_name like v_name || ' %')
  ) c
  where c.place = 1;

  insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
  values (v_org_id, p_call_id, v_contact_id,
    case when cardinality(v_patient_ids) = 1 then v_patient_ids[1] end,
    'date_of_birth', coalesce(cardinality(v_patient_ids) = 1, false));
  return case when cardinality(v_patient_ids) = 1 then 'verified' else 'not_verified' end;
end
$$;

ALTER FUNCTION app.verify_caller(p_call_id uuid, p_date_of_birth date, p_patient_name text) OWNER TO app_writer;

COMMENT ON FUNCTION app.verify_caller(p_call_id uuid, p_date_of_birth date, p_patient_name text) IS 'Checks a date of birth against the patients of the calling number; a match opens that one patient to this one call. Returns verified, not_verified (the same whether the patient exists, the number is unknown or the date is wrong) or locked: after three wrong tries in a call or five in a day for the contact only staff can help. VX404 when the call is not the tenant''s.';

CREATE FUNCTION app.visible_appointments(p_call_id uuid) RETURNS SETOF public.appointments
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select a.*
  from public.appointments a
  join public.call_logs c on c.org_id = a.org_id and c.id = p_call_id
  join public.organizations o on o.id = a.org_id
  where a.org_id = app.require_org_id()
    and a.status in ('pending', 'confirmed')
    and a.scheduled_at > app.now()
    and (
      a.call_id = p_call_id
      or exists (
        select from public.caller_verifications v
        where v.org_id = a.org_id and v.call_id = p_call_id and v.patient_id = a.patient_id and v.succeeded
      )
      or (o.identity_factor = 'calling_number' and c.from_number is not null and a.contact_id = (
        select k.id from public.contacts k where k.org_id = a.org_id and k.phone = c.from_number
      ))
    )
  order by a.scheduled_at, a.id
$$;

ALTER FUNCTION app.visible_appointments(p_call_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.visible_appointments(p_call_id uuid) IS 'The visits to come that a call may hear about and change: those it booked itself, those of patients it verified, and all of its contact''s where the organisation accepts the calling number as identity.';

CREATE FUNCTION app.write_booking(p_slot app.free_slot, p_service_id uuid, p_contact_id uuid, p_patient_id uuid, p_call_id uuid, p_said_name text, p_said_date_of_birth date, p_notes text, p_now timestamp with time zone, p_override boolean) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_status text := app.starting_status((p_slot).resource_id, p_now, p_override);
  v_ref text := app.new_booking_ref();
  v_overridden_by uuid := case when p_override then app.current_user_id() end;
  v_id uuid;
begin
  update public.appointments a
  set status = v_status, held_until = null, booking_ref = v_ref, contact_id = p_contact_id, patient_id = p_patient_id,
    said_name = p_said_name, said_date_of_birth = p_said_date_of_birth, notes = p_notes, updated_at = app.now()
  where a.org_id = v_org_id
    and a.call_id = p_call_id
    and a.status = 'held'
    and a.service_id = p_service_id
    and a.resource_id = (p_slot).resource_id
    and a.during = (p_slot).during
    and a.blocked = (p_slot).blocked
  returning a.id into v_id;
  if v_id is not null then
    return v_id;
  end if;

  delete from public.appointments a
  where a.org_id = v_org_id and a.call_id = p_call_id and a.status = 'held';
  insert into public.appointments (
    org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked,
    status, source, call_id, booking_ref, said_name, said_date_of_birth, notes, overridden_by)
  values (
    v_org_id, (p_slot).location_id, p_service_id, (p_slot).resource_id, p_contact_id, p_patient_id,
    lower((p_slot).during), upper((p_slot).during) - lower((p_slot).during), (p_slot).during, (p_slot).blocked,
    v_status, case when p_call_id is null then 'dashboard' else 'voice' end, p_call_id, v_ref,
    p_said_name, p_said_date_of_birth, p_notes, v_overridden_by)
  returning id into v_id;
  return v_id;
end
$$;

ALTER FUNCTION app.write_booking(p_slot app.free_slot, p_service_id uuid, p_contact_id uuid, p_patient_id uuid, p_call_id uuid, p_said_name text, p_said_date_of_birth date, p_notes text, p_now timestamp with time zone, p_override boolean) OWNER TO owner;

COMMENT ON FUNCTION app.write_booking(p_slot app.free_slot, p_service_id uuid, p_contact_id uuid, p_patient_id uuid, p_call_id uuid, p_said_name text, p_said_date_of_birth date, p_notes text, p_now timestamp with time zone, p_override boolean) IS 'Writes a booking into a slot whose resource is locked: turns the call''s own hold of it into the booking, else gives back what the call holds and inserts a row. Returns the appointment''s id.';

CREATE FUNCTION auth.jwt() RETURNS jsonb
    LANGUAGE sql STABLE
    AS $$select nullif(current_setting('request.jwt.claims', true), '')::jsonb$$;

ALTER FUNCTION auth.jwt() OWNER TO owner;

CREATE FUNCTION auth.uid() RETURNS uuid
    LANGUAGE sql STABLE
    AS $$select nullif(nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub', '')::uuid$$;

ALTER FUNCTION auth.uid() OWNER TO owner;

CREATE FUNCTION river.river_job_state_in_bitmask(bitmask bit, state river.river_job_state) RETURNS boolean
    LANGUAGE sql IMMUTABLE
    AS $$
    SELECT CASE state
        WHEN 'available' THEN get_bit(bitmask, 7)
        WHEN 'cancelled' THEN get_bit(bitmask, 6)
        WHEN 'completed' THEN get_bit(bitmask, 5)
        WHEN 'discarded' THEN get_bit(bitmask, 4)
        WHEN 'pending'   THEN get_bit(bitmask, 3)
        WHEN 'retryable' THEN get_bit(bitmask, 2)
        WHEN 'running'   THEN get_bit(bitmask, 1)
        WHEN 'scheduled' THEN get_bit(bitmask, 0)
        ELSE 0
    END = 1;
$$;

ALTER FUNCTION river.river_job_state_in_bitmask(bitmask bit, state river.river_job_state) OWNER TO owner;

CREATE TABLE auth.users (
    id uuid NOT NULL,
    email character varying(255),
    phone text,
    raw_app_meta_data jsonb,
    raw_user_meta_data jsonb,
    email_confirmed_at timestamp with time zone,
    is_anonymous boolean DEFAULT false NOT NULL,
    is_sso_user boolean DEFAULT false NOT NULL,
    banned_until timestamp with time zone,
    created_at timestamp with time zone,
    deleted_at timestamp with time zone
);

ALTER TABLE auth.users OWNER TO owner;

COMMENT ON TABLE auth.users IS 'People who can sign in. Stands in for Supabase Auth''s table where Supabase does not run.';

CREATE TABLE public.agent_tools (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    agent_id uuid NOT NULL,
    tool_name text NOT NULL,
    vapi_tool_id text NOT NULL,
    definition_hash text NOT NULL,
    linked_at timestamp with time zone,
    link_error text,
    CONSTRAINT agent_tools_definition_hash_check CHECK ((definition_hash ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY public.agent_tools FORCE ROW LEVEL SECURITY;

ALTER TABLE public.agent_tools OWNER TO owner;

COMMENT ON TABLE public.agent_tools IS 'Which registered tool an agent''s assistant is linked to; written by the tool sync.';

COMMENT ON COLUMN public.agent_tools.linked_at IS 'When the assistant at Vapi last carried this tool id; NULL: not yet.';

CREATE TABLE public.agents (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    name text NOT NULL,
    role text NOT NULL,
    is_default boolean DEFAULT false NOT NULL,
    voice text DEFAULT 'Rohan'::text NOT NULL,
    language text DEFAULT 'en-US'::text NOT NULL,
    system_prompt text DEFAULT ''::text NOT NULL,
    first_message text DEFAULT ''::text NOT NULL,
    max_call_duration interval DEFAULT '00:10:00'::interval NOT NULL,
    desired_version integer DEFAULT 1 NOT NULL,
    synced_version integer DEFAULT 0 NOT NULL,
    sync_status text DEFAULT 'pending'::text NOT NULL,
    sync_error text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT agents_language_check CHECK ((language ~ '^[a-z]{2}-[A-Z]{2}$'::text)),
    CONSTRAINT agents_max_call_duration_check CHECK (((max_call_duration >= '00:01:00'::interval) AND (max_call_duration <= '01:00:00'::interval))),
    CONSTRAINT agents_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 40))),
    CONSTRAINT agents_role_check CHECK ((role = ANY (ARRAY['inbound'::text, 'outbound'::text]))),
    CONSTRAINT agents_sync_status_check CHECK ((sync_status = ANY (ARRAY['pending'::text, 'synced'::text, 'failed'::text])))
);

ALTER TABLE ONLY public.agents FORCE ROW LEVEL SECURITY;

ALTER TABLE public.agents OWNER TO owner;

COMMENT ON TABLE public.agents IS 'How the clinic''s receptionist speaks: one row per voice agent, mirrored to an assistant at Vapi.';

COMMENT ON COLUMN public.agents.is_default IS 'The agent of its role that is used where no other is named; one per organisation and role.';

COMMENT ON COLUMN public.agents.language IS 'BCP 47 tag of what callers speak; also decides how numeric dates are read.';

COMMENT ON COLUMN public.agents.desired_version IS 'Goes up with every save; the assistant is in step when synced_version has caught up.';

CREATE TABLE public.appointment_changes (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    appointment_id uuid NOT NULL,
    kind text NOT NULL,
    old_during tstzrange,
    new_during tstzrange,
    old_resource_id uuid,
    new_resource_id uuid,
    call_id uuid,
    actor_user_id uuid,
    at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT appointment_changes_kind_check CHECK ((kind = ANY (ARRAY['booked'::text, 'amended'::text, 'rescheduled'::text, 'cancelled'::text, 'approved'::text])))
);

ALTER TABLE ONLY public.appointment_changes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.appointment_changes OWNER TO owner;

COMMENT ON TABLE public.appointment_changes IS 'What happened to an appointment: each booking, move, approval and cancellation with its times before and after.';

CREATE TABLE public.assistant_routes (
    vapi_assistant_id text NOT NULL,
    org_id uuid NOT NULL,
    agent_id uuid NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT assistant_routes_vapi_assistant_id_check CHECK (((char_length(vapi_assistant_id) >= 1) AND (char_length(vapi_assistant_id) <= 100)))
);

ALTER TABLE ONLY public.assistant_routes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.assistant_routes OWNER TO owner;

COMMENT ON TABLE public.assistant_routes IS 'Which tenant and agent an assistant at Vapi belongs to. Unique across tenants: this is how a webhook finds its clinic.';

CREATE TABLE public.audit_log (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    action text NOT NULL,
    entity text,
    entity_id uuid,
    actor_user_id uuid,
    request_id text,
    at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT audit_log_action_check CHECK ((action ~ '^[a-z]+(_[a-z]+)*$'::text)),
    CONSTRAINT audit_log_request_id_check CHECK ((char_length(request_id) <= 64))
);

ALTER TABLE ONLY public.audit_log FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log OWNER TO owner;

COMMENT ON TABLE public.audit_log IS 'Who did or read what, and when. Append-only; ids only, no words of or about patients.';

COMMENT ON COLUMN public.audit_log.actor_user_id IS 'The person in auth.users; NULL when a webhook or a job acted.';

CREATE TABLE public.booking_attempts (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    kind text NOT NULL,
    call_id uuid,
    tool_call_id text,
    said_date text,
    said_time text,
    service_id uuid,
    resource_id uuid,
    starts_at timestamp with time zone,
    outcome text NOT NULL,
    reason text,
    appointment_id uuid,
    actor_user_id uuid,
    at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT booking_attempts_kind_check CHECK ((kind = ANY (ARRAY['hold'::text, 'book'::text, 'amend'::text, 'reschedule'::text, 'cancel'::text, 'approve'::text]))),
    CONSTRAINT booking_attempts_said_date_check CHECK ((char_length(said_date) <= 32)),
    CONSTRAINT booking_attempts_said_time_check CHECK ((char_length(said_time) <= 32)),
    CONSTRAINT booking_attempts_tool_call_id_check CHECK ((char_length(tool_call_id) <= 200))
);

ALTER TABLE ONLY public.booking_attempts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.booking_attempts OWNER TO owner;

COMMENT ON TABLE public.booking_attempts IS 'Every try to hold, book, move or cancel, with what came of it: the answer to "why was this refused?".';

COMMENT ON COLUMN public.booking_attempts.said_date IS 'The date words of the tool call, at most 32 characters.';

COMMENT ON COLUMN public.booking_attempts.said_time IS 'The time words of the tool call, at most 32 characters.';

COMMENT ON COLUMN public.booking_attempts.appointment_id IS 'No foreign key: a hold that was released is gone, its trace stays.';

CREATE TABLE public.business_hours (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    location_id uuid NOT NULL,
    resource_id uuid,
    weekday smallint NOT NULL,
    opens time without time zone NOT NULL,
    closes time without time zone NOT NULL,
    CONSTRAINT business_hours_check CHECK ((closes > opens)),
    CONSTRAINT business_hours_weekday_check CHECK (((weekday >= 0) AND (weekday <= 6)))
);

ALTER TABLE ONLY public.business_hours FORCE ROW LEVEL SECURITY;

ALTER TABLE public.business_hours OWNER TO owner;

COMMENT ON TABLE public.business_hours IS 'A span of one weekday, in local time; several per day make lunch breaks. Rows of a resource replace its location''s week.';

COMMENT ON COLUMN public.business_hours.weekday IS '0 is Sunday, 6 is Saturday.';

COMMENT ON COLUMN public.business_hours.closes IS 'Exclusive; 24:00 is the end of the day. Hours past midnight are two spans.';

CREATE TABLE public.busy_blocks (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    resource_id uuid NOT NULL,
    calendar_link_id uuid,
    external_id text,
    starts_at timestamp with time zone NOT NULL,
    ends_at timestamp with time zone NOT NULL,
    CONSTRAINT busy_blocks_check CHECK ((ends_at > starts_at))
);

ALTER TABLE ONLY public.busy_blocks FORCE ROW LEVEL SECURITY;

ALTER TABLE public.busy_blocks OWNER TO owner;

COMMENT ON TABLE public.busy_blocks IS 'Times that an outside calendar says are taken. No titles, no attendees: only the times.';

COMMENT ON COLUMN public.busy_blocks.external_id IS 'The event''s id in its calendar.';

CREATE TABLE public.calendar_links (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    resource_id uuid NOT NULL,
    provider text NOT NULL,
    external_calendar_id text NOT NULL,
    last_synced_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT calendar_links_provider_check CHECK ((provider = ANY (ARRAY['google'::text, 'microsoft'::text])))
);

ALTER TABLE ONLY public.calendar_links FORCE ROW LEVEL SECURITY;

ALTER TABLE public.calendar_links OWNER TO owner;

COMMENT ON TABLE public.calendar_links IS 'An outside calendar mirrored into busy_blocks. The mirror is never the truth about our own appointments.';

COMMENT ON COLUMN public.calendar_links.last_synced_at IS 'When the mirror last matched the calendar; NULL: never. Too old, and bookings become pending.';

CREATE TABLE public.call_logs (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    vapi_call_id text NOT NULL,
    agent_id uuid,
    location_id uuid,
    contact_id uuid,
    direction text NOT NULL,
    from_number text,
    to_number text,
    status text DEFAULT 'ringing'::text NOT NULL,
    ended_reason text,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    duration_seconds integer,
    outcome text,
    summary text,
    transcript jsonb DEFAULT '[]'::jsonb NOT NULL,
    transcript_state text DEFAULT 'none'::text NOT NULL,
    recording_state text DEFAULT 'none'::text NOT NULL,
    tools_used text[] DEFAULT '{}'::text[] NOT NULL,
    cost_micros bigint,
    reported_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT call_logs_cost_micros_check CHECK ((cost_micros >= 0)),
    CONSTRAINT call_logs_direction_check CHECK ((direction = ANY (ARRAY['inbound'::text, 'outbound'::text, 'web'::text]))),
    CONSTRAINT call_logs_duration_seconds_check CHECK ((duration_seconds >= 0)),
    CONSTRAINT call_logs_ended_reason_check CHECK ((char_length(ended_reason) <= 200)),
    CONSTRAINT call_logs_from_number_check CHECK ((from_number ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT call_logs_outcome_check CHECK ((outcome = ANY (ARRAY['booked'::text, 'rescheduled'::text, 'cancelled'::text, 'message'::text, 'transferred'::text, 'answered'::text, 'missed'::text]))),
    CONSTRAINT call_logs_recording_state_check CHECK ((recording_state = ANY (ARRAY['none'::text, 'at_provider'::text]))),
    CONSTRAINT call_logs_status_check CHECK ((status = ANY (ARRAY['scheduled'::text, 'queued'::text, 'ringing'::text, 'in-progress'::text, 'forwarding'::text, 'ended'::text]))),
    CONSTRAINT call_logs_to_number_check CHECK ((to_number ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT call_logs_transcript_check CHECK ((jsonb_typeof(transcript) = 'array'::text)),
    CONSTRAINT call_logs_transcript_state_check CHECK ((transcript_state = ANY (ARRAY['none'::text, 'stored'::text, 'pending_redaction'::text]))),
    CONSTRAINT call_logs_vapi_call_id_check CHECK (((char_length(vapi_call_id) >= 1) AND (char_length(vapi_call_id) <= 100)))
);

ALTER TABLE ONLY public.call_logs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.call_logs OWNER TO owner;

COMMENT ON TABLE public.call_logs IS 'Every call, from its first webhook on; filled in by status updates and the end-of-call report in any order.';

COMMENT ON COLUMN public.call_logs.from_number IS 'The caller''s number (E.164) as the network gave it; NULL when withheld, SIP or web. A hint, not an identity.';

COMMENT ON COLUMN public.call_logs.ended_reason IS 'Vapi''s word; an open set.';

COMMENT ON COLUMN public.call_logs.outcome IS 'The most telling thing that came of the call; computed from our own rows, not from the model''s words.';

COMMENT ON COLUMN public.call_logs.transcript IS 'Redacted turns: [{"speaker":"assistant|caller","text":"...","at":seconds from the start}].';

COMMENT ON COLUMN public.call_logs.transcript_state IS 'pending_redaction: redaction failed, nothing raw is stored, the report is fetched again.';

COMMENT ON COLUMN public.call_logs.recording_state IS 'at_provider: Vapi keeps a recording that we have not copied.';

COMMENT ON COLUMN public.call_logs.cost_micros IS 'Cost in millionths of a US dollar, as Vapi reports it.';

COMMENT ON COLUMN public.call_logs.reported_at IS 'When the end-of-call report was taken in; a second one changes nothing.';

CREATE TABLE public.caller_messages (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    call_id uuid NOT NULL,
    tool_call_id text,
    contact_id uuid,
    caller_name text,
    callback_number text,
    body text NOT NULL,
    urgent boolean DEFAULT false NOT NULL,
    handled_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT caller_messages_body_check CHECK (((char_length(body) >= 1) AND (char_length(body) <= 2000))),
    CONSTRAINT caller_messages_callback_number_check CHECK ((callback_number ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT caller_messages_caller_name_check CHECK ((char_length(caller_name) <= 100))
);

ALTER TABLE ONLY public.caller_messages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.caller_messages OWNER TO owner;

COMMENT ON TABLE public.caller_messages IS 'What a caller asked to pass on to the staff.';

COMMENT ON COLUMN public.caller_messages.callback_number IS 'Where the caller said to call back (E.164); not checked, never used to find a contact.';

COMMENT ON COLUMN public.caller_messages.body IS 'The message with identifiers redacted, except the call-back number in its own column.';

CREATE TABLE public.caller_verifications (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    call_id uuid NOT NULL,
    contact_id uuid,
    patient_id uuid,
    factor text NOT NULL,
    succeeded boolean NOT NULL,
    at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT caller_verifications_check CHECK ((succeeded = (patient_id IS NOT NULL))),
    CONSTRAINT caller_verifications_factor_check CHECK ((factor = 'date_of_birth'::text))
);

ALTER TABLE ONLY public.caller_verifications FORCE ROW LEVEL SECURITY;

ALTER TABLE public.caller_verifications OWNER TO owner;

COMMENT ON TABLE public.caller_verifications IS 'Every identity check of a call. A success opens that one patient to that one call; failures are counted.';

CREATE TABLE public.contacts (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    name text,
    phone text,
    spoken_phone text,
    origin_call_id uuid,
    email text,
    lead_status text DEFAULT 'cold'::text NOT NULL,
    lead_score integer DEFAULT 0 NOT NULL,
    lead_reasons text[] DEFAULT '{}'::text[] NOT NULL,
    service_interests text[] DEFAULT '{}'::text[] NOT NULL,
    source text DEFAULT 'call'::text NOT NULL,
    notes text,
    last_contacted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT contacts_email_check CHECK (((char_length(email) >= 3) AND (char_length(email) <= 254))),
    CONSTRAINT contacts_lead_score_check CHECK (((lead_score >= 0) AND (lead_score <= 100))),
    CONSTRAINT contacts_lead_status_check CHECK ((lead_status = ANY (ARRAY['hot'::text, 'warm'::text, 'cold'::text, 'booked'::text, 'lost'::text]))),
    CONSTRAINT contacts_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT contacts_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT contacts_source_check CHECK ((source = ANY (ARRAY['call'::text, 'dashboard'::text, 'import'::text]))),
    CONSTRAINT contacts_spoken_phone_check CHECK ((spoken_phone ~ '^\+[1-9][0-9]{6,14}$'::text))
);

ALTER TABLE ONLY public.contacts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contacts OWNER TO owner;

COMMENT ON TABLE public.contacts IS 'The person reachable at a number. Who comes to a visit is a patient: a parent is one contact with several patients.';

COMMENT ON COLUMN public.contacts.phone IS 'E.164, from the call''s envelope, staff or a verified caller only; unique per organisation, NULL allowed.';

COMMENT ON COLUMN public.contacts.spoken_phone IS 'A number the caller said. Never used to find a contact.';

COMMENT ON COLUMN public.contacts.origin_call_id IS 'The call of a caller without a number: such a caller has exactly one contact per call.';

COMMENT ON COLUMN public.contacts.email IS 'Not unique: families share addresses.';

CREATE TABLE public.departments (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    location_id uuid NOT NULL,
    name text NOT NULL,
    phone text NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT departments_name_check CHECK ((name ~ '^[a-z][a-z_]{0,39}$'::text)),
    CONSTRAINT departments_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{6,14}$'::text))
);

ALTER TABLE ONLY public.departments FORCE ROW LEVEL SECURITY;

ALTER TABLE public.departments OWNER TO owner;

COMMENT ON TABLE public.departments IS 'Where a caller can be put through besides the location''s own line (billing, medical).';

COMMENT ON COLUMN public.departments.name IS 'The word the transfer tool uses, in lower case: general, billing, medical.';

CREATE TABLE public.events (
    org_id uuid NOT NULL,
    id bigint NOT NULL,
    xid xid8 DEFAULT pg_current_xact_id() NOT NULL,
    kind text NOT NULL,
    entity text NOT NULL,
    entity_id uuid NOT NULL,
    at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT events_entity_check CHECK ((entity ~ '^[a-z]+(_[a-z]+)*$'::text)),
    CONSTRAINT events_kind_check CHECK ((kind ~ '^[a-z]+(_[a-z]+)*$'::text))
);

ALTER TABLE ONLY public.events FORCE ROW LEVEL SECURITY;

ALTER TABLE public.events OWNER TO owner;

COMMENT ON TABLE public.events IS 'What changed, for live clients: ids only, kept for a short time. Read in commit order by xid, never by id.';

COMMENT ON COLUMN public.events.xid IS 'The writing transaction; rows below pg_snapshot_xmin(pg_current_snapshot()) are final.';

ALTER TABLE public.events ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME public.events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);

CREATE TABLE public.invitations (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    email text NOT NULL,
    role text NOT NULL,
    token_hash bytea NOT NULL,
    invited_by uuid,
    expires_at timestamp with time zone NOT NULL,
    accepted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT invitations_email_check CHECK ((email = lower(email))),
    CONSTRAINT invitations_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'staff'::text, 'viewer'::text])))
);

ALTER TABLE ONLY public.invitations FORCE ROW LEVEL SECURITY;

ALTER TABLE public.invitations OWNER TO owner;

COMMENT ON TABLE public.invitations IS 'An address asked to join. Joining needs the token or the confirmed address; the address alone never founds an organisation.';

COMMENT ON COLUMN public.invitations.token_hash IS 'SHA-256 of the token in the invitation mail; the token itself is not stored.';

CREATE TABLE public.locations (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    name text NOT NULL,
    address text,
    time_zone text NOT NULL,
    phone text,
    calendar_stale_after interval DEFAULT '00:15:00'::interval NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT locations_calendar_stale_after_check CHECK (((calendar_stale_after >= '00:01:00'::interval) AND (calendar_stale_after <= '7 days'::interval))),
    CONSTRAINT locations_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT locations_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT locations_time_zone_check CHECK (app.is_time_zone(time_zone))
);

ALTER TABLE ONLY public.locations FORCE ROW LEVEL SECURITY;

ALTER TABLE public.locations OWNER TO owner;

COMMENT ON TABLE public.locations IS 'A place where visits happen. Hours, closures and local time belong to it; an organisation starts with one.';

COMMENT ON COLUMN public.locations.time_zone IS 'IANA zone in which the location''s hours and every spoken time are read.';

COMMENT ON COLUMN public.locations.phone IS 'The clinic''s own line (E.164), where callers are put through. Must not forward back to a number of ours.';

COMMENT ON COLUMN public.locations.calendar_stale_after IS 'When a calendar''s mirror is older than this, bookings are pending instead of confirmed.';

CREATE TABLE public.messages (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    direction text NOT NULL,
    method text NOT NULL,
    category text NOT NULL,
    recipient text NOT NULL,
    subject text,
    content text NOT NULL,
    status text DEFAULT 'queued'::text NOT NULL,
    service_provider text,
    external_message_id text,
    sent_at timestamp with time zone,
    contact_id uuid,
    call_id uuid,
    appointment_id uuid,
    actor_user_id uuid,
    request_id text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT messages_category_check CHECK ((category = ANY (ARRAY['code'::text, 'confirmation'::text, 'reminder'::text, 'follow_up'::text, 'marketing'::text, 'reply'::text, 'share'::text, 'export'::text]))),
    CONSTRAINT messages_direction_check CHECK ((direction = ANY (ARRAY['inbound'::text, 'outbound'::text]))),
    CONSTRAINT messages_method_check CHECK ((method = ANY (ARRAY['sms'::text, 'email'::text, 'export'::text]))),
    CONSTRAINT messages_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'delivered'::text, 'failed'::text, 'unknown'::text, 'blocked'::text])))
);

ALTER TABLE ONLY public.messages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.messages OWNER TO owner;

COMMENT ON TABLE public.messages IS 'The audit trail of everything sent to or received from patients. Append-only: written by functions, never edited by people.';

COMMENT ON COLUMN public.messages.status IS 'unknown: the provider may or may not have acted; never settled by sending again.';

COMMENT ON COLUMN public.messages.external_message_id IS 'The provider''s id of the message.';

CREATE TABLE public.notifications (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    kind text NOT NULL,
    title text NOT NULL,
    body text DEFAULT ''::text NOT NULL,
    entity text,
    entity_id uuid,
    read_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT notifications_body_check CHECK ((char_length(body) <= 500)),
    CONSTRAINT notifications_entity_check CHECK ((entity = ANY (ARRAY['appointment'::text, 'call'::text, 'caller_message'::text]))),
    CONSTRAINT notifications_kind_check CHECK ((kind = ANY (ARRAY['appointment_booked'::text, 'approval_needed'::text, 'caller_message'::text, 'missed_call'::text]))),
    CONSTRAINT notifications_title_check CHECK ((char_length(title) <= 120))
);

ALTER TABLE ONLY public.notifications FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications OWNER TO owner;

COMMENT ON TABLE public.notifications IS 'What the staff should look at. Text holds no names and no words of a caller: it points at the row that does.';

CREATE TABLE public.org_tools (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    tool_name text NOT NULL,
    vapi_tool_id text NOT NULL,
    definition_hash text NOT NULL,
    linked boolean DEFAULT false NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT org_tools_definition_hash_check CHECK ((definition_hash ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY public.org_tools FORCE ROW LEVEL SECURITY;

ALTER TABLE public.org_tools OWNER TO owner;

COMMENT ON TABLE public.org_tools IS 'An organisation''s tools in summary; linked when every agent''s assistant carries the tool.';

CREATE TABLE public.organizations (
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    name text NOT NULL,
    slug text NOT NULL,
    country text DEFAULT 'US'::text NOT NULL,
    time_zone text DEFAULT 'America/New_York'::text NOT NULL,
    buffer_before interval DEFAULT '00:00:00'::interval NOT NULL,
    buffer_after interval DEFAULT '00:00:00'::interval NOT NULL,
    slot_step interval DEFAULT '00:15:00'::interval NOT NULL,
    min_notice interval DEFAULT '00:00:00'::interval NOT NULL,
    max_advance interval DEFAULT '180 days'::interval NOT NULL,
    hold_ttl interval DEFAULT '00:05:00'::interval NOT NULL,
    holds_per_day integer DEFAULT 500 NOT NULL,
    approval_required boolean DEFAULT false NOT NULL,
    identity_factor text DEFAULT 'date_of_birth'::text NOT NULL,
    emergency_sentence text DEFAULT 'This sounds like an emergency. Please hang up and call 911, or go to the nearest emergency room, right now.'::text NOT NULL,
    recording_consent text DEFAULT 'announce'::text NOT NULL,
    ai_disclosure boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    deleted_at timestamp with time zone,
    CONSTRAINT organizations_buffers CHECK ((((buffer_before >= '00:00:00'::interval) AND (buffer_before <= '04:00:00'::interval)) AND ((buffer_after >= '00:00:00'::interval) AND (buffer_after <= '04:00:00'::interval)))),
    CONSTRAINT organizations_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT organizations_emergency_sentence_check CHECK ((((char_length(emergency_sentence) >= 1) AND (char_length(emergency_sentence) <= 300)) AND (emergency_sentence !~ '[[:cntrl:]]'::text))),
    CONSTRAINT organizations_hold_ttl CHECK (((hold_ttl >= '00:00:30'::interval) AND (hold_ttl <= '00:30:00'::interval))),
    CONSTRAINT organizations_holds_per_day_check CHECK ((holds_per_day >= 0)),
    CONSTRAINT organizations_identity_factor_check CHECK ((identity_factor = ANY (ARRAY['date_of_birth'::text, 'calling_number'::text]))),
    CONSTRAINT organizations_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT organizations_notice CHECK ((((min_notice >= '00:00:00'::interval) AND (min_notice <= '90 days'::interval)) AND ((max_advance >= '1 day'::interval) AND (max_advance <= '730 days'::interval)))),
    CONSTRAINT organizations_recording_consent_check CHECK ((recording_consent = ANY (ARRAY['none'::text, 'announce'::text, 'ask'::text]))),
    CONSTRAINT organizations_slot_step CHECK (((slot_step >= '00:05:00'::interval) AND (slot_step <= '12:00:00'::interval))),
    CONSTRAINT organizations_slug_check CHECK ((slug ~ '^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$'::text)),
    CONSTRAINT organizations_time_zone_check CHECK (app.is_time_zone(time_zone))
);

ALTER TABLE ONLY public.organizations FORCE ROW LEVEL SECURITY;

ALTER TABLE public.organizations OWNER TO owner;

COMMENT ON TABLE public.organizations IS 'The tenant: a clinic or a group of clinics, with its rules for booking, identity and safety.';

COMMENT ON COLUMN public.organizations.slug IS 'Short name in URLs and commands; unique across tenants.';

COMMENT ON COLUMN public.organizations.country IS 'ISO 3166-1 alpha-2; the default region in which phone numbers are read.';

COMMENT ON COLUMN public.organizations.time_zone IS 'IANA zone of the organisation; a location may lie in another.';

COMMENT ON COLUMN public.organizations.buffer_before IS 'Kept free before every visit, unless the service says otherwise.';

COMMENT ON COLUMN public.organizations.buffer_after IS 'Kept free after every visit (cleaning, notes), unless the service says otherwise.';

COMMENT ON COLUMN public.organizations.slot_step IS 'Visits start every so often, counted from the opening of each span of hours.';

COMMENT ON COLUMN public.organizations.min_notice IS 'A visit cannot be booked closer to now than this, except by staff override.';

COMMENT ON COLUMN public.organizations.max_advance IS 'A visit cannot be booked further ahead than this, except by staff override.';

COMMENT ON COLUMN public.organizations.hold_ttl IS 'How long a slot stays held for a caller who has not booked yet.';

COMMENT ON COLUMN public.organizations.holds_per_day IS 'Holds taken per local day; beyond it slots are offered without being held.';

COMMENT ON COLUMN public.organizations.approval_required IS 'Bookings start as pending and count as taken until staff approve or decline.';

COMMENT ON COLUMN public.organizations.identity_factor IS 'What opens earlier visits to a caller: the date of birth, or (knowingly relaxed) the calling number alone.';

COMMENT ON COLUMN public.organizations.emergency_sentence IS 'Spoken, alone, when a caller describes an emergency.';

COMMENT ON COLUMN public.organizations.recording_consent IS 'none: not mentioned; announce: said at the start; ask: asked, and recorded only after a yes.';

COMMENT ON COLUMN public.organizations.ai_disclosure IS 'Whether the agent says at the start that it is an AI.';

COMMENT ON COLUMN public.organizations.deleted_at IS 'Set when the organisation left; its API answers 410 from then on.';

CREATE TABLE public.patients (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    contact_id uuid NOT NULL,
    name text NOT NULL,
    normalised_name text NOT NULL,
    date_of_birth date,
    made_by_voice boolean DEFAULT true NOT NULL,
    origin_call_id uuid,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT patients_date_of_birth_check CHECK (((date_of_birth >= '1850-01-01'::date) AND (date_of_birth <= '2200-01-01'::date))),
    CONSTRAINT patients_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT patients_normalised_name_check CHECK ((normalised_name <> ''::text))
);

ALTER TABLE ONLY public.patients FORCE ROW LEVEL SECURITY;

ALTER TABLE public.patients OWNER TO owner;

COMMENT ON TABLE public.patients IS 'Who comes to a visit. Belongs to the contact whose number books for them.';

COMMENT ON COLUMN public.patients.normalised_name IS 'app.normalise_name(name): what two spellings must share to be one patient.';

COMMENT ON COLUMN public.patients.date_of_birth IS 'Told when the patient was first booked, or by staff; never overwritten by a caller. The usual identity factor.';

COMMENT ON COLUMN public.patients.made_by_voice IS 'False for rows that staff made: those may repeat a name under one contact.';

COMMENT ON COLUMN public.patients.origin_call_id IS 'The call that first named this patient; within it the spelling may still be corrected.';

CREATE TABLE public.phone_numbers (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    number text NOT NULL,
    location_id uuid NOT NULL,
    agent_id uuid,
    provider text DEFAULT 'twilio'::text NOT NULL,
    vapi_phone_number_id text,
    routing text DEFAULT 'dynamic'::text NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT phone_numbers_number_check CHECK ((number ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT phone_numbers_provider_check CHECK ((provider = ANY (ARRAY['twilio'::text, 'vapi'::text, 'vonage'::text, 'telnyx'::text, 'byo'::text]))),
    CONSTRAINT phone_numbers_routing_check CHECK ((routing = ANY (ARRAY['dynamic'::text, 'fixed'::text])))
);

ALTER TABLE ONLY public.phone_numbers FORCE ROW LEVEL SECURITY;

ALTER TABLE public.phone_numbers OWNER TO owner;

COMMENT ON TABLE public.phone_numbers IS 'A clinic''s DID: the number callers dial, and which location and agent answer it. Unique across tenants.';

COMMENT ON COLUMN public.phone_numbers.number IS 'E.164.';

COMMENT ON COLUMN public.phone_numbers.routing IS 'dynamic: Vapi asks us for the assistant at every call; fixed: the number carries one assistant.';

CREATE TABLE public.profiles (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    role text NOT NULL,
    name text,
    email text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT profiles_role_check CHECK ((role = ANY (ARRAY['owner'::text, 'admin'::text, 'staff'::text, 'viewer'::text])))
);

ALTER TABLE ONLY public.profiles FORCE ROW LEVEL SECURITY;

ALTER TABLE public.profiles OWNER TO owner;

COMMENT ON TABLE public.profiles IS 'Membership: one person belongs to one organisation in one role. The truth behind every token''s org_id.';

COMMENT ON COLUMN public.profiles.user_id IS 'The person in auth.users; unique across tenants.';

COMMENT ON COLUMN public.profiles.role IS 'owner and admin manage, staff work, viewer only reads. Read at every request, not from the token.';

CREATE TABLE public.resource_services (
    org_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    service_id uuid NOT NULL
);

ALTER TABLE ONLY public.resource_services FORCE ROW LEVEL SECURITY;

ALTER TABLE public.resource_services OWNER TO owner;

COMMENT ON TABLE public.resource_services IS 'Which resource can give which service.';

CREATE TABLE public.vapi_tools (
    name text NOT NULL,
    vapi_tool_id text NOT NULL,
    definition_hash text NOT NULL,
    registered_at timestamp with time zone DEFAULT app.now() NOT NULL,
    retired_ids text[] DEFAULT '{}'::text[] NOT NULL,
    CONSTRAINT vapi_tools_definition_hash_check CHECK ((definition_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT vapi_tools_name_check CHECK ((name ~ '^[a-zA-Z0-9_-]{1,64}$'::text))
);

ALTER TABLE ONLY public.vapi_tools FORCE ROW LEVEL SECURITY;

ALTER TABLE public.vapi_tools OWNER TO owner;

COMMENT ON TABLE public.vapi_tools IS 'Tools registered at Vapi, once for the whole platform. Belongs to no tenant and holds nothing of one.';

COMMENT ON COLUMN public.vapi_tools.definition_hash IS 'SHA-256 (hex) of the canonical definition that is registered.';

COMMENT ON COLUMN public.vapi_tools.retired_ids IS 'Earlier ids that running calls may still use.';

CREATE TABLE river.river_job (
    id bigint NOT NULL,
    state river.river_job_state DEFAULT 'available'::river.river_job_state NOT NULL,
    attempt smallint DEFAULT 0 NOT NULL,
    max_attempts smallint DEFAULT 25 NOT NULL,
    attempted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    finalized_at timestamp with time zone,
    scheduled_at timestamp with time zone DEFAULT now() NOT NULL,
    priority smallint DEFAULT 1 NOT NULL,
    args jsonb NOT NULL,
    attempted_by text[],
    errors jsonb[],
    kind text NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    queue text DEFAULT 'default'::text NOT NULL,
    tags character varying(255)[] DEFAULT '{}'::character varying[] NOT NULL,
    unique_key bytea,
    unique_states bit(8),
    CONSTRAINT finalized_or_finalized_at_null CHECK ((((finalized_at IS NULL) AND (state <> ALL (ARRAY['cancelled'::river.river_job_state, 'completed'::river.river_job_state, 'discarded'::river.river_job_state]))) OR ((finalized_at IS NOT NULL) AND (state = ANY (ARRAY['cancelled'::river.river_job_state, 'completed'::river.river_job_state, 'discarded'::river.river_job_state]))))),
    CONSTRAINT kind_length CHECK (((char_length(kind) > 0) AND (char_length(kind) < 128))),
    CONSTRAINT max_attempts_is_positive CHECK ((max_attempts > 0)),
    CONSTRAINT priority_in_range CHECK (((priority >= 1) AND (priority <= 4))),
    CONSTRAINT queue_length CHECK (((char_length(queue) > 0) AND (char_length(queue) < 128)))
);

ALTER TABLE river.river_job OWNER TO owner;

CREATE SEQUENCE river.river_job_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE river.river_job_id_seq OWNER TO owner;

ALTER SEQUENCE river.river_job_id_seq OWNED BY river.river_job.id;

CREATE UNLOGGED TABLE river.river_leader (
    elected_at timestamp with time zone NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    leader_id text NOT NULL,
    name text DEFAULT 'default'::text NOT NULL,
    CONSTRAINT leader_id_length CHECK (((char_length(leader_id) > 0) AND (char_length(leader_id) < 128))),
    CONSTRAINT name_length CHECK ((name = 'default'::text))
);

ALTER TABLE river.river_leader OWNER TO owner;

CREATE TABLE river.river_migration (
    line text NOT NULL,
    version bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT line_length CHECK (((char_length(line) > 0) AND (char_length(line) < 128))),
    CONSTRAINT version_gte_1 CHECK ((version >= 1))
);

ALTER TABLE river.river_migration OWNER TO owner;

CREATE TABLE river.river_notification (
    id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    payload text NOT NULL,
    topic text NOT NULL,
    CONSTRAINT topic_length CHECK (((length(topic) > 0) AND (length(topic) < 128)))
);

ALTER TABLE river.river_notification OWNER TO owner;

CREATE SEQUENCE river.river_notification_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;

ALTER TABLE river.river_notification_id_seq OWNER TO owner;

ALTER SEQUENCE river.river_notification_id_seq OWNED BY river.river_notification.id;

CREATE TABLE river.river_queue (
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    metadata jsonb DEFAULT '{}'::jsonb NOT NULL,
    paused_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL
);

ALTER TABLE river.river_queue OWNER TO owner;

ALTER TABLE ONLY river.river_job ALTER COLUMN id SET DEFAULT nextval('river.river_job_id_seq'::regclass);

ALTER TABLE ONLY river.river_notification ALTER COLUMN id SET DEFAULT nextval('river.river_notification_id_seq'::regclass);

ALTER TABLE ONLY auth.users
    ADD CONSTRAINT users_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.agent_tools
    ADD CONSTRAINT agent_tools_org_id_agent_id_tool_name_key UNIQUE (org_id, agent_id, tool_name);

ALTER TABLE ONLY public.agent_tools
    ADD CONSTRAINT agent_tools_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_org_id_name_key UNIQUE (org_id, name);

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.appointment_changes
    ADD CONSTRAINT appointment_changes_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_no_overlap EXCLUDE USING gist (org_id WITH =, resource_id WITH =, blocked WITH &&) WHERE ((status = ANY (ARRAY['held'::text, 'pending'::text, 'confirmed'::text])));

COMMENT ON CONSTRAINT appointments_no_overlap ON public.appointments IS 'The net under the locks: one resource is never taken twice, buffers included.';

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.assistant_routes
    ADD CONSTRAINT assistant_routes_pkey PRIMARY KEY (vapi_assistant_id);

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.booking_attempts
    ADD CONSTRAINT booking_attempts_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.business_hours
    ADD CONSTRAINT business_hours_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.busy_blocks
    ADD CONSTRAINT busy_blocks_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.calendar_links
    ADD CONSTRAINT calendar_links_org_id_resource_id_provider_external_calenda_key UNIQUE (org_id, resource_id, provider, external_calendar_id);

ALTER TABLE ONLY public.calendar_links
    ADD CONSTRAINT calendar_links_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.call_logs
    ADD CONSTRAINT call_logs_org_id_vapi_call_id_key UNIQUE (org_id, vapi_call_id);

ALTER TABLE ONLY public.call_logs
    ADD CONSTRAINT call_logs_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.caller_messages
    ADD CONSTRAINT caller_messages_org_id_call_id_tool_call_id_key UNIQUE (org_id, call_id, tool_call_id);

ALTER TABLE ONLY public.caller_messages
    ADD CONSTRAINT caller_messages_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.caller_verifications
    ADD CONSTRAINT caller_verifications_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.closures
    ADD CONSTRAINT closures_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_org_id_origin_call_id_key UNIQUE (org_id, origin_call_id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_org_id_phone_key UNIQUE (org_id, phone);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT departments_org_id_location_id_name_key UNIQUE (org_id, location_id, name);

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT departments_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.org_tools
    ADD CONSTRAINT org_tools_org_id_tool_name_key UNIQUE (org_id, tool_name);

ALTER TABLE ONLY public.org_tools
    ADD CONSTRAINT org_tools_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_pkey PRIMARY KEY (id);

ALTER TABLE ONLY public.organizations
    ADD CONSTRAINT organizations_slug_key UNIQUE (slug);

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT patients_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.phone_numbers
    ADD CONSTRAINT phone_numbers_number_key UNIQUE (number);

ALTER TABLE ONLY public.phone_numbers
    ADD CONSTRAINT phone_numbers_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.phone_numbers
    ADD CONSTRAINT phone_numbers_vapi_phone_number_id_key UNIQUE (vapi_phone_number_id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_user_id_key UNIQUE (user_id);

ALTER TABLE ONLY public.resource_services
    ADD CONSTRAINT resource_services_pkey PRIMARY KEY (org_id, resource_id, service_id);

ALTER TABLE ONLY public.resources
    ADD CONSTRAINT resources_org_id_name_key UNIQUE (org_id, name);

ALTER TABLE ONLY public.resources
    ADD CONSTRAINT resources_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_org_id_name_key UNIQUE (org_id, name);

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.vapi_tools
    ADD CONSTRAINT vapi_tools_pkey PRIMARY KEY (name);

ALTER TABLE ONLY public.vapi_tools
    ADD CONSTRAINT vapi_tools_vapi_tool_id_key UNIQUE (vapi_tool_id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_org_id_vapi_call_id_kind_key_key UNIQUE (org_id, vapi_call_id, kind, key);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY river.river_job
    ADD CONSTRAINT river_job_pkey PRIMARY KEY (id);

ALTER TABLE ONLY river.river_leader
    ADD CONSTRAINT river_leader_pkey PRIMARY KEY (name);

ALTER TABLE ONLY river.river_migration
    ADD CONSTRAINT river_migration_pkey1 PRIMARY KEY (line, version);

ALTER TABLE ONLY river.river_notification
    ADD CONSTRAINT river_notification_pkey PRIMARY KEY (id);

ALTER TABLE ONLY river.river_queue
    ADD CONSTRAINT river_queue_pkey PRIMARY KEY (name);

CREATE UNIQUE INDEX agents_default ON public.agents USING btree (org_id, role) WHERE is_default;

COMMENT ON INDEX public.agents_default IS 'One default agent per organisation and role.';

CREATE INDEX appointment_changes_appointment ON public.appointment_changes USING btree (org_id, appointment_id, at);

COMMENT ON INDEX public.appointment_changes_appointment IS 'The history of one appointment.';

CREATE UNIQUE INDEX appointments_booking_ref ON public.appointments USING btree (org_id, booking_ref);

COMMENT ON INDEX public.appointments_booking_ref IS 'A booking_ref names one booking of the organisation.';

CREATE INDEX appointments_contact ON public.appointments USING btree (org_id, contact_id, scheduled_at);

COMMENT ON INDEX public.appointments_contact IS 'A contact''s appointment history.';

CREATE UNIQUE INDEX appointments_hold ON public.appointments USING btree (org_id, call_id) WHERE (status = 'held'::text);

COMMENT ON INDEX public.appointments_hold IS 'One hold per call.';

CREATE INDEX appointments_patient ON public.appointments USING btree (org_id, patient_id, scheduled_at);

COMMENT ON INDEX public.appointments_patient IS 'A patient''s visits.';

CREATE INDEX appointments_resource ON public.appointments USING btree (org_id, resource_id, scheduled_at);

COMMENT ON INDEX public.appointments_resource IS 'free_slots: what is taken in a window; bounded by scheduled_at because timestamptz comparison is leakproof and range overlap is not.';

CREATE INDEX appointments_scheduled ON public.appointments USING btree (org_id, scheduled_at);

COMMENT ON INDEX public.appointments_scheduled IS 'Lists of a period.';

CREATE UNIQUE INDEX appointments_wish ON public.appointments USING btree (org_id, call_id, patient_id, service_id, scheduled_at) WHERE (status = ANY (ARRAY['pending'::text, 'confirmed'::text]));

COMMENT ON INDEX public.appointments_wish IS 'One wish is one row, also when the model repeats it under a new tool call id.';

CREATE UNIQUE INDEX assistant_routes_agent ON public.assistant_routes USING btree (org_id, agent_id);

COMMENT ON INDEX public.assistant_routes_agent IS 'assistant-request: the assistant of an agent; one each.';

CREATE INDEX audit_log_at ON public.audit_log USING btree (org_id, at);

COMMENT ON INDEX public.audit_log_at IS 'The log of a period.';

CREATE INDEX booking_attempts_at ON public.booking_attempts USING btree (org_id, at);

COMMENT ON INDEX public.booking_attempts_at IS 'Recent attempts, and the day''s holds.';

CREATE INDEX booking_attempts_tool_call ON public.booking_attempts USING btree (org_id, call_id, tool_call_id);

COMMENT ON INDEX public.booking_attempts_tool_call IS 'A tool call that comes again finds what it did.';

CREATE INDEX business_hours_location ON public.business_hours USING btree (org_id, location_id);

COMMENT ON INDEX public.business_hours_location IS 'open_spans: the week of a location and of its resources.';

CREATE INDEX business_hours_resource ON public.business_hours USING btree (org_id, resource_id) WHERE (resource_id IS NOT NULL);

COMMENT ON INDEX public.business_hours_resource IS 'open_spans: whether a resource keeps hours of its own.';

CREATE INDEX busy_blocks_resource ON public.busy_blocks USING btree (org_id, resource_id, ends_at);

COMMENT ON INDEX public.busy_blocks_resource IS 'free_slots: what is busy from now on, whatever lies in the past.';

CREATE INDEX call_logs_contact ON public.call_logs USING btree (org_id, contact_id);

COMMENT ON INDEX public.call_logs_contact IS 'A contact''s call history.';

CREATE INDEX call_logs_recent ON public.call_logs USING btree (org_id, created_at);

COMMENT ON INDEX public.call_logs_recent IS 'Lists and statistics of a period.';

CREATE INDEX caller_verifications_call ON public.caller_verifications USING btree (org_id, call_id);

COMMENT ON INDEX public.caller_verifications_call IS 'What a call may see, and how often it was wrong.';

CREATE INDEX caller_verifications_contact ON public.caller_verifications USING btree (org_id, contact_id, at) WHERE (NOT succeeded);

COMMENT ON INDEX public.caller_verifications_contact IS 'How often a contact was guessed at today.';

CREATE INDEX closures_location ON public.closures USING btree (org_id, location_id);

COMMENT ON INDEX public.closures_location IS 'free_slots: closures of the candidates'' locations.';

CREATE INDEX events_xid ON public.events USING btree (xid);

COMMENT ON INDEX public.events_xid IS 'The relay reads on from where it was.';

CREATE INDEX invitations_email ON public.invitations USING btree (email) WHERE (accepted_at IS NULL);

COMMENT ON INDEX public.invitations_email IS 'provision_user: open invitations of an address that signs up.';

CREATE INDEX messages_contact ON public.messages USING btree (org_id, contact_id, created_at);

COMMENT ON INDEX public.messages_contact IS 'A contact''s message history, and how lately it was texted.';

CREATE UNIQUE INDEX messages_external ON public.messages USING btree (org_id, service_provider, external_message_id);

COMMENT ON INDEX public.messages_external IS 'A provider''s delivery report finds its row; the same message is recorded once.';

CREATE INDEX messages_recent ON public.messages USING btree (org_id, created_at);

COMMENT ON INDEX public.messages_recent IS 'The audit view: what went out in a period.';

CREATE INDEX notifications_recent ON public.notifications USING btree (org_id, created_at);

COMMENT ON INDEX public.notifications_recent IS 'The newest notifications, and the unread ones.';

CREATE UNIQUE INDEX patients_voice_name ON public.patients USING btree (org_id, contact_id, normalised_name) WHERE made_by_voice;

COMMENT ON INDEX public.patients_voice_name IS 'book_appointment: one voice-made patient per contact and name, also in a race.';

CREATE INDEX resource_services_service ON public.resource_services USING btree (org_id, service_id);

COMMENT ON INDEX public.resource_services_service IS 'free_slots: the candidates of a service.';

CREATE INDEX webhook_deliveries_received ON public.webhook_deliveries USING btree (received_at);

COMMENT ON INDEX public.webhook_deliveries_received IS 'The daily sweep.';

CREATE INDEX river_job_args_index ON river.river_job USING gin (args);

CREATE INDEX river_job_kind ON river.river_job USING btree (kind);

CREATE INDEX river_job_metadata_index ON river.river_job USING gin (metadata);

CREATE INDEX river_job_prioritized_fetching_index ON river.river_job USING btree (state, queue, priority, scheduled_at, id);

CREATE INDEX river_job_state_and_finalized_at_index ON river.river_job USING btree (state, finalized_at) WHERE (finalized_at IS NOT NULL);

CREATE UNIQUE INDEX river_job_unique_idx ON river.river_job USING btree (unique_key) WHERE ((unique_key IS NOT NULL) AND (unique_states IS NOT NULL) AND river.river_job_state_in_bitmask(unique_states, state));

CREATE INDEX river_notification_created_at_idx ON river.river_notification USING btree (created_at);

CREATE INDEX river_notification_topic_id_idx ON river.river_notification USING btree (topic, id);

CREATE TRIGGER voxanne_provision AFTER INSERT OR UPDATE ON auth.users FOR EACH ROW EXECUTE FUNCTION app.provision_user();

CREATE TRIGGER voxanne_stamp BEFORE INSERT OR UPDATE ON auth.users FOR EACH ROW EXECUTE FUNCTION app.stamp_user();

ALTER TABLE ONLY public.agent_tools
    ADD CONSTRAINT agent_tools_org_id_agent_id_fkey FOREIGN KEY (org_id, agent_id) REFERENCES public.agents(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.appointment_changes
    ADD CONSTRAINT appointment_changes_org_id_appointment_id_fkey FOREIGN KEY (org_id, appointment_id) REFERENCES public.appointments(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_org_id_call_id_fkey FOREIGN KEY (org_id, call_id) REFERENCES public.call_logs(org_id, id);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES public.contacts(org_id, id);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_org_id_location_id_fkey FOREIGN KEY (org_id, location_id) REFERENCES public.locations(org_id, id);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_org_id_patient_id_fkey FOREIGN KEY (org_id, patient_id) REFERENCES public.patients(org_id, id);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_org_id_resource_id_fkey FOREIGN KEY (org_id, resource_id) REFERENCES public.resources(org_id, id);

ALTER TABLE ONLY public.appointments
    ADD CONSTRAINT appointments_org_id_service_id_fkey FOREIGN KEY (org_id, service_id) REFERENCES public.services(org_id, id);

ALTER TABLE ONLY public.assistant_routes
    ADD CONSTRAINT assistant_routes_org_id_agent_id_fkey FOREIGN KEY (org_id, agent_id) REFERENCES public.agents(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.audit_log
    ADD CONSTRAINT audit_log_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.booking_attempts
    ADD CONSTRAINT booking_attempts_org_id_call_id_fkey FOREIGN KEY (org_id, call_id) REFERENCES public.call_logs(org_id, id) ON DELETE SET NULL (call_id);

ALTER TABLE ONLY public.business_hours
    ADD CONSTRAINT business_hours_org_id_location_id_fkey FOREIGN KEY (org_id, location_id) REFERENCES public.locations(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.business_hours
    ADD CONSTRAINT business_hours_org_id_resource_id_fkey FOREIGN KEY (org_id, resource_id) REFERENCES public.resources(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.busy_blocks
    ADD CONSTRAINT busy_blocks_org_id_calendar_link_id_fkey FOREIGN KEY (org_id, calendar_link_id) REFERENCES public.calendar_links(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.busy_blocks
    ADD CONSTRAINT busy_blocks_org_id_resource_id_fkey FOREIGN KEY (org_id, resource_id) REFERENCES public.resources(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.calendar_links
    ADD CONSTRAINT calendar_links_org_id_resource_id_fkey FOREIGN KEY (org_id, resource_id) REFERENCES public.resources(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.call_logs
    ADD CONSTRAINT call_logs_org_id_agent_id_fkey FOREIGN KEY (org_id, agent_id) REFERENCES public.agents(org_id, id) ON DELETE SET NULL (agent_id);

ALTER TABLE ONLY public.call_logs
    ADD CONSTRAINT call_logs_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES public.contacts(org_id, id) ON DELETE SET NULL (contact_id);

ALTER TABLE ONLY public.call_logs
    ADD CONSTRAINT call_logs_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.call_logs
    ADD CONSTRAINT call_logs_org_id_location_id_fkey FOREIGN KEY (org_id, location_id) REFERENCES public.locations(org_id, id);

ALTER TABLE ONLY public.caller_messages
    ADD CONSTRAINT caller_messages_org_id_call_id_fkey FOREIGN KEY (org_id, call_id) REFERENCES public.call_logs(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.caller_messages
    ADD CONSTRAINT caller_messages_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES public.contacts(org_id, id) ON DELETE SET NULL (contact_id);

ALTER TABLE ONLY public.caller_verifications
    ADD CONSTRAINT caller_verifications_org_id_call_id_fkey FOREIGN KEY (org_id, call_id) REFERENCES public.call_logs(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.caller_verifications
    ADD CONSTRAINT caller_verifications_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES public.contacts(org_id, id) ON DELETE SET NULL (contact_id);

ALTER TABLE ONLY public.caller_verifications
    ADD CONSTRAINT caller_verifications_org_id_patient_id_fkey FOREIGN KEY (org_id, patient_id) REFERENCES public.patients(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.closures
    ADD CONSTRAINT closures_org_id_location_id_fkey FOREIGN KEY (org_id, location_id) REFERENCES public.locations(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.closures
    ADD CONSTRAINT closures_org_id_resource_id_fkey FOREIGN KEY (org_id, resource_id) REFERENCES public.resources(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.contacts
    ADD CONSTRAINT contacts_org_id_origin_call_id_fkey FOREIGN KEY (org_id, origin_call_id) REFERENCES public.call_logs(org_id, id) ON DELETE SET NULL (origin_call_id);

ALTER TABLE ONLY public.departments
    ADD CONSTRAINT departments_org_id_location_id_fkey FOREIGN KEY (org_id, location_id) REFERENCES public.locations(org_id, id);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES auth.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_org_id_appointment_id_fkey FOREIGN KEY (org_id, appointment_id) REFERENCES public.appointments(org_id, id) ON DELETE SET NULL (appointment_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_org_id_call_id_fkey FOREIGN KEY (org_id, call_id) REFERENCES public.call_logs(org_id, id) ON DELETE SET NULL (call_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES public.contacts(org_id, id) ON DELETE SET NULL (contact_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.org_tools
    ADD CONSTRAINT org_tools_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT patients_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES public.contacts(org_id, id);

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT patients_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.patients
    ADD CONSTRAINT patients_org_id_origin_call_id_fkey FOREIGN KEY (org_id, origin_call_id) REFERENCES public.call_logs(org_id, id) ON DELETE SET NULL (origin_call_id);

ALTER TABLE ONLY public.phone_numbers
    ADD CONSTRAINT phone_numbers_org_id_agent_id_fkey FOREIGN KEY (org_id, agent_id) REFERENCES public.agents(org_id, id) ON DELETE SET NULL (agent_id);

ALTER TABLE ONLY public.phone_numbers
    ADD CONSTRAINT phone_numbers_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.phone_numbers
    ADD CONSTRAINT phone_numbers_org_id_location_id_fkey FOREIGN KEY (org_id, location_id) REFERENCES public.locations(org_id, id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.profiles
    ADD CONSTRAINT profiles_user_id_fkey FOREIGN KEY (user_id) REFERENCES auth.users(id) ON DELETE CASCADE;

ALTER TABLE ONLY public.resource_services
    ADD CONSTRAINT resource_services_org_id_resource_id_fkey FOREIGN KEY (org_id, resource_id) REFERENCES public.resources(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.resource_services
    ADD CONSTRAINT resource_services_org_id_service_id_fkey FOREIGN KEY (org_id, service_id) REFERENCES public.services(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.resources
    ADD CONSTRAINT resources_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.resources
    ADD CONSTRAINT resources_org_id_location_id_fkey FOREIGN KEY (org_id, location_id) REFERENCES public.locations(org_id, id);

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.webhook_deliveries
    ADD CONSTRAINT webhook_deliveries_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE auth.users ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agent_tools ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.agents ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.appointment_changes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.appointments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.assistant_routes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.booking_attempts ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.business_hours ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.busy_blocks ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.calendar_links ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.call_logs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.caller_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.caller_verifications ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.closures ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contacts ENABLE ROW LEVEL SECURITY;

CREATE POLICY definer_crosses ON public.assistant_routes FOR SELECT TO app_definer USING (true);

CREATE POLICY definer_crosses ON public.events TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.invitations TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.organizations TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.phone_numbers FOR SELECT TO app_definer USING (true);

CREATE POLICY definer_crosses ON public.profiles TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.webhook_deliveries TO app_definer USING (true) WITH CHECK (true);

ALTER TABLE public.departments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invitations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.locations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.org_tools ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.organizations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.patients ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.phone_numbers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.profiles ENABLE ROW LEVEL SECURITY;

CREATE POLICY registry_reads ON public.vapi_tools FOR SELECT TO tenant_service, app_definer USING (true);

ALTER TABLE public.resource_services ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.resources ENABLE ROW LEVEL SECURITY;

CREATE POLICY service_role_sees_all ON public.agent_tools TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.agents TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.appointment_changes TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.appointments TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.assistant_routes TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.audit_log TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.booking_attempts TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.business_hours TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.busy_blocks TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.calendar_links TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.call_logs TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.caller_messages TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.caller_verifications TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.closures TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.contacts TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.departments TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.events TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.invitations TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.locations TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.messages TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.notifications TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.org_tools TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.organizations TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.patients TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.phone_numbers TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.profiles TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.resource_services TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.resources TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.services TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.vapi_tools TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.webhook_deliveries TO service_role USING (true) WITH CHECK (true);

ALTER TABLE public.services ENABLE ROW LEVEL SECURITY;

CREATE POLICY tenant_reads ON public.agent_tools FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.agents FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.appointment_changes FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.appointments FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.assistant_routes FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.audit_log FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.booking_attempts FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.business_hours FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.busy_blocks FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.calendar_links FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.call_logs FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.caller_messages FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.caller_verifications FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.closures FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.contacts FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.departments FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.events FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.invitations FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.locations FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.messages FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.notifications FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.org_tools FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.organizations FOR SELECT TO tenant_user, tenant_service USING ((id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.patients FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.phone_numbers FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.profiles FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.resource_services FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.resources FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.services FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.webhook_deliveries FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

ALTER TABLE public.vapi_tools ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.webhook_deliveries ENABLE ROW LEVEL SECURITY;

CREATE POLICY writer_writes ON public.agent_tools TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.agents TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.appointment_changes TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.appointments TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.assistant_routes TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.audit_log TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.booking_attempts TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.business_hours TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.busy_blocks TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.calendar_links TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.call_logs TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.caller_messages TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.caller_verifications TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.closures TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.contacts TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.departments TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.events TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.invitations TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.locations TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.messages TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.notifications TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.org_tools TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.organizations TO app_writer USING ((id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.patients TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.phone_numbers TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.profiles TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.resource_services TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.resources TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.services TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.webhook_deliveries TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

GRANT USAGE ON SCHEMA app TO app_definer;
GRANT USAGE ON SCHEMA app TO app_writer;
GRANT USAGE ON SCHEMA app TO tenant_service;
GRANT USAGE ON SCHEMA app TO tenant_user;
GRANT USAGE ON SCHEMA app TO voxanne_login;

GRANT USAGE ON SCHEMA extensions TO app_definer;
GRANT USAGE ON SCHEMA extensions TO app_writer;
GRANT USAGE ON SCHEMA extensions TO tenant_service;
GRANT USAGE ON SCHEMA extensions TO tenant_user;

GRANT USAGE ON SCHEMA public TO app_definer;
GRANT USAGE ON SCHEMA public TO app_writer;
GRANT USAGE ON SCHEMA public TO service_role;
GRANT USAGE ON SCHEMA public TO tenant_service;
GRANT USAGE ON SCHEMA public TO tenant_user;

GRANT USAGE ON SCHEMA river TO app_definer;
GRANT USAGE ON SCHEMA river TO voxanne_login;

GRANT ALL ON FUNCTION app.now() TO app_definer;
GRANT ALL ON FUNCTION app.now() TO app_writer;
GRANT ALL ON FUNCTION app.now() TO service_role;
GRANT ALL ON FUNCTION app.now() TO tenant_service;
GRANT ALL ON FUNCTION app.now() TO tenant_user;
REVOKE ALL ON FUNCTION app.now() FROM PUBLIC;

GRANT ALL ON FUNCTION app.uuid_v7() TO app_definer;
GRANT ALL ON FUNCTION app.uuid_v7() TO app_writer;
GRANT ALL ON FUNCTION app.uuid_v7() TO service_role;
GRANT ALL ON FUNCTION app.uuid_v7() TO tenant_service;
GRANT ALL ON FUNCTION app.uuid_v7() TO tenant_user;
REVOKE ALL ON FUNCTION app.uuid_v7() FROM PUBLIC;

GRANT DELETE ON TABLE public.webhook_deliveries TO app_definer;
GRANT SELECT ON TABLE public.webhook_deliveries TO tenant_service;
GRANT SELECT ON TABLE public.webhook_deliveries TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_deliveries TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.webhook_deliveries TO service_role;

GRANT SELECT(received_at) ON TABLE public.webhook_deliveries TO app_definer;

GRANT ALL ON FUNCTION app.accept_delivery(p_vapi_call_id text, p_kind text, p_key text, p_body_hash bytea) TO tenant_service;
REVOKE ALL ON FUNCTION app.accept_delivery(p_vapi_call_id text, p_kind text, p_key text, p_body_hash bytea) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.access_token_hook(p_event jsonb) FROM PUBLIC;

GRANT SELECT ON TABLE public.closures TO tenant_service;
GRANT SELECT ON TABLE public.closures TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.closures TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.closures TO service_role;

GRANT ALL ON FUNCTION app.add_closure(p_location_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_ends_at timestamp with time zone, p_reason text) TO tenant_user;
REVOKE ALL ON FUNCTION app.add_closure(p_location_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_ends_at timestamp with time zone, p_reason text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.already_changed(p_kind text, p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, p_starts_at timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.already_changed(p_kind text, p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, p_starts_at timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.amend_appointment(p_call_id uuid, p_booking_ref text, p_service text, p_starts_at timestamp with time zone, p_resource text, p_patient_name text, p_tool_call_id text, p_said_date text, p_said_time text) TO tenant_service;
REVOKE ALL ON FUNCTION app.amend_appointment(p_call_id uuid, p_booking_ref text, p_service text, p_starts_at timestamp with time zone, p_resource text, p_patient_name text, p_tool_call_id text, p_said_date text, p_said_time text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.announce(p_kind text, p_entity text, p_entity_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.announce(p_kind text, p_entity text, p_entity_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text) TO tenant_service;
REVOKE ALL ON FUNCTION app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.approve_appointment(p_appointment_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.approve_appointment(p_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.assistant_facts(p_call_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.assistant_facts(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.available_slots(p_service text, p_from timestamp with time zone, p_to timestamp with time zone, p_resource text, p_limit integer, p_call_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.available_slots(p_service text, p_from timestamp with time zone, p_to timestamp with time zone, p_resource text, p_limit integer, p_call_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.available_slots(p_service text, p_from timestamp with time zone, p_to timestamp with time zone, p_resource text, p_limit integer, p_call_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.available_slots(p_service text, p_from timestamp with time zone, p_to timestamp with time zone, p_resource text, p_limit integer, p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.begin_request(p_role text, p_claims jsonb) TO voxanne_login;
REVOKE ALL ON FUNCTION app.begin_request(p_role text, p_claims jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.blocked_by_own(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.blocked_by_own(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.book_appointment(p_service text, p_starts_at timestamp with time zone, p_patient_name text, p_call_id uuid, p_tool_call_id text, p_resource text, p_contact_id uuid, p_date_of_birth date, p_email text, p_spoken_phone text, p_another_person boolean, p_notes text, p_override boolean, p_said_date text, p_said_time text) TO tenant_service;
GRANT ALL ON FUNCTION app.book_appointment(p_service text, p_starts_at timestamp with time zone, p_patient_name text, p_call_id uuid, p_tool_call_id text, p_resource text, p_contact_id uuid, p_date_of_birth date, p_email text, p_spoken_phone text, p_another_person boolean, p_notes text, p_override boolean, p_said_date text, p_said_time text) TO tenant_user;
REVOKE ALL ON FUNCTION app.book_appointment(p_service text, p_starts_at timestamp with time zone, p_patient_name text, p_call_id uuid, p_tool_call_id text, p_resource text, p_contact_id uuid, p_date_of_birth date, p_email text, p_spoken_phone text, p_another_person boolean, p_notes text, p_override boolean, p_said_date text, p_said_time text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.booking_answer(p_outcome text, p_appointment_id uuid, p_reason text, p_replayed boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.booking_answer(p_outcome text, p_appointment_id uuid, p_reason text, p_replayed boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.booking_refusal(p_outcome text, p_reason text, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_alternatives timestamp with time zone[]) TO app_writer;
REVOKE ALL ON FUNCTION app.booking_refusal(p_outcome text, p_reason text, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_alternatives timestamp with time zone[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.call_outcome(p_call_id uuid, p_ended_reason text, p_duration_seconds integer) TO app_writer;
REVOKE ALL ON FUNCTION app.call_outcome(p_call_id uuid, p_ended_reason text, p_duration_seconds integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.cancel_appointment(p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_reason text, p_at time without time zone, p_patient_name text) TO tenant_service;
GRANT ALL ON FUNCTION app.cancel_appointment(p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_reason text, p_at time without time zone, p_patient_name text) TO tenant_user;
REVOKE ALL ON FUNCTION app.cancel_appointment(p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_reason text, p_at time without time zone, p_patient_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.check_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text) TO tenant_service;
REVOKE ALL ON FUNCTION app.check_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.choose_slot(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.choose_slot(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.contact_of_call(p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.contact_of_call(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.current_member_role() TO app_writer;
GRANT ALL ON FUNCTION app.current_member_role() TO tenant_service;
GRANT ALL ON FUNCTION app.current_member_role() TO tenant_user;
REVOKE ALL ON FUNCTION app.current_member_role() FROM PUBLIC;

GRANT ALL ON FUNCTION app.current_org_id() TO app_definer;
GRANT ALL ON FUNCTION app.current_org_id() TO app_writer;
GRANT ALL ON FUNCTION app.current_org_id() TO service_role;
GRANT ALL ON FUNCTION app.current_org_id() TO tenant_service;
GRANT ALL ON FUNCTION app.current_org_id() TO tenant_user;
REVOKE ALL ON FUNCTION app.current_org_id() FROM PUBLIC;

GRANT ALL ON FUNCTION app.current_user_id() TO app_definer;
GRANT ALL ON FUNCTION app.current_user_id() TO app_writer;
GRANT ALL ON FUNCTION app.current_user_id() TO tenant_service;
GRANT ALL ON FUNCTION app.current_user_id() TO tenant_user;
REVOKE ALL ON FUNCTION app.current_user_id() FROM PUBLIC;

GRANT ALL ON FUNCTION app.drop_expired_holds(p_resource_ids uuid[], p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.drop_expired_holds(p_resource_ids uuid[], p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone) TO app_writer;
GRANT ALL ON FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone) TO tenant_service;
REVOKE ALL ON FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.ensure_call(p_vapi_call_id text, p_direction text, p_agent_id uuid, p_location_id uuid, p_caller text, p_number text) TO tenant_service;
REVOKE ALL ON FUNCTION app.ensure_call(p_vapi_call_id text, p_direction text, p_agent_id uuid, p_location_id uuid, p_caller text, p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.expire_hold(p_appointment_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.expire_hold(p_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.find_my_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) TO tenant_service;
REVOKE ALL ON FUNCTION app.find_my_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) FROM PUBLIC;

GRANT SELECT ON TABLE public.resources TO tenant_service;
GRANT SELECT ON TABLE public.resources TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.resources TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.resources TO service_role;

GRANT ALL ON FUNCTION app.find_resource(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.find_resource(p_words text) TO tenant_service;
GRANT ALL ON FUNCTION app.find_resource(p_words text) TO tenant_user;
REVOKE ALL ON FUNCTION app.find_resource(p_words text) FROM PUBLIC;

GRANT SELECT ON TABLE public.services TO tenant_service;
GRANT SELECT ON TABLE public.services TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.services TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.services TO service_role;

GRANT ALL ON FUNCTION app.find_service(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.find_service(p_words text) TO tenant_service;
GRANT ALL ON FUNCTION app.find_service(p_words text) TO tenant_user;
REVOKE ALL ON FUNCTION app.find_service(p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.free_slots(p_service_id uuid, p_resource_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.free_slots(p_service_id uuid, p_resource_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.free_slots(p_service_id uuid, p_resource_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.free_slots(p_service_id uuid, p_resource_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.furnish_org(p_name text, p_time_zone text) TO app_definer;
REVOKE ALL ON FUNCTION app.furnish_org(p_name text, p_time_zone text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.hold_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text, p_tool_call_id text, p_said_date text, p_said_time text) TO tenant_service;
REVOKE ALL ON FUNCTION app.hold_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text, p_tool_call_id text, p_said_date text, p_said_time text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.holds_left(p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.holds_left(p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.identify_caller(p_call_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.identify_caller(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.is_open(p_location_id uuid, p_at timestamp with time zone) TO app_writer;
GRANT ALL ON FUNCTION app.is_open(p_location_id uuid, p_at timestamp with time zone) TO tenant_service;
GRANT ALL ON FUNCTION app.is_open(p_location_id uuid, p_at timestamp with time zone) TO tenant_user;
REVOKE ALL ON FUNCTION app.is_open(p_location_id uuid, p_at timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.is_our_number(p_number text) TO app_writer;
REVOKE ALL ON FUNCTION app.is_our_number(p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.is_time_zone(p_zone text) TO app_definer;
GRANT ALL ON FUNCTION app.is_time_zone(p_zone text) TO app_writer;
GRANT ALL ON FUNCTION app.is_time_zone(p_zone text) TO service_role;
GRANT ALL ON FUNCTION app.is_time_zone(p_zone text) TO tenant_service;
GRANT ALL ON FUNCTION app.is_time_zone(p_zone text) TO tenant_user;
REVOKE ALL ON FUNCTION app.is_time_zone(p_zone text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.limit_waits() TO tenant_service;
GRANT ALL ON FUNCTION app.limit_waits() TO voxanne_login;
REVOKE ALL ON FUNCTION app.limit_waits() FROM PUBLIC;

GRANT ALL ON FUNCTION app.local_instant(p_local timestamp without time zone, p_zone text, p_last boolean) TO app_writer;
GRANT ALL ON FUNCTION app.local_instant(p_local timestamp without time zone, p_zone text, p_last boolean) TO tenant_service;
GRANT ALL ON FUNCTION app.local_instant(p_local timestamp without time zone, p_zone text, p_last boolean) TO tenant_user;
REVOKE ALL ON FUNCTION app.local_instant(p_local timestamp without time zone, p_zone text, p_last boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.location_of_wish(p_call_id uuid, p_appointment_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.location_of_wish(p_call_id uuid, p_appointment_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.location_of_wish(p_call_id uuid, p_appointment_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.location_of_wish(p_call_id uuid, p_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.lock_call(p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.lock_call(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.lock_resources(p_resource_ids uuid[]) TO app_writer;
REVOKE ALL ON FUNCTION app.lock_resources(p_resource_ids uuid[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.match_rank(p_words text, p_names text[]) TO app_writer;
GRANT ALL ON FUNCTION app.match_rank(p_words text, p_names text[]) TO tenant_service;
GRANT ALL ON FUNCTION app.match_rank(p_words text, p_names text[]) TO tenant_user;
REVOKE ALL ON FUNCTION app.match_rank(p_words text, p_names text[]) FROM PUBLIC;

GRANT SELECT ON TABLE public.appointments TO tenant_service;
GRANT SELECT ON TABLE public.appointments TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appointments TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appointments TO service_role;

GRANT ALL ON FUNCTION app.meant_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) TO app_writer;
REVOKE ALL ON FUNCTION app.meant_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.mirror_busy_blocks(p_calendar_link_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_external_ids text[], p_starts timestamp with time zone[], p_ends timestamp with time zone[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.mirror_busy_blocks(p_calendar_link_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_external_ids text[], p_starts timestamp with time zone[], p_ends timestamp with time zone[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.move_appointment(p_kind text, p_appointment_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.move_appointment(p_kind text, p_appointment_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_override boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.name_distance(p_said text, p_names text[]) TO app_writer;
REVOKE ALL ON FUNCTION app.name_distance(p_said text, p_names text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.names_of_call(p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.names_of_call(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.new_booking_ref() TO app_writer;
REVOKE ALL ON FUNCTION app.new_booking_ref() FROM PUBLIC;

GRANT ALL ON FUNCTION app.next_alternatives(p_service_id uuid, p_resource_id uuid, p_around timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.next_alternatives(p_service_id uuid, p_resource_id uuid, p_around timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.next_alternatives(p_service_id uuid, p_resource_id uuid, p_around timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.next_alternatives(p_service_id uuid, p_resource_id uuid, p_around timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.normalise_name(p_name text) TO app_definer;
GRANT ALL ON FUNCTION app.normalise_name(p_name text) TO app_writer;
GRANT ALL ON FUNCTION app.normalise_name(p_name text) TO tenant_service;
GRANT ALL ON FUNCTION app.normalise_name(p_name text) TO tenant_user;
REVOKE ALL ON FUNCTION app.normalise_name(p_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_attempt(p_kind text, p_result app.booking_result, p_call_id uuid, p_tool_call_id text, p_starts_at timestamp with time zone, p_said_date text, p_said_time text) TO app_writer;
REVOKE ALL ON FUNCTION app.note_attempt(p_kind text, p_result app.booking_result, p_call_id uuid, p_tool_call_id text, p_starts_at timestamp with time zone, p_said_date text, p_said_time text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_change(p_kind text, p_appointment_id uuid, p_old public.appointments, p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.note_change(p_kind text, p_appointment_id uuid, p_old public.appointments, p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.notify_staff(p_kind text, p_title text, p_entity text, p_entity_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.notify_staff(p_kind text, p_title text, p_entity text, p_entity_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.open_call(p_vapi_call_id text, p_direction text, p_assistant_id text, p_phone_number_id text, p_number text, p_caller text) TO tenant_service;
GRANT ALL ON FUNCTION app.open_call(p_vapi_call_id text, p_direction text, p_assistant_id text, p_phone_number_id text, p_number text, p_caller text) TO voxanne_login;
REVOKE ALL ON FUNCTION app.open_call(p_vapi_call_id text, p_direction text, p_assistant_id text, p_phone_number_id text, p_number text, p_caller text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.open_spans(p_resource_ids uuid[], p_from timestamp with time zone, p_to timestamp with time zone) TO app_writer;
GRANT ALL ON FUNCTION app.open_spans(p_resource_ids uuid[], p_from timestamp with time zone, p_to timestamp with time zone) TO tenant_service;
GRANT ALL ON FUNCTION app.open_spans(p_resource_ids uuid[], p_from timestamp with time zone, p_to timestamp with time zone) TO tenant_user;
REVOKE ALL ON FUNCTION app.open_spans(p_resource_ids uuid[], p_from timestamp with time zone, p_to timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.org_for_user(p_user_id uuid, p_email text, p_invitation_token text, p_email_confirmed boolean, p_anonymous boolean, p_signing_up boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.own_booking(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_patient_name text, p_date_of_birth date, p_another_person boolean, OUT verdict text, OUT appointment_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.own_booking(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_patient_name text, p_date_of_birth date, p_another_person boolean, OUT verdict text, OUT appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.patient_of_contact(p_contact_id uuid, p_name text, p_date_of_birth date, p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.patient_of_contact(p_contact_id uuid, p_name text, p_date_of_birth date, p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.pick_appointment(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, OUT appointment_id uuid, OUT reason text) TO app_writer;
REVOKE ALL ON FUNCTION app.pick_appointment(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, OUT appointment_id uuid, OUT reason text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.place_booking(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_contact_id uuid, p_patient_name text, p_date_of_birth date, p_email text, p_spoken_phone text, p_notes text, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.place_booking(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_contact_id uuid, p_patient_name text, p_date_of_birth date, p_email text, p_spoken_phone text, p_notes text, p_override boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.protect_table(p_table regclass, p_org_column text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.provision_user() FROM PUBLIC;

GRANT ALL ON FUNCTION app.record_call_event(p_call_id uuid, p_status text, p_at timestamp with time zone, p_ended_reason text) TO tenant_service;
REVOKE ALL ON FUNCTION app.record_call_event(p_call_id uuid, p_status text, p_at timestamp with time zone, p_ended_reason text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.record_call_report(p_call_id uuid, p_started_at timestamp with time zone, p_ended_at timestamp with time zone, p_duration_seconds integer, p_ended_reason text, p_summary text, p_turns jsonb, p_cost_micros bigint, p_has_recording boolean, p_tools_used text[], p_said_names text[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.record_call_report(p_call_id uuid, p_started_at timestamp with time zone, p_ended_at timestamp with time zone, p_duration_seconds integer, p_ended_reason text, p_summary text, p_turns jsonb, p_cost_micros bigint, p_has_recording boolean, p_tools_used text[], p_said_names text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.redact_birth_dates(p_text text) TO app_writer;
GRANT ALL ON FUNCTION app.redact_birth_dates(p_text text) TO tenant_service;
REVOKE ALL ON FUNCTION app.redact_birth_dates(p_text text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.redact_emails(p_text text) TO app_writer;
GRANT ALL ON FUNCTION app.redact_emails(p_text text) TO tenant_service;
REVOKE ALL ON FUNCTION app.redact_emails(p_text text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.redact_names(p_text text, p_names text[]) TO app_writer;
GRANT ALL ON FUNCTION app.redact_names(p_text text, p_names text[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.redact_names(p_text text, p_names text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.redact_numbers(p_text text) TO app_writer;
GRANT ALL ON FUNCTION app.redact_numbers(p_text text) TO tenant_service;
REVOKE ALL ON FUNCTION app.redact_numbers(p_text text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.redact_phi(p_text text, p_names text[]) TO app_writer;
GRANT ALL ON FUNCTION app.redact_phi(p_text text, p_names text[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.redact_phi(p_text text, p_names text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.refusal_reason(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.refusal_reason(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.refusal_reason(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.refusal_reason(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.release_hold(p_call_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.release_hold(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.remove_closure(p_closure_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.remove_closure(p_closure_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.rename_patient(p_appointment_id uuid, p_name text, p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.rename_patient(p_appointment_id uuid, p_name text, p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.replayed_attempt(p_kind text, p_call_id uuid, p_tool_call_id text) TO app_writer;
REVOKE ALL ON FUNCTION app.replayed_attempt(p_kind text, p_call_id uuid, p_tool_call_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.require_org_id() TO app_definer;
GRANT ALL ON FUNCTION app.require_org_id() TO app_writer;
GRANT ALL ON FUNCTION app.require_org_id() TO tenant_service;
GRANT ALL ON FUNCTION app.require_org_id() TO tenant_user;
REVOKE ALL ON FUNCTION app.require_org_id() FROM PUBLIC;

GRANT ALL ON FUNCTION app.require_staff() TO app_writer;
REVOKE ALL ON FUNCTION app.require_staff() FROM PUBLIC;

GRANT ALL ON FUNCTION app.reschedule_appointment(p_starts_at timestamp with time zone, p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_resource text, p_override boolean, p_said_date text, p_said_time text, p_at time without time zone, p_patient_name text) TO tenant_service;
GRANT ALL ON FUNCTION app.reschedule_appointment(p_starts_at timestamp with time zone, p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_resource text, p_override boolean, p_said_date text, p_said_time text, p_at time without time zone, p_patient_name text) TO tenant_user;
REVOKE ALL ON FUNCTION app.reschedule_appointment(p_starts_at timestamp with time zone, p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_resource text, p_override boolean, p_said_date text, p_said_time text, p_at time without time zone, p_patient_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.resolve_tenant(p_assistant_id text, p_phone_number_id text, p_number text) TO tenant_service;
REVOKE ALL ON FUNCTION app.resolve_tenant(p_assistant_id text, p_phone_number_id text, p_number text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.seal(p_function text, p_owner text, VARIADIC p_grantees text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.service_cards() TO tenant_service;
GRANT ALL ON FUNCTION app.service_cards() TO tenant_user;
REVOKE ALL ON FUNCTION app.service_cards() FROM PUBLIC;

GRANT ALL ON FUNCTION app.set_business_hours(p_location_id uuid, p_resource_id uuid, p_weekdays integer[], p_opens time without time zone[], p_closes time without time zone[]) TO tenant_user;
REVOKE ALL ON FUNCTION app.set_business_hours(p_location_id uuid, p_resource_id uuid, p_weekdays integer[], p_opens time without time zone[], p_closes time without time zone[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.slot_refusal(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.slot_refusal(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.stamp_user() FROM PUBLIC;

GRANT ALL ON FUNCTION app.starting_status(p_resource_id uuid, p_now timestamp with time zone, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.starting_status(p_resource_id uuid, p_now timestamp with time zone, p_override boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.sweep_platform(p_events_before timestamp with time zone, p_deliveries_before timestamp with time zone) TO voxanne_login;
REVOKE ALL ON FUNCTION app.sweep_platform(p_events_before timestamp with time zone, p_deliveries_before timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.take_message(p_call_id uuid, p_tool_call_id text, p_body text, p_caller_name text, p_callback_number text, p_urgent boolean) TO tenant_service;
REVOKE ALL ON FUNCTION app.take_message(p_call_id uuid, p_tool_call_id text, p_body text, p_caller_name text, p_callback_number text, p_urgent boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.transfer_destination(p_call_id uuid, p_department text) TO tenant_service;
REVOKE ALL ON FUNCTION app.transfer_destination(p_call_id uuid, p_department text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.verify_caller(p_call_id uuid, p_date_of_birth date, p_patient_name text) TO tenant_service;
REVOKE ALL ON FUNCTION app.verify_caller(p_call_id uuid, p_date_of_birth date, p_patient_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.visible_appointments(p_call_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.visible_appointments(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.write_booking(p_slot app.free_slot, p_service_id uuid, p_contact_id uuid, p_patient_id uuid, p_call_id uuid, p_said_name text, p_said_date_of_birth date, p_notes text, p_now timestamp with time zone, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.write_booking(p_slot app.free_slot, p_service_id uuid, p_contact_id uuid, p_patient_id uuid, p_call_id uuid, p_said_name text, p_said_date_of_birth date, p_notes text, p_now timestamp with time zone, p_override boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION river.river_job_state_in_bitmask(bitmask bit, state river.river_job_state) TO voxanne_login;

GRANT SELECT ON TABLE public.agent_tools TO tenant_service;
GRANT SELECT ON TABLE public.agent_tools TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_tools TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_tools TO service_role;

GRANT SELECT ON TABLE public.agents TO tenant_service;
GRANT SELECT ON TABLE public.agents TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agents TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agents TO service_role;

GRANT SELECT ON TABLE public.appointment_changes TO tenant_service;
GRANT SELECT ON TABLE public.appointment_changes TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appointment_changes TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appointment_changes TO service_role;

GRANT SELECT ON TABLE public.assistant_routes TO app_definer;
GRANT SELECT ON TABLE public.assistant_routes TO tenant_service;
GRANT SELECT ON TABLE public.assistant_routes TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.assistant_routes TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.assistant_routes TO service_role;

GRANT SELECT ON TABLE public.audit_log TO service_role;
GRANT SELECT ON TABLE public.audit_log TO tenant_service;
GRANT SELECT ON TABLE public.audit_log TO tenant_user;
GRANT SELECT,INSERT ON TABLE public.audit_log TO app_writer;

GRANT SELECT ON TABLE public.booking_attempts TO tenant_service;
GRANT SELECT ON TABLE public.booking_attempts TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.booking_attempts TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.booking_attempts TO service_role;

GRANT SELECT ON TABLE public.business_hours TO tenant_service;
GRANT SELECT ON TABLE public.business_hours TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.business_hours TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.business_hours TO service_role;

GRANT SELECT ON TABLE public.busy_blocks TO tenant_service;
GRANT SELECT ON TABLE public.busy_blocks TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.busy_blocks TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.busy_blocks TO service_role;

GRANT SELECT ON TABLE public.calendar_links TO tenant_service;
GRANT SELECT ON TABLE public.calendar_links TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.calendar_links TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.calendar_links TO service_role;

GRANT SELECT ON TABLE public.call_logs TO tenant_service;
GRANT SELECT ON TABLE public.call_logs TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.call_logs TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.call_logs TO service_role;

GRANT SELECT ON TABLE public.caller_messages TO tenant_service;
GRANT SELECT ON TABLE public.caller_messages TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.caller_messages TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.caller_messages TO service_role;

GRANT SELECT ON TABLE public.caller_verifications TO tenant_service;
GRANT SELECT ON TABLE public.caller_verifications TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.caller_verifications TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.caller_verifications TO service_role;

GRANT SELECT ON TABLE public.contacts TO tenant_service;
GRANT SELECT ON TABLE public.contacts TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contacts TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contacts TO service_role;

GRANT SELECT ON TABLE public.departments TO tenant_service;
GRANT SELECT ON TABLE public.departments TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.departments TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.departments TO service_role;

GRANT SELECT ON TABLE public.events TO tenant_service;
GRANT SELECT ON TABLE public.events TO tenant_user;
GRANT SELECT,DELETE ON TABLE public.events TO app_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.events TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.events TO service_role;

GRANT SELECT ON TABLE public.invitations TO app_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitations TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.invitations TO service_role;

GRANT SELECT(org_id) ON TABLE public.invitations TO tenant_service;
GRANT SELECT(org_id) ON TABLE public.invitations TO tenant_user;

GRANT SELECT(id) ON TABLE public.invitations TO tenant_service;
GRANT SELECT(id) ON TABLE public.invitations TO tenant_user;

GRANT SELECT(email) ON TABLE public.invitations TO tenant_service;
GRANT SELECT(email) ON TABLE public.invitations TO tenant_user;

GRANT SELECT(role) ON TABLE public.invitations TO tenant_service;
GRANT SELECT(role) ON TABLE public.invitations TO tenant_user;

GRANT SELECT(invited_by) ON TABLE public.invitations TO tenant_service;
GRANT SELECT(invited_by) ON TABLE public.invitations TO tenant_user;

GRANT SELECT(expires_at) ON TABLE public.invitations TO tenant_service;
GRANT SELECT(expires_at) ON TABLE public.invitations TO tenant_user;

GRANT SELECT(accepted_at) ON TABLE public.invitations TO tenant_service;
GRANT SELECT(accepted_at) ON TABLE public.invitations TO tenant_user;
GRANT UPDATE(accepted_at) ON TABLE public.invitations TO app_definer;

GRANT SELECT(created_at) ON TABLE public.invitations TO tenant_service;
GRANT SELECT(created_at) ON TABLE public.invitations TO tenant_user;

GRANT SELECT ON TABLE public.locations TO tenant_service;
GRANT SELECT ON TABLE public.locations TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.locations TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.locations TO service_role;

GRANT SELECT ON TABLE public.messages TO service_role;
GRANT SELECT ON TABLE public.messages TO tenant_service;
GRANT SELECT ON TABLE public.messages TO tenant_user;
GRANT SELECT,INSERT,UPDATE ON TABLE public.messages TO app_writer;

GRANT SELECT ON TABLE public.notifications TO tenant_service;
GRANT SELECT ON TABLE public.notifications TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications TO service_role;

GRANT SELECT ON TABLE public.org_tools TO tenant_service;
GRANT SELECT ON TABLE public.org_tools TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_tools TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_tools TO service_role;

GRANT SELECT ON TABLE public.organizations TO tenant_service;
GRANT SELECT ON TABLE public.organizations TO tenant_user;
GRANT SELECT,INSERT ON TABLE public.organizations TO app_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organizations TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organizations TO service_role;

GRANT SELECT ON TABLE public.patients TO tenant_service;
GRANT SELECT ON TABLE public.patients TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.patients TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.patients TO service_role;

GRANT SELECT ON TABLE public.phone_numbers TO app_definer;
GRANT SELECT ON TABLE public.phone_numbers TO tenant_service;
GRANT SELECT ON TABLE public.phone_numbers TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.phone_numbers TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.phone_numbers TO service_role;

GRANT SELECT ON TABLE public.profiles TO tenant_service;
GRANT SELECT ON TABLE public.profiles TO tenant_user;
GRANT SELECT,INSERT ON TABLE public.profiles TO app_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.profiles TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.profiles TO service_role;

GRANT SELECT ON TABLE public.resource_services TO tenant_service;
GRANT SELECT ON TABLE public.resource_services TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.resource_services TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.resource_services TO service_role;

GRANT SELECT ON TABLE public.vapi_tools TO app_definer;
GRANT SELECT ON TABLE public.vapi_tools TO tenant_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.vapi_tools TO service_role;

GRANT SELECT,INSERT ON TABLE river.river_job TO app_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE river.river_job TO voxanne_login;

GRANT SELECT,USAGE ON SEQUENCE river.river_job_id_seq TO voxanne_login;
GRANT USAGE ON SEQUENCE river.river_job_id_seq TO app_definer;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE river.river_leader TO voxanne_login;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE river.river_migration TO voxanne_login;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE river.river_notification TO voxanne_login;

GRANT SELECT,USAGE ON SEQUENCE river.river_notification_id_seq TO voxanne_login;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE river.river_queue TO voxanne_login;
