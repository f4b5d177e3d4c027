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

CREATE EXTENSION IF NOT EXISTS btree_gin WITH SCHEMA extensions;

COMMENT ON EXTENSION btree_gin IS 'support for indexing common datatypes in GIN';

CREATE EXTENSION IF NOT EXISTS btree_gist WITH SCHEMA extensions;

COMMENT ON EXTENSION btree_gist IS 'support for indexing common datatypes in GiST';

CREATE EXTENSION IF NOT EXISTS fuzzystrmatch WITH SCHEMA extensions;

COMMENT ON EXTENSION fuzzystrmatch IS 'determine similarities and distance between strings';

CREATE EXTENSION IF NOT EXISTS pg_trgm WITH SCHEMA extensions;

COMMENT ON EXTENSION pg_trgm IS 'text similarity measurement and index searching based on trigrams';

CREATE EXTENSION IF NOT EXISTS vector WITH SCHEMA extensions;

COMMENT ON EXTENSION vector IS 'vector data type and ivfflat and hnsw access methods';

CREATE TYPE app.activity AS (
	id uuid,
	kind text,
	at timestamp with time zone,
	summary text,
	entity text,
	entity_id uuid,
	contact_id uuid
);

ALTER TYPE app.activity OWNER TO owner;

COMMENT ON TYPE app.activity IS 'Something that happened lately: call_completed, appointment_booked or hot_lead_detected, in words without names.';

CREATE TYPE app.agent_ref AS (
	org_id uuid,
	agent_id uuid
);

ALTER TYPE app.agent_ref OWNER TO owner;

COMMENT ON TYPE app.agent_ref IS 'An agent of any tenant, for the reconciler: ids only.';

CREATE TYPE app.agent_sync AS (
	outcome text,
	version integer,
	name text,
	role text,
	voice text,
	language text,
	system_prompt text,
	first_message text,
	max_call_seconds integer,
	vapi_assistant_id text,
	may_exist boolean,
	clinic_name text,
	emergency_sentence text,
	recording_consent text,
	ai_disclosure boolean,
	hipaa_mode boolean,
	saved_at timestamp with time zone,
	trace_context text
);

ALTER TYPE app.agent_sync OWNER TO owner;

COMMENT ON TYPE app.agent_sync IS 'What an agent''s assistant shall be. outcome sync (the lease is yours), busy (another sync holds it), in_step (nothing to do) , remove (deleted: take the assistant away) or gone. may_exist: an earlier try may have created an assistant whose id we never learned.';

CREATE TYPE app.appointment_row AS (
	id uuid,
	booking_ref text,
	status text,
	scheduled_at timestamp with time zone,
	ends_at timestamp with time zone,
	duration_minutes integer,
	time_zone text,
	location_id uuid,
	location_name text,
	service_id uuid,
	service_name text,
	resource_id uuid,
	resource_name text,
	patient_id uuid,
	patient_name text,
	contact_id uuid,
	contact_name text,
	phone_number text,
	phone_was_spoken boolean,
	contact_email text,
	source text,
	call_id uuid,
	confirmation_sent boolean,
	confirmed_by_patient_at timestamp with time zone,
	notes text,
	cancelled_at timestamp with time zone,
	cancel_reason text,
	overridden boolean,
	created_at timestamp with time zone,
	updated_at timestamp with time zone,
	total bigint,
	total_is_estimate boolean
);

ALTER TYPE app.appointment_row OWNER TO owner;

COMMENT ON TYPE app.appointment_row IS 'A visit as the dashboard lists it, with its contact, patient, service and place. total: how many rows the whole list has; total_is_estimate: there are more than that.';

CREATE TYPE app.appointment_story AS (
	history jsonb,
	messages jsonb,
	attempts jsonb
);

ALTER TYPE app.appointment_story OWNER TO owner;

COMMENT ON TYPE app.appointment_story IS 'What happened to a visit, what was sent and answered about it, and what was tried: three JSON arrays, the oldest first.';

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

CREATE TYPE app.audit_row AS (
	id uuid,
	action text,
	entity text,
	entity_id uuid,
	actor_user_id uuid,
	actor_name text,
	actor_email text,
	request_id text,
	at timestamp with time zone,
	total bigint,
	total_is_estimate boolean
);

ALTER TYPE app.audit_row OWNER TO owner;

COMMENT ON TYPE app.audit_row IS 'An entry of the audit log with who acted, where that is a member still; total as in app.call_row.';

CREATE TYPE app.booking_attempt_row AS (
	id uuid,
	at timestamp with time zone,
	kind text,
	outcome text,
	reason text,
	call_id uuid,
	appointment_id uuid,
	service_id uuid,
	service_name text,
	resource_id uuid,
	resource_name text,
	starts_at timestamp with time zone,
	time_zone text,
	said_date text,
	said_time text,
	actor_user_id uuid,
	actor_name text,
	total bigint,
	total_is_estimate boolean
);

ALTER TYPE app.booking_attempt_row OWNER TO owner;

COMMENT ON TYPE app.booking_attempt_row IS 'One try to hold, book, move, cancel or approve, with what came of it and why. time_zone: where starts_at is meant. total as in app.appointment_row.';

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

CREATE TYPE app.call_count AS (
	calls bigint,
	inbound bigint,
	outbound bigint,
	ended bigint,
	missed bigint,
	failed bigint,
	transferred bigint,
	timed bigint,
	seconds bigint
);

ALTER TYPE app.call_count OWNER TO owner;

COMMENT ON TYPE app.call_count IS 'Calls of a period in numbers, as a row of call_days has them.';

CREATE TYPE app.call_detail AS (
	id uuid,
	vapi_call_id text,
	contact_id uuid,
	caller_name text,
	phone_number text,
	to_number text,
	direction text,
	state text,
	call_date timestamp with time zone,
	started_at timestamp with time zone,
	ended_at timestamp with time zone,
	duration_seconds integer,
	outcome text,
	ended_reason text,
	summary text,
	transcript_state text,
	recording_state text,
	tools_used text[],
	cost_micros bigint,
	created_at timestamp with time zone,
	transcript jsonb,
	recording_error text
);

ALTER TYPE app.call_detail OWNER TO owner;

COMMENT ON TYPE app.call_detail IS 'A call as app.call_row has it, with its redacted transcript: [{"speaker","text","at"}].';

CREATE TYPE app.call_row AS (
	id uuid,
	vapi_call_id text,
	contact_id uuid,
	caller_name text,
	phone_number text,
	to_number text,
	direction text,
	state text,
	call_date timestamp with time zone,
	started_at timestamp with time zone,
	ended_at timestamp with time zone,
	duration_seconds integer,
	outcome text,
	ended_reason text,
	summary text,
	transcript_state text,
	recording_state text,
	tools_used text[],
	cost_micros bigint,
	created_at timestamp with time zone,
	total bigint,
	total_is_estimate boolean,
	recording_error text
);

ALTER TYPE app.call_row OWNER TO owner;

COMMENT ON TYPE app.call_row IS 'A call in a list. phone_number is the other side''s; to_number the called one; state see app.call_state; call_date: when it started, else when we first heard of it. total: how many there are in all pages; beyond 50 000 an estimate, which is then the least there are.';

CREATE TYPE app.call_stats AS (
	total_calls bigint,
	inbound_calls bigint,
	outbound_calls bigint,
	completed_calls bigint,
	missed_calls bigint,
	transferred_calls bigint,
	failed_calls bigint,
	calls_today bigint,
	calls_this_week bigint,
	calls_this_month bigint,
	average_seconds integer,
	success_rate double precision,
	pipeline_minor bigint,
	hot_leads bigint
);

ALTER TYPE app.call_stats OWNER TO owner;

COMMENT ON TYPE app.call_stats IS 'All calls of a clinic in numbers; today and this month are the clinic''s, the week is the seven days up to today. average_seconds: of ended calls; success_rate: percent of ended calls that were neither missed nor failed, one decimal; pipeline_minor: prices of the visits ahead, in minor units; hot_leads: contacts.';

CREATE TYPE app.caller_view AS (
	known boolean,
	patient_names text[],
	visits_to_come bigint
);

ALTER TYPE app.caller_view OWNER TO owner;

COMMENT ON TYPE app.caller_view IS 'What may be said to a caller about who they are: known only after a check, with the names of the patients it opened.';

CREATE TYPE app.contact_row AS (
	id uuid,
	name text,
	phone text,
	spoken_phone text,
	email text,
	lead_status text,
	lead_score integer,
	lead_reasons text[],
	service_interests text[],
	source text,
	notes text,
	language text,
	time_zone text,
	marketing_consent_at timestamp with time zone,
	last_contacted_at timestamp with time zone,
	created_at timestamp with time zone,
	updated_at timestamp with time zone,
	total bigint,
	total_is_estimate boolean
);

ALTER TYPE app.contact_row OWNER TO owner;

COMMENT ON TYPE app.contact_row IS 'One contact of a page of the list; total is how many there are on all pages. total_is_estimate: there are more than the 50 000 that total says.';

CREATE TYPE app.contact_stat AS (
	total_leads bigint,
	hot_leads bigint,
	warm_leads bigint,
	cold_leads bigint,
	booked_leads bigint,
	lost_leads bigint,
	new_today bigint
);

ALTER TYPE app.contact_stat OWNER TO owner;

COMMENT ON TYPE app.contact_stat IS 'How many contacts there are, by lead status, and how many came since midnight of the clinic''s zone.';

CREATE TYPE app.free_slot AS (
	resource_id uuid,
	location_id uuid,
	during tstzrange,
	blocked tstzrange,
	load bigint
);

ALTER TYPE app.free_slot OWNER TO owner;

COMMENT ON TYPE app.free_slot IS 'One possible visit of one resource: the visit, the visit with buffers, and how many visits that resource has within a day of it.';

CREATE TYPE app.inbound_answer AS (
	outcome text,
	message_id uuid,
	contact_id uuid,
	reply_message_id uuid
);

ALTER TYPE app.inbound_answer OWNER TO owner;

COMMENT ON TYPE app.inbound_answer IS 'What a text from a patient did: opted_out, opted_in, help, confirmed, asked (a question went back), cancelled, kept, stored (nothing was asked of us) or replayed. reply_message_id: our queued answer, NULL when none goes out.';

CREATE TYPE app.integration_row AS (
	provider text,
	connected boolean,
	last_verified_at timestamp with time zone,
	problem text
);

ALTER TYPE app.integration_row OWNER TO owner;

COMMENT ON TYPE app.integration_row IS 'An account that a clinic may connect. connected: it is stored, and its provider did not refuse it when asked last; problem: why it did, in our words.';

CREATE TYPE app.invitation_row AS (
	id uuid,
	email text,
	role text,
	invited_by uuid,
	expires_at timestamp with time zone,
	created_at timestamp with time zone,
	expired boolean,
	mail text,
	mail_reason text,
	mailed_at timestamp with time zone
);

ALTER TYPE app.invitation_row OWNER TO owner;

COMMENT ON TYPE app.invitation_row IS 'An open invitation as the team sees it. mail: what became of its e-mail, as messages.status, or none when none was to be sent; mail_reason as messages.reason; mailed_at: when the provider took it.';

CREATE TYPE app.lead_row AS (
	id uuid,
	name text,
	phone text,
	lead_status text,
	lead_score integer,
	created_at timestamp with time zone,
	last_contacted_at timestamp with time zone,
	last_call_summary text
);

ALTER TYPE app.lead_row OWNER TO owner;

COMMENT ON TYPE app.lead_row IS 'A contact worth calling, with the summary of its last call that has one.';

CREATE TYPE app.message_decision AS (
	outcome text,
	reason text,
	message_id uuid,
	status text,
	recipient text,
	content text,
	segments integer,
	not_before timestamp with time zone
);

ALTER TYPE app.message_decision OWNER TO owner;

COMMENT ON TYPE app.message_decision IS 'Whether a message may leave. outcome send: the row stands, take it to the provider now; queued: the row stands, a job takes it; wait: no row, ask again at not_before; blocked: the row says why; replayed: the same wish came before, status is what became of it. reason: clinic_deleted, opted_out, no_recipient, too_soon, daily_cap, quiet_hours, too_long, empty, foreign_number, spoken_limit, no_consent, too_many_codes, reminder_limit.';

CREATE TYPE app.message_row AS (
	id uuid,
	direction text,
	method text,
	category text,
	recipient text,
	subject text,
	content text,
	status text,
	reason text,
	provider_error text,
	service_provider text,
	external_message_id text,
	segments integer,
	contact_id uuid,
	contact_name text,
	call_id uuid,
	appointment_id uuid,
	actor_user_id uuid,
	sent_at timestamp with time zone,
	created_at timestamp with time zone,
	total bigint,
	total_is_estimate boolean
);

ALTER TYPE app.message_row OWNER TO owner;

COMMENT ON TYPE app.message_row IS 'A message in a list; total as in app.call_row.';

CREATE TYPE app.message_stat AS (
	day date,
	method text,
	category text,
	sent bigint,
	delivered bigint,
	failed bigint,
	unknown bigint,
	blocked bigint,
	received bigint,
	segments bigint
);

ALTER TYPE app.message_stat OWNER TO owner;

COMMENT ON TYPE app.message_stat IS 'Messages of one day of the clinic, by way and category. sent counts all that left, delivered those of them that were reported as arrived.';

CREATE TYPE app.notification_row AS (
	id uuid,
	kind text,
	title text,
	body text,
	entity text,
	entity_id uuid,
	read_at timestamp with time zone,
	created_at timestamp with time zone,
	total bigint,
	total_is_estimate boolean
);

ALTER TYPE app.notification_row OWNER TO owner;

COMMENT ON TYPE app.notification_row IS 'A notification in a list; total as in app.call_row.';

CREATE TYPE app.open_span AS (
	resource_id uuid,
	location_id uuid,
	opens_at timestamp with time zone,
	closes_at timestamp with time zone
);

ALTER TYPE app.open_span OWNER TO owner;

COMMENT ON TYPE app.open_span IS 'A span in which a resource is open, as instants: [opens_at, closes_at).';

CREATE TYPE app.page_span AS (
	from_end boolean,
	skip bigint,
	take bigint
);

ALTER TYPE app.page_span OWNER TO owner;

COMMENT ON TYPE app.page_span IS 'Where a page is read: this many rows after skip others, counted from the end of the list where from_end.';

CREATE TYPE app.phone_number_row AS (
	id uuid,
	number text,
	provider text,
	location_id uuid,
	location_name text,
	own_line text,
	agent_id uuid,
	agent_name text,
	routing text,
	vapi_phone_number_id text,
	vapi_assistant_id text,
	state text,
	error text,
	created_at timestamp with time zone,
	updated_at timestamp with time zone,
	total bigint,
	total_is_estimate boolean
);

ALTER TYPE app.phone_number_row OWNER TO owner;

COMMENT ON TYPE app.phone_number_row IS 'One of the clinic''s numbers. agent_id NULL: the default agent answers, whose name and assistant stand here. state is its open run''s; NULL for a number that only texts use. own_line is where callers go when we cannot answer.';

CREATE TYPE app.provisioning_ref AS (
	org_id uuid,
	provisioning_id uuid
);

ALTER TYPE app.provisioning_ref OWNER TO owner;

COMMENT ON TYPE app.provisioning_ref IS 'A run of any tenant, for the reconciler: ids only.';

CREATE TYPE app.provisioning_status AS (
	provisioning_id uuid,
	phone_number_id uuid,
	number text,
	state text,
	step text,
	error text,
	vapi_phone_number_id text,
	routing text,
	agent_id uuid,
	vapi_assistant_id text,
	activated_at timestamp with time zone,
	attempted_at timestamp with time zone,
	steps jsonb
);

ALTER TYPE app.provisioning_status OWNER TO owner;

COMMENT ON TYPE app.provisioning_status IS 'How a run stands, for the dashboard. step is the one at hand; steps lists all as step, state, attempts and error. Nothing of what was remembered for undoing.';

CREATE TYPE app.provisioning_task AS (
	outcome text,
	wait_seconds integer,
	step text,
	number text,
	attempts integer,
	external_id text,
	undo jsonb,
	number_sid text,
	earlier jsonb,
	vapi_number_id text,
	known_vapi_id text,
	routing text,
	own_line text,
	vapi_assistant_id text
);

ALTER TYPE app.provisioning_task OWNER TO owner;

COMMENT ON TYPE app.provisioning_task IS 'What a worker does next. outcome act or undo (step; the lease is yours), wait and busy (ask again after wait_seconds) or over. number_sid and earlier are what the check found at Twilio, vapi_number_id what this run imported, known_vapi_id what the clinic had at Vapi before.';

CREATE TYPE app.recording_copy AS (
	outcome text,
	recording_id uuid,
	vapi_call_id text,
	source_url text,
	storage_key text,
	not_before timestamp with time zone
);

ALTER TYPE app.recording_copy OWNER TO owner;

COMMENT ON TYPE app.recording_copy IS 'What a job shall do about a recording. outcome copy (fetch it and store it under storage_key), wait (another job may be at it until not_before), unwanted (delete what lies under storage_key), done (nothing).';

CREATE TYPE app.recording_view AS (
	outcome text,
	recording_id uuid,
	storage_key text,
	content_type text,
	size_bytes bigint,
	clinic_name text,
	call_at timestamp with time zone,
	time_zone text,
	expires_at timestamp with time zone
);

ALTER TYPE app.recording_view OWNER TO owner;

COMMENT ON TYPE app.recording_view IS 'A recording that may be listened to now (outcome open), or why not: no_recording, not_ready. call_at in time_zone is when the call was; expires_at: of the link, where it was opened by one.';

CREATE TYPE app.relayed_event AS (
	below bigint,
	read_at timestamp with time zone,
	xid bigint,
	id bigint,
	org_id uuid,
	kind text,
	entity text,
	entity_id uuid,
	at timestamp with time zone
);

ALTER TYPE app.relayed_event OWNER TO owner;

COMMENT ON TYPE app.relayed_event IS 'A live event as the relay reads it. below: every event of a transaction below it is final, and was read if the answer is not full. Without an event, all but below and read_at are NULL.';

CREATE TYPE app.request_claim AS (
	outcome text,
	status integer,
	headers jsonb,
	response bytea
);

ALTER TYPE app.request_claim OWNER TO owner;

COMMENT ON TYPE app.request_claim IS 'What a wish with a key shall become. outcome run (carry it out), replay (answer with status, headers and response), running (another try works on it), acted (it was carried out and its answer is lost, or was blanked) or other_body (the key was used for something else).';

CREATE TYPE app.scheduled_bundle AS (
	outcome text,
	not_before timestamp with time zone,
	scheduled_ids uuid[],
	kind text,
	category text,
	contact_id uuid,
	call_id uuid,
	campaign_id uuid,
	phone text,
	spoken boolean,
	email text,
	text text,
	subject text,
	email_text text,
	code_subjects uuid[],
	code_versions integer[],
	appointment_ids uuid[],
	starts_at timestamp with time zone[],
	ends_at timestamp with time zone[],
	summaries text[],
	place text,
	clinic_name text,
	clinic_phone text,
	clinic_country text
);

ALTER TYPE app.scheduled_bundle OWNER TO owner;

COMMENT ON TYPE app.scheduled_bundle IS 'One message to be sent by itself, with all that was merged into it. outcome send, wait (look again at not_before) or nothing (done, cancelled or skipped meanwhile). In text each [code] stands for the code of the code_subjects entry of the same position, derived with its version. phone, email: NULL where that way is not open. The arrays from appointment_ids on describe the visits, for the calendar file.';

CREATE TYPE app.service_card AS (
	name text,
	minutes integer,
	price_minor bigint,
	currency text,
	practitioners text[]
);

ALTER TYPE app.service_card OWNER TO owner;

COMMENT ON TYPE app.service_card IS 'What any caller may hear about a service. price_minor NULL: no price is told.';

CREATE TYPE app.share_decision AS (
	outcome text,
	reason text,
	share_id uuid,
	message_id uuid,
	status text,
	expires_at timestamp with time zone
);

ALTER TYPE app.share_decision OWNER TO owner;

COMMENT ON TYPE app.share_decision IS 'What became of the wish to share a recording. outcome shared (the link opens), send (its e-mail''s row stands: take it to the provider), replayed (the same wish came before, status is what became of its e-mail), blocked (reason as in app.message_decision, or too_many_shares), no_recording or not_ready.';

CREATE TYPE app.share_row AS (
	id uuid,
	recipient text,
	actor_user_id uuid,
	actor_name text,
	created_at timestamp with time zone,
	expires_at timestamp with time zone,
	revoked_at timestamp with time zone,
	state text,
	message_status text,
	openings bigint,
	visitors bigint,
	last_opened_at timestamp with time zone
);

ALTER TYPE app.share_row OWNER TO owner;

COMMENT ON TYPE app.share_row IS 'A link to a recording. state: open, expired, revoked or not_sent (its e-mail did not leave). openings: how often it was opened; visitors: from how many different places.';

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

CREATE TYPE app.tool_claim AS (
	outcome text,
	vapi_tool_id text,
	definition_hash text
);

ALTER TYPE app.tool_claim OWNER TO owner;

COMMENT ON TYPE app.tool_claim IS 'Whether a tool must be registered. outcome registered (with this hash, under this id), claimed (register it now; vapi_tool_id is the old one, NULL at first) or busy (somebody registers it).';

CREATE TYPE app.tool_health AS (
	tool_name text,
	registered boolean,
	linked_agents bigint,
	agents bigint,
	last_error text
);

ALTER TYPE app.tool_health OWNER TO owner;

COMMENT ON TYPE app.tool_health IS 'One of an organisation''s tools: whether it is registered at Vapi and how many of its agents carry it.';

CREATE TYPE app.transcript_export AS (
	message_id uuid,
	call_id uuid,
	exported_at timestamp with time zone,
	clinic_name text,
	clinic_phone text,
	country text,
	time_zone text,
	caller_name text,
	phone_number text,
	direction text,
	state text,
	call_date timestamp with time zone,
	duration_seconds integer,
	summary text,
	transcript jsonb
);

ALTER TYPE app.transcript_export OWNER TO owner;

COMMENT ON TYPE app.transcript_export IS 'A call''s redacted transcript as it leaves the dashboard, with the facts that are printed above it. message_id: the row of messages that says who took it; time_zone: of the place that was called; phone_number: the other side''s; state: see app.call_state; transcript: [{"speaker","text","at"}].';

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

CREATE FUNCTION app.abandon_request(p_claim_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  delete from public.idempotency_keys k
  where k.org_id = v_org_id and k.user_id = app.current_user_id() and k.claim_id = p_claim_id and k.state = 'running';
  return found;
end
$$;

ALTER FUNCTION app.abandon_request(p_claim_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.abandon_request(p_claim_id uuid) IS 'Gives the key of a claimed wish back: it was refused or failed, so the same wish may be tried again at once. False when the claim is not p_claim_id''s any more.';

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
  if not exists (select from public.locations l where l.org_id = v_org_id and l.id = p_location_id)
    or (p_resource_id is not null and not exists (
      select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id and r.location_id = p_location_id))
  then
    raise exception 'there is no such location, or no such resource in it' using errcode = 'VX404';
  elsif p_ends_at > p_starts_at is not true or not isfinite(p_starts_at) or not isfinite(p_ends_at) then
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

COMMENT ON FUNCTION app.add_closure(p_location_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_ends_at timestamp with time zone, p_reason text) IS 'Closes a location, or one of its resources, for a time. Visits already booked in it stay and are for the staff to move. Staff only (VX403); an unknown location or resource is VX404, an end before the start VX400.';

CREATE FUNCTION app.agents_to_reconcile(p_seen_before timestamp with time zone, p_limit integer, p_tool_ids text[] DEFAULT NULL::text[]) RETURNS SETOF app.agent_ref
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  return query
  select a.org_id, a.id
  from public.agents a
  join public.organizations o on o.id = a.org_id
  where coalesce(a.lease_until, '-infinity') < app.now()
    and coalesce(a.retry_at, '-infinity') <= app.now()
    and (a.deleted_at is not null
      or (o.deleted_at is not null and (a.creating_since is not null
        or exists (select from public.assistant_routes r where r.org_id = a.org_id and r.agent_id = a.id)))
      or (o.deleted_at is null and (a.sync_status <> 'synced' or a.synced_version < a.desired_version
      or a.synced_at < p_seen_before
      -- Its assistant carries an earlier definition, a tool that is no more, or lacks a new one.
      or (p_tool_ids is not null and p_tool_ids is distinct from (
        select coalesce(array_agg(x.vapi_tool_id order by x.vapi_tool_id collate "C"), '{}')
        from public.agent_tools x
        where x.org_id = a.org_id and x.agent_id = a.id)))))
    -- A save's own job comes first.
    and a.saved_at < app.now() - interval '30 seconds'
  order by a.saved_at, a.id
  limit p_limit;
end
$$;

ALTER FUNCTION app.agents_to_reconcile(p_seen_before timestamp with time zone, p_limit integer, p_tool_ids text[]) OWNER TO app_definer;

COMMENT ON FUNCTION app.agents_to_reconcile(p_seen_before timestamp with time zone, p_limit integer, p_tool_ids text[]) IS 'Agents of all tenants that are out of step, do not carry exactly p_tool_ids (sorted bytewise; NULL: whatever they carry), wait for removal (deleted, or of a clinic that left), or were last seen in step before p_seen_before (drift); the oldest first. Those whose pause after a failure (retry_at) is not over are left out. Ids only.';

CREATE FUNCTION app.agents_to_sync(p_org_id uuid, p_even_in_step boolean) RETURNS SETOF app.agent_ref
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  return query
  select a.org_id, a.id
  from public.agents a
  join public.organizations o on o.id = a.org_id and o.deleted_at is null
  where (p_org_id is null or a.org_id = p_org_id)
    and (p_even_in_step or a.deleted_at is not null or a.sync_status <> 'synced' or a.synced_version < a.desired_version
      or exists (
        select from public.agent_tools x
        join public.vapi_tools t on t.name = x.tool_name
        where x.org_id = a.org_id and x.agent_id = a.id and x.vapi_tool_id is distinct from t.vapi_tool_id))
  order by a.org_id, a.id;
end
$$;

ALTER FUNCTION app.agents_to_sync(p_org_id uuid, p_even_in_step boolean) OWNER TO app_definer;

COMMENT ON FUNCTION app.agents_to_sync(p_org_id uuid, p_even_in_step boolean) IS 'The agents of one organisation, or of all (NULL), whose assistants are out of step or carry an earlier tool; p_even_in_step: every one. Clinics that left are not among them. Unlike agents_to_reconcile it leaves nobody out for being worked on. Ids only.';

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

CREATE FUNCTION app.announce_contact(p_contact_id uuid, p_old_status text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform app.announce('contact_updated', 'contact', p_contact_id);
  if p_old_status is distinct from 'hot' and exists (
    select from public.contacts c
    where c.org_id = app.require_org_id() and c.id = p_contact_id and c.lead_status = 'hot')
  then
    perform app.announce('hot_lead_alert', 'contact', p_contact_id);
  end if;
end
$$;

ALTER FUNCTION app.announce_contact(p_contact_id uuid, p_old_status text) OWNER TO owner;

COMMENT ON FUNCTION app.announce_contact(p_contact_id uuid, p_old_status text) IS 'Tells live clients that a contact changed, and that it became a hot lead where it did. p_old_status is the lead status before the change, NULL for a new contact.';

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
    reason text,
    provider_error text,
    segments smallint,
    send_key text,
    recipient_hash bytea,
    handed_over_at timestamp with time zone,
    campaign_id uuid,
    in_reply_to uuid,
    code_subjects uuid[] DEFAULT '{}'::uuid[] NOT NULL,
    code_versions integer[] DEFAULT '{}'::integer[] NOT NULL,
    CONSTRAINT messages_category_check CHECK ((category = ANY (ARRAY['code'::text, 'confirmation'::text, 'reminder'::text, 'follow_up'::text, 'marketing'::text, 'reply'::text, 'share'::text, 'export'::text, 'invitation'::text]))),
    CONSTRAINT messages_codes CHECK ((cardinality(code_subjects) = cardinality(code_versions))),
    CONSTRAINT messages_direction_check CHECK ((direction = ANY (ARRAY['inbound'::text, 'outbound'::text]))),
    CONSTRAINT messages_method_check CHECK ((method = ANY (ARRAY['sms'::text, 'email'::text, 'export'::text]))),
    CONSTRAINT messages_provider_error_check CHECK ((provider_error ~ '^[A-Za-z0-9_.-]{1,60}$'::text)),
    CONSTRAINT messages_reason_check CHECK ((reason ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT messages_segments_check CHECK (((segments >= 1) AND (segments <= 40))),
    CONSTRAINT messages_send_key_check CHECK (((char_length(send_key) >= 1) AND (char_length(send_key) <= 200))),
    CONSTRAINT messages_status_check CHECK ((status = ANY (ARRAY['queued'::text, 'sent'::text, 'delivered'::text, 'failed'::text, 'unknown'::text, 'blocked'::text])))
);

ALTER TABLE ONLY public.messages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.messages OWNER TO owner;

COMMENT ON TABLE public.messages IS 'The audit trail of everything sent to or received from patients, and of what people are sent who are invited to the team. Append-only: written by functions, never edited by people.';

COMMENT ON COLUMN public.messages.recipient IS 'The patient''s end of it, a number or an e-mail address: to whom it goes; inbound, from whom it came. Of an export: the member who took it, by e-mail address or id.';

COMMENT ON COLUMN public.messages.status IS 'unknown: the provider may or may not have acted; never settled by sending again.';

COMMENT ON COLUMN public.messages.external_message_id IS 'The provider''s id of the message. Of an export: its own id, which is printed on it.';

COMMENT ON COLUMN public.messages.reason IS 'Why it was blocked, failed or is unknown: a word of a closed list, see docs/messages.md.';

COMMENT ON COLUMN public.messages.provider_error IS 'The provider''s error code, e.g. Twilio 21610; never its text.';

COMMENT ON COLUMN public.messages.segments IS 'How many segments the carrier counts (GSM-7 or UCS-2); NULL for e-mail.';

COMMENT ON COLUMN public.messages.send_key IS 'Names the wish to send. The same wish again finds this row and sends nothing.';

COMMENT ON COLUMN public.messages.recipient_hash IS 'app.number_hash of the recipient (of the sender, inbound): limits and opt-outs still see it after erasure.';

COMMENT ON COLUMN public.messages.handed_over_at IS 'When a sender took the row to the provider. Set and never finished: nobody knows, status unknown.';

COMMENT ON COLUMN public.messages.code_subjects IS 'Whose code each [code] of content stands for, in order: visits or identity_codes. With code_versions it says which text was sent, without the digits.';

COMMENT ON COLUMN public.messages.code_versions IS 'The version of each code in code_subjects.';

CREATE TABLE public.reply_questions (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    contact_id uuid NOT NULL,
    kind text NOT NULL,
    appointment_ids uuid[] NOT NULL,
    asked_at timestamp with time zone DEFAULT app.now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    asked_again boolean DEFAULT false NOT NULL,
    answered_at timestamp with time zone,
    CONSTRAINT reply_questions_appointment_ids_check CHECK (((cardinality(appointment_ids) >= 1) AND (cardinality(appointment_ids) <= 9))),
    CONSTRAINT reply_questions_kind_check CHECK ((kind = ANY (ARRAY['cancel_this'::text, 'cancel_which'::text, 'confirm_which'::text])))
);

ALTER TABLE ONLY public.reply_questions FORCE ROW LEVEL SECURITY;

ALTER TABLE public.reply_questions OWNER TO owner;

COMMENT ON TABLE public.reply_questions IS 'What we asked back in a text: which visit is meant, and whether it is really to be cancelled. The last open one of a contact counts.';

COMMENT ON COLUMN public.reply_questions.appointment_ids IS 'In the order of the numbered list that was sent.';

COMMENT ON COLUMN public.reply_questions.asked_again IS 'Whether it was repeated after an answer that fits none of it; that happens once, then people read on.';

CREATE FUNCTION app.answer_question(p_inbound public.messages, p_question public.reply_questions, p_intent text, p_our_number text, p_now timestamp with time zone) RETURNS app.inbound_answer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_cancels boolean := (p_question).kind in ('cancel_this', 'cancel_which');
  v_ids uuid[] := (p_question).appointment_ids;
  v_pick uuid := case
    when (p_question).kind = 'cancel_this' and p_intent in ('change', 'yes') then v_ids[1]
    when (p_question).kind <> 'cancel_this' and p_intent = 'number' then
      v_ids[regexp_replace(normalize((p_inbound).content, nfkd), '[^0-9]', '', 'g')::integer]
  end;
  v_reply_id uuid;
begin
  -- Phones and networks send one text twice. Nobody has read our question within five seconds of asking for it.
  if p_intent = 'change' and v_cancels and p_now < (p_question).asked_at + interval '5 seconds' then
    return ('asked', (p_inbound).id, (p_inbound).contact_id, null)::app.inbound_answer;
  elsif p_intent = 'other' or (p_intent = 'no' and not v_cancels) then
    return app.leave_to_staff(p_inbound);
  elsif v_pick is not null or (v_cancels and p_intent in ('confirm', 'no')) or (not v_cancels and p_intent = 'change') then
    perform app.close_question((p_inbound).contact_id, p_now);
    return case
      when v_pick is not null and v_cancels then app.cancel_by_reply(p_inbound, v_pick, p_our_number, p_now)
      when v_pick is not null then app.confirm_by_reply(p_inbound, v_pick, p_our_number, p_now)
      when not v_cancels then app.answer_wish(p_inbound, 'change', p_our_number, p_now)
      else ('kept', (p_inbound).id, (p_inbound).contact_id,
        app.queue_reply(p_inbound, 'kept', v_ids, p_our_number))::app.inbound_answer
    end;
  end if;

  -- A number that is not on the list, or a yes to "which?": the same list once more, then people read on.
  if not (p_question).asked_again then
    v_reply_id := app.queue_reply(p_inbound, (p_question).kind, v_ids, p_our_number);
  end if;
  if v_reply_id is null then
    return app.leave_to_staff(p_inbound);
  end if;
  update public.reply_questions q
  set asked_again = true
  where q.org_id = (p_question).org_id and q.id = (p_question).id;
  return ('asked', (p_inbound).id, (p_inbound).contact_id, v_reply_id)::app.inbound_answer;
end
$$;

ALTER FUNCTION app.answer_question(p_inbound public.messages, p_question public.reply_questions, p_intent text, p_our_number text, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.answer_question(p_inbound public.messages, p_question public.reply_questions, p_intent text, p_our_number text, p_now timestamp with time zone) IS 'Takes a text as the answer to our open question: a number picks from its list, change or yes cancels the one visit asked about, confirm or no keeps everything. What fits none of it is asked again once, then stored. A second wish to change within five seconds is the first one repeated. outcome as in app.inbound_answer.';

CREATE FUNCTION app.answer_wish(p_inbound public.messages, p_intent text, p_our_number text, p_now timestamp with time zone) RETURNS app.inbound_answer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_contact_id uuid := (p_inbound).contact_id;
  v_ids uuid[];
begin
  if p_intent = 'change' then
    v_ids := array(select v.id from app.visits_to_answer(v_contact_id, p_now) v);
    if cardinality(v_ids) > 0 then
      return app.ask_which_visit(p_inbound, case cardinality(v_ids) when 1 then 'cancel_this' else 'cancel_which' end,
        v_ids, p_our_number, p_now);
    end if;
  elsif p_intent in ('confirm', 'yes') then
    v_ids := array(
      select v.id from app.visits_to_answer(v_contact_id, p_now) v
      where v.status = 'confirmed' and v.confirmed_by_patient_at is null);
    if cardinality(v_ids) > 1 then
      return app.ask_which_visit(p_inbound, 'confirm_which', v_ids, p_our_number, p_now);
    end if;
    -- Nothing left to confirm: the same yes again is answered about the next visit, and changes nothing.
    v_ids := coalesce(nullif(v_ids, '{}'), array(
      select v.id from app.visits_to_answer(v_contact_id, p_now) v where v.status = 'confirmed'));
    if cardinality(v_ids) > 0 then
      return app.confirm_by_reply(p_inbound, v_ids[1], p_our_number, p_now);
    end if;
  end if;
  return app.leave_to_staff(p_inbound);
end
$$;

ALTER FUNCTION app.answer_wish(p_inbound public.messages, p_intent text, p_our_number text, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.answer_wish(p_inbound public.messages, p_intent text, p_our_number text, p_now timestamp with time zone) IS 'Answers a text that answers no question of ours: yes and confirm confirm the one visit ahead or ask which; change asks back before anything is cancelled; the rest, and wishes without a visit, go to staff.';

CREATE FUNCTION app.appointment_rows(p_ids uuid[], p_total bigint DEFAULT 1, p_total_is_estimate boolean DEFAULT false) RETURNS SETOF app.appointment_row
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    SET random_page_cost TO '1.1'
    AS $$
begin
  return query
  select a.id, a.booking_ref, a.status, a.scheduled_at, upper(a.during), (extract(epoch from a.duration) / 60)::integer,
    l.time_zone, l.id, l.name, s.id, s.name, r.id, r.name, p.id, p.name, c.id, coalesce(c.name, p.name),
    coalesce(c.phone, c.spoken_phone), c.phone is null and c.spoken_phone is not null, c.email,
    a.source, a.call_id, a.confirmation_sent, a.confirmed_by_patient_at, a.notes, a.cancelled_at, a.cancel_reason,
    a.overridden_by is not null, a.created_at, a.updated_at, p_total, p_total_is_estimate
  from unnest(p_ids) with ordinality wanted (id, place)
  join public.appointments a on a.org_id = app.current_org_id() and a.id = wanted.id and a.status <> 'held'
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  join public.services s on s.org_id = a.org_id and s.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  join public.contacts c on c.org_id = a.org_id and c.id = a.contact_id
  order by wanted.place;
end
$$;

ALTER FUNCTION app.appointment_rows(p_ids uuid[], p_total bigint, p_total_is_estimate boolean) OWNER TO owner;

COMMENT ON FUNCTION app.appointment_rows(p_ids uuid[], p_total bigint, p_total_is_estimate boolean) IS 'These visits as the dashboard shows them, in the order of the ids; holds and other clinics'' ids give no row. p_total and p_total_is_estimate stand on every row.';

CREATE FUNCTION app.appointment_story(p_appointment_id uuid) RETURNS SETOF app.appointment_story
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_call_id uuid := (select a.call_id from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id);
begin
  return query
  select
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', h.id, 'at', h.at, 'kind', h.kind, 'old_starts_at', lower(h.old_during), 'new_starts_at', lower(h.new_during),
        'old_resource', o.name, 'new_resource', n.name, 'call_id', h.call_id, 'message_id', h.message_id,
        'actor_user_id', h.actor_user_id, 'actor_name', u.name) order by h.at, h.id)
      from public.appointment_changes h
      left join public.resources o on o.org_id = h.org_id and o.id = h.old_resource_id
      left join public.resources n on n.org_id = h.org_id and n.id = h.new_resource_id
      left join public.profiles u on u.org_id = h.org_id and u.user_id = h.actor_user_id
      where h.org_id = v_org_id and h.appointment_id = p_appointment_id), '[]'),
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', m.id, 'at', m.created_at, 'direction', m.direction, 'method', m.method, 'category', m.category,
        'status', m.status, 'reason', m.reason, 'subject', m.subject, 'content', m.content, 'sent_at', m.sent_at)
        order by m.created_at, m.id)
      from public.messages m
      where m.org_id = v_org_id and (m.appointment_id = p_appointment_id or m.id = any (array(
        select s.message_id from public.scheduled_messages s
        where s.org_id = v_org_id and s.appointment_id = p_appointment_id and s.message_id is not null)))), '[]'),
    coalesce((
      select jsonb_agg(jsonb_build_object(
        'id', t.id, 'at', t.at, 'kind', t.kind, 'outcome', t.outcome, 'reason', t.reason, 'starts_at', t.starts_at,
        'said_date', t.said_date, 'said_time', t.said_time, 'call_id', t.call_id, 'appointment_id', t.appointment_id,
        'actor_user_id', t.actor_user_id) order by t.at, t.id)
      from public.booking_attempts t
      where t.org_id = v_org_id and (t.appointment_id = p_appointment_id or t.call_id = v_call_id)), '[]');
end
$$;

ALTER FUNCTION app.appointment_story(p_appointment_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.appointment_story(p_appointment_id uuid) IS 'A visit''s history, its messages (also those that told several visits at once) and the tries that named it or came from the call that booked it. One row always; empty arrays for a visit that is not the clinic''s.';

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

CREATE FUNCTION app.ask_which_visit(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text, p_now timestamp with time zone) RETURNS app.inbound_answer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_reply_id uuid := app.queue_reply(p_inbound, p_kind, p_appointment_ids, p_our_number);
begin
  -- A question that may not be sent is no question: a later "X" would answer what nobody read.
  if v_reply_id is null then
    return app.leave_to_staff(p_inbound);
  end if;
  perform app.close_question((p_inbound).contact_id, p_now);
  insert into public.reply_questions (org_id, contact_id, kind, appointment_ids, asked_at, expires_at)
  values ((p_inbound).org_id, (p_inbound).contact_id, p_kind, p_appointment_ids, p_now, p_now + interval '24 hours');
  return ('asked', (p_inbound).id, (p_inbound).contact_id, v_reply_id)::app.inbound_answer;
end
$$;

ALTER FUNCTION app.ask_which_visit(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.ask_which_visit(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text, p_now timestamp with time zone) IS 'Asks back by text: kind cancel_this (is it really to be cancelled), cancel_which or confirm_which (a numbered list). The question is open for 24 hours and replaces an older one. outcome asked, or stored when no text may be sent.';

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
      and a.deleted_at is null
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

CREATE FUNCTION app.begin_agent_sync(p_agent_id uuid, p_lease_id uuid, p_even_in_step boolean DEFAULT false) RETURNS SETOF app.agent_sync
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_agent public.agents;
  v_assistant_id text;
  v_org public.organizations;
  v_outcome text;
begin
  select * into v_agent from public.agents a where a.org_id = v_org_id and a.id = p_agent_id for update;
  select * into v_org from public.organizations o where o.id = v_org_id;
  select r.vapi_assistant_id into v_assistant_id
  from public.assistant_routes r
  where r.org_id = v_org_id and r.agent_id = p_agent_id;
  v_outcome := case
    when v_agent.id is null then 'gone'
    -- The clinic left: its assistants must not answer anybody any more.
    when v_org.deleted_at is not null and v_agent.deleted_at is null and v_assistant_id is null and v_agent.creating_since is null then 'gone'
    when v_agent.lease_until > v_now and v_agent.lease_id <> p_lease_id then 'busy'
    when v_agent.deleted_at is not null or v_org.deleted_at is not null then 'remove'
    when v_agent.synced_version >= v_agent.desired_version and v_agent.sync_status = 'synced' and not p_even_in_step then 'in_step'
    else 'sync'
  end;
  if v_outcome in ('sync', 'remove') then
    update public.agents a
    set lease_id = p_lease_id, lease_until = v_now + interval '2 minutes'
    where a.org_id = v_org_id and a.id = p_agent_id;
  end if;
  return next row(
    v_outcome, v_agent.desired_version, v_agent.name, v_agent.role, v_agent.voice, v_agent.language, v_agent.system_prompt,
    v_agent.first_message, extract(epoch from v_agent.max_call_duration)::integer, v_assistant_id,
    v_agent.creating_since is not null, v_org.name, v_org.emergency_sentence, v_org.recording_consent, v_org.ai_disclosure,
    v_org.hipaa_mode, v_agent.saved_at, v_agent.trace_context)::app.agent_sync;
end
$$;

ALTER FUNCTION app.begin_agent_sync(p_agent_id uuid, p_lease_id uuid, p_even_in_step boolean) OWNER TO app_writer;

COMMENT ON FUNCTION app.begin_agent_sync(p_agent_id uuid, p_lease_id uuid, p_even_in_step boolean) IS 'Takes an agent''s sync lease (p_lease_id, made up by the worker) for two minutes and returns what its assistant shall be; see app.agent_sync. p_even_in_step: also when the versions agree, to look for drift.';

CREATE FUNCTION app.begin_message(p_category text, p_method text, p_content text, p_send_key text, p_contact_id uuid, p_service_provider text, p_recipient text DEFAULT NULL::text, p_subject text DEFAULT NULL::text, p_call_id uuid DEFAULT NULL::uuid, p_appointment_id uuid DEFAULT NULL::uuid, p_campaign_id uuid DEFAULT NULL::uuid, p_in_reply_to uuid DEFAULT NULL::uuid, p_number_zones text[] DEFAULT '{}'::text[], p_number_region text DEFAULT NULL::text, p_spoken boolean DEFAULT false, p_hand_over boolean DEFAULT true, p_request_id text DEFAULT NULL::text) RETURNS SETOF app.message_decision
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_content text := btrim(app.plain_text(p_content), E' \n');
  v_recipient text;
  v_hash bytea;
  v_now timestamptz;
  v_decision app.message_decision;
begin
  if coalesce(p_category, '') not in ('code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply', 'invitation', 'share')
    or coalesce(p_method, '') not in ('sms', 'email') or (p_category in ('invitation', 'share') and p_method <> 'email')
    or coalesce(p_send_key, '') = '' or (p_spoken and (p_category <> 'confirmation' or p_method <> 'sms'))
  then
    raise exception 'there is no such message: category %, method %', p_category, p_method using errcode = 'VX400';
  end if;
  -- The number may be erased or corrected while this waits for its lock.
  loop
    v_recipient := app.message_recipient(p_contact_id, p_method, p_recipient);
    perform app.lock_number(v_recipient);
    exit when app.message_recipient(p_contact_id, p_method, p_recipient) is not distinct from v_recipient;
  end loop;
  v_now := app.now();

  v_decision := app.replayed_message(p_send_key, p_category, p_contact_id);
  if v_decision.outcome is not null then
    return next v_decision;
    return;
  end if;
  v_decision.recipient := v_recipient;
  v_decision.content := v_content;
  v_decision.reason := case when v_recipient is null then 'no_recipient' else app.message_text_refusal(p_category, p_method, v_content) end;
  if v_decision.reason is not null then
    v_decision.outcome := 'blocked';
    return next v_decision;
    return;
  end if;

  v_hash := app.number_hash(v_recipient);
  select r.outcome, r.reason, r.not_before into v_decision.outcome, v_decision.reason, v_decision.not_before
  from app.message_refusal(p_category, p_method, p_contact_id, v_recipient, p_call_id, p_number_zones, p_number_region, p_spoken, v_now) r;
  if v_decision.outcome = 'wait' then
    return next v_decision;
    return;
  elsif v_decision.outcome = 'blocked' then
    -- One row a minute says it: a client that hammers must not fill the table.
    select m.id into v_decision.message_id
    from public.messages m
    where m.org_id = v_org_id and m.recipient_hash = v_hash and m.created_at > v_now - interval '1 minute'
      and m.category = p_category and m.status = 'blocked' and m.reason = v_decision.reason and m.contact_id is not distinct from p_contact_id
    limit 1;
  end if;

  v_decision.status := coalesce(v_decision.outcome, 'queued');
  v_decision.outcome := coalesce(v_decision.outcome, case when p_hand_over then 'send' else 'queued' end);
  v_decision.segments := case when p_method = 'sms' then app.sms_segments(v_content) end;
  if v_decision.message_id is null then
    -- A blocked wish keeps no key: the next try is judged anew.
    insert into public.messages (
      org_id, direction, method, category, recipient, recipient_hash, subject, content, segments, status, reason, send_key,
      service_provider, handed_over_at, contact_id, call_id, appointment_id, campaign_id, in_reply_to, actor_user_id, request_id,
      created_at, updated_at)
    values (
      v_org_id, 'outbound', p_method, p_category, v_recipient, v_hash, replace(app.plain_text(p_subject), E'\n', ' '), v_content,
      v_decision.segments, v_decision.status, v_decision.reason, case when v_decision.status = 'queued' then p_send_key end,
      p_service_provider, case when v_decision.outcome = 'send' then v_now end, p_contact_id, p_call_id, p_appointment_id,
      p_campaign_id, p_in_reply_to, app.current_user_id(), p_request_id, v_now, v_now)
    on conflict (org_id, send_key) do nothing
    returning id into v_decision.message_id;
    if v_decision.message_id is null then
      -- The same key at the same moment, for another number.
      v_decision := app.replayed_message(p_send_key, p_category, p_contact_id);
    else
      perform app.announce('message_updated', 'message', v_decision.message_id);
    end if;
  end if;
  if v_decision.outcome = 'send' then
    perform app.enqueue_job('settle_message', jsonb_build_object('message_id', v_decision.message_id), v_now + interval '2 minutes');
  elsif v_decision.outcome = 'queued' then
    perform app.enqueue_job('send_message', jsonb_build_object('message_id', v_decision.message_id));
  end if;
  return next v_decision;
end
$$;

ALTER FUNCTION app.begin_message(p_category text, p_method text, p_content text, p_send_key text, p_contact_id uuid, p_service_provider text, p_recipient text, p_subject text, p_call_id uuid, p_appointment_id uuid, p_campaign_id uuid, p_in_reply_to uuid, p_number_zones text[], p_number_region text, p_spoken boolean, p_hand_over boolean, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.begin_message(p_category text, p_method text, p_content text, p_send_key text, p_contact_id uuid, p_service_provider text, p_recipient text, p_subject text, p_call_id uuid, p_appointment_id uuid, p_campaign_id uuid, p_in_reply_to uuid, p_number_zones text[], p_number_region text, p_spoken boolean, p_hand_over boolean, p_request_id text) IS 'Decides whether a message may leave and writes its row before it does; whoever is told send takes it to the provider after the commit and says how it went with app.finish_message. outcome send: handed over to the caller, a job settles it if nothing more is heard; queued (p_hand_over false): a job sends it; wait: no row, ask again at not_before; blocked: reason says why, with a row unless it is no_recipient, empty or too_long; replayed: p_send_key was seen before, status is what became of it. p_recipient NULL: the contact''s phone or e-mail. p_number_zones, p_number_region: where the number is at home. p_spoken: a caller only said the number (confirmations by sms only). VX400 for an unknown category or method or an empty key, VX404 for an unknown contact, VX409 for a key of another message.';

CREATE FUNCTION app.begin_provisioning(p_number text, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text, p_account_ref text, p_account_changed boolean, p_routing text DEFAULT NULL::text) RETURNS SETOF app.provisioning_status
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_number public.phone_numbers;
  v_run public.provisioning;
begin
  perform app.require_admin();
  if p_routing not in ('dynamic', 'fixed') then
    raise exception 'routing is dynamic or fixed' using errcode = 'VX400';
  elsif not exists (
    select from public.agents a where a.org_id = v_org_id and a.role = 'inbound' and a.is_default and a.deleted_at is null) then
    raise exception 'save an inbound agent first: somebody has to answer the number' using errcode = 'VX409';
  elsif exists (select from public.locations l where l.org_id = v_org_id and l.phone = p_number) then
    raise exception 'this is a location''s own line, where callers go when we cannot answer: give that location another line first'
      using errcode = 'VX409';
  end if;
  -- Claims the number as well: of two organisations that want it, the second waits here and is refused.
  perform app.save_credential('twilio', p_ciphertext, p_nonce, p_auth_tag, p_key_id, p_account_ref, p_number);
  select * into v_number from public.phone_numbers n where n.org_id = v_org_id and n.number = p_number for update;
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.number = p_number and p.state not in ('undone', 'released')
  for update;
  v_now := app.now();
  if v_run.state in ('undoing', 'releasing') then
    raise exception 'this number is being given back at this moment: try again when that is done' using errcode = 'VX409';
  elsif coalesce(p_routing, v_number.routing) = 'fixed' and not exists (
    select from public.assistant_routes r
    join public.agents a on a.org_id = r.org_id and a.id = r.agent_id and a.deleted_at is null
    where r.org_id = v_org_id and (a.id = v_number.agent_id or v_number.agent_id is null and a.role = 'inbound' and a.is_default)) then
    raise exception 'the agent has no assistant at Vapi yet: try again in a moment' using errcode = 'VX409';
  end if;
  if v_run.id is null then
    insert into public.provisioning (org_id, number, account_ref, started_by)
    values (v_org_id, p_number, p_account_ref, app.current_user_id())
    returning * into v_run;
    insert into public.provisioning_steps (org_id, provisioning_id, position, step)
    select v_org_id, v_run.id, s.position, s.step
    from unnest(array['check', 'credential', 'import', 'messaging', 'routing']) with ordinality s (step, position);
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'number_set_up', 'phone_number', v_number.id, app.current_user_id());
    perform app.start_provisioning(v_run.id);
  elsif p_account_changed or v_run.state = 'active' and v_run.error is not null or coalesce(p_routing, v_number.routing) <> v_number.routing then
    -- Everything is gone through again; each step finds what it made before.
    update public.provisioning p
    set state = 'running', account_ref = p_account_ref, error = null, updated_at = v_now
    where p.org_id = v_org_id and p.id = v_run.id;
    update public.provisioning_steps s
    set state = 'waiting', attempts = 0, error = null, updated_at = v_now
    where s.org_id = v_org_id and s.provisioning_id = v_run.id;
    perform app.start_provisioning(v_run.id);
  end if;
  update public.phone_numbers n
  set routing = coalesce(p_routing, n.routing), updated_at = v_now
  where n.org_id = v_org_id and n.id = v_number.id and n.routing is distinct from coalesce(p_routing, n.routing);
  return query select * from app.provisioning_status(v_run.id);
end
$$;

ALTER FUNCTION app.begin_provisioning(p_number text, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text, p_account_ref text, p_account_changed boolean, p_routing text) OWNER TO app_writer;

COMMENT ON FUNCTION app.begin_provisioning(p_number text, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text, p_account_ref text, p_account_changed boolean, p_routing text) IS 'Begins giving the tenant a number (E.164) of the Twilio account that was just verified and sealed, or goes on with the run it has: claims the number, keeps the account, writes the run and its steps, puts the job in. The same again changes nothing; after a failure, with another token (p_account_changed) or another routing every step is gone through again. p_routing NULL: as it is, at first dynamic. Owner or admin only (VX403). VX400: no number; VX409: the number is another organisation''s or the clinic''s own line, there is no inbound agent (or, for fixed, no assistant), or the number is being given back.';

CREATE FUNCTION app.begin_recording(p_call_id uuid, p_lease interval) RETURNS SETOF app.recording_copy
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_recording public.recordings;
  v_copy app.recording_copy;
  v_now timestamptz;
begin
  select * into v_recording from public.recordings r where r.org_id = v_org_id and r.call_id = p_call_id for update;
  v_now := app.now();
  if v_recording.id is null then
    raise exception 'there is no such recording' using errcode = 'VX404';
  end if;
  select v_recording.id, c.vapi_call_id, v_recording.source_url, v_recording.storage_key
  into v_copy.recording_id, v_copy.vapi_call_id, v_copy.source_url, v_copy.storage_key
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id;
  v_copy.outcome := case
    when v_recording.delete_requested_at is not null then 'unwanted'
    when v_recording.stored_at is not null then 'done'
    when v_recording.lease_until > v_now then 'wait'
    else 'copy'
  end;
  if v_copy.outcome = 'wait' then
    v_copy.not_before := v_recording.lease_until;
  elsif v_copy.outcome = 'copy' then
    update public.recordings r
    set lease_until = v_now + p_lease, updated_at = v_now
    where r.org_id = v_org_id and r.id = v_recording.id;
    perform app.set_recording_state(p_call_id, 'copying');
  end if;
  return next v_copy;
end
$$;

ALTER FUNCTION app.begin_recording(p_call_id uuid, p_lease interval) OWNER TO app_writer;

COMMENT ON FUNCTION app.begin_recording(p_call_id uuid, p_lease interval) IS 'Asks, for a job, whether the recording of a call is to be copied now, see app.recording_copy. With outcome copy the recording is the job''s for p_lease; app.finish_recording or app.fail_recording ends it. VX404: the tenant has no such recording.';

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

CREATE FUNCTION app.blank_calls(p_call_ids uuid[]) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[erased]'
  where m.org_id = v_org_id and m.call_id = any (p_call_ids);
  -- What a tool call was answered is kept for its repetition only, and names visits.
  update public.webhook_deliveries d
  set answer = '[erased]'
  from public.call_logs c
  where c.org_id = v_org_id and c.id = any (p_call_ids) and d.org_id = v_org_id and d.vapi_call_id = c.vapi_call_id
    and d.answer is not null;
  -- Our own side of the call is no one's secret. A report that still comes counts as taken in: it must bring nothing back.
  update public.call_logs c
  set from_number = case when c.direction = 'outbound' then c.from_number end,
    to_number = case when c.direction = 'outbound' then null else c.to_number end,
    summary = null, transcript = '[]', transcript_state = 'none', reported_at = coalesce(c.reported_at, v_now), updated_at = v_now
  where c.org_id = v_org_id and c.id = any (p_call_ids);
  -- Last: a report that was being taken in has noted its recording by now.
  perform app.drop_recordings(p_call_ids, 'erased');
end
$$;

ALTER FUNCTION app.blank_calls(p_call_ids uuid[]) OWNER TO owner;

COMMENT ON FUNCTION app.blank_calls(p_call_ids uuid[]) IS 'Blanks the words of calls and the number on the other side: transcript, summary, messages left; a recording is deleted by a job and its links open nothing any more. Times, outcome and cost stay.';

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

CREATE FUNCTION app.book_by_staff(p_service text, p_at text, p_patient_name text DEFAULT NULL::text, p_contact_id uuid DEFAULT NULL::uuid, p_phone text DEFAULT NULL::text, p_email text DEFAULT NULL::text, p_date_of_birth date DEFAULT NULL::date, p_resource text DEFAULT NULL::text, p_notes text DEFAULT NULL::text, p_override boolean DEFAULT false) RETURNS SETOF app.booking_result
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := nullif(btrim(p_patient_name), '');
  v_contact public.contacts;
  v_is_new boolean := false;
  v_zone text;
  v_result app.booking_result;
begin
  perform app.require_staff();
  if p_contact_id is null and p_phone is null then
    raise exception 'name the contact, or the phone number to reach them at' using errcode = 'VX400';
  end if;
  -- The wall clock that is meant hangs where the resource works.
  select l.time_zone into v_zone
  from public.locations l
  where l.org_id = v_org_id
  order by l.id is distinct from (select r.location_id from app.find_resource(p_resource) r), l.created_at, l.id
  limit 1;

  if p_contact_id is null then
    -- The resources first, as every booking locks them: a caller of this number who books at this moment holds them and
    -- would wait for this row, while we waited for them.
    perform app.lock_resources(array(
      select app.candidates(s.id, (select r.id from app.find_resource(p_resource) r), app.location_of_wish(null, null))
      from app.find_service(p_service) s));
    insert into public.contacts (org_id, phone, name, email, source)
    values (v_org_id, p_phone, v_name, nullif(btrim(p_email), ''), 'dashboard')
    on conflict (org_id, phone) do nothing;
    v_is_new := found;
  end if;
  select * into v_contact
  from public.contacts c
  where c.org_id = v_org_id and case when p_contact_id is null then c.phone = p_phone else c.id = p_contact_id end;
  if v_contact.id is null or v_contact.erased_at is not null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  end if;

  select * into v_result
  from app.book_appointment(p_service, app.wished_instant(p_at, v_zone), coalesce(v_name, v_contact.name),
    p_resource => p_resource, p_contact_id => v_contact.id, p_date_of_birth => p_date_of_birth, p_notes => p_notes,
    p_override => p_override);
  if v_is_new and v_result.outcome <> 'booked' then
    -- A refused try leaves nobody behind.
    delete from public.contacts c where c.org_id = v_org_id and c.id = v_contact.id;
  end if;
  return next v_result;
end
$$;

ALTER FUNCTION app.book_by_staff(p_service text, p_at text, p_patient_name text, p_contact_id uuid, p_phone text, p_email text, p_date_of_birth date, p_resource text, p_notes text, p_override boolean) OWNER TO app_writer;

COMMENT ON FUNCTION app.book_by_staff(p_service text, p_at text, p_patient_name text, p_contact_id uuid, p_phone text, p_email text, p_date_of_birth date, p_resource text, p_notes text, p_override boolean) IS 'app.book_appointment for the dashboard: for a contact, or for a number (E.164) whose contact is made where it is missing. p_at as in app.wished_instant, local times in the zone of the resource''s location. The patient is the contact when no other name is given. Staff only (VX403); VX404 for a contact that is not the clinic''s.';

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

CREATE FUNCTION app.call_gaps(p_zone text) RETURNS SETOF tstzrange
    LANGUAGE plpgsql STABLE ROWS 5
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select tstzrange(g.from_at, g.to_at)
  from (
    select d.to_at as from_at, coalesce(lead(d.from_at) over (order by d.day), 'infinity') as to_at
    from public.call_days d
    where d.org_id = v_org_id and d.time_zone = p_zone
    union all
    select '-infinity', coalesce(min(d.from_at), 'infinity')
    from public.call_days d
    where d.org_id = v_org_id and d.time_zone = p_zone
  ) g
  where g.from_at < g.to_at;
end
$$;

ALTER FUNCTION app.call_gaps(p_zone text) OWNER TO owner;

COMMENT ON FUNCTION app.call_gaps(p_zone text) IS 'All of time but the days of calls that are rolled up in this zone: today, days that changed since, and what lies before the first and after the last. Calls in it have to be counted one by one.';

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

CREATE FUNCTION app.call_state(p_status text, p_outcome text, p_ended_reason text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    AS $$
  select case
    when p_status <> 'ended' then 'in_progress'
    when p_outcome = 'missed' and p_ended_reason like '%error%' then 'failed'
    when p_outcome in ('missed', 'transferred') then p_outcome
    else 'completed'
  end
$$;

ALTER FUNCTION app.call_state(p_status text, p_outcome text, p_ended_reason text) OWNER TO owner;

COMMENT ON FUNCTION app.call_state(p_status text, p_outcome text, p_ended_reason text) IS 'How a call stands, in the words of the dashboard: in_progress, completed, missed, transferred, or failed where an error of ours or the provider''s kept it from taking place. Has no search_path so that it is inlined into lists.';

CREATE FUNCTION app.call_stats() RETURNS SETOF app.call_stats
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_now timestamptz := app.now();
  v_today timestamptz := (app.clinic_period(null, null, 'today'))[1];
  v_week timestamptz := (app.clinic_period(null, null, 'week'))[1];
  v_month timestamptz := (app.clinic_period(null, null, 'month'))[1];
begin
  return query
  with days as (
    select * from public.call_days d where d.org_id = v_org_id and d.time_zone = v_zone
  ), gaps as materialized (
    select lower(g) as from_at, upper(g) as to_at from app.call_gaps(v_zone) g
  ), sums as (
    select sum(c.calls) as calls, sum(c.inbound) as inbound, sum(c.outbound) as outbound, sum(c.ended) as ended,
      sum(c.missed) as missed, sum(c.failed) as failed, sum(c.transferred) as transferred, sum(c.timed) as timed,
      sum(c.seconds) as seconds
    from (
      select d.calls, d.inbound, d.outbound, d.ended, d.missed, d.failed, d.transferred, d.timed, d.seconds
      from days d
      union all
      select l.*
      from gaps g
      cross join lateral app.count_calls(g.from_at, g.to_at) l
    ) c
  ), lately as (
    select coalesce(sum(c.calls) filter (where c.at >= v_today), 0) as today,
      coalesce(sum(c.calls) filter (where c.at >= v_week), 0) as week,
      coalesce(sum(c.calls) filter (where c.at >= v_month), 0) as month
    from (
      select d.from_at as at, d.calls
      from days d
      union all
      select l.began_at, 1
      from gaps g
      join public.call_logs l on l.org_id = v_org_id and l.deleted_at is null
        and l.began_at >= greatest(g.from_at, least(v_week, v_month)) and l.began_at < g.to_at
      union all
      select l.began_at, 1
      from gaps g
      join public.call_logs l on l.org_id = v_org_id and l.deleted_at is not null
        and l.began_at >= greatest(g.from_at, least(v_week, v_month)) and l.began_at < g.to_at
    ) c
  )
  select s.calls::bigint, s.inbound::bigint, s.outbound::bigint, (s.ended - s.missed - s.failed - s.transferred)::bigint,
    s.missed::bigint, s.transferred::bigint, s.failed::bigint, n.today::bigint, n.week::bigint, n.month::bigint,
    coalesce(round(s.seconds / nullif(s.timed, 0)), 0)::integer,
    coalesce(round(100.0 * (s.ended - s.missed - s.failed) / nullif(s.ended, 0), 1), 0)::double precision,
    (
      select coalesce(sum(v.price_minor), 0)::bigint
      from public.appointments a
      join public.services v on v.org_id = a.org_id and v.id = a.service_id
      where a.org_id = v_org_id and a.scheduled_at > v_now and a.status in ('pending', 'confirmed')
    ),
    (select count(*) from public.contacts k where k.org_id = v_org_id and k.erased_at is null and k.lead_status = 'hot')
  from sums s, lately n;
end
$$;

ALTER FUNCTION app.call_stats() OWNER TO app_writer;

COMMENT ON FUNCTION app.call_stats() IS 'All calls of the clinic in numbers, deleted ones too: one row, with zeros where there are none. Days are those of the clinic''s zone. Every member may look.';

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
    time_zone text,
    language text,
    marketing_consent_at timestamp with time zone,
    erased_at timestamp with time zone,
    search_text text GENERATED ALWAYS AS (lower((((((((COALESCE(name, ''::text) || '
'::text) || COALESCE(phone, ''::text)) || '
'::text) || COALESCE(spoken_phone, ''::text)) || '
'::text) || COALESCE(email, ''::text)) COLLATE "und-x-icu"))) STORED NOT NULL,
    CONSTRAINT contacts_email_check CHECK (((char_length(email) >= 3) AND (char_length(email) <= 254))),
    CONSTRAINT contacts_language_check CHECK ((language ~ '^[a-z]{2}$'::text)),
    CONSTRAINT contacts_lead_score_check CHECK (((lead_score >= 0) AND (lead_score <= 100))),
    CONSTRAINT contacts_lead_status_check CHECK ((lead_status = ANY (ARRAY['hot'::text, 'warm'::text, 'cold'::text, 'booked'::text, 'lost'::text]))),
    CONSTRAINT contacts_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT contacts_notes CHECK ((char_length(notes) <= 10000)),
    CONSTRAINT contacts_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT contacts_source_check CHECK ((source = ANY (ARRAY['call'::text, 'dashboard'::text, 'import'::text]))),
    CONSTRAINT contacts_spoken_phone_check CHECK ((spoken_phone ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT contacts_time_zone_check CHECK (app.is_time_zone(time_zone))
);

ALTER TABLE ONLY public.contacts FORCE ROW LEVEL SECURITY;

ALTER TABLE public.contacts OWNER TO owner;

COMMENT ON TABLE public.contacts IS 'The person reachable at a number. Who comes to a visit is a patient: a parent is one contact with several patients.';

COMMENT ON COLUMN public.contacts.phone IS 'E.164, from the call''s envelope, staff or a verified caller only; unique per organisation, NULL allowed.';

COMMENT ON COLUMN public.contacts.spoken_phone IS 'A number the caller said. Never used to find a contact.';

COMMENT ON COLUMN public.contacts.origin_call_id IS 'The call of a caller without a number: such a caller has exactly one contact per call.';

COMMENT ON COLUMN public.contacts.email IS 'Not unique: families share addresses.';

COMMENT ON COLUMN public.contacts.time_zone IS 'Where the contact lives, when staff know; quiet hours obey it before the number''s region.';

COMMENT ON COLUMN public.contacts.language IS 'ISO 639-1; NULL: the clinic''s.';

COMMENT ON COLUMN public.contacts.marketing_consent_at IS 'When the contact agreed to marketing texts. Without it no campaign reaches them.';

COMMENT ON COLUMN public.contacts.erased_at IS 'When everything personal was blanked; the row stays for what points at it.';

COMMENT ON COLUMN public.contacts.search_text IS 'What staff find the contact by, in lower case: name, numbers and address, a line each. One column, because one comparison a row is a third of the work of three.';

CREATE FUNCTION app.campaign_segment(p_segment jsonb) RETURNS SETOF public.contacts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_statuses text[];
  v_interests text[];
  v_before date;
begin
  perform app.check_segment(p_segment);
  v_statuses := case when p_segment ? 'lead_status' then array(select jsonb_array_elements_text(p_segment -> 'lead_status')) end;
  v_interests := case when p_segment ? 'service_interests' then
    array(select lower(i) from jsonb_array_elements_text(p_segment -> 'service_interests') i) end;
  v_before := (p_segment ->> 'last_visit_before')::date;
  return query
  select c.*
  from public.contacts c
  join public.organizations o on o.id = c.org_id
  where c.org_id = v_org_id
    and c.phone is not null
    and c.erased_at is null
    and (v_statuses is null or c.lead_status = any (v_statuses))
    and (v_interests is null or exists (select from unnest(c.service_interests) i where lower(i) = any (v_interests)))
    -- Nobody is recalled who was never there: without a visit there is no last one.
    and (v_before is null or v_before > (
      select max((a.scheduled_at at time zone o.time_zone)::date)
      from public.appointments a
      where a.org_id = c.org_id and a.contact_id = c.id
        and a.status in ('confirmed', 'completed') and a.scheduled_at <= v_now))
    and (not coalesce((p_segment ->> 'no_visit_ahead')::boolean, false) or not exists (
      select from public.appointments a
      where a.org_id = c.org_id and a.contact_id = c.id
        and a.status in ('pending', 'confirmed') and a.scheduled_at > v_now))
    and not app.is_opted_out('sms', c.phone)
  order by c.id;
end
$$;

ALTER FUNCTION app.campaign_segment(p_segment jsonb) OWNER TO app_writer;

COMMENT ON FUNCTION app.campaign_segment(p_segment jsonb) IS 'Whom a campaign reaches: contacts with a number of their own, neither erased nor opted out, narrowed by every key of the segment (see app.check_segment; VX400). Days are the clinic''s. Consent to marketing is asked by app.start_campaign and again at each sending.';

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
    perform app.write_cancellation(v_old, p_reason, p_call_id);
    v_result := app.booking_answer('cancelled', v_old.id);
  end if;

  perform app.note_attempt('cancel', v_result, p_call_id, p_tool_call_id, null, null, null);
  return next v_result;
end
$$;

ALTER FUNCTION app.cancel_appointment(p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_reason text, p_at time without time zone, p_patient_name text) OWNER TO app_writer;

COMMENT ON FUNCTION app.cancel_appointment(p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_reason text, p_at time without time zone, p_patient_name text) IS 'Cancels a visit; its time is free at once and can be booked again, also in the same call. Named as in app.reschedule_appointment. outcome cancelled (replayed when it was already), question (which_appointment) or refused: not_verified, not_found, not_active.';

CREATE FUNCTION app.cancel_by_reply(p_inbound public.messages, p_appointment_id uuid, p_our_number text, p_now timestamp with time zone) RETURNS app.inbound_answer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
begin
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id
  for update;
  if v_old.status in ('pending', 'confirmed') and v_old.scheduled_at > p_now then
    perform app.write_cancellation(v_old, 'cancelled by text', null, (p_inbound).id);
    perform app.notify_staff('visit_cancelled_by_reply', 'A patient cancelled a visit by text', 'appointment', v_old.id);
  elsif v_old.status <> 'cancelled' then
    return app.leave_to_staff(p_inbound);
  end if;
  return ('cancelled', (p_inbound).id, (p_inbound).contact_id,
    app.queue_reply(p_inbound, 'cancelled', array[v_old.id], p_our_number))::app.inbound_answer;
end
$$;

ALTER FUNCTION app.cancel_by_reply(p_inbound public.messages, p_appointment_id uuid, p_our_number text, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.cancel_by_reply(p_inbound public.messages, p_appointment_id uuid, p_our_number text, p_now timestamp with time zone) IS 'Cancels the visit that the patient''s answer named, as app.cancel_appointment does, and tells staff. outcome cancelled (also when somebody else cancelled it meanwhile), or stored when it is past.';

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

CREATE FUNCTION app.change_appointment(p_appointment_id uuid, p_at text DEFAULT NULL::text, p_resource text DEFAULT NULL::text, p_override boolean DEFAULT false, p_status text DEFAULT NULL::text, p_notes text DEFAULT NULL::text, p_confirmation_sent boolean DEFAULT NULL::boolean, p_reason text DEFAULT NULL::text) RETURNS SETOF app.booking_result
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_zone text;
  v_status text;
  v_result app.booking_result;
begin
  perform app.require_staff();
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held';
  if v_old.id is null then
    raise exception 'there is no such appointment' using errcode = 'VX404';
  end if;
  v_zone := (select l.time_zone from public.locations l where l.org_id = v_org_id and l.id = v_old.location_id);
  v_status := case when p_status is distinct from v_old.status then p_status end;
  if v_status not in ('confirmed', 'cancelled', 'completed', 'no_show') then
    raise exception 'a visit becomes confirmed, cancelled, completed or no_show' using errcode = 'VX400';
  elsif v_status <> 'confirmed' and coalesce(p_at, p_resource) is not null then
    raise exception 'move a visit or end it, not both at once' using errcode = 'VX400';
  end if;

  if coalesce(p_at, p_resource) is not null then
    select * into v_result
    from app.reschedule_appointment(coalesce(app.wished_instant(p_at, v_zone), v_old.scheduled_at), v_old.id::text,
      p_resource => p_resource, p_override => p_override);
    if v_result.outcome <> 'rescheduled' then
      return next v_result;
      return;
    end if;
  end if;
  if v_status = 'confirmed' then
    select * into v_result from app.approve_appointment(v_old.id);
  elsif v_status = 'cancelled' then
    select * into v_result from app.cancel_appointment(v_old.id::text, p_reason => p_reason);
  elsif v_status is not null then
    select * into v_result from app.conclude_appointment(v_old.id, v_status);
  end if;

  if v_result.outcome is distinct from 'refused' and (p_notes is not null or p_confirmation_sent is not null) then
    update public.appointments a
    set notes = case when p_notes is null then a.notes else nullif(btrim(p_notes), '') end,
      confirmation_sent = coalesce(p_confirmation_sent, a.confirmation_sent), updated_at = app.now()
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.announce('appointment_updated', 'appointment', v_old.id);
  end if;
  return next case when v_result.outcome is null then app.booking_answer('amended', v_old.id) else v_result end;
end
$$;

ALTER FUNCTION app.change_appointment(p_appointment_id uuid, p_at text, p_resource text, p_override boolean, p_status text, p_notes text, p_confirmation_sent boolean, p_reason text) OWNER TO app_writer;

COMMENT ON FUNCTION app.change_appointment(p_appointment_id uuid, p_at text, p_resource text, p_override boolean, p_status text, p_notes text, p_confirmation_sent boolean, p_reason text) IS 'What the dashboard changes at a visit, all or nothing; NULL leaves as it is. p_at (see app.wished_instant, local times in the zone of the visit''s location) and p_resource move it by app.reschedule_appointment; p_status confirmed approves, cancelled cancels (p_reason), completed and no_show conclude; empty p_notes clear. Staff only (VX403). outcome that of the step, amended when only notes changed, or refused with its reason; VX404 for a visit that is not the clinic''s.';

CREATE FUNCTION app.change_contact(p_contact_id uuid, p_change jsonb) RETURNS SETOF public.contacts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_old_status text;
begin
  perform app.require_staff();
  -- Whether a text may leave is decided under this lock, from the number, language and zone that are changed here.
  perform app.lock_contact(p_contact_id);
  select c.lead_status into v_old_status
  from public.contacts c
  where c.org_id = v_org_id and c.id = p_contact_id and c.erased_at is null
  for no key update;
  if not found then
    raise exception 'there is no such contact' using errcode = 'VX404';
  end if;
  perform app.write_contact(p_contact_id, p_change);
  perform app.announce_contact(p_contact_id, v_old_status);
  return query select c.* from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id;
end
$$;

ALTER FUNCTION app.change_contact(p_contact_id uuid, p_change jsonb) OWNER TO app_writer;

COMMENT ON FUNCTION app.change_contact(p_contact_id uuid, p_change jsonb) IS 'Changes a contact and returns it. p_change may hold name, phone (E.164), email, service_interests (array), notes, lead_status, language (ISO 639-1), time_zone (IANA) and marketing_consent (boolean); what is absent stays, an empty text takes the value away. Another number has no marketing consent yet, unless p_change says so. Staff only (VX403). VX404 unknown or erased, VX409 another contact has the number, VX400 an unknown key or a value that is not allowed.';

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

CREATE FUNCTION app.change_member_role(p_user_id uuid, p_role text) RETURNS SETOF public.profiles
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if coalesce(p_role, '') not in ('owner', 'admin', 'staff', 'viewer') then
    raise exception 'a role is owner, admin, staff or viewer' using errcode = 'VX400';
  end if;
  perform app.may_change_member(p_user_id, p_role);
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'role_changed', 'user', p_user_id, app.current_user_id());
  return query
  update public.profiles p set role = p_role, updated_at = app.now()
  where p.org_id = v_org_id and p.user_id = p_user_id
  returning p.*;
end
$$;

ALTER FUNCTION app.change_member_role(p_user_id uuid, p_role text) OWNER TO app_writer;

COMMENT ON FUNCTION app.change_member_role(p_user_id uuid, p_role text) IS 'Gives a member another role, which holds from their next request on, and returns the profile. Owner and admin only; owners are made and unmade by owners (VX403). VX400: no such role; VX404: no such member; VX409: the last owner.';

CREATE FUNCTION app.check_fields(p_fields jsonb, VARIADIC p_known text[]) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
declare
  v_key text;
begin
  if jsonb_typeof(p_fields) is distinct from 'object' then
    raise exception 'the fields are an object' using errcode = 'VX400';
  end if;
  select k into v_key from jsonb_object_keys(p_fields) k where k <> all (p_known) order by k limit 1;
  if found then
    raise exception 'there is no such field: %', left(v_key, 40) using errcode = 'VX400';
  end if;
end
$$;

ALTER FUNCTION app.check_fields(p_fields jsonb, VARIADIC p_known text[]) OWNER TO owner;

COMMENT ON FUNCTION app.check_fields(p_fields jsonb, VARIADIC p_known text[]) IS 'Raises VX400 unless p_fields is an object of known fields: a misspelt field must not be dropped without a word.';

CREATE FUNCTION app.check_segment(p_segment jsonb) RETURNS void
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $_$
declare
  v_key text;
  v_value jsonb;
begin
  if jsonb_typeof(p_segment) is distinct from 'object' then
    raise exception 'a segment is an object' using errcode = 'VX400';
  end if;
  for v_key, v_value in select * from jsonb_each(p_segment) loop
    if v_key not in ('lead_status', 'service_interests', 'last_visit_before', 'no_visit_ahead') then
      raise exception 'a segment has no key "%"; it has lead_status, service_interests, last_visit_before, no_visit_ahead',
        left(v_key, 40) using errcode = 'VX400';
    elsif not (case v_key
      when 'no_visit_ahead' then jsonb_typeof(v_value) = 'boolean'
      when 'last_visit_before' then jsonb_typeof(v_value) = 'string' and v_value #>> '{}' ~ '^\d{4}-\d{2}-\d{2}$'
      else jsonb_typeof(v_value) = 'array' and not jsonb_path_exists(v_value, '$[*] ? (@.type() != "string")')
    end) then
      raise exception 'the value of "%" does not fit', v_key using errcode = 'VX400';
    end if;
  end loop;
  perform (p_segment ->> 'last_visit_before')::date;
exception when datetime_field_overflow or invalid_datetime_format then
  raise exception 'last_visit_before is no date' using errcode = 'VX400';
end
$_$;

ALTER FUNCTION app.check_segment(p_segment jsonb) OWNER TO owner;

COMMENT ON FUNCTION app.check_segment(p_segment jsonb) IS 'Raises VX400 unless the segment of a campaign has known keys only, each with a value of its type: lead_status and service_interests arrays of strings, last_visit_before a date, no_visit_ahead true or false.';

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

CREATE FUNCTION app.check_steps(p_category text, p_steps jsonb) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $_$
declare
  v_step jsonb;
  v_after integer;
  v_last integer := -1;
begin
  if jsonb_typeof(p_steps) is distinct from 'array' or jsonb_array_length(p_steps) not between 1 and 10 then
    raise exception 'a campaign has one to ten steps' using errcode = 'VX400';
  end if;
  for v_step in select * from jsonb_array_elements(p_steps) loop
    if coalesce(v_step ->> 'after_minutes', '') !~ '^[0-9]{1,6}$' or (v_step ->> 'after_minutes')::integer > 525600 then
      raise exception 'after_minutes is a whole number from 0 to 525600, a year' using errcode = 'VX400';
    end if;
    v_after := (v_step ->> 'after_minutes')::integer;
    if v_after <= v_last then
      raise exception 'each step comes later than the one before' using errcode = 'VX400';
    elsif v_step ->> 'template_id' is not null and not exists (
      select from public.message_templates t
      where t.org_id = app.require_org_id() and t.id::text = lower(v_step ->> 'template_id')
    ) then
      raise exception 'there is no such template' using errcode = 'VX404';
    -- Advertising in a follow_up would get around the consent that marketing needs.
    elsif not exists (
      select from public.message_templates t
      where t.org_id = app.require_org_id() and t.id::text = lower(v_step ->> 'template_id')
        and t.kind in ('follow_up', p_category)
    ) then
      raise exception 'each step needs a template of kind follow_up or, in a marketing campaign, marketing'
        using errcode = 'VX400';
    end if;
    v_last := v_after;
  end loop;
end
$_$;

ALTER FUNCTION app.check_steps(p_category text, p_steps jsonb) OWNER TO owner;

COMMENT ON FUNCTION app.check_steps(p_category text, p_steps jsonb) IS 'Raises VX400 unless p_steps is an array of one to ten {"after_minutes", "template_id"}, each later than the one before, at most a year, with the clinic''s templates of a kind that the campaign''s category may send. VX404: a template that the clinic does not have.';

CREATE FUNCTION app.check_template(p_kind text, p_body text, p_subject text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_allowed text[] := app.template_fields(p_kind);
  v_named text[] := array(select m[1] from regexp_matches(p_body, '[{]([^{}]*)[}]', 'g') m);
  v_unknown text;
begin
  if v_allowed is null then
    raise exception 'there is no such kind of template' using errcode = 'VX400';
  elsif char_length(coalesce(btrim(p_body), '')) not between 1 and 1000 or char_length(p_subject) > 150 then
    raise exception 'a template has 1 to 1000 characters, its subject up to 150' using errcode = 'VX400';
  elsif app.message_text_refusal(p_kind, 'sms', regexp_replace(btrim(p_body), '[{][^{}]*[}]', '', 'g')) = 'too_long' then
    raise exception 'this is longer than a text may be: 160 characters for follow_up and marketing, 480 for the rest'
      using errcode = 'VX400';
  -- A subject is read on a locked screen, and goes to addresses that were only said.
  elsif replace(p_subject, '{clinic}', '') ~ '[{][^{}]*[}]' then
    raise exception 'a subject has no other field than {clinic}' using errcode = 'VX400';
  end if;
  select n into v_unknown from unnest(v_named) n where n <> all (v_allowed) limit 1;
  if v_unknown is not null then
    raise exception 'there is no field {%} in a % template; there are {%}',
      left(v_unknown, 40), p_kind, array_to_string(v_allowed, '}, {') using errcode = 'VX400';
  elsif p_kind = 'code' and position('{code}' in p_body) = 0 then
    raise exception 'a code template needs the field {code}' using errcode = 'VX400';
  end if;
end
$$;

ALTER FUNCTION app.check_template(p_kind text, p_body text, p_subject text) OWNER TO owner;

COMMENT ON FUNCTION app.check_template(p_kind text, p_body text, p_subject text) IS 'Raises VX400 unless the wording fits its kind: not empty and, its fields aside, no longer than such a text may be, see app.message_text_refusal; no field that the kind has not (the message names those it has), and {code} where the text is about nothing else; a subject of up to 150 characters with no field but {clinic}.';

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

CREATE FUNCTION app.claim_message(p_message_id uuid) RETURNS SETOF public.messages
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
  v_now timestamptz;
begin
  perform app.lock_number(m.recipient) from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
    and m.status = 'queued' and m.handed_over_at is null
  for update;
  if v_message.id is null then
    return;
  end if;
  v_now := app.now();
  if app.is_opted_out(v_message.method, v_message.recipient) then
    update public.messages m
    set status = 'blocked', reason = 'opted_out', updated_at = v_now
    where m.org_id = v_org_id and m.id = p_message_id;
    perform app.announce('message_updated', 'message', p_message_id);
    return;
  end if;
  perform app.enqueue_job('settle_message', jsonb_build_object('message_id', p_message_id), v_now + interval '2 minutes');
  return query
  update public.messages m
  set handed_over_at = v_now, updated_at = v_now
  where m.org_id = v_org_id and m.id = p_message_id
  returning m.*;
end
$$;

ALTER FUNCTION app.claim_message(p_message_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.claim_message(p_message_id uuid) IS 'Hands a queued message to the one who asks, once, and puts a job in the queue that settles it if nothing more is heard. No row: somebody else has it, it is done, or the number opted out meanwhile and the message is blocked now.';

CREATE FUNCTION app.claim_number(p_number text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_location_id uuid := (
    select l.id from public.locations l where l.org_id = v_org_id order by l.created_at, l.id limit 1);
begin
  if v_location_id is null then
    raise exception 'a number belongs to a location; add one first' using errcode = 'VX409';
  end if;
  insert into public.phone_numbers (org_id, number, location_id, provider)
  values (v_org_id, p_number, v_location_id, 'twilio')
  on conflict (number) do nothing;
  -- Another tenant's row is invisible here; that ours is missing says enough.
  if not exists (select from public.phone_numbers n where n.org_id = v_org_id and n.number = p_number) then
    raise exception 'this number is in use by another organization' using errcode = 'VX409';
  end if;
end
$$;

ALTER FUNCTION app.claim_number(p_number text) OWNER TO owner;

COMMENT ON FUNCTION app.claim_number(p_number text) IS 'Makes a number (E.164) the tenant''s, at its first location, so that texts to it find the clinic. A number it already has stays as it is. VX409: another organisation has it, or there is no location.';

CREATE FUNCTION app.claim_request(p_method text, p_route text, p_key text, p_body_hash bytea, p_keep interval, p_lease interval, p_claim_id uuid) RETURNS SETOF app.request_claim
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_user_id uuid := app.current_user_id();
  v_now timestamptz := app.now();
  v_row public.idempotency_keys;
begin
  if v_user_id is null then
    raise exception 'only a member''s wishes have keys' using errcode = 'VX403';
  end if;
  insert into public.idempotency_keys as k
    (org_id, user_id, method, route, key, body_hash, claim_id, lease_until, created_at, expires_at)
  values (v_org_id, v_user_id, p_method, p_route, p_key, p_body_hash, p_claim_id, v_now + p_lease, v_now, v_now + p_keep)
  on conflict (org_id, user_id, method, route, key) do update
  set body_hash = excluded.body_hash, state = 'running', claim_id = excluded.claim_id, lease_until = excluded.lease_until,
    status = null, headers = null, response = null, acted_at = null, answer_kept = true, created_at = v_now, expires_at = excluded.expires_at
  where (k.state = 'done' and k.expires_at <= v_now)
    or (k.state = 'running' and k.lease_until <= v_now
      and (k.expires_at <= v_now or (k.body_hash = excluded.body_hash and k.acted_at is null)))
  returning k.* into v_row;
  if v_row.id is not null then
    return query select 'run', null::integer, null::jsonb, null::bytea;
    return;
  end if;

  select * into v_row
  from public.idempotency_keys k
  where k.org_id = v_org_id and k.user_id = v_user_id and k.method = p_method and k.route = p_route and k.key = p_key;
  if v_row.body_hash <> p_body_hash then
    return query select 'other_body', null::integer, null::jsonb, null::bytea;
  elsif v_row.state = 'done' and not v_row.answer_kept then
    return query select 'acted', null::integer, null::jsonb, null::bytea;
  elsif v_row.state = 'done' then
    return query select 'replay', v_row.status, v_row.headers, v_row.response;
  elsif v_row.acted_at is not null and v_row.lease_until <= v_now then
    return query select 'acted', null::integer, null::jsonb, null::bytea;
  else
    -- Also without a row: its try has just given up; the caller asks again and finds the key free.
    return query select 'running', null::integer, null::jsonb, null::bytea;
  end if;
end
$$;

ALTER FUNCTION app.claim_request(p_method text, p_route text, p_key text, p_body_hash bytea, p_keep interval, p_lease interval, p_claim_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.claim_request(p_method text, p_route text, p_key text, p_body_hash bytea, p_keep interval, p_lease interval, p_claim_id uuid) IS 'Asks whether the acting member''s wish under a key is to be carried out, see app.request_claim. With outcome run the key belongs to p_claim_id for p_lease, and its answer is kept until p_keep from now; app.finish_request ends it. A try that died before it changed anything (see app.note_effect) is followed by the next once its lease is over. VX403 when no member acts.';

CREATE FUNCTION app.claim_tool(p_name text, p_hash text, p_claim_id uuid) RETURNS SETOF app.tool_claim
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_now timestamptz;
  v_tool public.vapi_tools;
begin
  -- Nearly always; every sync of every process asks, and need not queue for the row.
  select * into v_tool from public.vapi_tools t where t.name = p_name and t.definition_hash = p_hash;
  if found then
    return next row('registered', v_tool.vapi_tool_id, v_tool.definition_hash)::app.tool_claim;
    return;
  end if;
  -- While a new build takes over, both run: the earlier one goes on with its own tool instead of registering it anew, which
  -- the new one would undo, and so on. A way back that lasts is a change like any other after an hour.
  v_now := app.now();
  select * into v_tool
  from public.vapi_tools t
  where t.name = p_name and t.previous_hash = p_hash and t.registered_at > v_now - interval '1 hour';
  if found then
    return next row('registered', v_tool.previous_id, v_tool.previous_hash)::app.tool_claim;
    return;
  end if;
  insert into public.vapi_tools (name) values (p_name) on conflict (name) do nothing;
  select * into v_tool from public.vapi_tools t where t.name = p_name for update;
  v_now := app.now();
  if v_tool.definition_hash = p_hash then
    return next row('registered', v_tool.vapi_tool_id, v_tool.definition_hash)::app.tool_claim;
  elsif v_tool.claimed_until > v_now and v_tool.claim_id <> p_claim_id then
    return next row('busy', v_tool.vapi_tool_id, v_tool.definition_hash)::app.tool_claim;
  else
    update public.vapi_tools t
    set claim_id = p_claim_id, claimed_until = v_now + interval '1 minute'
    where t.name = p_name;
    return next row('claimed', v_tool.vapi_tool_id, v_tool.definition_hash)::app.tool_claim;
  end if;
end
$$;

ALTER FUNCTION app.claim_tool(p_name text, p_hash text, p_claim_id uuid) OWNER TO app_definer;

COMMENT ON FUNCTION app.claim_tool(p_name text, p_hash text, p_claim_id uuid) IS 'Asks whether a tool with this definition (hex SHA-256) is registered, and claims the registering for a minute where it is not; see app.tool_claim. The definition that was replaced within the last hour counts as registered, under its own id.';

CREATE FUNCTION app.classified_words(p_tokens text[], p_gaps text[], p_names text[]) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $_$
  with facts as materialized (
    select app.redaction_vocabulary() as vocabulary, app.name_forms(p_names) as names,
      -- Where nobody's recognition writes capitals, an unknown word may be a name.
      t.words = lower(t.words) as all_small
    from (select array_to_string(p_tokens, ' ') as words) t
  )
  select ' ' || string_agg(
    case
      when c.is_name then case when c.known is null then 'P' || c.form when c.token <> c.form then 'R' || c.known else c.known end
      when c.known is not null then c.known
      when translate(c.token, '0123456789', '') = '' then c.token
      when left(c.token, 1) between '0' and '9' then 'O' || translate(c.form, 'stndrh', '')
      when c.token like '[_%' then 'X'
      when lower(left(c.token, 1)) <> upper(left(c.token, 1)) then
        case
          when char_length(c.token) = 1 then 'L'
          when c.token = c.form and not f.all_small
            or f.all_small and c.token like any ('{%_ing,%_ed,%_ly,%_ous,%_ful,%_able,%_ible,%_ish,%_less,%_ness,%_tion,%_ment,%_ity}') then 'W'
          when c.token = upper(c.token) and char_length(c.token) < 6 then 'A'
          else 'N'
        end || c.form
      when c.token in ('.', ',') then case when c.gap = '' and c.position < cardinality(p_tokens) then c.token when c.token = '.' then '!' else ';' end
      when strpos('?!-/()+#:@$¶;', c.token) > 0 or c.form like '''_%' then c.form
      when c.token in ('–', '—', '‑') then '-'
      when c.token in ('£', '€') then '$'
      when char_length(c.token) > 1 then 'W' || translate(c.token, '<>', '')
      else '~'
    end, ' ' order by c.position) || ' '
  from facts f
  cross join lateral (
    select t.token, t.gap, t.position, l.form, f.vocabulary ->> l.form as known,
      f.names ? l.form or octet_length(t.token) > char_length(t.token) and f.names ? replace(app.normalise_name(t.token), ' ', '') as is_name
    from unnest(p_tokens, p_gaps) with ordinality t(token, gap, position)
    cross join lateral (select replace(lower(t.token), '’', '''') as form) l
  ) c
$_$;

ALTER FUNCTION app.classified_words(p_tokens text[], p_gaps text[], p_names text[]) OWNER TO owner;

COMMENT ON FUNCTION app.classified_words(p_tokens text[], p_gaps text[], p_names text[]) IS 'What each token of a text is, a word each, with a blank around each: app.redaction_vocabulary''s kinds; P: a given name, R: a given name that is also a word and has a capital; N, A, W: unknown with a capital, in capitals, small; L: a letter; X: a placeholder; numbers in digits; "," and "." inside a number, ";" and "!" after a word. NULL without tokens.';

CREATE FUNCTION app.clinic_period(p_from date, p_to date, p_recent text DEFAULT NULL::text) RETURNS timestamp with time zone[]
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_zone text;
  v_today date;
  v_from date := p_from;
begin
  if p_from > p_to or not isfinite(coalesce(p_from, p_to, '2000-01-01')) or not isfinite(coalesce(p_to, '2000-01-01')) then
    raise exception 'the first day comes before the last' using errcode = 'VX400';
  end if;
  select o.time_zone into v_zone from public.organizations o where o.id = app.require_org_id();
  v_today := (app.now() at time zone v_zone)::date;
  v_from := greatest(v_from, case p_recent
    when 'today' then v_today
    when 'week' then v_today - 6
    when 'month' then date_trunc('month', v_today::timestamp)::date
  end);
  return array[
    app.local_instant(v_from::timestamp, v_zone, false),
    app.local_instant((p_to + 1)::timestamp, v_zone, false)];
exception when data_exception then
  raise exception 'the first day comes before the last' using errcode = 'VX400';
end
$$;

ALTER FUNCTION app.clinic_period(p_from date, p_to date, p_recent text) OWNER TO owner;

COMMENT ON FUNCTION app.clinic_period(p_from date, p_to date, p_recent text) IS 'Days of the clinic''s zone as two instants: the first that belongs to them and the first that does not any more; NULL is open on that side. p_recent narrows it: today, week (the seven days up to today) or month (the clinic''s month so far). VX400 for days in the wrong order or out of all calendars.';

CREATE FUNCTION app.close_question(p_contact_id uuid, p_now timestamp with time zone) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  update public.reply_questions q
  set answered_at = p_now
  where q.org_id = app.require_org_id() and q.contact_id = p_contact_id and q.answered_at is null
$$;

ALTER FUNCTION app.close_question(p_contact_id uuid, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.close_question(p_contact_id uuid, p_now timestamp with time zone) IS 'Ends the open question to a contact, if there is one: answered, overtaken or replaced.';

CREATE FUNCTION app.conclude_appointment(p_appointment_id uuid, p_status text) RETURNS SETOF app.booking_result
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_old public.appointments;
begin
  perform app.require_staff();
  if p_status is null or p_status not in ('completed', 'no_show') then
    raise exception 'a visit ends as completed or no_show' using errcode = 'VX400';
  end if;
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for update;
  v_now := app.now();
  if v_old.id is null then
    return next app.booking_refusal('refused', 'not_found');
  elsif v_old.status = p_status then
    return next app.booking_answer(p_status, v_old.id, null, true);
  elsif v_old.status = 'cancelled' then
    return next app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  elsif v_old.scheduled_at > v_now then
    return next app.booking_refusal('refused', 'not_started', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = p_status, updated_at = v_now
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.note_change(p_status, v_old.id, v_old, null);
    return next app.booking_answer(p_status, v_old.id);
  end if;
end
$$;

ALTER FUNCTION app.conclude_appointment(p_appointment_id uuid, p_status text) OWNER TO app_writer;

COMMENT ON FUNCTION app.conclude_appointment(p_appointment_id uuid, p_status text) IS 'Says how a visit ended, completed or no_show; one may be corrected to the other. Staff only (VX403). outcome completed or no_show (replayed when it was so already), or refused: not_found, not_active (cancelled), not_started.';

CREATE FUNCTION app.conclude_message(p_message public.messages, p_status text, p_external_id text, p_error_code text, p_reason text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := (p_message).id;
  v_now timestamptz := app.now();
  v_reason text := case
    when p_status = 'failed' and p_error_code = '21610' then 'opted_out'
    when p_status = 'failed' then coalesce(p_reason, 'refused')
    when p_status = 'unknown' then p_reason
  end;
begin
  update public.messages m
  set status = p_status, reason = v_reason,
    provider_error = left(nullif(regexp_replace(p_error_code, '[^A-Za-z0-9_.-]', '', 'g'), ''), 60),
    external_message_id = coalesce(m.external_message_id, p_external_id),
    sent_at = case when p_status in ('sent', 'delivered') then coalesce(m.sent_at, v_now) else m.sent_at end,
    updated_at = v_now
  where m.org_id = v_org_id and m.id = v_id;

  -- A reminder that staff sent confirms the visit as well; those that go out by themselves say only what was confirmed.
  if p_status in ('sent', 'delivered')
    and ((p_message).category = 'confirmation' or (p_message).category = 'reminder' and (p_message).actor_user_id is not null)
  then
    -- In order of their ids, as app.take_scheduled locks them.
    with told as (
      select a.org_id, a.id
      from public.appointments a
      where a.org_id = v_org_id and not a.confirmation_sent
        and (a.id = (p_message).appointment_id or a.id in (
          select s.appointment_id from public.scheduled_messages s where s.org_id = v_org_id and s.message_id = v_id))
      order by a.id
      for no key update
    )
    update public.appointments a
    set confirmation_sent = true
    from told
    where a.org_id = told.org_id and a.id = told.id;
  elsif v_reason = 'opted_out' then
    perform app.note_opt_out('sms', (p_message).recipient,
      coalesce((p_message).recipient_hash, app.number_hash((p_message).recipient)), 'carrier');
  end if;
  if p_status = 'failed' and (p_message).category in ('confirmation', 'reminder', 'code') then
    perform app.notify_staff('message_failed', format('A %s could not be sent', (p_message).category), 'message', v_id);
  elsif p_status = 'unknown' and p_reason = 'cannot_ask' and (p_message).reason is distinct from p_reason then
    perform app.notify_staff('message_unknown', 'A message may or may not have been sent', 'message', v_id);
  end if;
  perform app.announce('message_updated', 'message', v_id);
  return p_status;
end
$$;

ALTER FUNCTION app.conclude_message(p_message public.messages, p_status text, p_external_id text, p_error_code text, p_reason text) OWNER TO owner;

COMMENT ON FUNCTION app.conclude_message(p_message public.messages, p_status text, p_external_id text, p_error_code text, p_reason text) IS 'Writes what became of a message that is locked (p_message: the row before), with what follows from it: a confirmation that left marks its visits, and so does a reminder that staff sent, Twilio''s 21610 opts the number out as the carrier did, staff are told of what they must see to. A provider''s id that is known stays. Returns the status.';

CREATE FUNCTION app.conclude_provisioning(p_provisioning_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_run public.provisioning;
  v_other text;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id;
  if v_run.state = 'running' then
    update public.provisioning p
    set state = 'active', activated_at = coalesce(p.activated_at, v_now), error = null,
      lease_id = null, lease_until = null, next_at = null, updated_at = v_now
    where p.org_id = v_org_id and p.id = p_provisioning_id;
  else
    update public.provisioning p
    set state = case p.state when 'undoing' then 'undone' else 'released' end, ended_at = v_now,
      lease_id = null, lease_until = null, next_at = null, updated_at = v_now
    where p.org_id = v_org_id and p.id = p_provisioning_id;
  end if;
  if v_run.state = 'releasing' then
    delete from public.phone_numbers n where n.org_id = v_org_id and n.number = v_run.number;
    -- Texts leave from another number of the account, or from none: replies to a number given back reach nobody of ours.
    select p.number into v_other
    from public.provisioning p
    where p.org_id = v_org_id and p.state in ('running', 'active') and p.activated_at is not null
    order by p.activated_at, p.id
    limit 1;
    update public.org_credentials c
    set sender = v_other, updated_at = v_now
    where c.org_id = v_org_id and c.provider = 'twilio' and c.sender = v_run.number;
  end if;
  perform app.announce('provisioning_updated', 'provisioning', p_provisioning_id);
end
$$;

ALTER FUNCTION app.conclude_provisioning(p_provisioning_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.conclude_provisioning(p_provisioning_id uuid) IS 'Ends a run whose steps are all done (active) or undone. A released number''s row goes; the account is kept, its texts leave from another number of the clinic''s or, without one, from none. After a failed set-up the number stays the clinic''s, to text from.';

CREATE FUNCTION app.confirm_by_reply(p_inbound public.messages, p_appointment_id uuid, p_our_number text, p_now timestamp with time zone) RETURNS app.inbound_answer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
begin
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id
  for update;
  if v_old.status <> 'confirmed' or v_old.scheduled_at <= p_now then
    return app.leave_to_staff(p_inbound);
  end if;
  if v_old.confirmed_by_patient_at is null then
    update public.appointments a
    set confirmed_by_patient_at = p_now, updated_at = p_now
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.note_change('confirmed_by_patient', v_old.id, v_old, null, (p_inbound).id);
    perform app.notify_staff('visit_confirmed', 'A patient confirmed a visit by text', 'appointment', v_old.id);
  end if;
  return ('confirmed', (p_inbound).id, (p_inbound).contact_id,
    app.queue_reply(p_inbound, 'confirmed', array[v_old.id], p_our_number))::app.inbound_answer;
end
$$;

ALTER FUNCTION app.confirm_by_reply(p_inbound public.messages, p_appointment_id uuid, p_our_number text, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.confirm_by_reply(p_inbound public.messages, p_appointment_id uuid, p_our_number text, p_now timestamp with time zone) IS 'The patient says by text that they will come: kept on the visit, in its history and told to staff, each once. outcome confirmed, or stored when the visit is not confirmed by the clinic or past.';

CREATE FUNCTION app.confirmation_email(p_language text, p_clinic text, p_lines text[], p_place text, p_phone text, p_reminder boolean DEFAULT false) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
declare
  -- greeting and opening, place, phone, attachment, close, a reminder's opening
  v_words text[] := case p_language
    when 'es' then array['Hola:' || E'\n\n' || 'Su cita en %s queda registrada:', 'Lugar: %s',
      'Si tiene preguntas o quiere cambiarla, llame al %s.', 'El archivo adjunto la guarda en su calendario.', 'Hasta pronto,',
      'Hola:' || E'\n\n' || 'Le recordamos su cita en %s:']
    when 'fr' then array['Bonjour,' || E'\n\n' || 'Votre rendez-vous chez %s est noté :', 'Lieu : %s',
      'Pour une question ou un changement, appelez le %s.', 'Le fichier joint l''ajoute à votre agenda.', 'À bientôt,',
      'Bonjour,' || E'\n\n' || 'Nous vous rappelons votre rendez-vous chez %s :']
    when 'de' then array['Guten Tag,' || E'\n\n' || 'Ihr Termin bei %s ist vorgemerkt:', 'Ort: %s',
      'Bei Fragen oder Änderungen rufen Sie bitte %s an.', 'Mit der angehängten Datei kommt er in Ihren Kalender.', 'Bis bald,',
      'Guten Tag,' || E'\n\n' || 'wir erinnern Sie an Ihren Termin bei %s:']
    else array['Hello,' || E'\n\n' || 'your visit at %s is booked:', 'Place: %s',
      'For a question or a change please call %s.', 'The attached file puts it into your calendar.', 'See you soon,',
      'Hello,' || E'\n\n' || 'this is a reminder of your visit at %s:']
  end;
begin
  return concat_ws(E'\n\n',
    format(v_words[case when p_reminder then 6 else 1 end], p_clinic),
    (select string_agg('- ' || l.line, E'\n' order by l.at) from unnest(p_lines) with ordinality l (line, at)),
    case when p_place is not null then format(v_words[2], p_place) end,
    case when p_phone is not null then format(v_words[3], p_phone) end,
    case when not p_reminder then v_words[4] end, v_words[5] || E'\n' || p_clinic);
end
$$;

ALTER FUNCTION app.confirmation_email(p_language text, p_clinic text, p_lines text[], p_place text, p_phone text, p_reminder boolean) OWNER TO owner;

COMMENT ON FUNCTION app.confirmation_email(p_language text, p_clinic text, p_lines text[], p_place text, p_phone text, p_reminder boolean) IS 'The plain text of a confirmation by e-mail: one line per visit, then place and phone where they are known (NULL: left out). p_reminder: of a reminder, which brings no file for the calendar. Never a code: an address is easier to misspell than a number.';

CREATE FUNCTION app.contact_language(p_contact_id uuid) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select coalesce(
    (select c.language from public.contacts c where c.org_id = app.require_org_id() and c.id = p_contact_id),
    (select left(a.language, 2) from public.agents a
      where a.org_id = app.require_org_id() and a.role = 'inbound' and a.is_default),
    'en')
$$;

ALTER FUNCTION app.contact_language(p_contact_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.contact_language(p_contact_id uuid) IS 'The language (ISO 639-1) of what a contact is sent: theirs, else that of the clinic''s receptionist, else English.';

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

CREATE FUNCTION app.contact_search(p_search text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    BEGIN ATOMIC
 SELECT (('%'::text ||
         CASE
             WHEN ((p_search ~ '^[+0-9 ().-]+$'::text) AND (p_search ~ '[0-9].*[0-9].*[0-9]'::text)) THEN regexp_replace(regexp_replace(p_search, '[^0-9]'::text, ''::text, 'g'::text), '^0+([1-9])'::text, '\1'::text)
             ELSE replace(replace(replace(lower((btrim(p_search) COLLATE "und-x-icu")), '\'::text, '\\'::text), '%'::text, '\%'::text), '_'::text, '\_'::text)
         END) || '%'::text);
END;

ALTER FUNCTION app.contact_search(p_search text) OWNER TO owner;

COMMENT ON FUNCTION app.contact_search(p_search text) IS 'The pattern that contacts.search_text is compared with (like) when p_search is looked for. Blanks around it, case and the spelling of a number do not matter; % and _ are letters.';

CREATE FUNCTION app.contact_stats() RETURNS SETOF app.contact_stat
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_midnight timestamptz := app.local_instant(date_trunc('day', app.now() at time zone v_zone), v_zone, false);
begin
  -- A count a status, each a stretch of an index; grouping would cost more than counting.
  return query
  select k.hot + k.warm + k.cold + k.booked + k.lost, k.hot, k.warm, k.cold, k.booked, k.lost, k.new
  from (
    select
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'hot') as hot,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'warm') as warm,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'cold') as cold,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'booked') as booked,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.lead_status = 'lost') as lost,
      (select count(*) from public.contacts c where c.org_id = v_org_id and c.erased_at is null and c.created_at >= v_midnight) as new
  ) k;
end
$$;

ALTER FUNCTION app.contact_stats() OWNER TO owner;

COMMENT ON FUNCTION app.contact_stats() IS 'How many contacts the organisation has, by lead status, and how many are new since midnight of the clinic''s zone. One row, also without contacts; the erased do not count.';

CREATE FUNCTION app.contacts_like(p_search text) RETURNS SETOF uuid
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_words text := lower(p_search);
  v_digits text := regexp_replace(regexp_replace(p_search, '[^0-9]', '', 'g'), '^0+([1-9])', '\1'); -- see app.contact_search
  v_found uuid[] := app.found_ids('visitor', p_search);
begin
  if v_found is not null then
    return query select unnest(v_found);
    return;
  end if;
  return query
  select c.id
  from public.contacts c
  where c.org_id = app.current_org_id()
    and (strpos(lower(c.name), v_words) > 0
      or strpos(lower(c.email), v_words) > 0
      or (char_length(v_digits) >= 3 and p_search !~ '[[:alpha:]]'
        and (strpos(c.phone, v_digits) > 0 or strpos(c.spoken_phone, v_digits) > 0)));
end
$$;

ALTER FUNCTION app.contacts_like(p_search text) OWNER TO owner;

COMMENT ON FUNCTION app.contacts_like(p_search text) IS 'The contacts whose name or e-mail address holds these words, whatever their case, or whose number holds these digits, however they are written (three or more).';

CREATE FUNCTION app.count_calls(p_from timestamp with time zone, p_to timestamp with time zone) RETURNS SETOF app.call_count
    LANGUAGE plpgsql STABLE ROWS 1
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select count(*), count(*) filter (where s.direction = 'inbound'), count(*) filter (where s.direction = 'outbound'),
    count(*) filter (where s.state <> 'in_progress'), count(*) filter (where s.state = 'missed'),
    count(*) filter (where s.state = 'failed'), count(*) filter (where s.state = 'transferred'),
    count(s.duration_seconds) filter (where s.state <> 'in_progress'),
    coalesce(sum(s.duration_seconds) filter (where s.state <> 'in_progress'), 0)
  from (
    select l.direction, l.duration_seconds, app.call_state(l.status, l.outcome, l.ended_reason) as state
    from (
      select c.direction, c.status, c.outcome, c.ended_reason, c.duration_seconds
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is null and c.began_at >= p_from and c.began_at < p_to
      union all
      select c.direction, c.status, c.outcome, c.ended_reason, c.duration_seconds
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is not null and c.began_at >= p_from and c.began_at < p_to
    ) l
    offset 0 -- or the state would be found out anew in every column
  ) s;
end
$$;

ALTER FUNCTION app.count_calls(p_from timestamp with time zone, p_to timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.count_calls(p_from timestamp with time zone, p_to timestamp with time zone) IS 'The clinic''s calls that began in [p_from, p_to) in numbers, counted one by one, deleted ones too: one row, with zeros where there are none.';

CREATE FUNCTION app.count_unread_notifications() RETURNS bigint
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select count(*) from public.notifications n where n.org_id = app.require_org_id() and n.read_at is null
$$;

ALTER FUNCTION app.count_unread_notifications() OWNER TO owner;

COMMENT ON FUNCTION app.count_unread_notifications() IS 'How many of the clinic''s notifications nobody has read.';

CREATE FUNCTION app.create_contact(p_fields jsonb, p_source text DEFAULT 'dashboard'::text, p_call_id uuid DEFAULT NULL::uuid) RETURNS SETOF public.contacts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_phone text := nullif(p_fields ->> 'phone', '');
  v_contact public.contacts;
  v_old_status text;
begin
  perform app.require_staff();
  if coalesce(nullif(btrim(p_fields ->> 'name'), ''), v_phone, nullif(btrim(p_fields ->> 'email'), '')) is null then
    raise exception 'a contact needs a name, a number or an address' using errcode = 'VX400';
  elsif p_source not in ('call', 'dashboard', 'import') then
    raise exception 'there is no such source' using errcode = 'VX400';
  elsif p_call_id is not null then
    perform app.lock_call(p_call_id);
    if not exists (select from public.call_logs l where l.org_id = v_org_id and l.id = p_call_id and l.deleted_at is null) then
      raise exception 'there is no such call' using errcode = 'VX404';
    end if;
    -- A caller is a contact as soon as something was booked or said: then that one is meant.
    select c.* into v_contact
    from public.contacts c
    where c.org_id = v_org_id and c.erased_at is null
      and (c.phone = v_phone or v_phone is null and c.id = (
        select l.contact_id from public.call_logs l where l.org_id = v_org_id and l.id = p_call_id))
    for no key update;
  end if;

  v_old_status := v_contact.lead_status;
  if v_contact.id is null then
    insert into public.contacts (org_id, source, lead_status, lead_score)
    values (v_org_id, p_source, 'warm', app.score_of_status('warm', 0))
    returning * into v_contact;
    perform app.write_contact(v_contact.id, p_fields);
  else
    perform app.write_contact(v_contact.id, jsonb_strip_nulls(jsonb_build_object(
      'name', case when v_contact.name is null then p_fields ->> 'name' end,
      'email', case when v_contact.email is null then p_fields ->> 'email' end)));
  end if;
  update public.call_logs l
  set contact_id = v_contact.id, updated_at = app.now()
  where l.org_id = v_org_id and l.id = p_call_id and l.contact_id is null;
  perform app.announce_contact(v_contact.id, v_old_status);
  return query select c.* from public.contacts c where c.org_id = v_org_id and c.id = v_contact.id;
end
$$;

ALTER FUNCTION app.create_contact(p_fields jsonb, p_source text, p_call_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.create_contact(p_fields jsonb, p_source text, p_call_id uuid) IS 'Makes a contact of p_fields (as in app.change_contact; a name, a number or an address at least) and returns it; it is warm unless they say more. p_source: call, dashboard or import. p_call_id: it was made from that call, which becomes its; a contact that the call or the number has already is returned instead, with name and address filled in where it had none. Staff only (VX403). VX404 no such call, or a deleted one, VX409 another contact has the number, VX400 a value that is not allowed.';

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

CREATE FUNCTION app.daily_cap_reached(p_now timestamp with time zone) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org public.organizations;
  v_day timestamptz;
  v_count bigint;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  v_day := app.local_instant((p_now at time zone v_org.time_zone)::date::timestamp, v_org.time_zone, false);
  for v_try in 1 .. 2 loop
    select count(*) into v_count
    from public.messages m
    where m.org_id = v_org.id and m.created_at >= v_day and m.direction = 'outbound' and m.method in ('sms', 'email')
      and m.category not in ('code', 'reply') and m.status in ('queued', 'sent', 'delivered', 'unknown');
    exit when v_try = 2 or v_count < v_org.messages_per_day - 50;
    perform pg_advisory_xact_lock(5, hashtext(v_org.id::text));
  end loop;
  return v_count >= v_org.messages_per_day;
end
$$;

ALTER FUNCTION app.daily_cap_reached(p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.daily_cap_reached(p_now timestamp with time zone) IS 'Whether the clinic sent its messages_per_day today (its own day): texts and e-mails that left or may have left, codes and replies aside. Close to the cap it keeps others from counting until the transaction ends.';

CREATE FUNCTION app.default_agent(p_role text) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  perform app.require_admin();
  for v_try in 1..2 loop
    select a.id into v_id
    from public.agents a
    where a.org_id = v_org_id and a.role = p_role and a.deleted_at is null
    order by a.is_default desc, a.created_at, a.id
    limit 1;
    exit when v_id is not null or v_try = 2;
    perform pg_advisory_xact_lock(7, hashtext(v_org_id::text || p_role));
  end loop;
  return v_id;
end
$$;

ALTER FUNCTION app.default_agent(p_role text) OWNER TO app_writer;

COMMENT ON FUNCTION app.default_agent(p_role text) IS 'The agent that a save without an id means: the role''s default, else its oldest; owners and admins only (VX403). NULL: the role has none, and nobody else who asks learns so before this transaction ends.';

CREATE FUNCTION app.default_template(p_kind text, p_language text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return case p_kind || ' ' || case when p_language in ('es', 'fr', 'de') then p_language else 'en' end
    when 'confirmation en' then array['Your visit at {clinic}',
      '{clinic}: {visits}. Reply C to confirm, X to change, STOP to end.']
    when 'confirmation es' then array['Su cita en {clinic}',
      '{clinic}: {visits}. Responda C para confirmar, X para cambiar, STOP para darse de baja.']
    when 'confirmation fr' then array['Votre rendez-vous chez {clinic}',
      '{clinic}: {visits}. Répondez C pour confirmer, X pour modifier, STOP pour ne plus rien recevoir.']
    when 'confirmation de' then array['Ihr Termin bei {clinic}',
      '{clinic}: {visits}. Antworten Sie C zum Bestätigen, X zum Ändern, STOP zum Abmelden.']
    when 'reminder en' then array['Your visit at {clinic}',
      '{clinic}: {visits}. Reply C to confirm, X to change, STOP to end.']
    when 'reminder es' then array['Su cita en {clinic}',
      '{clinic}: {visits}. Responda C para confirmar, X para cambiar, STOP para darse de baja.']
    when 'reminder fr' then array['Votre rendez-vous chez {clinic}',
      '{clinic}: {visits}. Répondez C pour confirmer, X pour modifier, STOP pour ne plus rien recevoir.']
    when 'reminder de' then array['Ihr Termin bei {clinic}',
      '{clinic}: {visits}. Antworten Sie C zum Bestätigen, X zum Ändern, STOP zum Abmelden.']
    when 'neutral_confirmation en' then array['Your visit at {clinic}', '{clinic}: {visits}. Reply STOP to end.']
    when 'neutral_confirmation es' then array['Su cita en {clinic}', '{clinic}: {visits}. Responda STOP para darse de baja.']
    when 'neutral_confirmation fr' then array['Votre rendez-vous chez {clinic}',
      '{clinic}: {visits}. Répondez STOP pour ne plus rien recevoir.']
    when 'neutral_confirmation de' then array['Ihr Termin bei {clinic}', '{clinic}: {visits}. STOP zum Abmelden.']
    when 'missed_call en' then array['Your call to {clinic}',
      '{clinic}: sorry we missed your call. Please call again or reply here. STOP to end.']
    when 'missed_call es' then array['Su llamada a {clinic}',
      '{clinic}: sentimos no haber atendido su llamada. Llame de nuevo o responda. STOP para darse de baja.']
    when 'missed_call fr' then array['Votre appel chez {clinic}',
      '{clinic}: nous avons manqué votre appel. Rappelez ou répondez ici. STOP pour ne plus rien recevoir.']
    when 'missed_call de' then array['Ihr Anruf bei {clinic}',
      '{clinic}: Ihr Anruf hat uns nicht erreicht. Bitte rufen Sie wieder an oder antworten Sie. STOP zum Abmelden.']
    when 'code en' then array['Your code for {clinic}',
      '{clinic}: your code is {code}, good for 10 minutes. Tell it only to the receptionist you are talking to.']
    when 'code es' then array['Su codigo de {clinic}',
      '{clinic}: su codigo es {code} y vale 10 minutos. Digalo solo a la recepcionista con la que habla.']
    when 'code fr' then array['Votre code pour {clinic}',
      '{clinic}: votre code est {code}, valable 10 minutes. Ne le dites qu''à la réception qui vous parle.']
    when 'code de' then array['Ihr Code für {clinic}',
      '{clinic}: Ihr Code ist {code}, 10 Minuten lang. Nennen Sie ihn nur dem Empfang, mit dem Sie sprechen.']
  end;
end
$$;

ALTER FUNCTION app.default_template(p_kind text, p_language text) OWNER TO owner;

COMMENT ON FUNCTION app.default_template(p_kind text, p_language text) IS 'Our wording of what goes out by itself: array[subject, body], with fields in braces. Languages en, es, fr, de; any other is English. NULL for kinds without one (follow_up, marketing). Every letter is in GSM-7.';

CREATE FUNCTION app.delete_agent(p_agent_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_agent public.agents;
  v_now timestamptz;
begin
  perform app.require_admin();
  select * into v_agent from public.agents a where a.org_id = v_org_id and a.id = p_agent_id for update;
  if v_agent.id is null or v_agent.deleted_at is not null then
    return false;
  elsif v_agent.is_default and v_agent.role = 'inbound' and exists (
    select from public.phone_numbers n where n.org_id = v_org_id and (n.agent_id = p_agent_id or n.agent_id is null))
  then
    raise exception 'this agent answers the clinic''s number: make another one the default first' using errcode = 'VX409';
  end if;
  v_now := app.now();
  update public.agents a
  set deleted_at = v_now, is_default = false, failures = 0, retry_at = null, updated_at = v_now, saved_at = v_now
  where a.org_id = v_org_id and a.id = p_agent_id;
  if v_agent.is_default then
    -- The role is not left without a default while it has an agent.
    update public.agents a
    set is_default = true, updated_at = v_now
    where a.org_id = v_org_id and a.id = (
      select o.id
      from public.agents o
      where o.org_id = v_org_id and o.role = v_agent.role and o.deleted_at is null
      order by o.created_at, o.id
      limit 1);
  end if;
  perform app.reroute_numbers(null, p_agent_id);
  -- Its numbers go to the default at once, not only when the assistant is gone.
  update public.phone_numbers n set agent_id = null, updated_at = v_now where n.org_id = v_org_id and n.agent_id = p_agent_id;
  perform app.enqueue_job('sync_agent', jsonb_build_object('agent_id', p_agent_id));
  return true;
end
$$;

ALTER FUNCTION app.delete_agent(p_agent_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.delete_agent(p_agent_id uuid) IS 'Deletes an agent; owners and admins only (VX403). Its assistant at Vapi is taken away by a job, and the row with it; of a default agent''s role the oldest other becomes the default, and its numbers go to the default. False when there is none. VX409 for the default one while the clinic has a number that it answers.';

CREATE FUNCTION app.delete_call(p_call_id uuid, p_request_id text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  perform app.lock_call(p_call_id);
  update public.call_logs c
  set deleted_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null
    and (c.status = 'ended' or c.created_at < app.now() - interval '1 day');
  if not found then
    if exists (
      select from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null)
    then
      raise exception 'the call has not ended yet' using errcode = 'VX409';
    end if;
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  perform app.blank_calls(array[p_call_id]);
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'call_deleted', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  perform app.announce('call_update', 'call', p_call_id);
end
$$;

ALTER FUNCTION app.delete_call(p_call_id uuid, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.delete_call(p_call_id uuid, p_request_id text) IS 'Takes a call out of the lists and blanks what was said in it and the number on the other side, for good. The row, its times, outcome and cost stay for the numbers. Owner and admin only (VX403); VX404 for an unknown or deleted call, VX409 while it goes on (a day at most). Our copy of its recording is deleted by a job; the provider''s own is not reached from here.';

CREATE FUNCTION app.delete_location(p_location_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  -- The row of the organisation stands for all its locations, so that two deletions cannot leave none.
  perform from public.organizations o where o.id = v_org_id for no key update;
  if not exists (select from public.locations l where l.org_id = v_org_id and l.id = p_location_id) then
    return false;
  elsif not exists (select from public.locations l where l.org_id = v_org_id and l.id <> p_location_id) then
    raise exception 'an organisation keeps at least one location' using errcode = 'VX409';
  end if;
  delete from public.locations l where l.org_id = v_org_id and l.id = p_location_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'location_deleted', 'location', p_location_id, app.current_user_id());
  perform app.announce('location_updated', 'location', p_location_id);
  return true;
exception when foreign_key_violation then
  raise exception 'people, numbers, calls or visits belong to this location' using errcode = 'VX409';
end
$$;

ALTER FUNCTION app.delete_location(p_location_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.delete_location(p_location_id uuid) IS 'Deletes a location with its hours and closures. False when there is none. Owner and admin only (VX403). VX409: it is the last one, or resources, numbers, calls or visits belong to it.';

CREATE FUNCTION app.delete_notification(p_notification_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  delete from public.notifications n where n.org_id = v_org_id and n.id = p_notification_id;
  if not found then
    raise exception 'there is no such notification' using errcode = 'VX404';
  end if;
  perform app.announce('notification', 'notification', p_notification_id);
end
$$;

ALTER FUNCTION app.delete_notification(p_notification_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.delete_notification(p_notification_id uuid) IS 'Removes a notification, for all of the staff; what it pointed at stays. VX403 for viewers, VX404 for an unknown one.';

CREATE FUNCTION app.delete_resource(p_resource_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  perform app.lock_resources(array[p_resource_id]);
  delete from public.resources r where r.org_id = v_org_id and r.id = p_resource_id;
  if not found then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'resource_deleted', 'resource', p_resource_id, app.current_user_id());
  perform app.announce('resource_updated', 'resource', p_resource_id);
  return true;
exception when foreign_key_violation then
  raise exception 'visits or calendars belong to this resource: make it inactive instead' using errcode = 'VX409';
end
$$;

ALTER FUNCTION app.delete_resource(p_resource_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.delete_resource(p_resource_id uuid) IS 'Deletes a resource that was never booked, with its hours and time off. False when there is none. Owner and admin only (VX403). VX409: visits or calendars refer to it; an inactive resource is offered to nobody.';

CREATE FUNCTION app.delete_service(p_service_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  delete from public.services s where s.org_id = v_org_id and s.id = p_service_id;
  if not found then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'service_deleted', 'service', p_service_id, app.current_user_id());
  perform app.announce('service_updated', 'service', p_service_id);
  return true;
exception when foreign_key_violation then
  raise exception 'visits were booked for this service: make it inactive instead' using errcode = 'VX409';
end
$$;

ALTER FUNCTION app.delete_service(p_service_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.delete_service(p_service_id uuid) IS 'Deletes a service that was never booked. False when there is none. Owner and admin only (VX403). VX409: visits refer to it; an inactive service is offered to nobody.';

CREATE FUNCTION app.delete_template(p_template_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  perform app.require_staff();
  delete from public.message_templates t
  where t.org_id = app.require_org_id() and t.id = p_template_id;
  return found;
exception when foreign_key_violation then
  raise exception 'a campaign uses this template' using errcode = 'VX409';
end
$$;

ALTER FUNCTION app.delete_template(p_template_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.delete_template(p_template_id uuid) IS 'Deletes the clinic''s own wording; what goes out by itself then has ours again. Returns whether there was one. Staff only (VX403); VX409 while a campaign''s step uses it.';

CREATE FUNCTION app.digits_said(p_words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select string_agg(
    case
      when w.word ~ '^[0-9]' then w.word
      when w.word = 'Lo' then '0'
      when w.word = 'H' then '00'
      when w.word = 'K' then '000'
      when w.word like 'U%' then repeat(substr(w.word, 2), case w.previous when 'X2' then 2 when 'X3' then 3 else 1 end)
      when w.word like 'T%' then substr(w.word, 2)
      -- "forty-two" is two digits, "forty" too.
      when w.word like 'Y%' then left(substr(w.word, 2), case when w.next like 'U%' and w.next <> 'U0' then 1 else 2 end)
      else ''
    end, '' order by w.position)
  from (
    select t.word, t.position, lead(t.word) over (order by t.position) as next, lag(t.word) over (order by t.position) as previous
    from unnest(string_to_array(replace(replace(p_words, '0 - U', '0 U'), '0 Lo', '0 U0'), ' ')) with ordinality t(word, position)
  ) w
$$;

ALTER FUNCTION app.digits_said(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.digits_said(p_words text) IS 'The digits that classified words say: "U4 Y40 - U2 X2 U7" is 44277.';

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

CREATE FUNCTION app.drop_recordings(p_call_ids uuid[], p_reason text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_recording record;
begin
  for v_recording in
    update public.recordings r
    set delete_requested_at = v_now, source_url = null, updated_at = v_now
    where r.org_id = v_org_id and r.call_id = any (p_call_ids) and r.delete_requested_at is null
    returning r.id, r.call_id
  loop
    update public.recording_shares s
    set revoked_at = coalesce(s.revoked_at, v_now), recipient = case when p_reason = 'erased' then null else s.recipient end
    where s.org_id = v_org_id and s.recording_id = v_recording.id;
    perform app.set_recording_state(v_recording.call_id, 'deleted', p_reason);
    perform app.enqueue_job('delete_recording', jsonb_build_object('recording_id', v_recording.id));
  end loop;
end
$$;

ALTER FUNCTION app.drop_recordings(p_call_ids uuid[], p_reason text) OWNER TO owner;

COMMENT ON FUNCTION app.drop_recordings(p_call_ids uuid[], p_reason text) IS 'From now on nobody listens to the recordings of these calls: their links are revoked and a job deletes the files. p_reason: expired or erased; erased also forgets whom links were sent to.';

CREATE FUNCTION app.due_provisionings(p_limit integer, p_routed_as text) RETURNS SETOF app.provisioning_ref
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select p.org_id, p.id
  from public.provisioning p
  cross join (select app.now() as now) clock
  where (p.lease_until is null or p.lease_until <= clock.now)
    and case
      when p.state in ('running', 'undoing', 'releasing') then coalesce(p.next_at, p.updated_at) <= clock.now - interval '5 seconds'
      when p.state = 'active' then p.updated_at <= clock.now - interval '10 minutes' and exists (
        select from public.provisioning_steps s
        where s.org_id = p.org_id and s.provisioning_id = p.id and s.step = 'routing' and s.external_id is distinct from p_routed_as)
    end
  order by p.updated_at, p.id
  limit p_limit
$$;

ALTER FUNCTION app.due_provisionings(p_limit integer, p_routed_as text) OWNER TO app_definer;

COMMENT ON FUNCTION app.due_provisionings(p_limit integer, p_routed_as text) IS 'Runs of all tenants that are due and that nobody works on: their worker died, or its job was lost; five seconds are left to the job that should be on its way. Also lines that work and were routed otherwise than p_routed_as says (another address of ours, another secret), at most every ten minutes.';

CREATE FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_id bigint;
  v_run_at timestamptz := coalesce(p_run_at, app.now());
begin
  if p_kind is null or p_kind not in (
    'release_hold', 'fetch_call_report', 'send_scheduled', 'send_message', 'settle_message', 'sync_agent', 'keep_recording',
    'delete_recording', 'provision_number'
  ) then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    8,
    -- Neither Vapi being down nor long recordings may keep holds and texts waiting.
    case
      when p_kind in ('sync_agent', 'provision_number') then 'vapi'
      when p_kind in ('keep_recording', 'delete_recording') then 'recordings'
      else 'default'
    end,
    1, v_run_at,
    case when v_run_at > app.now() then 'scheduled' else 'available' end::river.river_job_state
  )
  returning id into v_id;
  return v_id;
end
$$;

ALTER FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone) OWNER TO app_definer;

COMMENT ON FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone) IS 'Puts a job of a known kind (release_hold, fetch_call_report, send_scheduled, send_message, settle_message, sync_agent, keep_recording, delete_recording, provision_number) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

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

CREATE FUNCTION app.erase_calls(p_contact_id uuid, p_phone text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  update public.caller_messages m
  set caller_name = null, callback_number = null, body = '[erased]'
  where m.org_id = v_org_id and m.contact_id = p_contact_id;
  perform app.blank_calls(array(
    select c.id from public.call_logs c
    where c.org_id = v_org_id
      and (c.contact_id = p_contact_id or (c.contact_id is null and p_phone in (c.from_number, c.to_number)))));
end
$$;

ALTER FUNCTION app.erase_calls(p_contact_id uuid, p_phone text) OWNER TO owner;

COMMENT ON FUNCTION app.erase_calls(p_contact_id uuid, p_phone text) IS 'The part of app.erase_contact about calls: the person''s number, transcript, summary and messages left are blanked, also of calls of the number that no contact was made for. Times, outcome and cost stay.';

CREATE FUNCTION app.erase_contact(p_contact_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_contact public.contacts;
  v_now timestamptz;
begin
  perform app.require_admin();
  perform app.lock_contact(p_contact_id);
  -- Visits before what is planned for them, and before their contact: whoever moves one locks them in that order.
  perform from public.appointments a
  where a.org_id = v_org_id and a.contact_id = p_contact_id
  order by a.id
  for no key update;
  -- Also keeps new visits from being booked for the contact meanwhile: their foreign key waits for this row.
  select * into v_contact from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id for update;
  v_now := app.now();
  if v_contact.id is null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif v_contact.erased_at is not null then
    return false;
  elsif exists (
    select from public.appointments a
    where a.org_id = v_org_id and a.contact_id = p_contact_id and a.status in ('pending', 'confirmed')
      and a.scheduled_at + a.duration > v_now)
  then
    raise exception 'there are visits ahead: cancel them first' using errcode = 'VX409';
  end if;

  perform app.erase_messages(p_contact_id, v_contact.phone);
  perform app.erase_calls(p_contact_id, v_contact.phone);
  perform app.erase_visits(p_contact_id);
  perform app.forget_answers();
  update public.opt_outs o set phone = null where o.org_id = v_org_id and o.phone = v_contact.phone;
  update public.contacts c
  set name = null, phone = null, spoken_phone = null, email = null, notes = null, service_interests = '{}',
    lead_reasons = '{}', time_zone = null, language = null, marketing_consent_at = null, erased_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_contact_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'contact_erased', 'contact', p_contact_id, app.current_user_id());
  perform app.announce('contact_updated', 'contact', p_contact_id);
  return true;
end
$$;

ALTER FUNCTION app.erase_contact(p_contact_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.erase_contact(p_contact_id uuid) IS 'Blanks everything personal about a contact: name, numbers and addresses, its patients, what was said and written in calls, messages and visits. Rows, ids, times, states and keyed hashes stay, so that audits and statistics hold and an opt-out still stops texts to the number, also for a contact that comes anew. What was waiting to be sent is cancelled. Returns false when it was erased before. Owner and admin only (VX403); VX404 for an unknown contact, VX409 while it has visits ahead. Our copies of recordings are deleted by jobs; the provider''s own are not reached from here.';

CREATE FUNCTION app.erase_messages(p_contact_id uuid, p_phone text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_hash bytea := app.number_hash(p_phone);
  v_now timestamptz := app.now();
begin
  update public.scheduled_messages s
  set state = 'cancelled', reason = 'erased', updated_at = v_now
  where s.org_id = v_org_id and s.contact_id = p_contact_id and s.state = 'waiting';
  update public.identity_codes i
  set code_hash = null, expires_at = least(i.expires_at, v_now)
  where i.org_id = v_org_id and i.contact_id = p_contact_id;
  update public.reply_questions q
  set answered_at = v_now
  where q.org_id = v_org_id and q.contact_id = p_contact_id and q.answered_at is null;
  -- Texts of the number from before it had a contact are the same person's. Rows older than the hashes get theirs now.
  update public.messages m
  set recipient = '[erased]', subject = case when m.subject is not null then '[erased]' end, content = '[erased]',
    recipient_hash = coalesce(m.recipient_hash, app.number_hash(m.recipient)),
    status = case when m.status = 'queued' and m.handed_over_at is null then 'blocked' else m.status end,
    reason = case when m.status = 'queued' and m.handed_over_at is null then 'erased' else m.reason end,
    updated_at = v_now
  where m.org_id = v_org_id
    and (m.contact_id = p_contact_id or (m.contact_id is null and (m.recipient_hash = v_hash or m.recipient = p_phone)));
end
$$;

ALTER FUNCTION app.erase_messages(p_contact_id uuid, p_phone text) OWNER TO owner;

COMMENT ON FUNCTION app.erase_messages(p_contact_id uuid, p_phone text) IS 'The part of app.erase_contact about messages: recipients and texts become placeholders, what still waits is not sent any more, codes open nothing.';

CREATE FUNCTION app.erase_visits(p_contact_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.appointments a
  set said_name = null, said_date_of_birth = null, notes = null, cancel_reason = null, updated_at = v_now
  where a.org_id = v_org_id and a.contact_id = p_contact_id;
  -- Two patients of a contact may not share a normalised name: the id keeps them apart.
  update public.patients p
  set name = '[erased]', normalised_name = 'erased ' || p.id, date_of_birth = null, updated_at = v_now
  where p.org_id = v_org_id and p.contact_id = p_contact_id;
end
$$;

ALTER FUNCTION app.erase_visits(p_contact_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.erase_visits(p_contact_id uuid) IS 'The part of app.erase_contact about patients and their visits: names, dates of birth, notes and reasons go; when, where and what for stays.';

CREATE FUNCTION app.events_since(p_after_xid bigint, p_after_id bigint, p_upto_xid bigint, p_upto_id bigint, p_limit integer) RETURNS SETOF app.relayed_event
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select null::bigint, null::timestamptz, e.xid::text::bigint, e.id, e.org_id, e.kind, e.entity, e.entity_id, e.at
  from public.events e
  where e.org_id = app.current_org_id()
    and (e.xid, e.id) > (p_after_xid::text::xid8, p_after_id)
    and (e.xid, e.id) <= (p_upto_xid::text::xid8, p_upto_id)
  order by e.xid, e.id
  limit p_limit
$$;

ALTER FUNCTION app.events_since(p_after_xid bigint, p_after_id bigint, p_upto_xid bigint, p_upto_id bigint, p_limit integer) OWNER TO owner;

COMMENT ON FUNCTION app.events_since(p_after_xid bigint, p_after_id bigint, p_upto_xid bigint, p_upto_id bigint, p_limit integer) IS 'The tenant''s live events after one place and up to another, in the relay''s order: what a client missed while it was away. The end must be a place that the relay has reached. below and read_at are NULL.';

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

CREATE FUNCTION app.expire_recordings(p_limit integer) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_keep interval;
  v_now timestamptz := app.now();
  v_old uuid[];
  v_stuck uuid;
  v_lost uuid;
  v_count bigint;
begin
  select o.keep_recordings_for into v_keep from public.organizations o where o.id = v_org_id;
  v_old := array(
    select r.call_id
    from public.recordings r
    where r.org_id = v_org_id and r.deleted_at is null and r.delete_requested_at is null and r.created_at <= v_now - v_keep
    order by r.created_at
    limit p_limit);
  perform app.drop_recordings(v_old, 'expired');
  v_count := cardinality(v_old);
  -- A deletion whose job was given up, because the storage was down for a long time: a file must not be forgotten.
  for v_stuck in
    update public.recordings r
    set delete_requested_at = v_now
    where r.org_id = v_org_id and r.id in (
      select s.id
      from public.recordings s
      where s.org_id = v_org_id and s.deleted_at is null and s.delete_requested_at < v_now - interval '6 hours'
      limit p_limit)
    returning r.id
  loop
    perform app.enqueue_job('delete_recording', jsonb_build_object('recording_id', v_stuck));
    v_count := v_count + 1;
  end loop;
  -- A copy whose process died at its last try: nobody would ever say that it failed.
  for v_lost in
    select r.id
    from public.recordings r
    where r.org_id = v_org_id and r.deleted_at is null and r.delete_requested_at is null and r.lease_until < v_now - interval '6 hours'
    limit p_limit
  loop
    perform app.fail_recording(v_lost, 'unreachable', true);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;

ALTER FUNCTION app.expire_recordings(p_limit integer) OWNER TO app_writer;

COMMENT ON FUNCTION app.expire_recordings(p_limit integer) IS 'Puts the deletion of recordings in the queue: of those older than the clinic''s keep_recordings_for, and of those whose deletion has not happened in six hours. Calls a copy failed that nobody has been at for as long. p_limit at most of each kind; returns of how many in all.';

CREATE FUNCTION app.export_messages(p_from date, p_to date, p_after_at timestamp with time zone DEFAULT NULL::timestamp with time zone, p_after_id uuid DEFAULT NULL::uuid, p_request_id text DEFAULT NULL::text) RETURNS SETOF app.message_row
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
begin
  perform app.require_admin();
  if p_after_at is null then
    insert into public.audit_log (org_id, action, entity, actor_user_id, request_id)
    values (v_org_id, 'messages_exported', 'message', app.current_user_id(), left(p_request_id, 64));
  end if;
  return query
  select m.id, m.direction, m.method, m.category, m.recipient, m.subject, m.content, m.status, m.reason, m.provider_error,
    m.service_provider, m.external_message_id, m.segments::integer, m.contact_id, k.name, m.call_id, m.appointment_id,
    m.actor_user_id, m.sent_at, m.created_at, 0::bigint, false
  from public.messages m
  left join public.contacts k on k.org_id = m.org_id and k.id = m.contact_id
  where m.org_id = v_org_id
    and (v_period[1] is null or m.created_at >= v_period[1])
    and (v_period[2] is null or m.created_at < v_period[2])
    and (p_after_at is null or (m.created_at, m.id) > (p_after_at, p_after_id))
  order by m.created_at, m.id
  limit 1000;
end
$$;

ALTER FUNCTION app.export_messages(p_from date, p_to date, p_after_at timestamp with time zone, p_after_id uuid, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.export_messages(p_from date, p_to date, p_after_at timestamp with time zone, p_after_id uuid, p_request_id text) IS 'The next 1000 messages of a period after one, the oldest first; days as in app.list_messages. total is not counted. Owner and admin only (VX403), asked at every step; the first step puts the export in the audit log.';

CREATE FUNCTION app.export_transcript(p_call_id uuid, p_format text, p_request_id text DEFAULT NULL::text) RETURNS SETOF app.transcript_export
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_export app.transcript_export := app.transcript_of(p_call_id);
begin
  if coalesce(p_format, '') not in ('txt', 'pdf') then
    raise exception 'a transcript is exported as txt or pdf' using errcode = 'VX400';
  end if;
  v_export.message_id := app.uuid_v7();
  v_export.exported_at := app.now();
  -- Not the contact's message: erasing them must not erase who took their words.
  insert into public.messages (
    org_id, id, direction, method, category, recipient, content, status, service_provider, external_message_id, sent_at, call_id,
    actor_user_id, request_id, created_at, updated_at)
  select v_org_id, v_export.message_id, 'outbound', 'export', 'export', coalesce(p.email, p.user_id::text), 'Transcript, ' || p_format, 'sent',
    'voxanne', v_export.message_id::text, v_export.exported_at, p_call_id, p.user_id, p_request_id, v_export.exported_at, v_export.exported_at
  from public.profiles p
  where p.org_id = v_org_id and p.user_id = app.current_user_id();
  if not found then
    raise exception 'only members export' using errcode = 'VX403';
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'transcript_exported', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  perform app.announce('message_updated', 'message', v_export.message_id);
  return next v_export;
end
$$;

ALTER FUNCTION app.export_transcript(p_call_id uuid, p_format text, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.export_transcript(p_call_id uuid, p_format text, p_request_id text) IS 'Takes a call''s transcript out of the dashboard, as txt or pdf. Who did so stands in messages (method export, the member as recipient) and in the audit log. Every member may: they could read it as well. Errors as app.transcript_of; VX400 for another format, VX403 for who is no member.';

CREATE FUNCTION app.fail_provisioning_step(p_provisioning_id uuid, p_lease_id uuid, p_step text, p_error text, p_final boolean, p_may_still_act boolean DEFAULT false, p_pause_seconds integer DEFAULT 0) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_run public.provisioning;
  v_attempts integer;
  v_final boolean;
  v_pause integer;
begin
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.id = p_provisioning_id and p.lease_id = p_lease_id
  for update;
  if v_run.id is null or v_run.state not in ('running', 'undoing', 'releasing') then
    return false;
  end if;
  v_now := app.now();
  select s.attempts into v_attempts
  from public.provisioning_steps s
  where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step = p_step;
  -- Nothing is left outside because of one refusal: twenty tries of undoing last about three hours.
  v_final := p_final and (v_run.state = 'running' or v_attempts >= 20);
  update public.provisioning_steps s
  set error = p_error, updated_at = v_now,
    -- A gateway may give up before what it asked for is done.
    settle_at = case when p_may_still_act then v_now + interval '30 seconds' else s.settle_at end,
    state = case when v_final and v_run.state <> 'running' then 'left' else s.state end
  where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step = p_step;
  if v_final and v_run.state <> 'running' and p_step = 'import' then
    update public.phone_numbers n
    set vapi_phone_number_id = null, updated_at = v_now
    where n.org_id = v_org_id and n.number = v_run.number;
  end if;
  v_pause := greatest(least(2 ^ least(v_attempts - 1, 10), case v_run.state when 'running' then 30 else 900 end)::integer, p_pause_seconds);
  update public.provisioning p
  set error = case when v_run.state = 'running' or p.error is null then p_error else p.error end,
    lease_id = null, lease_until = null, next_at = case when v_final then v_now else v_now + make_interval(secs => v_pause) end,
    updated_at = v_now
  where p.org_id = v_org_id and p.id = v_run.id;
  if v_run.state = 'running' and (v_final or v_attempts >= 4) then
    if v_run.activated_at is null then
      perform app.turn_around(v_run.id, 'undoing');
    else
      -- A line that works is not taken down because a change of it failed.
      update public.provisioning p set state = 'active', next_at = null where p.org_id = v_org_id and p.id = v_run.id;
    end if;
  end if;
  perform app.announce('provisioning_updated', 'provisioning', v_run.id);
  return true;
end
$$;

ALTER FUNCTION app.fail_provisioning_step(p_provisioning_id uuid, p_lease_id uuid, p_step text, p_error text, p_final boolean, p_may_still_act boolean, p_pause_seconds integer) OWNER TO app_writer;

COMMENT ON FUNCTION app.fail_provisioning_step(p_provisioning_id uuid, p_lease_id uuid, p_step text, p_error text, p_final boolean, p_may_still_act boolean, p_pause_seconds integer) IS 'Writes why a step failed (p_error, a word of ours) and decides what follows: another try after 1, 2 and 4 seconds (p_pause_seconds: not sooner, the provider asks for it); after the fourth, or when it is final, a run that never worked is undone and one that works stays as it was. Undoing goes on trying, in growing steps to a quarter of an hour; what is refused for good twenty times is left and named. p_may_still_act: nobody answered, so what it made is looked for half a minute later. False: the lease is lost.';

CREATE FUNCTION app.fail_recording(p_recording_id uuid, p_reason text, p_final boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_recording public.recordings;
  v_now timestamptz;
begin
  select * into v_recording from public.recordings r where r.org_id = v_org_id and r.id = p_recording_id for update;
  v_now := app.now();
  if v_recording.id is null or v_recording.stored_at is not null or v_recording.delete_requested_at is not null then
    return;
  end if;
  update public.recordings r
  set lease_until = null, source_url = case when not p_final then r.source_url end, updated_at = v_now
  where r.org_id = v_org_id and r.id = p_recording_id;
  if not p_final then
    perform app.set_recording_state(v_recording.call_id, 'at_provider');
  elsif p_reason = 'gone' and exists (select from public.organizations o where o.id = v_org_id and o.hipaa_mode) then
    perform app.set_recording_state(v_recording.call_id, 'not_kept_by_provider');
  else
    perform app.set_recording_state(v_recording.call_id, 'failed', p_reason);
  end if;
end
$$;

ALTER FUNCTION app.fail_recording(p_recording_id uuid, p_reason text, p_final boolean) OWNER TO app_writer;

COMMENT ON FUNCTION app.fail_recording(p_recording_id uuid, p_reason text, p_final boolean) IS 'A recording could not be copied this time: gone, too_large, not_audio, unreachable or storage. p_final: nobody tries again; then the call says failed with the reason, or not_kept_by_provider where the clinic''s HIPAA mode explains that it is gone. Nothing happens to a recording that is stored or unwanted.';

CREATE FUNCTION app.find_messaging_tenant(p_number text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select n.org_id
  from public.phone_numbers n
  join public.organizations o on o.id = n.org_id and o.deleted_at is null
  where n.number = p_number
$$;

ALTER FUNCTION app.find_messaging_tenant(p_number text) OWNER TO app_definer;

COMMENT ON FUNCTION app.find_messaging_tenant(p_number text) IS 'Whose number (E.164) a text came to or left from: one organisation, or no row when nobody''s. The caller checks the provider''s signature with that organisation''s token before believing it.';

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

CREATE FUNCTION app.find_phone_number(p_id uuid, p_number text DEFAULT NULL::text) RETURNS SETOF app.phone_number_row
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select s.*
  from app.phone_numbers_shown() s
  where s.id = p_id or s.number = p_number
$$;

ALTER FUNCTION app.find_phone_number(p_id uuid, p_number text) OWNER TO app_writer;

COMMENT ON FUNCTION app.find_phone_number(p_id uuid, p_number text) IS 'One of the clinic''s numbers, by its id or as E.164; no row for anybody else''s, so that nobody learns which numbers there are.';

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

CREATE FUNCTION app.find_share_tenant(p_token_hash bytea) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select s.org_id from public.recording_shares s where s.token_hash = p_token_hash
$$;

ALTER FUNCTION app.find_share_tenant(p_token_hash bytea) OWNER TO app_definer;

COMMENT ON FUNCTION app.find_share_tenant(p_token_hash bytea) IS 'Whose link has this token, given as its SHA-256: one organisation, or no row when nobody''s. Whether it opens is for app.open_share.';

CREATE FUNCTION app.finish_agent_removal(p_agent_id uuid, p_lease_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  delete from public.agents a
  where a.org_id = v_org_id and a.id = p_agent_id and a.lease_id = p_lease_id and a.deleted_at is not null;
  if not found then
    -- The clinic left: its agents stay with the rest of its rows, out of step.
    update public.agents a
    set lease_id = null, lease_until = null, creating_since = null, synced_version = 0, synced_at = null, sync_status = 'pending',
      sync_error = null, failures = 0, retry_at = null
    where a.org_id = v_org_id and a.id = p_agent_id and a.lease_id = p_lease_id
      and exists (select from public.organizations o where o.id = v_org_id and o.deleted_at is not null);
    if not found then
      return false;
    end if;
    delete from public.assistant_routes r where r.org_id = v_org_id and r.agent_id = p_agent_id;
    delete from public.agent_tools t where t.org_id = v_org_id and t.agent_id = p_agent_id;
  end if;
  perform pg_advisory_xact_lock(6, hashtext(v_org_id::text));
  perform app.summarise_tools();
  return true;
end
$$;

ALTER FUNCTION app.finish_agent_removal(p_agent_id uuid, p_lease_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.finish_agent_removal(p_agent_id uuid, p_lease_id uuid) IS 'Takes a deleted agent''s row away, after its assistant at Vapi is gone; of a clinic that left only the assistant''s traces. False when the lease was lost.';

CREATE FUNCTION app.finish_agent_sync(p_agent_id uuid, p_lease_id uuid, p_version integer, p_status text, p_error text DEFAULT NULL::text, p_tools jsonb DEFAULT NULL::jsonb) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_agent public.agents;
begin
  update public.agents a
  set lease_id = null, lease_until = null,
    synced_version = case when p_status = 'synced' then greatest(a.synced_version, p_version) else a.synced_version end,
    synced_at = case when p_status = 'synced' then v_now else a.synced_at end,
    sync_status = case when p_version < a.desired_version then 'pending' else p_status end,
    sync_error = left(p_error, 200),
    -- One minute after the first failure, then twice as long each time, half an hour at most.
    failures = case when p_status = 'synced' then 0 else a.failures + 1 end,
    retry_at = case when p_status <> 'synced' then v_now + least(interval '1 minute' * power(2, least(a.failures, 10)), interval '30 minutes') end
  where a.org_id = v_org_id and a.id = p_agent_id and a.lease_id = p_lease_id
  returning * into v_agent;
  if v_agent.id is null then
    return false;
  end if;

  if p_tools is not null then
    -- One organisation's agents may finish at once; the summary wants them one after the other.
    perform pg_advisory_xact_lock(6, hashtext(v_org_id::text));
    delete from public.agent_tools t
    where t.org_id = v_org_id and t.agent_id = p_agent_id
      and t.tool_name not in (select x ->> 'name' from jsonb_array_elements(p_tools) x);
    insert into public.agent_tools (org_id, agent_id, tool_name, vapi_tool_id, definition_hash, linked_at, link_error)
    select v_org_id, p_agent_id, x ->> 'name', x ->> 'id', x ->> 'hash',
      case when p_status = 'synced' then v_now end, case when p_status <> 'synced' then left(p_error, 200) end
    from jsonb_array_elements(p_tools) x
    on conflict (org_id, agent_id, tool_name) do update
    -- A link that failed leaves the earlier one, which the assistant still carries.
    set vapi_tool_id = case when excluded.linked_at is null and agent_tools.linked_at is not null
        then agent_tools.vapi_tool_id else excluded.vapi_tool_id end,
      definition_hash = case when excluded.linked_at is null and agent_tools.linked_at is not null
        then agent_tools.definition_hash else excluded.definition_hash end,
      linked_at = coalesce(excluded.linked_at, agent_tools.linked_at), link_error = excluded.link_error;
    perform app.summarise_tools();
  end if;
  -- Saved again or deleted meanwhile: that one's own job may have met our lease and gone. After a failure with a deleted
  -- agent (the removal itself may have failed) the reconciler comes, or this would go round without a pause.
  if v_agent.desired_version > p_version or (v_agent.deleted_at is not null and p_status = 'synced') then
    perform app.enqueue_job('sync_agent', jsonb_build_object('agent_id', p_agent_id));
  end if;
  return true;
end
$$;

ALTER FUNCTION app.finish_agent_sync(p_agent_id uuid, p_lease_id uuid, p_version integer, p_status text, p_error text, p_tools jsonb) OWNER TO app_writer;

COMMENT ON FUNCTION app.finish_agent_sync(p_agent_id uuid, p_lease_id uuid, p_version integer, p_status text, p_error text, p_tools jsonb) IS 'Writes what came of a sync and gives the lease back. p_status synced, registered_not_linked or failed; p_error in our words; p_tools [{"name","id","hash"}], what the assistant carries of ours or, unless synced, should (NULL: unknown). A version saved meanwhile is put in the queue again. After a failure the reconciler waits, each time longer. False when the lease was lost: nothing is written.';

CREATE FUNCTION app.finish_message(p_message_id uuid, p_outcome text, p_external_id text DEFAULT NULL::text, p_error_code text DEFAULT NULL::text, p_reason text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
begin
  if p_outcome is null or p_outcome not in ('sent', 'failed', 'unknown') then
    raise exception 'a message ends as sent, failed or unknown' using errcode = 'VX400';
  end if;
  if p_error_code = '21610' then
    perform app.lock_number(m.recipient) from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
  end if;
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
  for update;
  if v_message.id is null then
    raise exception 'there is no such message' using errcode = 'VX404';
  elsif v_message.status not in ('queued', 'unknown') then
    update public.messages m
    set external_message_id = p_external_id, updated_at = app.now()
    where m.org_id = v_org_id and m.id = p_message_id and m.external_message_id is null and p_external_id is not null;
    return v_message.status;
  end if;
  return app.conclude_message(v_message, p_outcome, p_external_id, p_error_code, p_reason);
end
$$;

ALTER FUNCTION app.finish_message(p_message_id uuid, p_outcome text, p_external_id text, p_error_code text, p_reason text) OWNER TO app_writer;

COMMENT ON FUNCTION app.finish_message(p_message_id uuid, p_outcome text, p_external_id text, p_error_code text, p_reason text) IS 'Says how the hand-over to the provider went: sent (with the provider''s id), failed (surely not sent) or unknown (it may have been). Only a queued or unknown message changes; what a delivery report said already stays, and gets the id if it had none. Twilio''s 21610 opts the number out. Staff are told of failed confirmations, reminders and codes, and of a message that cannot be settled (unknown, reason cannot_ask). Returns the status that stands. VX400 for another outcome, VX404 for an unknown message.';

CREATE FUNCTION app.finish_provisioning_step(p_provisioning_id uuid, p_lease_id uuid, p_step text, p_external_id text DEFAULT NULL::text, p_undo jsonb DEFAULT NULL::jsonb, p_skipped boolean DEFAULT false) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_run public.provisioning;
begin
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.id = p_provisioning_id and p.lease_id = p_lease_id
  for update;
  if v_run.id is null or v_run.state not in ('running', 'undoing', 'releasing') then
    return false;
  end if;
  v_now := app.now();
  update public.provisioning_steps s
  set state = case when v_run.state <> 'running' then 'undone' when p_skipped then 'skipped' else 'done' end,
    external_id = coalesce(p_external_id, s.external_id), undo = coalesce(p_undo, s.undo),
    error = null, settle_at = null, updated_at = v_now
  where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step = p_step;
  if p_step = 'import' then
    update public.phone_numbers n
    set vapi_phone_number_id = case
        when v_run.state = 'running' then p_external_id
        -- It was the clinic's before this run, and stays at Vapi.
        when p_skipped then n.vapi_phone_number_id
      end,
      updated_at = v_now
    where n.org_id = v_org_id and n.number = v_run.number;
  elsif p_step = 'credential' then
    update public.org_credentials c
    set vapi_credential_id = case when v_run.state = 'running' then p_external_id end
    where c.org_id = v_org_id and c.provider = 'twilio';
  end if;
  update public.provisioning p
  set lease_id = null, lease_until = null, next_at = null, updated_at = v_now
  where p.org_id = v_org_id and p.id = v_run.id;
  if v_run.state = 'running' and not exists (
    select from public.provisioning_steps s
    where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.state in ('waiting', 'intended')) then
    perform app.conclude_provisioning(v_run.id);
  else
    perform app.announce('provisioning_updated', 'provisioning', v_run.id);
  end if;
  return true;
end
$$;

ALTER FUNCTION app.finish_provisioning_step(p_provisioning_id uuid, p_lease_id uuid, p_step text, p_external_id text, p_undo jsonb, p_skipped boolean) OWNER TO app_writer;

COMMENT ON FUNCTION app.finish_provisioning_step(p_provisioning_id uuid, p_lease_id uuid, p_step text, p_external_id text, p_undo jsonb, p_skipped boolean) IS 'Writes that a step was done (or, where a run is undone, undone), what it made outside and what would undo it; the last step makes the line active. p_skipped: the provider has no such door, or what is there was there before. False: the lease is lost, and nothing was written.';

CREATE FUNCTION app.finish_recording(p_recording_id uuid, p_content_type text, p_size_bytes bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_recording public.recordings;
  v_now timestamptz;
begin
  select * into v_recording from public.recordings r where r.org_id = v_org_id and r.id = p_recording_id for update;
  v_now := app.now();
  if v_recording.id is null then
    raise exception 'there is no such recording' using errcode = 'VX404';
  elsif v_recording.delete_requested_at is not null then
    return false;
  elsif v_recording.stored_at is null then
    update public.recordings r
    set content_type = p_content_type, size_bytes = p_size_bytes, stored_at = v_now, source_url = null, lease_until = null, updated_at = v_now
    where r.org_id = v_org_id and r.id = p_recording_id;
    perform app.set_recording_state(v_recording.call_id, 'stored');
  end if;
  return true;
end
$$;

ALTER FUNCTION app.finish_recording(p_recording_id uuid, p_content_type text, p_size_bytes bigint) OWNER TO app_writer;

COMMENT ON FUNCTION app.finish_recording(p_recording_id uuid, p_content_type text, p_size_bytes bigint) IS 'The recording lies in the storage, whole. False: it was deleted or erased while it was copied, and the file must go. VX404: the tenant has no such recording.';

CREATE FUNCTION app.finish_request(p_claim_id uuid, p_status integer, p_headers jsonb, p_response bytea) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  update public.idempotency_keys k
  set state = 'done', status = p_status, headers = case when k.answer_kept then p_headers else '{}' end,
    response = case when k.answer_kept then p_response else '' end
  where k.org_id = v_org_id and k.user_id = app.current_user_id() and k.claim_id = p_claim_id and k.state = 'running';
  return found;
end
$$;

ALTER FUNCTION app.finish_request(p_claim_id uuid, p_status integer, p_headers jsonb, p_response bytea) OWNER TO app_writer;

COMMENT ON FUNCTION app.finish_request(p_claim_id uuid, p_status integer, p_headers jsonb, p_response bytea) IS 'Keeps the answer (2xx) of a claimed wish for those who repeat it; of one that acted before a contact was erased (see app.forget_answers) only that it was carried out. False when the claim is not p_claim_id''s any more: it took too long and another try has it.';

CREATE FUNCTION app.fold_addresses(p_words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $_$
declare
  -- "1242", "12 B", "twelve forty-two", "one oh five".
  v_number constant text := '(?: B(?: number)? (?:[0-9]+|[UT][0-9]+)(?: L[a-z])?(?: ;)?)?(?: number [0-9]{1,5}(?: ;)?| [0-9]{1,5}(?: - [0-9]+)?(?: L[a-h]| a(?= [^a-zW]))?| [UTYHK][0-9]*(?:(?: -| and)? (?:[UTYHK][0-9]*|Lo))*)';
  v_name constant text := '(?: (?:[NAPRLVOM][^ ]*|Us|Zst|J)(?: [.!])?| Z(?= Z)|(?: -)? [NA][^ ]*)';
  v_small constant text := '(?: (?:[NAPRLVOMWZ][^ ]*|Us|[-.!]|''s?|of|the|old|new|first|home|long|[UT][0-9]+))';
  v_unit constant text := '(?:(?: [;,!])?(?: (?:B|#|room|door))(?: [.!#])?(?: number)?(?: (?:[0-9]+|[UTYO][0-9]+|-|L[a-z]|a(?= (?:[^NWa-z]|$))))+|(?: ;)? O[0-9]+ B)?';
  v_post constant text := '(?: ;)? (?:[AL][a-z]{1,2}|V) [0-9]{1,2}(?: L[a-z]| a)? [0-9] A[a-z]{2}';
  -- A town goes where a state or a code follows it.
  v_tail constant text := v_unit || '(?:(?:(?: [;!]| in)?(?: (?:[NWAV][^ ]*|new|san|Zst))+)?'
    || '(?:(?: ;)? (?:A[a-z][a-z]|Us)(?:(?: ;)? [0-9]{5}(?: - [0-9]{4})?)?|(?: ;)? [0-9]{5}(?: - [0-9]{4})?|' || v_post || '))?';
  -- An unmistakable street, whatever its letters; one that may be something else only after a name with a capital.
  v_usual constant text := v_number || '(?:' || v_small || '+ S(?: [.](?= [^N]))?(?: V)?|' || v_name || '+ Z(?:st|dr)?(?: [.!](?= [;,BN]))?(?: V)?'
    || '|(?: (?:V|county|Wstate|Nstate))? [SZ] [0-9]{1,4}| Zbroadway)' || v_tail;
begin
  -- The clinic's own address is no patient's.
  if app.says_any(p_words, '{our,clinic,office,practice,located}') then
    p_words := app.folded_words(p_words, '( (?:our (?:address|office|clinic|practice|location)|(?:clinic|office|practice|salon|spa) is|located)(?: (?:is|at|on|in|here))*)('
      || v_usual || ')(?= )', 'stays');
  end if;
  if app.says_any(p_words, '{S,Z,Zst,Zdr,Zbroadway}') then
    p_words := app.folded_words(p_words, '()(' || v_usual || ')(?= )', 'address');
    -- Where somebody says to live, small letters and doubtful streets are enough.
    p_words := app.folded_words(p_words,
      '( (?:live|lives|living|home|address|reside|am|''re|house)(?: (?:is|''s|at|on|in|:|;|it|my|the|to|that|uh|new|over))*)'
        || '(' || v_number || '(?: (?:[NAPRLWVO][^ ]*|[a-z]{3,}))+ (?:S|Z[a-z]*)(?: V)?' || v_tail || '|(?: [0-9]+| [UTY][0-9]*)+ the Z)(?= )', 'address');
  end if;
  return app.fold_foreign_addresses(p_words, v_post);
end
$_$;

ALTER FUNCTION app.fold_addresses(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.fold_addresses(p_words text) IS 'Classified words with street addresses folded: American and British ones in digits or words with unit, town and code, and app.fold_foreign_addresses''s. What is said to be the clinic''s own stays.';

CREATE FUNCTION app.fold_birth_dates(p_words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
declare
  v_month constant text := ' R?M[0-9]+(?: [.!])?';
  v_day constant text := '(?: Y[23]0(?: -)? [OU][0-9]| O[0-9]+| [0-9]{1,2}| [UTY][0-9]+)';
  v_below_100 constant text := '(?: Y[2-9]0(?:(?: -)? U[0-9])?| T[0-9]+| U[0-9](?: U[0-9])?)';
  v_digits constant text := '(?:18[0-9][0-9]|19[0-9][0-9]|20[01][0-9]|202[0-4])';
  v_past constant text := '(?: ' || v_digits || '| T1[89](?: H)?(?: and)?' || v_below_100
    || '| U2 K(?: and)?' || v_below_100 || '?| Y20(?: -)? (?:U0 U[0-9]|T1[0-9]|Y20(?: -)? U[1-4]))';
  v_apart constant text := '(?: (?:[-/.,;!]|slash|dash|of))*';
  v_number constant text := '(?: [0-9]{1,2}| Y[0-9]0 - U[0-9]| (?:U0|Lo) U[0-9]| [UTY][0-9]+)';
  v_date constant text := '(?:' || v_month || '(?: the)?' || v_day || '|' || v_day || '(?: of)?' || v_month || ')' || v_apart;
begin
  if app.says_any(p_words, '{born,birthday,birthdays,birth,dob,Nbirthdate,Wbirthdate,Ld}') then
    p_words := app.folded_words(p_words,
      '( (?:born|birthdays?|birth|dob|[NW]birthdate|Ld . Lo . Lb)'
        || '(?: (?:[-:;?,.!¶DX]|on|is|was|it|its|that|the|a|in|year|uh|let|me|see|would|be|my|his|her|of|''s|he|she|i|and|back|think|date|again|please|your|can|have))*)'
        || '(' || v_date || '(?:' || v_past || '| 20[0-9][0-9]|(?: '')? [0-9][0-9]| Y20 Y20(?:(?: -)? U[0-9])?|' || v_below_100 || ')?'
        || '|' || v_month || '(?: of)?' || v_past
        || '| [0-9]{6,8}|' || v_past || '| [0-9]{4} [-/.] [0-9]{1,2} [-/.] [0-9]{1,2}'
        || '|' || v_number || v_apart || v_number || '(?:' || v_apart || '(?:' || v_past || '| [0-9]{3,4}|' || v_number || '+))?)(?= )', 'dob');
  end if;
  if p_words like any ('{% M%,% RM%,% / %,% - %,% . %}') then
    p_words := app.folded_words(p_words, '()(' || v_date || v_past || '| ' || v_digits || ' [-/.] [0-9]{1,2} [-/.] [0-9]{1,2}'
      || '| [0-9]{1,2}( [-/.] )[0-9]{1,2}\3(?:' || v_digits || '|[4-9][0-9]))(?= )', 'dob');
  end if;
  -- "oh five, twelve, eighty-one": a month, a day and a year of the last century.
  if app.says_any(p_words, '{Y40,Y50,Y60,Y70,Y80,Y90}') then
    p_words := app.folded_words(p_words, '((?<![UTYKH][0-9]{0,2})(?<![UTY][0-9]{1,2} [-;,]))((?: (?:U0 |Lo )?U[1-9]| T1[0-2])(?: (?:[-/,;]|slash|dash))?'
      || '(?: (?:U0 |Lo )?U[0-9]| T[0-9]+| Y[23]0(?:(?: -)? U[0-9])?)(?: (?:[-/,;]|slash|dash))?(?: T19(?: H)?)? Y[4-9]0(?: -)? U[1-9])'
      || '(?= (?!(?:[;,-] )?[CQUTYHKX]))', 'dob');
  end if;
  return p_words;
end
$$;

ALTER FUNCTION app.fold_birth_dates(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.fold_birth_dates(p_words text) IS 'Classified words with dates of birth folded: any date that is said to be one, in digits or words, and every full date before 2025. Dates of visits stay.';

CREATE FUNCTION app.fold_emails(p_words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
declare
  -- Parts of an address are no words of the talk around it: letters, numbers, names.
  v_part constant text := '(?: (?:[NAWPLRUTYXOHK0-9][^ ]*|i|a|may|will))';
  v_join constant text := '(?: (?:[-.+~]|dot|period|point|underscore|dash|hyphen|plus))';
  v_host constant text := '(?: (?:gmail|yahoo|hotmail|outlook|icloud|aol|proton|protonmail|gmx))';
begin
  if p_words like '% @ %' then
    p_words := app.folded_words(p_words, '()((?: [^ ]+ [-.+~])* [^ ]+ @ [^ ]+(?: - [^ ]+)*(?: \.(?: [^ ]+ -)* [^ ]+)+)(?= )', 'email');
  end if;
  if not app.says_any(p_words, '{at,@}') then
    return p_words;
  end if;
  return app.folded_words(p_words,
    '()((?: [a-z]+' || v_join || '|' || v_part || '|' || v_join || ')*(?:' || v_part || '|' || v_join || ' [a-z]+)(?: ;)? (?:at|@)(?! [0-9UTY])'
      || '(?:(?: [a-z]+(?= (?:dot|[-.]))|' || v_part || '|' || v_host || '|' || v_join || ')*(?: (?:dot|period|point|\.) [a-zNWAP][^ ]*)+|' || v_host || '))(?= )', 'email');
end
$$;

ALTER FUNCTION app.fold_emails(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.fold_emails(p_words text) IS 'Classified words with e-mail addresses folded, written or spoken: "ann dot quill at gmail dot com", letter by letter too.';

CREATE FUNCTION app.fold_foreign_addresses(p_words text, p_post text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $_$
declare
  v_town constant text := '(?:(?: ;)? [0-9]{5}(?: N[^ ]+)?)?';
begin
  if p_words ~ ' (?:F|G|[SZ] (?:de|du|des)|[NAW][^ ]*(?:stra(?:ß|ss)e|gasse|platz|allee|weg|straat|laan|plein|gracht|str)|[NW](?:calle|avenida|via|viale|piazza|paseo|carrer|plaza)) ' then
    p_words := app.folded_words(p_words,
      '()( [0-9]+(?: [;,])?(?: [NW](?:bis|ter)| bis| L[a-d])?(?: [;,])? (?:F|S|Z)(?: (?:de|du|des|la|le|les|''|-|Z|[NAPLW][^ ]*))* [NAPW][^ ]+' || v_town
        || '|(?: (?:[NA][^ ]+|V|am|im|an|zum|zur|unter))?(?: -)? (?:[NAW][^ ]{2,}(?:stra(?:ß|ss)e|gasse|platz|allee|weg|straat|laan|plein|gracht|damm|ufer|str)|N[^ ]+(?: -)? G)(?: [.!])?'
        || ' (?:[0-9]{1,4}|[UT][0-9]+|Y[0-9]0(?: -)?(?: U[0-9])?)(?: L[a-z]| a(?= (?:[^NWa-z]|$)))?' || v_town
        || '| [NW](?:calle|avenida|via|viale|piazza|corso|paseo|carrer|rua)(?: (?:de|del|della|la|las|los|di|dei|da|do|[NAP][^ ]+))+(?: [;,])? [0-9]{1,4})(?= )', 'address');
  end if;
  if app.says_any(p_words, '{box,zip,postcode,postal}') then
    p_words := app.folded_words(p_words, '( (?:zip|postcode|postal)(?: (?:code|is|''s|[:;?¶!]|my|the|it|and|uh))*)'
      || '((?: [0-9]{5}(?: - [0-9]{4})?|(?: (?:[LA][a-z]+|N[a-z]{1,2}|[0-9]|[0-9]{2}|[UT][0-9]+)){4,8}))(?= )', 'address');
    p_words := app.folded_words(p_words, '()( (?:Lp(?: [.!])? Lo(?: [.!])?|[NAW]po) box(?: number)?(?: [0-9]+|(?: [UTY][0-9]+)+))(?= )', 'address');
  end if;
  -- A British code in capitals is one without being called so.
  return case when p_words like '% A%' then app.folded_words(p_words, '()(' || p_post || ')(?= )', 'address') else p_words end;
end
$_$;

ALTER FUNCTION app.fold_foreign_addresses(p_words text, p_post text) OWNER TO owner;

COMMENT ON FUNCTION app.fold_foreign_addresses(p_words text, p_post text) IS 'Classified words with plain German, Dutch, French, Spanish and Italian street addresses folded, boxes, and post codes: British ones (p_post: their pattern) and those that are called so.';

CREATE FUNCTION app.fold_identifiers(p_words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select app.fold_names(app.fold_numbers(app.fold_records(app.fold_visits(app.fold_addresses(
    app.fold_birth_dates(app.fold_emails(p_words)))))))
$$;

ALTER FUNCTION app.fold_identifiers(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.fold_identifiers(p_words text) IS 'Classified words with all identifiers folded that the redactor knows.';

CREATE FUNCTION app.fold_known_names(p_words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
begin
  if p_words like '% P%' then
    p_words := app.folded_words(p_words,
      '()((?: R[^ ]+(?: -)?)* P[^ ]+(?:(?: L[a-z](?: [.!])?|(?: (?:de|la|van|von|der|del|di|da|bin|al|el|dos))*)(?: -)? [PR][^ ]+)*)(?= )', 'name');
  end if;
  -- A known name that is a word too goes with a capital, where none begins a sentence; a month where none is meant.
  if p_words like '% R%' then
    p_words := app.folded_words(p_words, '((?! (?:in|on|of|next|this|last|until|till|by|early|late|mid|since|before|after|through|to|from|and|or|for|the|end) )'
      || ' (?:[a-z''][^ ]*|[;:]))( RM[0-9]+)(?= (?![0-9]|O|the O))', 'name');
    p_words := app.folded_words(p_words, '( (?:[a-z''][^ ]*|[;:]))( R[^M][^ ]*)(?= )', 'name');
    p_words := app.folded_words(p_words, '( [!?¶])( R[^ ]+)(?= [;!?])', 'name');
  end if;
  return p_words;
end
$$;

ALTER FUNCTION app.fold_known_names(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.fold_known_names(p_words text) IS 'Classified words with the given names folded; one that is a word too ("May", "Will") only with a capital and where the word is not meant.';

CREATE FUNCTION app.fold_names(p_words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $_$
declare
  v_initial constant text := '(?: L[a-z](?: [.!])?(?= [NAPRW]))';
  v_part constant text := '(?: (?:mc|de|la|le|van|von|der|den|del|di|da|bin|al|el|dos|Zst)(?: [.!])?)*';
  v_next constant text := '(?: [NAPR][^ ]+|' || v_initial || ')';
  -- With a capital, or known; and, where a name is said to follow, in any letters.
  v_name constant text := '(?:' || v_part || ' [NAPR][^ ]+(?:' || v_part || '(?: -)?' || v_next || ')*)';
  v_any constant text := '(?:' || v_part || ' (?:[NAPWRM][^ ]+|will)(?:' || v_part || '(?: -)? (?:[NAPWR][^ ]+|L[a-z](?: [.!])?(?= [NAPRW])))*)';
  -- "This is Lakeside Dental" introduces no caller.
  v_person constant text := '(?= (?!(?:[a-z]+ )?(?:dental |clinic|dentistry |medical |practice |offices? |spa |center |health|hospital |insurance |treatment |therapy |group |Z |S |website |app |card |plan )|[NAPRW]))';
  v_relative constant text := '(?:my|our|his|her|their)(?: (?:[a-z]+|U[0-9]+|[0-9]+|Q|-|J ''s)){0,4} J(?: [;,:]| is| ''s|(?: ''s)? names? (?:is|''s|are)| named| called)*';
begin
  p_words := app.folded_words(p_words,
    '( (?:(?:names?|surname|[NW](?:forename|lastname|firstname))(?: (?:is|are|''s|was|will|be|would|[:;?¶]|on|the|file|under|for|it|that|my|uh|patient|his|her|appointment))*'
      || '|(?:named|call me|under|patient is|patient :)))(' || v_any || ')' || v_person, 'name');
  p_words := app.folded_words(p_words,
    '( (?:this is|(?:am i|are you|is this|you ''re)(?: speaking (?:to|with)| talking to)?|i ''m|i am|speaking (?:with|to)|talking to|me ;'
      || '|hi(?: there)?(?: [;!])? it ''s|(?:mr|mrs|ms|miss|mister)(?: [.!])?|' || v_relative || '))(' || v_name || ')' || v_person, 'name');
  if p_words like '% ; my %' then
    p_words := app.folded_words(p_words, '( (?:for|is|with|bring))(' || v_name || ')(?= ; my (?:[a-z]+ )?J )', 'name');
  end if;
  if app.says_any(p_words, '{calling,speaking,here,again}') then
    p_words := app.folded_words(p_words, '(^| (?:it ''s|that ''s|hi|uh|[;!?¶]|i ''m))(' || v_name || ')(?= (?:; |again )?(?:calling|speaking|here|again) )', 'name');
  end if;
  -- "For my kids Ada and Milo."
  if p_words like '% J %' then
    p_words := app.folded_words(p_words, '( J(?: ; | )\[name(?: =)*(?: ;| and| ; and))(' || v_name || ')(?= )', 'name');
  end if;
  -- Spelled: letters in a row, but not the ones of an abbreviation with its dots.
  if p_words like '% L%' then
    p_words := app.folded_words(p_words, '(^| [^L. ][^ ]*)((?! a Lb Lc )(?: (?:L[a-z]|X[23] L[a-z]|i|a)(?: as in [^ ]+)?(?: [-;,])?){2,}'
      || '(?:(?: X[23])? L[a-z](?: as in [^ ]+)?| [ia](?= (?:[;!?]|$))))(?= (?![.]))', 'name');
  end if;
  return app.fold_known_names(p_words);
end
$_$;

ALTER FUNCTION app.fold_names(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.fold_names(p_words text) IS 'Classified words with names folded: those that are given, those that a speaker introduces ("my name is", "this is", "for my son"), and spelled ones.';

CREATE FUNCTION app.fold_numbers(p_words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
declare
  v_digits constant text := '(?:U[0-9]|T[0-9]+|Y[0-9]+|H|K|X[0-9]|[0-9]+|Lo)';
  v_between constant text := '(?: (?:[-.,/;()+~]|dash|hyphen|slash|dot|space|then|uh|um)| !(?= (?:U[0-9]|X[0-9]|[0-9]{2,})))';
  v_marked text;
begin
  v_marked := regexp_replace(p_words collate "C",
    '(?: [+(]| plus)*(?: ' || v_digits || '(?:' || v_between || '{1,3}(?= ' || v_digits || ' ))?)+(?= )', '<\&>', 'g');
  if v_marked = p_words then
    return p_words;
  end if;
  return (
    select string_agg(case when s.kind is null then s.part else app.folded_span(s.part, s.kind) end, '' order by s.position)
    from (
      select r.part, r.position, case when r.position % 2 = 0 and char_length(r.part) > 3 then app.number_kind(r.part, r.context) end as kind
      from (
        -- What a number is, is said before it, or straight after: "... is my social".
        select p.part, p.position, lag(p.part) over w || case
            when left(lead(p.part) over w, 25) like any (array[' is my social %', ' is the social %', ' is my ssn %', ' is my card %', ' is the card %'])
              then left(lead(p.part) over w, 16)
            else ''
          end as context
        from unnest(string_to_array(replace(v_marked, '>', '<'), '<')) with ordinality p(part, position)
        window w as (order by p.position)
      ) r
    ) s
  );
end
$$;

ALTER FUNCTION app.fold_numbers(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.fold_numbers(p_words text) IS 'Classified words with every run of numbers folded that app.number_kind knows, however it is grouped or spelled.';

CREATE FUNCTION app.fold_records(p_words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
declare
  v_digit constant text := '(?:[0-9]+|[UTYX][0-9]+|H|Lo)';
  v_code constant text := '(?: (?:[0-9]+|[UTYXH][0-9]*|[LA][a-z]+|N[a-z]{1,4}|a|[-/.,;]|dash|hyphen|slash))*';
begin
  -- Numbers of a record are called one; those of a booking are no identifier outside the clinic and stay.
  if not app.says_any(p_words, '{mrn,record,number,no,id,#,Nmrn,Wmrn,insurance,policy,membership,passport,medicaid,medicare,nhs}') then
    return p_words;
  end if;
  return app.folded_words(p_words,
    '( (?:mrn|passport|nhs|medicaid|medicare|insurance|policy|membership|(?:medical|health) record'
      || '|(?:member|medical|health|record|chart|patient|account|group|subscriber|claim|case|file|[WN]licen[cs]e|[WN]policyholder|[WN]plan)'
      || '(?: ''s)?(?: (?:record|insurance|card|plan|chart|file))? (?:id|number|no|#)|id(?: number| card)*)'
      || '(?: (?:[-:;#.!?¶]|is|was|its|it|''s|that|the|my|of|on|would|be|uh|starts|with|and|for|says|number|id|card|no))*)'
      || '((?= (?:[0-9UTYXLAN]|a L))(?=' || v_code || ' (?:[0-9]{3,}|' || v_digit || v_code || ' ' || v_digit || ') )' || v_code
      || ' ' || v_digit || '(?:(?: -)? [LA][a-z]+)?)(?= )', 'record');
end
$$;

ALTER FUNCTION app.fold_records(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.fold_records(p_words text) IS 'Classified words with medical record, member, policy, insurance and similar numbers folded: digits and letters after a word that says what they are.';

CREATE FUNCTION app.fold_visits(p_words text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $_$
declare
  v_number constant text := '(?: (?:[UTYHK0-9][0-9]*|[-,.]))+';
begin
  return app.folded_words(p_words, '()( 20[2-9][0-9]( [-./] )[0-9]{1,2}\3[0-9]{1,2}(?: [NWAL]t(?= ))?|(?<![-./]) [0-9]{1,2}( [-./] )[0-9]{1,2}\4(?:20)?[2-9][0-9](?! [-./] [0-9])'
    || '|(?: R?M[0-9]+(?: [.!])?(?: the)? (?:[0-9]{1,2}|O[0-9]+)| (?:[0-9]{1,2}|O[0-9]+)(?: of)? R?M[0-9]+)(?:(?: ;)? 20[2-9][0-9])?'
    || '| [0-9]{1,2} : [0-9][0-9](?: : [0-9][0-9])?'
    || '| \$' || v_number || '|(?: (?:between|from))?' || v_number || '(?: (?:to|and|or)' || v_number || ')? C)(?= )', 'stays');
end
$_$;

ALTER FUNCTION app.fold_visits(p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.fold_visits(p_words text) IS 'Classified words with dates from 2020 on, times and prices told to stay, so that no rule for numbers takes them.';

CREATE FUNCTION app.folded_span(p_span text, p_kind text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select case p_kind
    when 'stays' then repeat(' _', array_length(string_to_array(p_span, ' '), 1) - 1)
    else ' [' || p_kind || repeat(' =', array_length(string_to_array(p_span, ' '), 1) - 2)
  end
$$;

ALTER FUNCTION app.folded_span(p_span text, p_kind text) OWNER TO owner;

COMMENT ON FUNCTION app.folded_span(p_span text, p_kind text) IS 'As many words as a span has, each preceded by a blank, that no further rule matches: "[kind" and "=" for what goes, "_" for what stays.';

CREATE FUNCTION app.folded_words(p_words text, p_pattern text, p_kind text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
declare
  -- The C collation knows all signs that the rules name, and its patterns are compiled in a fraction of the time.
  v_marked text := regexp_replace(p_words collate "C", p_pattern, '\1<\2>', 'g');
begin
  -- Most rules find nothing in most texts.
  if v_marked = p_words then
    return p_words;
  end if;
  return (
    select string_agg(case when s.position % 2 = 0 then app.folded_span(s.part, p_kind) else s.part end, '' order by s.position)
    from unnest(string_to_array(replace(v_marked, '>', '<'), '<')) with ordinality s(part, position)
  );
end
$$;

ALTER FUNCTION app.folded_words(p_words text, p_pattern text, p_kind text) OWNER TO owner;

COMMENT ON FUNCTION app.folded_words(p_words text, p_pattern text, p_kind text) IS 'Classified words (app.classified_words) with every match of a pattern folded to a kind. The pattern has two groups: what must stand before, and the span to fold. The number of words stays the same.';

CREATE FUNCTION app.forget_answers() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  -- In one order, so that two erasures wait for each other and not in a ring.
  perform from public.idempotency_keys k
  where k.org_id = v_org_id and (k.state = 'done' or k.acted_at is not null)
  order by k.id
  for no key update;
  update public.idempotency_keys k
  set answer_kept = false, headers = case when k.state = 'done' then '{}'::jsonb end,
    response = case when k.state = 'done' then ''::bytea end
  where k.org_id = v_org_id and (k.state = 'done' or k.acted_at is not null);
end
$$;

ALTER FUNCTION app.forget_answers() OWNER TO owner;

COMMENT ON FUNCTION app.forget_answers() IS 'The part of app.erase_contact about kept answers, any of which may show the contact: all of the clinic''s are blanked, also those that are still to be written for what was changed before. That the wishes were carried out stays known: repeated, they act no second time.';

CREATE FUNCTION app.forget_call_days() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := coalesce(new.org_id, old.org_id);
  v_first date;
  v_last date;
begin
  perform pg_advisory_xact_lock_shared(8, hashtext(v_org_id::text));
  -- A day of any zone has the date that UTC has then, or one of its neighbours.
  v_first := (least(old.began_at, new.began_at) at time zone 'UTC')::date - 1;
  v_last := (greatest(old.began_at, new.began_at) at time zone 'UTC')::date + 1;
  delete from public.call_days d
  where d.org_id = v_org_id
    and d.day between v_first and v_last
    and ((d.from_at <= old.began_at and old.began_at < d.to_at) or (d.from_at <= new.began_at and new.began_at < d.to_at));
  return null;
end
$$;

ALTER FUNCTION app.forget_call_days() OWNER TO owner;

COMMENT ON FUNCTION app.forget_call_days() IS 'Trigger: takes the rolled-up days of a call away when the call comes, goes or changes in what is counted, whoever writes it; until the next roll-up they are counted one by one.';

CREATE FUNCTION app.forget_retired_tool(p_vapi_tool_id text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.vapi_tools t
  set retired_ids = array_remove(t.retired_ids, p_vapi_tool_id),
    previous_id = nullif(t.previous_id, p_vapi_tool_id),
    previous_hash = case when t.previous_id <> p_vapi_tool_id then t.previous_hash end
  where p_vapi_tool_id = any (t.retired_ids);
  return found;
end
$$;

ALTER FUNCTION app.forget_retired_tool(p_vapi_tool_id text) OWNER TO app_definer;

COMMENT ON FUNCTION app.forget_retired_tool(p_vapi_tool_id text) IS 'Takes a retired id off the list after the tool was deleted at Vapi. False when it was not on it.';

CREATE FUNCTION app.found_ids(p_what text, p_search text) RETURNS uuid[]
    LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER
    SET search_path TO ''
    SET plan_cache_mode TO 'force_custom_plan'
    AS $$
declare
  c_most constant integer := 5000; -- so many rows are read one by one faster than all are compared
  v_org_id uuid := app.require_org_id();
  v_words text := lower(btrim(p_search));
  v_digits text := regexp_replace(regexp_replace(p_search, '[^0-9]', '', 'g'), '^0+([1-9])', '\1'); -- see app.contact_search
  v_like text := '%' || replace(replace(replace(v_words, '\', '\\'), '%', '\%'), '_', '\_') || '%';
  v_lower text := lower(v_like collate "und-x-icu"); -- as contacts.search_text is written
  v_is_number boolean := char_length(v_digits) >= 3 and p_search !~ '[[:alpha:]]';
  v_ids uuid[];
begin
  -- Three letters or digits in a row is what an index of words can be asked for.
  if (p_what = 'call' and char_length(v_digits) < 3)
    or (p_what <> 'call' and v_words !~ '[[:alnum:]]{3}' and not (p_what = 'visitor' and v_is_number))
  then
    return null;
  end if;
  v_ids := case p_what
    when 'contact' then array(
      select c.id from public.contacts c
      where c.org_id = v_org_id and c.search_text like app.contact_search(p_search)
      limit c_most + 1)
    when 'visitor' then array(
      select c.id from public.contacts c
      where c.org_id = v_org_id
        and (c.search_text like v_lower or c.search_text like case when v_is_number then '%' || v_digits || '%' else v_lower end)
        and (strpos(lower(c.name), v_words) > 0 or strpos(lower(c.email), v_words) > 0
          or v_is_number and (strpos(c.phone, v_digits) > 0 or strpos(c.spoken_phone, v_digits) > 0))
      limit c_most + 1)
    when 'caller' then array(
      select c.id from public.contacts c
      where c.org_id = v_org_id and c.search_text like v_lower and strpos(lower(c.name), v_words) > 0
      limit c_most + 1)
    when 'patient' then array(
      select p.id from public.patients p
      where p.org_id = v_org_id and lower(p.name) like v_like
      limit c_most + 1)
    when 'call' then array(
      select c.id from public.call_logs c
      where c.org_id = v_org_id and case c.direction when 'outbound' then c.to_number else c.from_number end like '%' || v_digits || '%'
      limit c_most + 1)
    when 'message' then array(
      select m.id from public.messages m
      where m.org_id = v_org_id and lower(m.recipient || ' ' || coalesce(m.subject || ' ', '') || m.content) like v_like
      limit c_most + 1)
  end;
  return case when cardinality(v_ids) <= c_most then v_ids end;
end
$$;

ALTER FUNCTION app.found_ids(p_what text, p_search text) OWNER TO app_searcher;

COMMENT ON FUNCTION app.found_ids(p_what text, p_search text) IS 'The tenant''s own rows in which p_search stands, found by an index of words. p_what: contact (as app.contact_search compares), visitor (as app.contacts_like), caller (contacts, by name), patient (by name), call (by the other side''s number) or message. NULL where no index helps, because p_search is shorter than three letters or stands in more than 5000 rows: then the caller compares row by row. Any case, no wildcards.';

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

CREATE FUNCTION app.inbound_status() RETURNS SETOF app.provisioning_status
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select s.*
  from public.provisioning p
  cross join lateral app.provisioning_status(p.id) s
  where p.org_id = app.require_org_id()
  -- The line that works, then what is under way, then what came last.
  order by case when p.state in ('undone', 'released') then 3 when p.activated_at is null then 2 else 1 end, p.created_at desc, p.id
  limit 1
$$;

ALTER FUNCTION app.inbound_status() OWNER TO app_writer;

COMMENT ON FUNCTION app.inbound_status() IS 'How the clinic''s line stands: of a line that works, else of the set-up under way, else of the last one. No row before the first.';

CREATE FUNCTION app.integrations() RETURNS SETOF app.integration_row
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select p.provider, c.id is not null and c.verification_error is null, c.last_verified_at, c.verification_error
  from (values ('twilio', 1), ('resend', 2), ('google_calendar', 3), ('outlook', 4)) p (provider, position)
  left join public.org_credentials c on c.org_id = app.require_org_id() and c.provider = p.provider
  order by p.position
$$;

ALTER FUNCTION app.integrations() OWNER TO owner;

COMMENT ON FUNCTION app.integrations() IS 'Every account that a clinic may connect, with what the last look at it said. Every member may ask; nothing sealed is told.';

CREATE FUNCTION app.intend_assistant(p_agent_id uuid, p_lease_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.agents a
  set creating_since = coalesce(a.creating_since, app.now())
  where a.org_id = app.require_org_id() and a.id = p_agent_id and a.lease_id = p_lease_id and a.deleted_at is null;
  return found;
end
$$;

ALTER FUNCTION app.intend_assistant(p_agent_id uuid, p_lease_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.intend_assistant(p_agent_id uuid, p_lease_id uuid) IS 'Notes that an assistant is about to be created at Vapi, before it is. False: the lease is lost or the agent deleted; create nothing.';

CREATE FUNCTION app.introduced_names(p_tokens text[], p_words text, p_folded text) RETURNS text[]
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  -- The kind of a span stands at its first word only: the words after it belong to the last that has one.
  select coalesce(array_agg(distinct lower(k.token)) filter (where k.kind = '[name' and k.word like 'N%' and char_length(k.token) > 2), '{}')
  from (
    select f.token, f.word, max(f.folded) over (partition by f.span) as kind
    from (
      select t.token, t.word, t.folded, count(*) filter (where t.folded <> '=') over (order by t.position) as span
      from unnest(p_tokens, string_to_array(btrim(p_words), ' '), string_to_array(btrim(p_folded), ' '))
        with ordinality t(token, word, folded, position)
    ) f
  ) k
$$;

ALTER FUNCTION app.introduced_names(p_tokens text[], p_words text, p_folded text) OWNER TO owner;

COMMENT ON FUNCTION app.introduced_names(p_tokens text[], p_words text, p_folded text) IS 'The words, in small letters, that fold_names took for names without having been given them: tokens of a text, what they are, and what became of them.';

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
    token_id uuid,
    message_id uuid,
    CONSTRAINT invitations_email_check CHECK ((email = lower(email))),
    CONSTRAINT invitations_role_check CHECK ((role = ANY (ARRAY['admin'::text, 'staff'::text, 'viewer'::text])))
);

ALTER TABLE ONLY public.invitations FORCE ROW LEVEL SECURITY;

ALTER TABLE public.invitations OWNER TO owner;

COMMENT ON TABLE public.invitations IS 'An address asked to join. Joining needs the token or the confirmed address; the address alone never founds an organisation.';

COMMENT ON COLUMN public.invitations.token_hash IS 'SHA-256 of the token in the invitation mail; the token itself is not stored.';

COMMENT ON COLUMN public.invitations.token_id IS 'What the token is derived from, with a key that is not in the database; new with every renewal. NULL: a random token of before, which no e-mail can carry.';

COMMENT ON COLUMN public.invitations.message_id IS 'The e-mail that carries the token; NULL when none goes out.';

CREATE FUNCTION app.invitation_mail(p_invitation public.invitations) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_clinic text;
  v_zone text;
  v_inviter text;
begin
  -- Brackets would look like the place of the link.
  select translate(o.name, '[]', '()'), o.time_zone into strict v_clinic, v_zone
  from public.organizations o
  where o.id = (p_invitation).org_id;
  select translate(coalesce(nullif(btrim(p.name), ''), p.email), '[]', '()') into v_inviter
  from public.profiles p
  where p.org_id = (p_invitation).org_id and p.user_id = (p_invitation).invited_by;
  return array[
    format('Join %s', v_clinic),
    format(E'%s invites you to join the team of %s as %s.\nOpen this link to sign up or to sign in:\n[link]\n'
      'It is meant for this address only and works until %s. If you did not expect it, you need not do anything.',
      coalesce(v_inviter, 'A colleague'), v_clinic, (p_invitation).role,
      array_to_string(app.local_words((p_invitation).expires_at, v_zone, 'en'), ', '))];
end
$$;

ALTER FUNCTION app.invitation_mail(p_invitation public.invitations) OWNER TO owner;

COMMENT ON FUNCTION app.invitation_mail(p_invitation public.invitations) IS 'Subject and text of the e-mail of an invitation: who invites to which clinic as what, until when by the clinic''s clock. [link] stands for the link with the token, which no row holds.';

CREATE FUNCTION app.invitation_of_message(p_message_id uuid) RETURNS SETOF public.invitations
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select i.*
  from public.invitations i
  where i.org_id = app.require_org_id() and i.message_id = p_message_id and i.accepted_at is null and i.expires_at > app.now()
$$;

ALTER FUNCTION app.invitation_of_message(p_message_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.invitation_of_message(p_message_id uuid) IS 'The invitation whose token an e-mail carries. No row when it was withdrawn, accepted, renewed or has expired: the e-mail has nothing to say any more. Never given to people''s requests.';

CREATE FUNCTION app.invite_member(p_email text, p_role text, p_token_id uuid, p_token_hash bytea, p_mail boolean DEFAULT false, p_platform_mail text DEFAULT NULL::text, p_request_id text DEFAULT NULL::text) RETURNS SETOF app.invitation_row
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $_$
declare
  v_org_id uuid := app.require_org_id();
  v_email text := lower(btrim(p_email));
  v_now timestamptz;
  v_invitation public.invitations;
begin
  perform app.require_admin();
  if coalesce(v_email, '') !~ '^[^@[:space:]]+@[^@[:space:]]+[.][^@[:space:]]+$' or char_length(v_email) > 254 then
    raise exception 'this is no e-mail address' using errcode = 'VX400';
  elsif coalesce(p_role, '') not in ('admin', 'staff', 'viewer') then
    raise exception 'people are invited as admin, staff or viewer' using errcode = 'VX400';
  elsif p_token_id is null or octet_length(p_token_hash) is distinct from 32 then
    raise exception 'a token has an id and a hash of 32 bytes' using errcode = 'VX400';
  end if;
  -- Two invitations of one address at once would both stand.
  perform from public.organizations o where o.id = v_org_id for no key update;
  if exists (select from public.profiles p where p.org_id = v_org_id and lower(p.email) = v_email) then
    raise exception 'this person is a member already' using errcode = 'VX409';
  end if;
  v_now := app.now();
  update public.invitations i
  set role = p_role, token_id = p_token_id, token_hash = p_token_hash, message_id = null, invited_by = app.current_user_id(),
    expires_at = v_now + interval '7 days'
  where i.org_id = v_org_id and i.email = v_email and i.accepted_at is null
  returning i.* into v_invitation;
  if v_invitation.id is null then
    insert into public.invitations (org_id, email, role, token_id, token_hash, invited_by, expires_at, created_at)
    values (v_org_id, v_email, p_role, p_token_id, p_token_hash, app.current_user_id(), v_now + interval '7 days', v_now)
    returning * into v_invitation;
  end if;
  if p_mail then
    perform app.mail_invitation(v_invitation, p_platform_mail, p_request_id);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'member_invited', 'invitation', v_invitation.id, app.current_user_id(), left(p_request_id, 64));
  return query select * from app.list_invitations(v_invitation.id);
end
$_$;

ALTER FUNCTION app.invite_member(p_email text, p_role text, p_token_id uuid, p_token_hash bytea, p_mail boolean, p_platform_mail text, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.invite_member(p_email text, p_role text, p_token_id uuid, p_token_hash bytea, p_mail boolean, p_platform_mail text, p_request_id text) IS 'Invites an address for seven days; p_token_hash is the SHA-256 of the token that its owner signs up with, which was derived from p_token_id. An address that was invited before keeps one invitation, with the new role and token. With p_mail the token goes out by e-mail, see app.mail_invitation. Owner and admin only (VX403). VX400: no address, or another role than admin, staff, viewer; VX409: a member already, or mailed too often lately.';

CREATE FUNCTION app.is_event_cursor_kept(p_xid bigint) RETURNS boolean
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  -- What is still to come was written in another cluster, before a dump was restored here: such a cursor means nothing,
  -- such a sweep says nothing of this cluster's cursors.
  select n.cursor_xid < n.next_xid and (n.cursor_xid > s.swept_xid or s.swept_xid >= n.next_xid)
  from public.event_sweeps s,
    (select p_xid::text::xid8 as cursor_xid, pg_snapshot_xmax(pg_current_snapshot()) as next_xid) n
$$;

ALTER FUNCTION app.is_event_cursor_kept(p_xid bigint) OWNER TO owner;

COMMENT ON FUNCTION app.is_event_cursor_kept(p_xid bigint) IS 'Whether every event after this place is still there. Ask after reading on from it: what it then says holds for what was read.';

CREATE FUNCTION app.is_listed(p_run text) RETURNS boolean
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $_$
declare
  v_items text[] := string_to_array(btrim(p_run, ' ;,'), ' ; ');
  v_hours text[];
begin
  if p_run ~ '^(?: (?:19|20)[0-9][0-9](?: [-/])? (?:19|20)[0-9][0-9]|(?: [0-9]{1,3}(?: , [0-9]{3})+(?: [-;])*)+)$' then
    return true; -- years and thousands
  elsif p_run !~ ' [0-9]|(?:(?: [;,.-])*(?: U[0-9]| Lo| X[23])){3}' then
    -- In words without three single digits in a row: hours and minutes, unless the minutes cannot be.
    return p_run not like any (array['% Y60%', '% Y70%', '% Y80%', '% Y90%', ' U0%']);
  elsif cardinality(v_items) < 3 then
    return false;
  end if;
  select array_agg(app.digits_said(' ' || i.item) order by i.position) into v_hours
  from unnest(v_items) with ordinality i(item, position)
  where i.item ~ '^(?:[0-9]{1,2}|U[1-9]|T1[0-9]|(?:19|20)[0-9][0-9]|(?:U[1-9]|T1[0-2])(?: T1[0-9]| Y[2-5]0(?: -)?(?: U[0-9])?| U0 U[0-9]))$';
  -- The hours of a list only grow, and begin anew past noon; the digits of a number do not.
  return cardinality(v_hours) = cardinality(v_items) and not exists (
    select from generate_series(2, cardinality(v_hours)) i
    where app.minutes_said(v_hours[i]) <= app.minutes_said(v_hours[i - 1])
      and not (app.minutes_said(v_hours[i]) < 300 and app.minutes_said(v_hours[i - 1]) >= 600)
  );
end
$_$;

ALTER FUNCTION app.is_listed(p_run text) OWNER TO owner;

COMMENT ON FUNCTION app.is_listed(p_run text) IS 'Whether a run of number words lists times, years or quantities: "nine, nine thirty, ten", "2024, 2025", "1,200".';

CREATE FUNCTION app.is_message_rule(p_key text, p_value jsonb) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $_$
  select case p_key
    when 'follow_up_window_minutes' then app.is_whole_number(p_value, 1, 7 * 24 * 60)
    when 'messages_per_day' then app.is_whole_number(p_value, 0, 100000)
    when 'quiet_from' then jsonb_typeof(p_value) = 'string' and p_value #>> '{}' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
    when 'quiet_until' then jsonb_typeof(p_value) = 'string' and p_value #>> '{}' ~ '^([01][0-9]|2[0-3]):[0-5][0-9]$'
    when 'missed_call_text' then jsonb_typeof(p_value) = 'boolean'
    when 'email_confirmations' then jsonb_typeof(p_value) = 'boolean'
    when 'reminder_offsets_minutes' then case when jsonb_typeof(p_value) = 'array' then (
      select count(*) <= 5 and count(*) = count(distinct m) and coalesce(bool_and(app.is_whole_number(m, 10, 60 * 24 * 60)), true)
      from jsonb_array_elements(p_value) m) else false end
    else false
  end
$_$;

ALTER FUNCTION app.is_message_rule(p_key text, p_value jsonb) OWNER TO owner;

COMMENT ON FUNCTION app.is_message_rule(p_key text, p_value jsonb) IS 'Whether app.set_message_rules knows the key and the value is one that it may have.';

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

CREATE FUNCTION app.is_opted_out(p_channel text, p_number text) RETURNS boolean
    LANGUAGE plpgsql STRICT
    SET search_path TO ''
    AS $$
declare
  v_hash bytea := app.number_hash(p_number);
begin
  return exists (
    select from public.opt_outs o
    where o.org_id = app.require_org_id() and o.channel = p_channel and o.number_hash = v_hash and o.revoked_at is null);
end
$$;

ALTER FUNCTION app.is_opted_out(p_channel text, p_number text) OWNER TO owner;

COMMENT ON FUNCTION app.is_opted_out(p_channel text, p_number text) IS 'Whether a number (or e-mail address) asked not to be reached on a channel (sms, voice, email), also when the number itself was erased since. Volatile because the first hash of a tenant makes its key.';

CREATE FUNCTION app.is_our_number(p_number text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select exists (select from public.phone_numbers n where n.number = p_number)
$$;

ALTER FUNCTION app.is_our_number(p_number text) OWNER TO app_definer;

COMMENT ON FUNCTION app.is_our_number(p_number text) IS 'Whether a number is answered by this platform, for whichever clinic: putting a caller through to one would ring us again.';

CREATE FUNCTION app.is_whole_number(p_value jsonb, p_least integer, p_most integer) RETURNS boolean
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $_$
  select case when jsonb_typeof(p_value) = 'number' and p_value #>> '{}' ~ '^[0-9]{1,9}$'
    then (p_value #>> '{}')::integer between p_least and p_most else false end
$_$;

ALTER FUNCTION app.is_whole_number(p_value jsonb, p_least integer, p_most integer) OWNER TO owner;

COMMENT ON FUNCTION app.is_whole_number(p_value jsonb, p_least integer, p_most integer) IS 'Whether a JSON value is a number without a fraction within the bounds, both included.';

CREATE FUNCTION app.issue_event_ticket(p_hash bytea, p_stream_until timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_user_id uuid := app.current_user_id();
  v_now timestamptz := app.now();
begin
  if app.current_member_role() is null then
    raise exception 'only members watch an organisation' using errcode = 'VX403';
  end if;
  delete from public.event_tickets t
  where t.org_id = v_org_id and t.user_id = v_user_id and t.expires_at <= v_now;
  insert into public.event_tickets (org_id, user_id, ticket_hash, expires_at, stream_until)
  values (v_org_id, v_user_id, p_hash, v_now + interval '30 seconds', p_stream_until);
  return v_now + interval '30 seconds';
end
$$;

ALTER FUNCTION app.issue_event_ticket(p_hash bytea, p_stream_until timestamp with time zone) OWNER TO app_writer;

COMMENT ON FUNCTION app.issue_event_ticket(p_hash bytea, p_stream_until timestamp with time zone) IS 'Keeps the hash of a ticket that opens one stream of live events for the acting member, and returns when it runs out: in 30 seconds. p_stream_until is the end of the member''s token. Their tickets that ran out are removed. VX403 without a member.';

CREATE FUNCTION app.leave_to_staff(p_inbound public.messages) RETURNS app.inbound_answer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_entity text := case when (p_inbound).contact_id is null then 'message' else 'contact' end;
begin
  -- Ten texts in a row are one conversation to look at, not ten notifications.
  if not exists (
    select from public.notifications n
    left join public.messages m on m.org_id = n.org_id and n.entity = 'message' and m.id = n.entity_id
    where n.org_id = (p_inbound).org_id and n.kind = 'message_received' and n.read_at is null
      and ((n.entity = 'contact' and n.entity_id = (p_inbound).contact_id) or m.recipient_hash = (p_inbound).recipient_hash)
  ) then
    perform app.notify_staff('message_received', 'A text came in that people should read', v_entity,
      coalesce((p_inbound).contact_id, (p_inbound).id));
  end if;
  return ('stored', (p_inbound).id, (p_inbound).contact_id, null)::app.inbound_answer;
end
$$;

ALTER FUNCTION app.leave_to_staff(p_inbound public.messages) OWNER TO owner;

COMMENT ON FUNCTION app.leave_to_staff(p_inbound public.messages) IS 'A received text that asks nothing of us: staff are told, once until they have read it per contact (per number where there is no contact). outcome stored.';

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

CREATE FUNCTION app.line_to_check() RETURNS SETOF app.provisioning_task
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select 'check', 0, made.provisioning_id::text, s.number, null::integer, made.external_id, made.undo, looked.external_id, looked.undo,
    made.external_id, s.vapi_phone_number_id, s.routing, app.own_line(n.location_id), s.vapi_assistant_id
  from app.inbound_status() s
  join public.phone_numbers n on n.org_id = app.require_org_id() and n.id = s.phone_number_id
  join public.provisioning_steps made
    on made.org_id = n.org_id and made.provisioning_id = s.provisioning_id and made.step = 'import'
  join public.provisioning_steps looked
    on looked.org_id = n.org_id and looked.provisioning_id = s.provisioning_id and looked.step = 'check'
  where s.activated_at is not null and s.state in ('running', 'active')
$$;

ALTER FUNCTION app.line_to_check() OWNER TO app_writer;

COMMENT ON FUNCTION app.line_to_check() IS 'What should be so outside for the clinic''s line that works, as a task with outcome check; step is the id of its run. No row: no line works.';

CREATE FUNCTION app.list_appointments(p_statuses text[] DEFAULT NULL::text[], p_from text DEFAULT NULL::text, p_to text DEFAULT NULL::text, p_contact_id uuid DEFAULT NULL::uuid, p_resource_id uuid DEFAULT NULL::uuid, p_service_id uuid DEFAULT NULL::uuid, p_search text DEFAULT NULL::text, p_range text DEFAULT NULL::text, p_sort text DEFAULT 'scheduled_at'::text, p_page integer DEFAULT 1, p_limit integer DEFAULT 20) RETURNS SETOF app.appointment_row
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    SET random_page_cost TO '1.1'
    AS $_$
declare
  c_counted constant bigint := 50000;
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_range text := case p_range when 'today' then 'day' when 'week' then 'week' when 'month' then 'month' end;
  v_first timestamp := date_trunc(v_range, app.now() at time zone v_zone);
  -- A midnight that the clock skips is a bound as good as any: only times that people wrote must exist.
  v_from timestamptz := coalesce(app.period_bound(p_from, v_zone, false), app.local_instant(v_first, v_zone, false));
  v_to timestamptz := coalesce(app.period_bound(p_to, v_zone, true),
    app.local_instant(v_first + ('1 ' || v_range)::interval, v_zone, false));
  v_search text := nullif(btrim(p_search), '');
  v_contacts uuid[];
  v_patients uuid[];
  v_where text := 'a.org_id = $1 and a.status <> ''held''';
  v_order text := case p_sort
    when 'scheduled_at' then 'a.scheduled_at, a.id'
    when '-scheduled_at' then 'a.scheduled_at desc, a.id desc'
    when 'created_at' then 'a.id' -- ids are made in the order of time
    when '-created_at' then 'a.id desc' end;
  v_back text := case p_sort
    when 'scheduled_at' then 'a.scheduled_at desc, a.id desc'
    when '-scheduled_at' then 'a.scheduled_at, a.id'
    when 'created_at' then 'a.id desc'
    when '-created_at' then 'a.id' end;
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  if p_range is not null and (v_range is null or coalesce(p_from, p_to) is not null) then
    raise exception 'the range is today, week or month, and stands alone' using errcode = 'VX400';
  elsif v_order is null or p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'sort by scheduled_at or created_at; pages begin at 1 and have up to 100 rows' using errcode = 'VX400';
  end if;
  v_where := v_where
    || case when p_statuses is not null then ' and a.status = any ($2)' else '' end
    || case when v_from is not null then ' and a.scheduled_at >= $3' else '' end
    || case when v_to is not null then ' and a.scheduled_at < $4' else '' end
    || case when p_contact_id is not null then ' and a.contact_id = $5' else '' end
    || case when p_resource_id is not null then ' and a.resource_id = $6' else '' end
    || case when p_service_id is not null then ' and a.service_id = $7' else '' end;
  if v_search is not null then
    v_where := v_where || ' and (a.contact_id = any ($8) or a.patient_id = any ($9) or a.booking_ref = $10)';
    v_contacts := array(select app.contacts_like(v_search));
    v_patients := coalesce(app.found_ids('patient', v_search), array(
      select p.id from public.patients p
      where p.org_id = v_org_id and strpos(lower(p.name), lower(v_search)) > 0));
  end if;

  execute format('select count(*) from (select from public.appointments a where %s limit %s) x', v_where, c_counted + 1)
  into v_total
  using v_org_id, p_statuses, v_from, v_to, p_contact_id, p_resource_id, p_service_id, v_contacts, v_patients, upper(v_search);
  v_span := app.page_span(v_total, v_total > c_counted, p_page, p_limit);
  execute format('select array(select a.id from public.appointments a where %s order by %s limit $11 offset $12)', v_where,
    case when v_span.from_end then v_back else v_order end)
  into v_ids
  using v_org_id, p_statuses, v_from, v_to, p_contact_id, p_resource_id, p_service_id, v_contacts, v_patients, upper(v_search),
    v_span.take, v_span.skip;
  if v_span.from_end then
    v_ids := array(select i.id from unnest(v_ids) with ordinality i (id, place) order by i.place desc);
  end if;
  return query
  select * from app.appointment_rows(v_ids, least(v_total, c_counted), v_total > c_counted);
end
$_$;

ALTER FUNCTION app.list_appointments(p_statuses text[], p_from text, p_to text, p_contact_id uuid, p_resource_id uuid, p_service_id uuid, p_search text, p_range text, p_sort text, p_page integer, p_limit integer) OWNER TO owner;

COMMENT ON FUNCTION app.list_appointments(p_statuses text[], p_from text, p_to text, p_contact_id uuid, p_resource_id uuid, p_service_id uuid, p_search text, p_range text, p_sort text, p_page integer, p_limit integer) IS 'A page of the visits that fit every filter given; holds never. Days of p_from and p_to are the clinic''s, both included. p_search: part of the patient''s or contact''s name, e-mail address or number, or a booking reference. p_range: today, week (from Monday) or month of the clinic''s calendar, instead of p_from and p_to. p_sort: scheduled_at or created_at, with a minus the latest first. Beyond 50 000 visits total is 50 000 and total_is_estimate. VX400 for a malformed date, sort or page.';

CREATE FUNCTION app.list_audit_log(p_page integer, p_limit integer, p_from date DEFAULT NULL::date, p_to date DEFAULT NULL::date, p_action text DEFAULT NULL::text, p_entity text DEFAULT NULL::text, p_entity_id uuid DEFAULT NULL::uuid, p_actor_user_id uuid DEFAULT NULL::uuid) RETURNS SETOF app.audit_row
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $_$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
  v_where text := 'g.org_id = $1'
    || case when v_period[1] is not null then ' and g.at >= $2' else '' end
    || case when v_period[2] is not null then ' and g.at < $3' else '' end
    || case when p_action is not null then ' and g.action = $4' else '' end
    || case when p_entity is not null then ' and g.entity = $5' else '' end
    || case when p_entity_id is not null then ' and g.entity_id = $6' else '' end
    || case when p_actor_user_id is not null then ' and g.actor_user_id = $7' else '' end;
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  perform app.require_admin();
  execute format('select count(*) from (select from public.audit_log g where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, v_period[1], v_period[2], p_action, p_entity, p_entity_id, p_actor_user_id;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select g.id from public.audit_log g where %s order by %s limit $8 offset $9)', v_where,
    case when v_span.from_end then 'g.at, g.id' else 'g.at desc, g.id desc' end)
  into v_ids
  using v_org_id, v_period[1], v_period[2], p_action, p_entity, p_entity_id, p_actor_user_id, v_span.take, v_span.skip;
  return query
  select g.id, g.action, g.entity, g.entity_id, g.actor_user_id, p.name, p.email, g.request_id, g.at,
    least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page (id, place)
  join public.audit_log g on g.org_id = v_org_id and g.id = page.id
  left join public.profiles p on p.org_id = v_org_id and p.user_id = g.actor_user_id
  order by case when v_span.from_end then -page.place else page.place end;
end
$_$;

ALTER FUNCTION app.list_audit_log(p_page integer, p_limit integer, p_from date, p_to date, p_action text, p_entity text, p_entity_id uuid, p_actor_user_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.list_audit_log(p_page integer, p_limit integer, p_from date, p_to date, p_action text, p_entity text, p_entity_id uuid, p_actor_user_id uuid) IS 'A page of the audit log, the newest first. NULL filters nothing; p_from and p_to are days of the clinic. Owner and admin only (VX403). VX400 for days in the wrong order.';

CREATE FUNCTION app.list_booking_attempts(p_kind text DEFAULT NULL::text, p_outcome text DEFAULT NULL::text, p_reason text DEFAULT NULL::text, p_call_id uuid DEFAULT NULL::uuid, p_appointment_id uuid DEFAULT NULL::uuid, p_from text DEFAULT NULL::text, p_to text DEFAULT NULL::text, p_page integer DEFAULT 1, p_limit integer DEFAULT 20) RETURNS SETOF app.booking_attempt_row
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $_$
declare
  c_counted constant bigint := 50000;
  v_org public.organizations;
  v_from timestamptz;
  v_to timestamptz;
  v_where text := 't.org_id = $1';
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  v_from := app.period_bound(p_from, v_org.time_zone, false);
  v_to := app.period_bound(p_to, v_org.time_zone, true);
  if p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'pages begin at 1 and have up to 100 rows' using errcode = 'VX400';
  end if;
  v_where := v_where
    || case when p_kind is not null then ' and t.kind = $2' else '' end
    || case when p_outcome is not null then ' and t.outcome = $3' else '' end
    || case when p_reason is not null then ' and t.reason = $4' else '' end
    || case when p_call_id is not null then ' and t.call_id = $5' else '' end
    || case when p_appointment_id is not null then ' and t.appointment_id = $6' else '' end
    || case when v_from is not null then ' and t.at >= $7' else '' end
    || case when v_to is not null then ' and t.at < $8' else '' end;

  execute format('select count(*) from (select from public.booking_attempts t where %s limit %s) x', v_where, c_counted + 1)
  into v_total
  using v_org.id, p_kind, p_outcome, p_reason, p_call_id, p_appointment_id, v_from, v_to;
  v_span := app.page_span(v_total, v_total > c_counted, p_page, p_limit);
  execute format('select array(select t.id from public.booking_attempts t where %s order by %s limit $9 offset $10)', v_where,
    case when v_span.from_end then 't.at, t.id' else 't.at desc, t.id desc' end)
  into v_ids
  using v_org.id, p_kind, p_outcome, p_reason, p_call_id, p_appointment_id, v_from, v_to, v_span.take, v_span.skip;
  return query
  select t.id, t.at, t.kind, t.outcome, t.reason, t.call_id, t.appointment_id, t.service_id, s.name, t.resource_id, r.name,
    t.starts_at, coalesce(l.time_zone, v_org.time_zone), t.said_date, t.said_time, t.actor_user_id, u.name,
    least(v_total, c_counted), v_total > c_counted
  from unnest(v_ids) with ordinality wanted (id, place)
  join public.booking_attempts t on t.org_id = v_org.id and t.id = wanted.id
  left join public.services s on s.org_id = t.org_id and s.id = t.service_id
  left join public.resources r on r.org_id = t.org_id and r.id = t.resource_id
  left join public.locations l on l.org_id = r.org_id and l.id = r.location_id
  left join public.profiles u on u.org_id = t.org_id and u.user_id = t.actor_user_id
  order by case when v_span.from_end then -wanted.place else wanted.place end;
end
$_$;

ALTER FUNCTION app.list_booking_attempts(p_kind text, p_outcome text, p_reason text, p_call_id uuid, p_appointment_id uuid, p_from text, p_to text, p_page integer, p_limit integer) OWNER TO owner;

COMMENT ON FUNCTION app.list_booking_attempts(p_kind text, p_outcome text, p_reason text, p_call_id uuid, p_appointment_id uuid, p_from text, p_to text, p_page integer, p_limit integer) IS 'A page of the tries to hold, book, move, cancel or approve that fit every filter given, the latest first: the answer to "why was this refused?". Days of p_from and p_to are the clinic''s, both included. VX400 for a malformed date or page.';

CREATE FUNCTION app.list_calls(p_page integer, p_limit integer, p_from date DEFAULT NULL::date, p_to date DEFAULT NULL::date, p_recent text DEFAULT NULL::text, p_state text DEFAULT NULL::text, p_direction text DEFAULT NULL::text, p_contact_id uuid DEFAULT NULL::uuid, p_search text DEFAULT NULL::text) RETURNS SETOF app.call_row
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    SET random_page_cost TO '1.1'
    AS $_$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to, p_recent);
  v_search text := nullif(lower(btrim(p_search)), '');
  -- Words with a digit in them are no number, or "Room 3" would find all that have a 3. Zeros in front: see app.contact_search.
  v_digits text := case when p_search !~ '[[:alpha:]]'
    then nullif(regexp_replace(regexp_replace(p_search, '[^0-9]', '', 'g'), '^0+([1-9])', '\1'), '') end;
  v_people uuid[];
  v_calls uuid[];
  v_where text := 'c.org_id = $1 and c.deleted_at is null';
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  v_where := v_where
    || case when v_period[1] is not null then ' and c.began_at >= $2' else '' end
    || case when v_period[2] is not null then ' and c.began_at < $3' else '' end
    || case when p_state is not null then ' and app.call_state(c.status, c.outcome, c.ended_reason) = $4' else '' end
    || case when p_direction is not null then ' and c.direction = $5' else '' end
    || case when p_contact_id is not null then ' and c.contact_id = $6' else '' end;
  if v_search is not null then
    v_people := app.found_ids('caller', v_search);
    v_calls := case when v_digits is null then '{}' else app.found_ids('call', v_digits) end;
    v_where := v_where || case when v_people is not null and v_calls is not null then ' and (c.contact_id = any ($9) or c.id = any ($10))'
      else ' and (position($8 in case c.direction when ''outbound'' then c.to_number else c.from_number end) > 0 or exists ('
        || 'select from public.contacts k where k.org_id = $1 and k.id = c.contact_id and position($7 in lower(k.name)) > 0))' end;
  end if;

  execute format('select count(*) from (select from public.call_logs c where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, v_period[1], v_period[2], p_state, p_direction, p_contact_id, v_search, v_digits, v_people, v_calls;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select c.id from public.call_logs c where %s order by %s limit $11 offset $12)', v_where,
    case when v_span.from_end then 'c.began_at, c.id' else 'c.began_at desc, c.id desc' end)
  into v_ids
  using v_org_id, v_period[1], v_period[2], p_state, p_direction, p_contact_id, v_search, v_digits, v_people, v_calls,
    v_span.take, v_span.skip;
  return query
  select c.id, c.vapi_call_id, c.contact_id, k.name, case c.direction when 'outbound' then c.to_number else c.from_number end,
    c.to_number, c.direction, app.call_state(c.status, c.outcome, c.ended_reason), c.began_at,
    c.started_at, c.ended_at, c.duration_seconds, c.outcome, c.ended_reason, c.summary, c.transcript_state, c.recording_state,
    c.tools_used, c.cost_micros, c.created_at, least(v_total, 50000), v_total > 50000, c.recording_error
  from unnest(v_ids) with ordinality page (id, place)
  join public.call_logs c on c.org_id = v_org_id and c.id = page.id
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  order by case when v_span.from_end then -page.place else page.place end;
end
$_$;

ALTER FUNCTION app.list_calls(p_page integer, p_limit integer, p_from date, p_to date, p_recent text, p_state text, p_direction text, p_contact_id uuid, p_search text) OWNER TO app_writer;

COMMENT ON FUNCTION app.list_calls(p_page integer, p_limit integer, p_from date, p_to date, p_recent text, p_state text, p_direction text, p_contact_id uuid, p_search text) IS 'A page of the calls that were not deleted, the newest first. NULL filters nothing: p_from and p_to are days of the clinic, p_recent is today, week or month, p_state a word of app.call_state, p_direction inbound, outbound or web; p_search finds part of the contact''s name, or of the number on the other side. Every member may look. VX400 for days in the wrong order.';

CREATE TABLE public.campaigns (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    name text NOT NULL,
    category text DEFAULT 'marketing'::text NOT NULL,
    segment jsonb DEFAULT '{}'::jsonb NOT NULL,
    stop_on_reply boolean DEFAULT true NOT NULL,
    stop_on_booking boolean DEFAULT true NOT NULL,
    status text DEFAULT 'draft'::text NOT NULL,
    started_at timestamp with time zone,
    ended_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT campaigns_category_check CHECK ((category = ANY (ARRAY['marketing'::text, 'follow_up'::text]))),
    CONSTRAINT campaigns_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 80))),
    CONSTRAINT campaigns_segment_check CHECK ((jsonb_typeof(segment) = 'object'::text)),
    CONSTRAINT campaigns_status_check CHECK ((status = ANY (ARRAY['draft'::text, 'running'::text, 'stopped'::text, 'done'::text])))
);

ALTER TABLE ONLY public.campaigns FORCE ROW LEVEL SECURITY;

ALTER TABLE public.campaigns OWNER TO owner;

COMMENT ON TABLE public.campaigns IS 'A sequence of texts to a segment of the contacts, e.g. a recall.';

COMMENT ON COLUMN public.campaigns.segment IS 'Whom: {"lead_status": [...], "service_interests": [...], "last_visit_before": "YYYY-MM-DD", "no_visit_ahead": true}; every key narrows.';

CREATE FUNCTION app.list_campaigns() RETURNS SETOF public.campaigns
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.campaigns c
  set status = 'done', ended_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.status = 'running'
    and not exists (
      select from public.campaign_steps t
      join public.scheduled_messages s on s.org_id = t.org_id and s.campaign_step_id = t.id
      where t.org_id = v_org_id and t.campaign_id = c.id and s.state = 'waiting');
  return query
  select c.* from public.campaigns c where c.org_id = v_org_id order by c.created_at desc, c.id;
end
$$;

ALTER FUNCTION app.list_campaigns() OWNER TO app_writer;

COMMENT ON FUNCTION app.list_campaigns() IS 'The organisation''s campaigns, the newest first. A running one without a step left to send is done from then on.';

CREATE FUNCTION app.list_contacts(p_lead_status text DEFAULT NULL::text, p_source text DEFAULT NULL::text, p_search text DEFAULT NULL::text, p_from date DEFAULT NULL::date, p_to date DEFAULT NULL::date, p_sort text DEFAULT 'last_contact'::text, p_descending boolean DEFAULT true, p_page integer DEFAULT 1, p_limit integer DEFAULT 20) RETURNS SETOF app.contact_row
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    SET random_page_cost TO '1.1'
    AS $_$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text := (select o.time_zone from public.organizations o where o.id = v_org_id);
  v_from timestamptz := app.local_instant(p_from::timestamp, v_zone, false);
  v_to timestamptz := app.local_instant((p_to + 1)::timestamp, v_zone, false);
  v_where text := 'c.org_id = $1 and c.erased_at is null';
  v_order text;
  v_back text;
  v_found uuid[];
  v_total bigint;
  v_span app.page_span;
begin
  -- Only what may be missing says where it stands then: the others can be read off an index in both directions.
  v_order := case p_sort
    when 'last_contact' then 'c.last_contacted_at %s nulls %s, c.id %s'
    when 'created' then 'c.created_at %s, c.id %3$s'
    when 'name' then 'c.name %s nulls %s, c.id %s'
    when 'score' then 'c.lead_score %s, c.id %3$s'
  end;
  if v_order is null or p_page < 1 or p_limit not between 1 and 100 then
    raise exception 'there is no such order or page' using errcode = 'VX400';
  end if;
  v_back := format(v_order, case when p_descending then 'asc' else 'desc' end, 'first', 'desc');
  v_order := format(v_order, case when p_descending then 'desc' else 'asc' end, 'last', 'asc');
  if btrim(p_search) <> '' then
    v_found := app.found_ids('contact', p_search);
  end if;
  v_where := concat_ws(' and ', v_where,
    case when p_lead_status is not null then 'c.lead_status = $2' end,
    case when p_source is not null then 'c.source = $3' end,
    case when v_found is not null then 'c.id = any ($9)'
      when btrim(p_search) <> '' then 'c.search_text like app.contact_search($4)' end,
    case when p_from is not null then 'c.created_at >= $5' end,
    case when p_to is not null then 'c.created_at < $6' end);

  execute format('select count(*) from (select from public.contacts c where %s limit 50001) s', v_where)
  into v_total
  using v_org_id, p_lead_status, p_source, p_search, v_from, v_to, null, null, v_found;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  -- Ids first: they come from the index alone, also for a page far behind.
  return query execute format(
    $q$
    select c.id, c.name, c.phone, c.spoken_phone, c.email, c.lead_status, c.lead_score, c.lead_reasons, c.service_interests,
      c.source, c.notes, c.language, c.time_zone, c.marketing_consent_at, c.last_contacted_at, c.created_at, c.updated_at,
      least($10, 50000), $10 > 50000
    from (select c.id from public.contacts c where %s order by %s limit $7 offset $8) p
    join public.contacts c on c.org_id = $1 and c.id = p.id
    order by %s
    $q$, v_where, case when v_span.from_end then v_back else v_order end, v_order)
  using v_org_id, p_lead_status, p_source, p_search, v_from, v_to, v_span.take, v_span.skip, v_found, v_total;
end
$_$;

ALTER FUNCTION app.list_contacts(p_lead_status text, p_source text, p_search text, p_from date, p_to date, p_sort text, p_descending boolean, p_page integer, p_limit integer) OWNER TO owner;

COMMENT ON FUNCTION app.list_contacts(p_lead_status text, p_source text, p_search text, p_from date, p_to date, p_sort text, p_descending boolean, p_page integer, p_limit integer) IS 'One page of the organisation''s contacts, without the erased. Every filter narrows, NULL does not: status, source, p_search in name, numbers and address, and the days (both included, of the clinic''s zone) on which the contact came. p_sort: last_contact, created, name or score; those without a value come last. p_page counts from 1, p_limit is 1 to 100; a page past the end has no rows and so tells no total.';

CREATE FUNCTION app.list_invitations(p_invitation_id uuid DEFAULT NULL::uuid) RETURNS SETOF app.invitation_row
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select i.id, i.email, i.role, i.invited_by, i.expires_at, i.created_at, i.expires_at <= app.now(),
    coalesce(m.status, 'none'), m.reason, m.sent_at
  from public.invitations i
  left join public.messages m on m.org_id = i.org_id and m.id = i.message_id
  where i.org_id = app.require_org_id() and i.accepted_at is null and (p_invitation_id is null or i.id = p_invitation_id)
  order by i.created_at, i.id
$$;

ALTER FUNCTION app.list_invitations(p_invitation_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.list_invitations(p_invitation_id uuid) IS 'The invitations that nobody has accepted, or that one of them, with what became of their e-mails; the oldest first, expired ones too.';

CREATE FUNCTION app.list_leads(p_limit integer) RETURNS SETOF app.lead_row
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select k.id, k.name, k.phone, k.lead_status, k.lead_score, k.created_at, k.last_contacted_at, last_call.summary
  from (
    select c.id, c.name, c.phone, c.lead_status, c.lead_score, c.created_at, c.last_contacted_at
    from public.contacts c
    where c.org_id = v_org_id and c.lead_status in ('hot', 'warm') and c.erased_at is null
    order by c.lead_status, c.lead_score desc, c.last_contacted_at desc nulls last, c.id
    limit p_limit
  ) k
  left join lateral (
    select l.summary
    from public.call_logs l
    where l.org_id = v_org_id and l.contact_id = k.id and l.summary is not null
    order by l.created_at desc
    limit 1
  ) last_call on true
  order by k.lead_status, k.lead_score desc, k.last_contacted_at desc nulls last, k.id;
end
$$;

ALTER FUNCTION app.list_leads(p_limit integer) OWNER TO app_writer;

COMMENT ON FUNCTION app.list_leads(p_limit integer) IS 'The contacts worth calling: hot before warm, then by score and by how lately they were in touch. Every member may look.';

CREATE FUNCTION app.list_messages(p_page integer, p_limit integer, p_from date DEFAULT NULL::date, p_to date DEFAULT NULL::date, p_direction text DEFAULT NULL::text, p_method text DEFAULT NULL::text, p_category text DEFAULT NULL::text, p_status text DEFAULT NULL::text, p_contact_id uuid DEFAULT NULL::uuid, p_search text DEFAULT NULL::text) RETURNS SETOF app.message_row
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    SET random_page_cost TO '1.1'
    AS $_$
declare
  v_org_id uuid := app.require_org_id();
  v_period timestamptz[] := app.clinic_period(p_from, p_to);
  v_search text := nullif(lower(btrim(p_search)), '');
  v_found uuid[] := app.found_ids('message', v_search);
  v_where text := 'm.org_id = $1';
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  v_where := v_where
    || case when v_period[1] is not null then ' and m.created_at >= $2' else '' end
    || case when v_period[2] is not null then ' and m.created_at < $3' else '' end
    || case when p_direction is not null then ' and m.direction = $4' else '' end
    || case when p_method is not null then ' and m.method = $5' else '' end
    || case when p_category is not null then ' and m.category = $6' else '' end
    || case when p_status is not null then ' and m.status = $7' else '' end
    || case when p_contact_id is not null then ' and m.contact_id = $8' else '' end
    || case when v_found is not null then ' and m.id = any ($10)'
      when v_search is not null then ' and position($9 in lower(concat_ws('' '', m.recipient, m.subject, m.content))) > 0' else '' end;

  execute format('select count(*) from (select from public.messages m where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, v_period[1], v_period[2], p_direction, p_method, p_category, p_status, p_contact_id, v_search, v_found;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select m.id from public.messages m where %s order by %s limit $11 offset $12)', v_where,
    case when v_span.from_end then 'm.created_at, m.id' else 'm.created_at desc, m.id desc' end)
  into v_ids
  using v_org_id, v_period[1], v_period[2], p_direction, p_method, p_category, p_status, p_contact_id, v_search, v_found,
    v_span.take, v_span.skip;
  return query
  select m.id, m.direction, m.method, m.category, m.recipient, m.subject, m.content, m.status, m.reason, m.provider_error,
    m.service_provider, m.external_message_id, m.segments::integer, m.contact_id, k.name, m.call_id, m.appointment_id,
    m.actor_user_id, m.sent_at, m.created_at, least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page (id, place)
  join public.messages m on m.org_id = v_org_id and m.id = page.id
  left join public.contacts k on k.org_id = m.org_id and k.id = m.contact_id
  order by case when v_span.from_end then -page.place else page.place end;
end
$_$;

ALTER FUNCTION app.list_messages(p_page integer, p_limit integer, p_from date, p_to date, p_direction text, p_method text, p_category text, p_status text, p_contact_id uuid, p_search text) OWNER TO app_writer;

COMMENT ON FUNCTION app.list_messages(p_page integer, p_limit integer, p_from date, p_to date, p_direction text, p_method text, p_category text, p_status text, p_contact_id uuid, p_search text) IS 'A page of the messages, the newest first. NULL filters nothing; p_from and p_to are days of the clinic, p_search finds part of the recipient, the subject or the text. Every member may look. VX400 for days in the wrong order.';

CREATE FUNCTION app.list_notifications(p_page integer, p_limit integer, p_unread boolean DEFAULT NULL::boolean, p_kind text DEFAULT NULL::text) RETURNS SETOF app.notification_row
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $_$
declare
  v_org_id uuid := app.require_org_id();
  v_where text := 'n.org_id = $1'
    || case when p_kind is not null then ' and n.kind = $2' else '' end
    || case when p_unread then ' and n.read_at is null' when not p_unread then ' and n.read_at is not null' else '' end;
  v_total bigint;
  v_span app.page_span;
  v_ids uuid[];
begin
  execute format('select count(*) from (select from public.notifications n where %s limit 50001) x', v_where)
  into v_total
  using v_org_id, p_kind;
  v_span := app.page_span(v_total, v_total > 50000, p_page, p_limit);
  execute format('select array(select n.id from public.notifications n where %s order by %s limit $3 offset $4)', v_where,
    case when v_span.from_end then 'n.created_at, n.id' else 'n.created_at desc, n.id desc' end)
  into v_ids
  using v_org_id, p_kind, v_span.take, v_span.skip;
  return query
  select n.id, n.kind, n.title, n.body, n.entity, n.entity_id, n.read_at, n.created_at, least(v_total, 50000), v_total > 50000
  from unnest(v_ids) with ordinality page (id, place)
  join public.notifications n on n.org_id = v_org_id and n.id = page.id
  order by case when v_span.from_end then -page.place else page.place end;
end
$_$;

ALTER FUNCTION app.list_notifications(p_page integer, p_limit integer, p_unread boolean, p_kind text) OWNER TO app_writer;

COMMENT ON FUNCTION app.list_notifications(p_page integer, p_limit integer, p_unread boolean, p_kind text) IS 'A page of the staff''s notifications, the newest first. p_unread: true for those nobody read, false for the others; NULL filters nothing. Every member may look.';

CREATE FUNCTION app.list_phone_numbers(p_page integer, p_limit integer, p_at_vapi boolean DEFAULT false) RETURNS SETOF app.phone_number_row
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select s.id, s.number, s.provider, s.location_id, s.location_name, s.own_line, s.agent_id, s.agent_name, s.routing,
    s.vapi_phone_number_id, s.vapi_assistant_id, s.state, s.error, s.created_at, s.updated_at, count(*) over (), false
  from app.phone_numbers_shown() s
  where not p_at_vapi or s.vapi_phone_number_id is not null
  order by s.created_at, s.id
  limit p_limit offset (p_page - 1) * p_limit
$$;

ALTER FUNCTION app.list_phone_numbers(p_page integer, p_limit integer, p_at_vapi boolean) OWNER TO app_writer;

COMMENT ON FUNCTION app.list_phone_numbers(p_page integer, p_limit integer, p_at_vapi boolean) IS 'A page of the clinic''s numbers, oldest first; p_at_vapi: only those that calls reach.';

CREATE FUNCTION app.list_shares(p_call_id uuid) RETURNS SETOF app.share_row
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  if not exists (select from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null) then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  return query
  select s.id, s.recipient, s.actor_user_id, p.name, s.created_at, s.expires_at, s.revoked_at,
    app.share_state(s.revoked_at, s.expires_at, m.status, v_now), m.status, o.openings, o.visitors, o.last_at
  from public.recordings r
  join public.recording_shares s on s.org_id = r.org_id and s.recording_id = r.id
  left join public.messages m on m.org_id = s.org_id and m.id = s.message_id
  left join public.profiles p on p.org_id = s.org_id and p.user_id = s.actor_user_id
  cross join lateral (
    select count(*) filter (where x.part = 'page') as openings, count(distinct x.visitor_hash) as visitors, max(x.at) as last_at
    from public.recording_share_openings x
    where x.org_id = s.org_id and x.share_id = s.id) o
  where r.org_id = v_org_id and r.call_id = p_call_id
  order by s.created_at desc, s.id desc
  limit 100;
end
$$;

ALTER FUNCTION app.list_shares(p_call_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.list_shares(p_call_id uuid) IS 'The links to the recording of a call, the newest first, 100 at most, with how often and from how many places they were opened. Every member may look. VX404 for an unknown or deleted call.';

CREATE FUNCTION app.list_visits(p_language text, p_names text[], p_dates text[], p_times text[], p_codes boolean) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
declare
  v_visit text := case p_language when 'es' then 'cita' when 'fr' then 'rendez-vous' when 'de' then 'Termin' else 'visit' end;
  v_code text := case p_language when 'es' then 'codigo' when 'fr' then 'code' when 'de' then 'Code' else 'code' end;
begin
  if cardinality(p_dates) = 1 then
    return v_visit || ' ' || p_dates[1] || ', ' || p_times[1] || case when p_codes then '. ' || initcap(v_code) || ' [code]' else '' end;
  end if;
  return (
    select string_agg(
      coalesce(p_names[d.at] || ' ', '') || d.day || ', ' || p_times[d.at]
        || case when p_codes then ' (' || v_code || ' [code])' else '' end,
      '; ' order by d.at)
    from unnest(p_dates) with ordinality d (day, at)
  );
end
$$;

ALTER FUNCTION app.list_visits(p_language text, p_names text[], p_dates text[], p_times text[], p_codes boolean) OWNER TO owner;

COMMENT ON FUNCTION app.list_visits(p_language text, p_names text[], p_dates text[], p_times text[], p_codes boolean) IS 'Visits in the words of a text: "visit Tue Mar 3, 2:00 PM. Code [code]", or of several "Ann Tue Mar 3, 2:00 PM (code [code]); Ben …". p_names: a name for each, NULL where none is to be said; p_codes: whether there is a place for each visit''s code.';

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

CREATE FUNCTION app.local_words(p_at timestamp with time zone, p_zone text, p_language text) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_local timestamp := p_at at time zone p_zone;
  v_days text[] := case p_language
    when 'es' then '{dom,lun,mar,mié,jue,vie,sab}'::text[]
    when 'fr' then '{dim,lun,mar,mer,jeu,ven,sam}'
    when 'de' then '{So,Mo,Di,Mi,Do,Fr,Sa}'
    else '{Sun,Mon,Tue,Wed,Thu,Fri,Sat}' end;
  v_months text[] := case p_language
    when 'es' then '{enero,febrero,marzo,abril,mayo,junio,julio,agosto,septiembre,octubre,noviembre,diciembre}'::text[]
    when 'fr' then '{janvier,février,mars,avril,mai,juin,juillet,aout,septembre,octobre,novembre,décembre}'
    when 'de' then '{Januar,Februar,März,April,Mai,Juni,Juli,August,September,Oktober,November,Dezember}'
    else '{Jan,Feb,Mar,Apr,May,Jun,Jul,Aug,Sep,Oct,Nov,Dec}' end;
  v_day text := v_days[extract(dow from v_local)::integer + 1];
  v_month text := v_months[extract(month from v_local)::integer];
  v_number text := to_char(v_local, 'FMDD');
begin
  return case
    when p_language in ('es', 'fr') then array[v_day || ' ' || v_number || ' ' || v_month, to_char(v_local, 'HH24:MI')]
    when p_language = 'de' then array[v_day || ' ' || v_number || '. ' || v_month, to_char(v_local, 'HH24:MI')]
    else array[v_day || ' ' || v_month || ' ' || v_number, to_char(v_local, 'FMHH12:MI AM')]
  end;
end
$$;

ALTER FUNCTION app.local_words(p_at timestamp with time zone, p_zone text, p_language text) OWNER TO owner;

COMMENT ON FUNCTION app.local_words(p_at timestamp with time zone, p_zone text, p_language text) IS 'An instant in the words of a zone''s wall clock: array[date, time], e.g. {Tue Mar 3,2:00 PM}. Languages en, es, fr, de; any other is English. English has the 12-hour clock, the others 24 hours. Accents outside GSM-7 are left out (sab, aout): a single one would double the price of a text.';

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

CREATE FUNCTION app.lock_contact(p_contact_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_contact public.contacts;
begin
  select * into v_contact
  from public.contacts c
  where c.org_id = app.require_org_id() and c.id = p_contact_id;
  -- Always the number first. Families share addresses: whoever took the address first would wait for a number in a ring.
  perform app.lock_number(coalesce(v_contact.phone, v_contact.spoken_phone, v_contact.id::text));
  perform app.lock_number(v_contact.email);
end
$$;

ALTER FUNCTION app.lock_contact(p_contact_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.lock_contact(p_contact_id uuid) IS 'Serialises what is sent to a contact, by text and e-mail, until the transaction ends: app.lock_number for its number (the one that was said, where no other is known) and then its address. An unknown contact locks nothing.';

CREATE FUNCTION app.lock_number(p_number text) RETURNS void
    LANGUAGE sql STRICT
    SET search_path TO ''
    AS $$
  select pg_advisory_xact_lock(4, hashtext(app.current_org_id()::text || p_number))
$$;

ALTER FUNCTION app.lock_number(p_number text) OWNER TO owner;

COMMENT ON FUNCTION app.lock_number(p_number text) IS 'Serialises what concerns one phone number or address of the tenant, until the transaction ends. Taken after app.lock_call and before any row lock of messages or scheduled_messages. NULL locks nothing.';

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

CREATE FUNCTION app.lose_tool(p_name text, p_vapi_tool_id text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.vapi_tools t
  set vapi_tool_id = null, definition_hash = null, registered_at = null, retired_ids = t.retired_ids || t.vapi_tool_id
  where t.name = p_name and t.vapi_tool_id = p_vapi_tool_id;
  return found;
end
$$;

ALTER FUNCTION app.lose_tool(p_name text, p_vapi_tool_id text) OWNER TO app_definer;

COMMENT ON FUNCTION app.lose_tool(p_name text, p_vapi_tool_id text) IS 'Notes that a registered tool is gone at Vapi, where somebody deleted it: it will be registered anew, and the lost id is kept as retired, because assistants still carry it. False when the registration is another one by now.';

CREATE FUNCTION app.lost_members(p_org_ids uuid[], p_user_ids uuid[]) RETURNS SETOF integer
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select w.place::integer
  from unnest(p_org_ids, p_user_ids) with ordinality w (org_id, user_id, place)
  where not exists (
    select
    from public.profiles p
    join public.organizations o on o.id = p.org_id and o.deleted_at is null
    where p.org_id = w.org_id and p.user_id = w.user_id)
$$;

ALTER FUNCTION app.lost_members(p_org_ids uuid[], p_user_ids uuid[]) OWNER TO app_definer;

COMMENT ON FUNCTION app.lost_members(p_org_ids uuid[], p_user_ids uuid[]) IS 'Which of these people, by place from 1, are no members of the organisations beside them, or whose organisation was deleted: asked every few seconds for everybody who watches live events.';

CREATE FUNCTION app.mail_invitation(p_invitation public.invitations, p_platform_mail text, p_request_id text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_provider text := p_platform_mail;
  v_mail text[] := app.invitation_mail(p_invitation);
  v_decision app.message_decision;
begin
  if exists (select from public.org_credentials c where c.org_id = v_org_id and c.provider = 'resend') then
    v_provider := 'resend';
  elsif p_platform_mail is null then
    return;
  end if;
  select * into v_decision
  from app.begin_message('invitation', 'email', v_mail[2], 'invitation:' || (p_invitation).token_id, null, v_provider,
    p_recipient => (p_invitation).email, p_subject => v_mail[1], p_hand_over => false, p_request_id => p_request_id);
  if v_decision.reason = 'too_soon' then
    -- The renewal is undone too: the link that was mailed last goes on working.
    raise exception 'this address was mailed three times within an hour; its last link works' using errcode = 'VX409';
  end if;
  update public.invitations i
  set message_id = v_decision.message_id
  where i.org_id = v_org_id and i.id = (p_invitation).id;
end
$$;

ALTER FUNCTION app.mail_invitation(p_invitation public.invitations, p_platform_mail text, p_request_id text) OWNER TO owner;

COMMENT ON FUNCTION app.mail_invitation(p_invitation public.invitations, p_platform_mail text, p_request_id text) IS 'Queues the e-mail of an invitation, through the clinic''s own Resend account or else p_platform_mail, the platform''s way; NULL: without an account of the clinic''s nothing goes out. A rule that forbids it (opted_out, daily_cap) leaves a blocked row, and the invitation stands. VX409 when the address had three within an hour.';

CREATE FUNCTION app.map_phone_number(p_phone_number_id uuid, p_fields jsonb) RETURNS SETOF app.phone_number_row
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.phone_numbers;
  v_new public.phone_numbers;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'location_id', 'agent_id', 'routing');
  select * into v_old
  from public.phone_numbers n
  where n.org_id = v_org_id and n.id = p_phone_number_id
  for update;
  if v_old.id is null then
    raise exception 'there is no such number' using errcode = 'VX404';
  end if;
  v_new := v_old;
  v_new.location_id := coalesce((p_fields ->> 'location_id')::uuid, v_old.location_id);
  v_new.agent_id := case when p_fields ? 'agent_id' then (p_fields ->> 'agent_id')::uuid else v_old.agent_id end;
  v_new.routing := coalesce(p_fields ->> 'routing', v_old.routing);
  if v_new.routing not in ('dynamic', 'fixed') then
    raise exception 'routing is dynamic or fixed' using errcode = 'VX400';
  elsif not exists (select from public.locations l where l.org_id = v_org_id and l.id = v_new.location_id) then
    raise exception 'there is no such location' using errcode = 'VX404';
  elsif v_new.agent_id is not null and not exists (
    select from public.agents a
    where a.org_id = v_org_id and a.id = v_new.agent_id and a.role = 'inbound' and a.deleted_at is null) then
    raise exception 'there is no such inbound agent' using errcode = 'VX404';
  elsif v_new.routing = 'fixed' and not exists (
    select from public.assistant_routes r
    join public.agents a on a.org_id = r.org_id and a.id = r.agent_id and a.deleted_at is null
    where r.org_id = v_org_id and (a.id = v_new.agent_id or v_new.agent_id is null and a.role = 'inbound' and a.is_default)) then
    raise exception 'the agent has no assistant at Vapi yet: try again in a moment' using errcode = 'VX409';
  end if;
  if (v_new.location_id, v_new.agent_id, v_new.routing) is distinct from (v_old.location_id, v_old.agent_id, v_old.routing) then
    update public.phone_numbers n
    set location_id = v_new.location_id, agent_id = v_new.agent_id, routing = v_new.routing, updated_at = app.now()
    where n.org_id = v_org_id and n.id = v_old.id;
    perform app.reroute_numbers(null, null, v_old.number);
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'number_mapped', 'phone_number', v_old.id, app.current_user_id());
  end if;
  return query select * from app.find_phone_number(v_old.id);
exception
  when data_exception then
    raise exception 'an id is not a UUID' using errcode = 'VX400';
end
$$;

ALTER FUNCTION app.map_phone_number(p_phone_number_id uuid, p_fields jsonb) OWNER TO app_writer;

COMMENT ON FUNCTION app.map_phone_number(p_phone_number_id uuid, p_fields jsonb) IS 'Says which location and agent answer a number, and how it is routed; returns it. p_fields may hold location_id, agent_id (null: the default agent) and routing; what is absent stays. A number in use is routed anew at Vapi. Owner and admin only (VX403). VX404: no such number, location or inbound agent; VX400: an unknown field; VX409: fixed routing to an agent without an assistant.';

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

CREATE FUNCTION app.may_change_member(p_user_id uuid, p_new_role text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_role text;
  v_my_role text;
begin
  perform from public.profiles p where p.org_id = v_org_id and p.role = 'owner' order by p.id for update;
  -- Read again under the lock: whoever acts may have lost the role while waiting.
  perform app.require_admin();
  v_my_role := app.current_member_role();
  select p.role into v_role from public.profiles p where p.org_id = v_org_id and p.user_id = p_user_id for update;
  if v_role is null then
    raise exception 'there is no such member' using errcode = 'VX404';
  elsif v_my_role <> 'owner' and (v_role = 'owner' or p_new_role = 'owner') then
    raise exception 'only owners decide who is an owner' using errcode = 'VX403';
  elsif v_role = 'owner' and p_new_role is distinct from 'owner' and not exists (
    select from public.profiles p where p.org_id = v_org_id and p.role = 'owner' and p.user_id <> p_user_id)
  then
    raise exception 'the last owner stays: make somebody else an owner first' using errcode = 'VX409';
  end if;
end
$$;

ALTER FUNCTION app.may_change_member(p_user_id uuid, p_new_role text) OWNER TO owner;

COMMENT ON FUNCTION app.may_change_member(p_user_id uuid, p_new_role text) IS 'Locks the owners and raises unless the acting member may give a member this role (NULL: remove them): VX403 for others than owners and admins, or when an admin touches an owner; VX404: no such member; VX409: the last owner.';

CREATE FUNCTION app.may_guess(p_call_id uuid, p_contact_id uuid) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_wrong_in_call integer;
  v_wrong_today integer;
begin
  -- Parallel calls guess at one contact one after the other.
  perform pg_advisory_xact_lock(3, hashtext(p_contact_id::text));
  select count(*) filter (where v.call_id = p_call_id), count(*) filter (where v.contact_id = p_contact_id
    and v.at >= date_trunc('day', app.now() at time zone o.time_zone) at time zone o.time_zone)
  into v_wrong_in_call, v_wrong_today
  from public.caller_verifications v
  join public.organizations o on o.id = v.org_id
  where v.org_id = v_org_id and not v.succeeded and (v.call_id = p_call_id or v.contact_id = p_contact_id);
  return v_wrong_in_call < 3 and v_wrong_today < 5;
end
$$;

ALTER FUNCTION app.may_guess(p_call_id uuid, p_contact_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.may_guess(p_call_id uuid, p_contact_id uuid) IS 'Whether a call may try another identity factor: after three wrong ones in the call, or five in the clinic''s day for the contact, of whichever kind, only staff can help. The contact stays locked against other guesses until the transaction ends; taken after app.lock_call.';

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
    confirmed_by_patient_at timestamp with time zone,
    code_version integer DEFAULT 0 NOT NULL,
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

COMMENT ON COLUMN public.appointments.confirmed_by_patient_at IS 'When the patient answered the confirmation or reminder with yes; a move clears it.';

COMMENT ON COLUMN public.appointments.code_version IS 'How many codes were derived for the visit; the last one counts.';

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

CREATE FUNCTION app.merge_contacts(p_into uuid, p_from uuid) RETURNS SETOF public.contacts
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_into public.contacts;
  v_from public.contacts;
begin
  perform app.require_staff();
  if p_into = p_from then
    raise exception 'a contact cannot be merged with itself' using errcode = 'VX400';
  end if;
  -- A call that still runs books for its contact: not for one that goes away meanwhile.
  perform app.lock_call(l.id)
  from (select l.id from public.call_logs l
    where l.org_id = v_org_id and l.contact_id in (p_into, p_from) and l.status <> 'ended' order by l.id) l;
  perform app.lock_number(n.number)
  from (select distinct coalesce(c.phone, c.spoken_phone, c.id::text) as number from public.contacts c
    where c.org_id = v_org_id and c.id in (p_into, p_from) order by 1) n;
  perform app.lock_number(e.email)
  from (select distinct c.email from public.contacts c where c.org_id = v_org_id and c.id in (p_into, p_from) order by 1) e;
  perform from public.appointments a where a.org_id = v_org_id and a.contact_id in (p_into, p_from) order by a.id for no key update;
  perform from public.contacts c where c.org_id = v_org_id and c.id in (p_into, p_from) order by c.id for update;
  select * into v_into from public.contacts c where c.org_id = v_org_id and c.id = p_into and c.erased_at is null;
  select * into v_from from public.contacts c where c.org_id = v_org_id and c.id = p_from and c.erased_at is null;
  if v_into.id is null or v_from.id is null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  end if;
  v_now := app.now();

  perform app.merge_patients(p_into, p_from);
  perform app.merge_histories(p_into, p_from);
  delete from public.contacts c where c.org_id = v_org_id and c.id = p_from;
  update public.contacts c
  set name = coalesce(c.name, v_from.name), phone = coalesce(c.phone, v_from.phone), email = coalesce(c.email, v_from.email),
    spoken_phone = coalesce(c.spoken_phone, v_from.spoken_phone), language = coalesce(c.language, v_from.language),
    time_zone = coalesce(c.time_zone, v_from.time_zone),
    origin_call_id = coalesce(c.origin_call_id, v_from.origin_call_id),
    -- Consent was given for a number, and stays with it.
    marketing_consent_at = case when c.phone is null then v_from.marketing_consent_at else c.marketing_consent_at end,
    service_interests = array(select distinct s from unnest(c.service_interests || v_from.service_interests) s order by s),
    lead_score = app.score_of_status(c.lead_status, greatest(c.lead_score, v_from.lead_score)),
    notes = left(nullif(concat_ws(E'\n', c.notes, v_from.notes,
      case when v_from.phone <> c.phone then 'Also: ' || v_from.phone end,
      case when lower(v_from.email) <> lower(c.email) then 'Also: ' || v_from.email end), ''), 10000),
    last_contacted_at = greatest(c.last_contacted_at, v_from.last_contacted_at),
    created_at = least(c.created_at, v_from.created_at), updated_at = v_now
  where c.org_id = v_org_id and c.id = p_into;

  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'contact_merged_into', 'contact', p_into, app.current_user_id()),
    (v_org_id, 'contact_merged_away', 'contact', p_from, app.current_user_id());
  perform app.announce('contact_updated', 'contact', i.id) from unnest(array[p_into, p_from]) i (id);
  return query select c.* from public.contacts c where c.org_id = v_org_id and c.id = p_into;
end
$$;

ALTER FUNCTION app.merge_contacts(p_into uuid, p_from uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.merge_contacts(p_into uuid, p_from uuid) IS 'Makes two contacts of one person one: patients, visits, calls and messages of p_from become p_into''s, p_from''s row goes, and p_into is returned. What p_into knows wins; another number or address is kept in its notes, because a contact has one. Opt-outs hold by number and are not touched. Staff only (VX403). VX404 unknown or erased, VX400 one and the same.';

CREATE FUNCTION app.merge_histories(p_into uuid, p_from uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  update public.appointments a set contact_id = p_into, updated_at = v_now where a.org_id = v_org_id and a.contact_id = p_from;
  update public.call_logs c set contact_id = p_into, updated_at = v_now where c.org_id = v_org_id and c.contact_id = p_from;
  update public.caller_verifications v set contact_id = p_into where v.org_id = v_org_id and v.contact_id = p_from;
  update public.caller_messages m set contact_id = p_into where m.org_id = v_org_id and m.contact_id = p_from;
  update public.messages m set contact_id = p_into, updated_at = v_now where m.org_id = v_org_id and m.contact_id = p_from;
  update public.notifications n set entity_id = p_into
  where n.org_id = v_org_id and n.entity = 'contact' and n.entity_id = p_from;
  -- A texted code opens all patients of its contact, and there are more of them now than when it was sent.
  update public.identity_codes i
  set contact_id = p_into, expires_at = case when i.kind = 'texted' then least(i.expires_at, v_now) else i.expires_at end
  where i.org_id = v_org_id and (i.contact_id = p_from or i.contact_id = p_into and i.kind = 'texted');
  -- Both may have been asked something. The answer comes from one number, and only one question can be open.
  update public.reply_questions q
  set contact_id = p_into, answered_at = coalesce(q.answered_at, v_now)
  where q.org_id = v_org_id and q.contact_id = p_from;
  -- A step of a campaign that both get goes out once; the other one goes with its contact.
  update public.scheduled_messages s
  set contact_id = p_into, updated_at = v_now
  where s.org_id = v_org_id and s.contact_id = p_from
    and not (s.kind = 'campaign' and exists (
      select from public.scheduled_messages k
      where k.org_id = v_org_id and k.kind = 'campaign' and k.contact_id = p_into and k.campaign_step_id = s.campaign_step_id));
end
$$;

ALTER FUNCTION app.merge_histories(p_into uuid, p_from uuid) OWNER TO owner;

COMMENT ON FUNCTION app.merge_histories(p_into uuid, p_from uuid) IS 'The part of app.merge_contacts about what happened and what is planned: visits, calls, messages and notices of p_from become p_into''s. Texted codes of both open nothing any more.';

CREATE FUNCTION app.merge_patients(p_into uuid, p_from uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_pair record;
begin
  -- One name under one contact is one person, unless two dates of birth say otherwise.
  for v_pair in
    select distinct on (o.id) o.id as old_id, k.id as kept_id, o.date_of_birth as born
    from public.patients o
    join public.patients k on k.org_id = v_org_id and k.contact_id = p_into and k.normalised_name = o.normalised_name
      and (k.date_of_birth is null or o.date_of_birth is null or k.date_of_birth = o.date_of_birth)
    where o.org_id = v_org_id and o.contact_id = p_from
    order by o.id, k.date_of_birth nulls last, k.made_by_voice, k.created_at, k.id
  loop
    update public.appointments a set patient_id = v_pair.kept_id, updated_at = v_now
    where a.org_id = v_org_id and a.patient_id = v_pair.old_id;
    update public.caller_verifications v set patient_id = v_pair.kept_id
    where v.org_id = v_org_id and v.patient_id = v_pair.old_id;
    update public.patients p set date_of_birth = coalesce(p.date_of_birth, v_pair.born), updated_at = v_now
    where p.org_id = v_org_id and p.id = v_pair.kept_id;
    delete from public.patients p where p.org_id = v_org_id and p.id = v_pair.old_id;
  end loop;

  -- The rest moves. From here on staff have seen to them, so two may share a name.
  update public.patients p
  set contact_id = p_into, updated_at = v_now, made_by_voice = p.made_by_voice and not exists (
    select from public.patients k
    where k.org_id = v_org_id and k.contact_id = p_into and k.normalised_name = p.normalised_name and k.made_by_voice)
  where p.org_id = v_org_id and p.contact_id = p_from;
end
$$;

ALTER FUNCTION app.merge_patients(p_into uuid, p_from uuid) OWNER TO owner;

COMMENT ON FUNCTION app.merge_patients(p_into uuid, p_from uuid) IS 'The part of app.merge_contacts about patients: those of p_from become p_into''s. Equal names without two different dates of birth are one patient, whose visits and checks are kept together.';

CREATE FUNCTION app.message_limit_reason(p_category text, p_contact_id uuid, p_recipient_hash bytea, p_now timestamp with time zone) RETURNS app.message_decision
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_org public.organizations;
  v_today date;
  v_day timestamptz;
  v_limit record;
  v_oldest timestamptz;
  v_decision app.message_decision;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  v_today := (p_now at time zone v_org.time_zone)::date;
  v_day := app.local_instant(v_today::timestamp, v_org.time_zone, false);
  for v_limit in
    select l.since, l.allowed, l.reason, l.daily
    from (values
      ('follow_up', p_now - v_org.follow_up_window, 1, 'too_soon', false),
      ('code', p_now - interval '1 hour', 3, 'too_many_codes', false),
      -- Two machines that answer each other would go on for ever.
      ('reply', p_now - interval '1 hour', 10, 'too_soon', false),
      -- Whoever administers a clinic must not be able to fill a stranger's mailbox.
      ('invitation', p_now - interval '1 hour', 3, 'too_soon', false),
      ('marketing', v_day, 1, 'too_soon', true),
      -- 47 CFR 64.1200(a)(9)(iv): health care messages, one a day and three a week. In hours, not in days of a zone.
      ('reminder', v_day, 1, 'reminder_limit', true),
      ('reminder', p_now - interval '168 hours', 3, 'reminder_limit', false)
    ) l (category, since, allowed, reason, daily)
    where l.category = p_category
  loop
    -- The newest ones fill the limit; the oldest of those must leave the window first.
    select m.created_at into v_oldest
    from public.messages m
    where m.org_id = v_org.id and m.direction = 'outbound' and m.category = p_category
      and m.status in ('queued', 'sent', 'delivered', 'unknown')
      and (m.recipient_hash = p_recipient_hash or m.contact_id = p_contact_id)
      and m.created_at > v_limit.since
    order by m.created_at desc
    offset v_limit.allowed - 1
    limit 1;
    if found then
      v_decision.outcome := 'blocked';
      v_decision.reason := v_limit.reason;
      v_decision.not_before := greatest(v_decision.not_before, case
        when v_limit.daily then app.local_instant((v_today + 1)::timestamp, v_org.time_zone, false)
        else v_oldest + (p_now - v_limit.since)
      end);
    end if;
  end loop;
  return v_decision;
end
$$;

ALTER FUNCTION app.message_limit_reason(p_category text, p_contact_id uuid, p_recipient_hash bytea, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.message_limit_reason(p_category text, p_contact_id uuid, p_recipient_hash bytea, p_now timestamp with time zone) IS 'Whether a number or contact had its share of a category: one follow-up in the clinic''s window, three codes, three invitations or ten replies an hour, one marketing text a day, one reminder a day and three in seven days. Counted are messages that left or may have left, whether the number or the contact is the same; a day is the clinic''s. outcome blocked, reason and not_before (when it is allowed again), or an outcome of NULL.';

CREATE FUNCTION app.message_recipient(p_contact_id uuid, p_method text, p_recipient text) RETURNS text
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_contact public.contacts;
begin
  if p_contact_id is null then
    return p_recipient;
  end if;
  select * into v_contact from public.contacts c where c.org_id = app.require_org_id() and c.id = p_contact_id;
  if v_contact.id is null then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif v_contact.erased_at is not null then
    return null;
  end if;
  return coalesce(p_recipient, case p_method when 'sms' then v_contact.phone else v_contact.email end);
end
$$;

ALTER FUNCTION app.message_recipient(p_contact_id uuid, p_method text, p_recipient text) OWNER TO owner;

COMMENT ON FUNCTION app.message_recipient(p_contact_id uuid, p_method text, p_recipient text) IS 'Where a message goes: the number or address given, else the contact''s phone (sms) or e-mail. NULL when there is none, and always for an erased contact. VX404 for an unknown one.';

CREATE FUNCTION app.message_refusal(p_category text, p_method text, p_contact_id uuid, p_recipient text, p_call_id uuid, p_number_zones text[], p_number_region text, p_spoken boolean, p_now timestamp with time zone) RETURNS app.message_decision
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_hash bytea := app.number_hash(p_recipient);
  v_country text;
  v_deleted boolean;
  v_decision app.message_decision;
begin
  select o.country, o.deleted_at is not null into strict v_country, v_deleted
  from public.organizations o
  where o.id = v_org_id;
  v_decision.reason := case
    when v_deleted then 'clinic_deleted'
    when app.is_opted_out(p_method, p_recipient) then 'opted_out'
    when p_category = 'marketing' and not exists (
      select from public.contacts c
      where c.org_id = v_org_id and c.id = p_contact_id and c.marketing_consent_at is not null) then 'no_consent'
    when p_spoken then app.spoken_refusal(p_contact_id, p_call_id, v_hash, p_number_region)
    -- Written by nobody, to a number that somebody may have called from for the fees of texts to it.
    when p_category = 'follow_up' and p_call_id is not null and app.current_user_id() is null and p_number_region <> v_country
      then 'foreign_number'
  end;
  if v_decision.reason is not null then
    v_decision.outcome := 'blocked';
    return v_decision;
  end if;

  -- Who was on the line a moment ago is awake, whatever the clock says.
  if p_method = 'sms' and (p_category in ('reminder', 'follow_up', 'marketing') or p_category = 'confirmation' and not exists (
    select from public.call_logs c
    where c.org_id = v_org_id and c.id = p_call_id and c.contact_id = p_contact_id and c.created_at > p_now - interval '30 minutes'))
  then
    v_decision.not_before := app.next_sending_time(p_contact_id, p_number_zones, p_now);
    if v_decision.not_before > p_now then
      v_decision.outcome := 'wait';
      v_decision.reason := 'quiet_hours';
      return v_decision;
    end if;
  end if;

  v_decision := app.message_limit_reason(p_category, p_contact_id, v_hash, p_now);
  if v_decision.reason is null and p_category not in ('code', 'reply') and app.daily_cap_reached(p_now) then
    v_decision.outcome := 'blocked';
    v_decision.reason := 'daily_cap';
  end if;
  return v_decision;
end
$$;

ALTER FUNCTION app.message_refusal(p_category text, p_method text, p_contact_id uuid, p_recipient text, p_call_id uuid, p_number_zones text[], p_number_region text, p_spoken boolean, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.message_refusal(p_category text, p_method text, p_contact_id uuid, p_recipient text, p_call_id uuid, p_number_zones text[], p_number_region text, p_spoken boolean, p_now timestamp with time zone) IS 'Why a message may not leave now: outcome blocked with clinic_deleted, opted_out, no_consent, foreign_number (only spoken, or a missed call from abroad), spoken_limit, too_soon, too_many_codes, reminder_limit or daily_cap, outcome wait with quiet_hours and not_before, or an outcome of NULL when it may. Quiet hours bind texts only, and neither codes nor replies nor the confirmation of the contact''s own call of the last half hour. The recipient''s lock is held.';

CREATE FUNCTION app.message_stats(p_from date, p_to date) RETURNS SETOF app.message_stat
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org public.organizations;
  v_from timestamptz;
  v_until timestamptz;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  if p_from is null or p_to is null or p_to < p_from or p_to - p_from > 365 then
    raise exception 'statistics cover one day to 366 days' using errcode = 'VX400';
  end if;
  v_from := app.local_instant(p_from::timestamp, v_org.time_zone, false);
  v_until := app.local_instant((p_to + 1)::timestamp, v_org.time_zone, false);
  return query
  select
    (m.created_at at time zone v_org.time_zone)::date, m.method, m.category,
    count(*) filter (where m.direction = 'outbound' and m.sent_at is not null),
    count(*) filter (where m.direction = 'outbound' and m.status = 'delivered'),
    count(*) filter (where m.direction = 'outbound' and m.status = 'failed'),
    count(*) filter (where m.direction = 'outbound' and m.status = 'unknown'),
    count(*) filter (where m.direction = 'outbound' and m.status = 'blocked'),
    count(*) filter (where m.direction = 'inbound'),
    coalesce(sum(m.segments) filter (where m.direction = 'outbound' and m.sent_at is not null), 0)::bigint
  from public.messages m
  where m.org_id = v_org.id and m.created_at >= v_from and m.created_at < v_until
  group by 1, 2, 3
  order by 1, 2, 3;
end
$$;

ALTER FUNCTION app.message_stats(p_from date, p_to date) OWNER TO app_writer;

COMMENT ON FUNCTION app.message_stats(p_from date, p_to date) IS 'Messages per day of the clinic''s zone, way and category, both days included; days without messages have no row. sent counts what a provider took, whatever became of it, and segments what the carrier counts for that. Every member may look. VX400 for more than 366 days or days in the wrong order.';

CREATE FUNCTION app.message_text_refusal(p_category text, p_method text, p_content text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select case
    when coalesce(p_content, '') = '' then 'empty'
    -- 160 is what 47 CFR 64.1200(a)(9)(iv) allows a health care text; three times that holds several visits of a family.
    when p_method = 'sms' and char_length(p_content) > case when p_category in ('follow_up', 'marketing') then 160 else 480 end
      then 'too_long'
  end
$$;

ALTER FUNCTION app.message_text_refusal(p_category text, p_method text, p_content text) OWNER TO owner;

COMMENT ON FUNCTION app.message_text_refusal(p_category text, p_method text, p_content text) IS 'Why a text cannot be sent as it is: empty, or too_long (sms: more than 160 code points for a follow-up or marketing, 480 for the rest; an e-mail has no limit). NULL: it can.';

CREATE FUNCTION app.message_to_settle(p_message_id uuid) RETURNS SETOF public.messages
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
begin
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
    and (m.status = 'unknown' or (m.status = 'queued' and m.handed_over_at is not null))
  for update;
  if v_message.id is null then
    return;
  elsif v_message.status = 'queued' then
    perform app.conclude_message(v_message, 'unknown', null, null, null);
  end if;
  return query select m.* from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
end
$$;

ALTER FUNCTION app.message_to_settle(p_message_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.message_to_settle(p_message_id uuid) IS 'The message when nobody knows what became of it: taken to the provider and never finished, or unknown. Its status is unknown from here on, so that the truth stands while the provider is asked. No row: it is settled, or still waits for its sender.';

CREATE FUNCTION app.minutes_or(p_fields jsonb, p_key text, p_otherwise interval) RETURNS interval
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select case when p_fields ? p_key then make_interval(mins => (p_fields ->> p_key)::integer) else p_otherwise end
$$;

ALTER FUNCTION app.minutes_or(p_fields jsonb, p_key text, p_otherwise interval) OWNER TO owner;

COMMENT ON FUNCTION app.minutes_or(p_fields jsonb, p_key text, p_otherwise interval) IS 'A field that counts minutes, as an interval: NULL where it is null, p_otherwise where it is absent.';

CREATE FUNCTION app.minutes_said(p_digits text) RETURNS integer
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select case
    when char_length(p_digits) < 3 then 60 * p_digits::integer
    else 60 * left(p_digits, -2)::integer + right(p_digits, 2)::integer
  end
$$;

ALTER FUNCTION app.minutes_said(p_digits text) OWNER TO owner;

COMMENT ON FUNCTION app.minutes_said(p_digits text) IS 'Minutes since midnight of up to four digits that may be a time: "9" and "900" are 540.';

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
        confirmation_sent = false, confirmed_by_patient_at = null, updated_at = v_now
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

CREATE FUNCTION app.name_forms(p_names text[]) RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select coalesce(jsonb_object_agg(f.form, true), '{}')
  from unnest(p_names) n(name)
  cross join lateral unnest(string_to_array(translate(n.name, '-’', ' '''), ' ')) w(word)
  -- Speech recognition writes accents and apostrophes as it likes: both spellings are the name's.
  cross join lateral (
    select lower(w.word)
    union all
    select replace(app.normalise_name(w.word), ' ', '')
    where octet_length(w.word) > char_length(w.word) or strpos(w.word, '''') > 0
  ) f(form)
  where char_length(f.form) > 1
    and f.form not in ('de', 'la', 'le', 'van', 'von', 'der', 'den', 'di', 'da', 'al', 'el', 'st', 'dr', 'mr', 'mrs', 'ms')
$$;

ALTER FUNCTION app.name_forms(p_names text[]) OWNER TO owner;

COMMENT ON FUNCTION app.name_forms(p_names text[]) IS 'The words of the given names as the keys of an object, in small letters, with and without accents and apostrophes. Initials and particles are none.';

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

CREATE FUNCTION app.next_codes(p_appointment_ids uuid[]) RETURNS integer[]
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  update public.appointments a
  set code_version = a.code_version + 1
  where a.org_id = v_org_id and a.id = any (p_appointment_ids);
  -- A code that was sent before keeps its hash until the next one is noted: a text that is not sent after all must not
  -- leave the patient without a code.
  insert into public.identity_codes (org_id, kind, contact_id, appointment_id, expires_at)
  select a.org_id, 'confirmation', a.contact_id, a.id, upper(a.during)
  from public.appointments a
  where a.org_id = v_org_id and a.id = any (p_appointment_ids)
  on conflict (org_id, appointment_id) where kind = 'confirmation'
  do update set contact_id = excluded.contact_id, expires_at = excluded.expires_at;
  return array(
    select a.code_version
    from unnest(p_appointment_ids) with ordinality s (id, at)
    join public.appointments a on a.org_id = v_org_id and a.id = s.id
    order by s.at);
end
$$;

ALTER FUNCTION app.next_codes(p_appointment_ids uuid[]) OWNER TO owner;

COMMENT ON FUNCTION app.next_codes(p_appointment_ids uuid[]) IS 'Counts another code for each of the visits, which are locked, and returns the versions to derive them with, in the order given. Each code is good until the end of its visit, once app.note_code has kept its hash.';

CREATE FUNCTION app.next_sending_time(p_contact_id uuid, p_number_zones text[], p_at timestamp with time zone) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_org public.organizations;
  v_zones text[];
  v_at timestamptz := p_at;
  v_later timestamptz;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  select array[c.time_zone] into v_zones
  from public.contacts c
  where c.org_id = v_org.id and c.id = p_contact_id and c.time_zone is not null;
  if v_zones is null then
    v_zones := array(select z from unnest(p_number_zones) z where app.is_time_zone(z));
    if v_zones = '{}' or v_org.time_zone = any (v_zones) then
      v_zones := array[v_org.time_zone];
    end if;
  end if;

  loop
    select max(app.night_end(v_at, z, v_org.quiet_from, v_org.quiet_until)) into v_later from unnest(v_zones) z;
    exit when v_later is null;
    if v_later > p_at + interval '48 hours' then
      return coalesce(app.night_end(p_at, v_org.time_zone, v_org.quiet_from, v_org.quiet_until), p_at);
    end if;
    v_at := v_later;
  end loop;
  return v_at;
end
$$;

ALTER FUNCTION app.next_sending_time(p_contact_id uuid, p_number_zones text[], p_at timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.next_sending_time(p_contact_id uuid, p_number_zones text[], p_at timestamp with time zone) IS 'The first instant from p_at on that is outside the clinic''s quiet hours where the recipient is: in the contact''s zone when staff know it, else in all zones of the number''s region (only the clinic''s, when it is among them), else in the clinic''s. p_at itself when it is day there. Zones that share no time of day within two days leave the clinic''s zone; names that are no zone are passed over.';

CREATE FUNCTION app.night_end(p_at timestamp with time zone, p_zone text, p_from time without time zone, p_until time without time zone) RETURNS timestamp with time zone
    LANGUAGE sql STABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select max(app.local_instant(d.day + case when p_from < p_until then 0 else 1 end + p_until, p_zone, true))
  from (
    select (p_at at time zone p_zone)::date + n as day from generate_series(-1, 0) n
  ) d
  where p_from <> p_until
    and p_at >= app.local_instant(d.day + p_from, p_zone, false)
    and p_at < app.local_instant(d.day + case when p_from < p_until then 0 else 1 end + p_until, p_zone, true)
$$;

ALTER FUNCTION app.night_end(p_at timestamp with time zone, p_zone text, p_from time without time zone, p_until time without time zone) OWNER TO owner;

COMMENT ON FUNCTION app.night_end(p_at timestamp with time zone, p_zone text, p_from time without time zone, p_until time without time zone) IS 'When the quiet hours end in which an instant lies in an IANA zone; NULL when it lies in none, or when p_from equals p_until (no quiet hours). Where the clock is set back over an end that comes twice, the last one counts; where it is set forward over it, the moment of the change.';

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

CREATE FUNCTION app.note_change(p_kind text, p_appointment_id uuid, p_old public.appointments, p_call_id uuid, p_message_id uuid DEFAULT NULL::uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  insert into public.appointment_changes (
    org_id, appointment_id, kind, old_during, new_during, old_resource_id, new_resource_id, call_id, message_id,
    actor_user_id)
  select a.org_id, a.id, p_kind, (p_old).during, a.during, (p_old).resource_id, a.resource_id, p_call_id, p_message_id,
    app.current_user_id()
  from public.appointments a
  where a.org_id = app.current_org_id() and a.id = p_appointment_id;
  perform app.announce(
    case when p_kind = 'booked' then 'appointment_created' else 'appointment_updated' end, 'appointment', p_appointment_id);
  perform app.schedule_for_appointment(p_appointment_id, p_kind, p_call_id);
end
$$;

ALTER FUNCTION app.note_change(p_kind text, p_appointment_id uuid, p_old public.appointments, p_call_id uuid, p_message_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.note_change(p_kind text, p_appointment_id uuid, p_old public.appointments, p_call_id uuid, p_message_id uuid) IS 'Keeps the history of an appointment, tells live clients and puts in order what is to be sent to the patient. p_old is the row before the change, NULL for a new booking; p_message_id the patient''s text that asked for it, where one did.';

CREATE FUNCTION app.note_code(p_subject_id uuid, p_version integer, p_code_hash bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.identity_codes c
  set code_hash = p_code_hash
  where c.org_id = app.require_org_id()
    and (c.kind = 'texted' and c.id = p_subject_id
      -- Of two codes written for one visit the later one counts, whichever is noted last.
      or c.kind = 'confirmation' and c.appointment_id = p_subject_id and exists (
        select from public.appointments a
        where a.org_id = c.org_id and a.id = c.appointment_id and a.code_version = p_version));
end
$$;

ALTER FUNCTION app.note_code(p_subject_id uuid, p_version integer, p_code_hash bytea) OWNER TO app_writer;

COMMENT ON FUNCTION app.note_code(p_subject_id uuid, p_version integer, p_code_hash bytea) IS 'Keeps the keyed hash of a code that a text now carries; from here on it proves who calls, and the one before it no more. p_subject_id, p_version: an entry of app.take_scheduled''s code_subjects and code_versions; an outdated version changes nothing.';

CREATE FUNCTION app.note_effect(p_claim_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if pg_current_xact_id_if_assigned() is null then
    return true; -- it has only read
  end if;
  update public.idempotency_keys k
  set acted_at = coalesce(k.acted_at, app.now())
  where k.org_id = v_org_id and k.user_id = app.current_user_id() and k.claim_id = p_claim_id and k.state = 'running';
  return found;
end
$$;

ALTER FUNCTION app.note_effect(p_claim_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.note_effect(p_claim_id uuid) IS 'Called last in a transaction of a claimed wish: says, together with what it changed, that it acted. False when the claim is not p_claim_id''s any more, because it took too long and another try has it: the transaction must then be given up.';

CREATE FUNCTION app.note_message_codes(p_message_id uuid, p_code_subjects uuid[], p_code_versions integer[]) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org uuid := app.require_org_id();
begin
  update public.messages m
  set code_subjects = p_code_subjects, code_versions = p_code_versions, updated_at = app.now()
  where m.org_id = v_org and m.id = p_message_id and m.direction = 'outbound' and m.code_subjects = '{}';
  if not found then
    raise exception 'no message of this clinic that lacks its codes' using errcode = 'VX404';
  end if;
end
$$;

ALTER FUNCTION app.note_message_codes(p_message_id uuid, p_code_subjects uuid[], p_code_versions integer[]) OWNER TO app_writer;

COMMENT ON FUNCTION app.note_message_codes(p_message_id uuid, p_code_subjects uuid[], p_code_versions integer[]) IS 'Notes whose codes the [code] placeholders of a message stand for, in their order, so that the text that was sent can be derived again when the provider is asked for it. Once per message; VX404 where there is none or it has its codes.';

CREATE FUNCTION app.note_number_check(p_provisioning_id uuid, p_error text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.provisioning p
  set error = p_error, attempted_at = app.now(), updated_at = app.now()
  where p.org_id = app.require_org_id() and p.id = p_provisioning_id and p.state = 'active' and p.error is distinct from p_error;
  if found then
    perform app.announce('provisioning_updated', 'provisioning', p_provisioning_id);
  end if;
end
$$;

ALTER FUNCTION app.note_number_check(p_provisioning_id uuid, p_error text) OWNER TO app_writer;

COMMENT ON FUNCTION app.note_number_check(p_provisioning_id uuid, p_error text) IS 'Keeps what a check of a working line found wrong (a word of ours; NULL: nothing), for its status. With an error there, setting the number up again goes through every step.';

CREATE FUNCTION app.note_opt_out(p_channel text, p_number text, p_number_hash bytea, p_source text) RETURNS boolean
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $_$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  insert into public.opt_outs (org_id, channel, phone, number_hash, source, at)
  values (
    v_org_id, p_channel, case when p_number ~ '^\+[1-9][0-9]{6,14}$' then p_number end, p_number_hash, p_source, app.now())
  on conflict (org_id, channel, number_hash) where revoked_at is null do nothing
  returning id into v_id;
  if v_id is null then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'opted_out', 'opt_out', v_id, app.current_user_id());
  perform app.stop_campaigns_for(c.id, 'opt_out')
  from public.contacts c
  where c.org_id = v_org_id and c.phone = p_number and p_channel = 'sms';
  perform app.announce('opt_out_updated', 'opt_out', v_id);
  return true;
end
$_$;

ALTER FUNCTION app.note_opt_out(p_channel text, p_number text, p_number_hash bytea, p_source text) OWNER TO owner;

COMMENT ON FUNCTION app.note_opt_out(p_channel text, p_number text, p_number_hash bytea, p_source text) IS 'Writes an opt-out with its audit and event, and ends the number''s campaigns; whether it is new. The hash counts: p_number may be an e-mail address or what erasure left, and is then not kept. The number''s lock is held.';

CREATE FUNCTION app.note_recording(p_call_id uuid, p_source_url text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := app.uuid_v7();
begin
  insert into public.recordings (org_id, id, call_id, source_url, storage_key)
  values (v_org_id, v_id, p_call_id, case when char_length(p_source_url) <= 4000 then p_source_url end, 'recordings/' || v_org_id || '/' || v_id)
  on conflict (org_id, call_id) do nothing;
  if found then
    perform app.enqueue_job('keep_recording', jsonb_build_object('call_id', p_call_id));
  end if;
end
$$;

ALTER FUNCTION app.note_recording(p_call_id uuid, p_source_url text) OWNER TO owner;

COMMENT ON FUNCTION app.note_recording(p_call_id uuid, p_source_url text) IS 'Remembers that the provider has a recording of a call, and where it may be fetched for a while (NULL: it must be asked); a job copies it. Once a call.';

CREATE FUNCTION app.note_recording_deleted(p_recording_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.recordings r
  set deleted_at = app.now(), updated_at = app.now()
  where r.org_id = app.require_org_id() and r.id = p_recording_id and r.delete_requested_at is not null and r.deleted_at is null;
end
$$;

ALTER FUNCTION app.note_recording_deleted(p_recording_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.note_recording_deleted(p_recording_id uuid) IS 'The storage says that the file of an unwanted recording is gone. Said again, or of a recording that shall stay, it changes nothing.';

CREATE FUNCTION app.note_verification(p_provider text, p_updated_at timestamp with time zone, p_problem text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  perform app.require_admin();
  -- updated_at stays: it says when the account was last written, and questions about messages go by it.
  update public.org_credentials c
  set last_verified_at = case when p_problem is null then app.now() else c.last_verified_at end,
    verification_error = left(p_problem, 200)
  where c.org_id = v_org_id and c.provider = p_provider and c.updated_at = p_updated_at
  returning c.id into v_id;
  if v_id is null then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, case when p_problem is null then 'credential_verified' else 'credential_refused' end, 'credential', v_id, app.current_user_id());
  return true;
end
$$;

ALTER FUNCTION app.note_verification(p_provider text, p_updated_at timestamp with time zone, p_problem text) OWNER TO app_writer;

COMMENT ON FUNCTION app.note_verification(p_provider text, p_updated_at timestamp with time zone, p_problem text) IS 'Keeps what a provider said about the account that stood at p_updated_at: accepted (p_problem NULL), or why not, in our words. False when the account was replaced or removed meanwhile. Owner and admin only (VX403).';

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

CREATE FUNCTION app.number_hash(p_number text) RETURNS bytea
    LANGUAGE plpgsql STRICT
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_key bytea;
begin
  select k.number_key into v_key from public.org_keys k where k.org_id = v_org_id;
  if v_key is null then
    -- Each random UUID carries 122 bits of the server's strong randomness.
    insert into public.org_keys (org_id, number_key)
    values (v_org_id, sha256(uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid()) || uuid_send(gen_random_uuid())))
    on conflict (org_id) do nothing;
    select k.number_key into strict v_key from public.org_keys k where k.org_id = v_org_id;
  end if;
  return sha256(v_key || sha256(v_key || convert_to(lower(p_number), 'UTF8')));
end
$$;

ALTER FUNCTION app.number_hash(p_number text) OWNER TO owner;

COMMENT ON FUNCTION app.number_hash(p_number text) IS 'The tenant''s keyed hash of a phone number (E.164) or e-mail address, letters'' case aside: recognises it after the number itself was erased. The key is made at first use and never leaves the database. Another tenant''s hash of the same number differs. NULL gives NULL.';

CREATE FUNCTION app.number_kind(p_run text, p_before text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $_$
declare
  v_before text := right(p_before, 70);
  v_about_ssn boolean := app.says_any(v_before, '{ssn,social}');
  v_code boolean := right(v_before, 35) like any ('{% security code %,% cvv %,% cvc %}');
  v_digits text;
  v_count integer;
  v_about_phone boolean;
begin
  if char_length(p_run) < 8 and not v_about_ssn and not v_code then
    return null; -- too short for seven digits
  end if;
  v_digits := app.digits_said(p_run);
  v_count := char_length(v_digits);
  if v_about_ssn and v_count between 4 and 10 then
    return 'ssn';
  elsif v_code and v_count in (3, 4) then
    return 'card';
  elsif v_count < 7 then
    return null;
  elsif v_count = 9 and (p_run ~ '^ [0-9]{3}(?: [-.])* [0-9]{2}(?: [-.])* [0-9]{4}$' or p_run ~ '^(?: U[0-9]){3} [-;,](?: U[0-9]){2} [-;,](?: U[0-9]){4}$') then
    return 'ssn';
  elsif v_count between 13 and 19 and app.passes_luhn(v_digits)
    or v_count between 12 and 19 and app.says_any(v_before, '{card,cards,visa,mastercard,amex}') then
    return 'card';
  end if;
  -- What a booking or an order is called by is no identifier outside the clinic.
  if v_count < 10 and app.says_any(right(v_before, 45), '{confirmation,booking,reference,order,invoice}') then
    return null;
  end if;
  v_about_phone := app.says_any(v_before, '{call,phone,number,cell,mobile,reach,text,contact,line,fax,whatsapp,dial,Wlandline}');
  if not v_about_phone and app.is_listed(p_run) then
    return null;
  elsif p_run like any (array[' (%', ' +%', ' plus%']) or v_about_phone and v_count < 16 or left(v_digits, 1) = '0' and v_count between 8 and 14
    or v_count between 10 and 12 or v_count = 7 and strpos(btrim(p_run), ' ') > 0 then
    return 'phone';
  end if;
  return 'number';
end
$_$;

ALTER FUNCTION app.number_kind(p_run text, p_before text) OWNER TO owner;

COMMENT ON FUNCTION app.number_kind(p_run text, p_before text) IS 'What a run of number words is, by its digits and the words before it: ssn, card (Luhn, or said to be one), phone, number (any other of seven digits and more), or NULL for what tells nobody: times, years and quantities.';

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

CREATE FUNCTION app.open_question(p_contact_id uuid, p_now timestamp with time zone) RETURNS public.reply_questions
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_question public.reply_questions;
begin
  select * into v_question
  from public.reply_questions q
  where q.org_id = v_org_id and q.contact_id = p_contact_id and q.answered_at is null;
  if v_question.id is null then
    return null;
  end if;
  perform from public.appointments a
  where a.org_id = v_org_id and a.id = any (v_question.appointment_ids)
  order by a.id
  for update;
  if v_question.expires_at <= p_now or exists (
    select from public.appointment_changes h
    where h.org_id = v_org_id and h.appointment_id = any (v_question.appointment_ids)
      and h.at > v_question.asked_at and h.old_during <> h.new_during
  ) then
    perform app.close_question(p_contact_id, p_now);
    return null;
  end if;
  return v_question;
end
$$;

ALTER FUNCTION app.open_question(p_contact_id uuid, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.open_question(p_contact_id uuid, p_now timestamp with time zone) IS 'What we last asked this contact by text and still wait for; all NULL when nothing, or when it is older than a day or a visit in it was moved since (such a question is closed). Locks the visits in it.';

CREATE FUNCTION app.open_share(p_token_hash bytea, p_part text, p_visitor text) RETURNS SETOF app.recording_view
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_share public.recording_shares;
  v_hash bytea := app.number_hash(p_visitor);
  v_view app.recording_view;
begin
  select s.* into v_share
  from public.recording_shares s
  left join public.messages m on m.org_id = s.org_id and m.id = s.message_id
  where s.org_id = v_org_id and s.token_hash = p_token_hash
    and app.share_state(s.revoked_at, s.expires_at, m.status, v_now) = 'open';
  if v_share.id is null then
    return;
  end if;
  v_view := app.view_recording(v_share.recording_id);
  if v_view.outcome is null then
    return;
  end if;
  v_view.expires_at := v_share.expires_at;
  if p_part <> 'audio' or not exists (
    select from public.recording_share_openings o
    where o.org_id = v_org_id and o.share_id = v_share.id and o.part = 'audio' and o.visitor_hash = v_hash
      and o.at > v_now - interval '15 minutes')
  then
    insert into public.recording_share_openings (org_id, share_id, part, visitor_hash, at)
    values (v_org_id, v_share.id, p_part, v_hash, v_now);
  end if;
  return next v_view;
end
$$;

ALTER FUNCTION app.open_share(p_token_hash bytea, p_part text, p_visitor text) OWNER TO app_writer;

COMMENT ON FUNCTION app.open_share(p_token_hash bytea, p_part text, p_visitor text) IS 'Opens the link with this token (its SHA-256) and notes that it was opened: p_part page or audio, p_visitor what tells one visitor from another, of which a keyed hash is stored. No row for a link that is unknown, expired or revoked, or whose recording is gone.';

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

CREATE FUNCTION app.opt_in(p_channel text, p_number text, p_source text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_hash bytea;
  v_id uuid;
begin
  if app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if coalesce(p_number, '') = '' or p_channel is null or p_channel not in ('sms', 'voice', 'email')
    or p_source is null or p_source not in ('reply', 'carrier', 'staff')
    or (p_source = 'staff') <> (app.current_user_id() is not null)
  then
    raise exception 'nobody can be opted in so: channel %, source %', p_channel, p_source using errcode = 'VX400';
  end if;
  perform app.lock_number(p_number);
  v_hash := app.number_hash(p_number);
  update public.opt_outs o
  set revoked_at = app.now(), revoked_by = p_source
  where o.org_id = v_org_id and o.channel = p_channel and o.number_hash = v_hash and o.revoked_at is null
  returning o.id into v_id;
  if v_id is null then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'opted_in', 'opt_out', v_id, app.current_user_id());
  perform app.announce('opt_out_updated', 'opt_out', v_id);
  return true;
end
$$;

ALTER FUNCTION app.opt_in(p_channel text, p_number text, p_source text) OWNER TO app_writer;

COMMENT ON FUNCTION app.opt_in(p_channel text, p_number text, p_source text) IS 'Takes an opt-out back: the number or address may be reached again on that channel. p_source: reply, carrier, or staff, which is what a member does (VX403 for viewers). Returns whether there was one. VX400 for an unknown channel or source, or one that is not who acts.';

CREATE FUNCTION app.opt_out(p_channel text, p_number text, p_source text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  if app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if coalesce(p_number, '') = '' or p_channel is null or p_channel not in ('sms', 'voice', 'email')
    or p_source is null or p_source not in ('reply', 'carrier', 'staff', 'call')
    or (p_source = 'staff') <> (app.current_user_id() is not null)
  then
    raise exception 'nobody can be opted out so: channel %, source %', p_channel, p_source using errcode = 'VX400';
  end if;
  perform app.lock_number(p_number);
  return app.note_opt_out(p_channel, p_number, app.number_hash(p_number), p_source);
end
$$;

ALTER FUNCTION app.opt_out(p_channel text, p_number text, p_source text) OWNER TO app_writer;

COMMENT ON FUNCTION app.opt_out(p_channel text, p_number text, p_source text) IS 'From now on nobody reaches this number (E.164) or e-mail address on a channel (sms, voice, email), whatever contact it belongs to. p_source: reply, carrier, call, or staff, which is what a member does (VX403 for viewers). Returns whether that is new. VX400 for an unknown channel or source, or one that is not who acts.';

CREATE FUNCTION app.opt_out_by_reply(p_inbound public.messages, p_now timestamp with time zone) RETURNS app.inbound_answer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_contact_id uuid := (p_inbound).contact_id;
begin
  if app.opt_out('sms', (p_inbound).recipient, 'reply')
    and exists (select from app.visits_to_answer(v_contact_id, p_now)) then
    perform app.notify_staff('opted_out_before_visit', 'Somebody with a visit ahead wants no more texts', 'contact', v_contact_id);
  end if;
  perform app.close_question(v_contact_id, p_now);
  return ('opted_out', (p_inbound).id, v_contact_id, null)::app.inbound_answer;
end
$$;

ALTER FUNCTION app.opt_out_by_reply(p_inbound public.messages, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.opt_out_by_reply(p_inbound public.messages, p_now timestamp with time zone) IS 'Honours STOP and its like: the number gets no more texts. No visit is cancelled, CANCEL included; staff are told where one is ahead, for reminders will not arrive. No answer of ours: the carrier confirms.';

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

CREATE FUNCTION app.orgs_to_reseal(p_key_id text) RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select distinct c.org_id
  from public.org_credentials c
  where c.key_id <> p_key_id
  order by c.org_id
$$;

ALTER FUNCTION app.orgs_to_reseal(p_key_id text) OWNER TO app_definer;

COMMENT ON FUNCTION app.orgs_to_reseal(p_key_id text) IS 'The organisations, of all, that have a credential sealed with another key than this one; none: the other keys may go.';

CREATE FUNCTION app.orgs_to_roll_up() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select o.id
  from public.organizations o
  order by o.id
$$;

ALTER FUNCTION app.orgs_to_roll_up() OWNER TO app_definer;

COMMENT ON FUNCTION app.orgs_to_roll_up() IS 'Every organisation: which of them had calls is for app.roll_up_calls to see, inside each.';

CREATE FUNCTION app.orgs_with_due_recordings() RETURNS SETOF uuid
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select o.id
  from public.organizations o
  where exists (
    select from public.recordings r
    where r.org_id = o.id and r.deleted_at is null
      and (r.delete_requested_at is null and r.created_at <= app.now() - o.keep_recordings_for
        or r.delete_requested_at < app.now() - interval '6 hours'
        or r.delete_requested_at is null and r.lease_until < app.now() - interval '6 hours'))
$$;

ALTER FUNCTION app.orgs_with_due_recordings() OWNER TO app_definer;

COMMENT ON FUNCTION app.orgs_with_due_recordings() IS 'The organisations, of all, for which app.expire_recordings has something to do now.';

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

CREATE FUNCTION app.own_line(p_location_id uuid) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select l.phone
  from public.locations l
  where l.org_id = app.current_org_id() and l.id = p_location_id and not app.is_our_number(l.phone)
$$;

ALTER FUNCTION app.own_line(p_location_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.own_line(p_location_id uuid) IS 'The location''s own line (E.164), which rings when we cannot answer; NULL when it has none, or when the number is one of ours: callers would go round in circles.';

CREATE FUNCTION app.page_span(p_total bigint, p_total_is_estimate boolean, p_page integer, p_limit integer) RETURNS app.page_span
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT
         CASE
             WHEN ((NOT page_span.p_total_is_estimate) AND (s.skip > (page_span.p_total / 2))) THEN ROW(true, GREATEST(((page_span.p_total - s.skip) - page_span.p_limit), (0)::bigint), GREATEST(LEAST((page_span.p_total - s.skip), (page_span.p_limit)::bigint), (0)::bigint))::app.page_span
             ELSE ROW(false, s.skip, (page_span.p_limit)::bigint)::app.page_span
         END AS "row"
    FROM ( SELECT (((page_span.p_page - 1))::bigint * page_span.p_limit) AS skip) s;
END;

ALTER FUNCTION app.page_span(p_total bigint, p_total_is_estimate boolean, p_page integer, p_limit integer) OWNER TO owner;

COMMENT ON FUNCTION app.page_span(p_total bigint, p_total_is_estimate boolean, p_page integer, p_limit integer) IS 'Where to read a page of a list of p_total rows: in its second half from the end, so that the last page costs what the first does. A page past the end takes no rows.';

CREATE FUNCTION app.passes_luhn(p_digits text) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  -- Every second digit from the right counts double, and a double of two digits by their sum.
  select coalesce(sum(case when d.place % 2 = 1 then d.digit when d.digit > 4 then 2 * d.digit - 9 else 2 * d.digit end) % 10 = 0, false)
  from (
    select c.digit::integer, row_number() over (order by c.position desc) as place
    from regexp_split_to_table(p_digits, '') with ordinality c(digit, position)
  ) d
$$;

ALTER FUNCTION app.passes_luhn(p_digits text) OWNER TO owner;

COMMENT ON FUNCTION app.passes_luhn(p_digits text) IS 'Whether ASCII digits end in the check digit that every payment card has (ISO/IEC 7812). Anything but digits is an error.';

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

CREATE FUNCTION app.patients_of_code(p_call_id uuid, p_contact_id uuid, p_code_hashes bytea[], p_patient_name text) RETURNS uuid[]
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_has_name boolean := app.normalise_name(coalesce(p_patient_name, '')) <> '';
  v_texted uuid[];
begin
  v_texted := array(
    select p.id
    from public.patients p
    where p.org_id = v_org_id and p.contact_id in (
      select c.contact_id from public.identity_codes c
      where c.org_id = v_org_id and c.kind = 'texted' and c.call_id = p_call_id
        and c.code_hash = any (p_code_hashes) and c.expires_at > v_now)
    order by p.id);
  if cardinality(v_texted) > 0 then
    return v_texted;
  end if;

  -- Six digits may fall on two visits: the caller's own one then, and never a choice between two.
  return (
    select array_agg(distinct f.patient_id)
    from (
      select a.patient_id, rank() over (order by (a.contact_id = p_contact_id) desc) as place
      from public.identity_codes c
      join public.appointments a on a.org_id = c.org_id and a.id = c.appointment_id
      join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
      where c.org_id = v_org_id and c.kind = 'confirmation' and c.code_hash = any (p_code_hashes) and c.expires_at > v_now
        and (v_has_name or a.contact_id = p_contact_id)
        and app.name_distance(p_patient_name, array[p.name, coalesce(a.said_name, p.name)]) is not null
    ) f
    where f.place = 1
    having count(distinct f.patient_id) = 1
  );
end
$$;

ALTER FUNCTION app.patients_of_code(p_call_id uuid, p_contact_id uuid, p_code_hashes bytea[], p_patient_name text) OWNER TO owner;

COMMENT ON FUNCTION app.patients_of_code(p_call_id uuid, p_contact_id uuid, p_code_hashes bytea[], p_patient_name text) IS 'Whom a code opens to a call of p_contact_id: a code that was texted in this very call all patients of the contact it went to, the code of a confirmation that visit''s patient. A name that is given must fit (at most two edits, the first name will do); a caller of another contact must give it. None: empty or NULL.';

CREATE FUNCTION app.period_bound(p_words text, p_zone text, p_end boolean) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE STRICT
    SET search_path TO ''
    AS $_$
begin
  if btrim(p_words) !~ '^\d{4}-\d\d-\d\d$' then
    return app.wished_instant(p_words, p_zone);
  end if;
  return app.local_instant((p_words::date + p_end::integer)::timestamp, p_zone, false);
exception
  when datetime_field_overflow or invalid_datetime_format then
    raise exception 'there is no such date' using errcode = 'VX400';
end
$_$;

ALTER FUNCTION app.period_bound(p_words text, p_zone text, p_end boolean) OWNER TO owner;

COMMENT ON FUNCTION app.period_bound(p_words text, p_zone text, p_end boolean) IS 'Where a period that a list is asked for begins (p_end false) or stops (true, not included): a day means all of that day in p_zone, a time means that instant. NULL for NULL, VX400 for what is neither.';

CREATE FUNCTION app.phone_numbers_shown() RETURNS SETOF app.phone_number_row
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select n.id, n.number, n.provider, l.id, l.name, app.own_line(l.id), n.agent_id, a.name, n.routing, n.vapi_phone_number_id,
    r.vapi_assistant_id, p.state, p.error, n.created_at, n.updated_at, count(*) over (), false
  from public.phone_numbers n
  join public.locations l on l.org_id = n.org_id and l.id = n.location_id
  left join public.agents a
    on a.org_id = n.org_id and a.deleted_at is null
    and (a.id = n.agent_id or n.agent_id is null and a.role = 'inbound' and a.is_default)
  left join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
  left join public.provisioning p on p.org_id = n.org_id and p.number = n.number and p.state not in ('undone', 'released')
  where n.org_id = app.require_org_id()
$$;

ALTER FUNCTION app.phone_numbers_shown() OWNER TO owner;

COMMENT ON FUNCTION app.phone_numbers_shown() IS 'The clinic''s numbers with who answers them, as the dashboard shows them. A clinic has a handful, so the count is always true.';

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
  perform app.announce('contact_updated', 'contact', v_contact_id);
  perform app.note_change('booked', v_id, null, p_call_id);
  perform app.stop_campaigns_for(v_contact_id, 'booking');
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

CREATE FUNCTION app.plain_text(p_text text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select regexp_replace(
    regexp_replace(
      replace(
        translate(
          regexp_replace(p_text, E'\r\n?|[\u2028\u2029]', E'\n', 'g'),
          -- Quotation marks, primes; hyphens, dashes, minus; spaces of every width, and the tab.
          E'\u2018\u2019\u201A\u201B\u2032\u02BC' || E'\u201C\u201D\u201E\u201F\u2033\u00AB\u00BB'
            || E'\u2010\u2011\u2012\u2013\u2014\u2015\u2212'
            || E'\t\u00A0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200A\u202F\u205F\u3000',
          repeat('''', 6) || repeat('"', 7) || repeat('-', 7) || repeat(' ', 17)),
        E'\u2026', '...'),
      -- Soft hyphen, zero-width space, word joiner, byte order mark, marks and overrides of the writing direction.
      E'[\u00AD\u200B\u200E\u200F\u202A-\u202E\u2060\u2066-\u2069\uFEFF]', '', 'g'),
    -- What is left of C0 and C1; the newline stays.
    E'[\u0001-\u0009\u000B-\u001F\u007F-\u009F]', '', 'g')
$$;

ALTER FUNCTION app.plain_text(p_text text) OWNER TO owner;

COMMENT ON FUNCTION app.plain_text(p_text text) IS 'A text for a phone: typographic quotes, dashes, the ellipsis and all kinds of spaces made plain, line ends made newlines, invisible and control characters removed except the newline. Nothing else changes: accents and emoji stay. NULL gives NULL.';

CREATE FUNCTION app.preview_template(p_kind text, p_language text, p_body text) RETURNS text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  -- The numbers 555-0100 to 555-0199 are kept for fiction. A fixed Tuesday: the same wording shows the same preview.
  v_words text[] := app.local_words('2030-03-05 14:30+00', 'UTC', p_language);
begin
  perform app.require_org_id();
  perform app.check_template(p_kind, p_body);
  return app.render_text(btrim(p_body), jsonb_build_object(
    'clinic', 'Example Clinic', 'first_name', 'Robin', 'date', v_words[1], 'time', v_words[2],
    'visits', array_to_string(v_words, ', '), 'code', '123456', 'service', 'Checkup', 'practitioner', 'Dr. Example',
    'place', 'Main Street 1', 'phone', '+13125550100'));
end
$$;

ALTER FUNCTION app.preview_template(p_kind text, p_language text, p_body text) OWNER TO app_writer;

COMMENT ON FUNCTION app.preview_template(p_kind text, p_language text, p_body text) IS 'The wording as a patient would read it, with made-up values: an example clinic, a patient called Robin, a Tuesday, a code. Nothing of the clinic''s or a patient''s is in it. VX400 as in app.check_template.';

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
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher')
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

CREATE FUNCTION app.provisioning_status(p_provisioning_id uuid) RETURNS SETOF app.provisioning_status
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select p.id, n.id, p.number, p.state,
    (
      select s.step
      from public.provisioning_steps s
      where s.org_id = p.org_id and s.provisioning_id = p.id and p.state = 'running' and s.state in ('waiting', 'intended')
      order by s.position
      limit 1
    ),
    p.error, n.vapi_phone_number_id, n.routing, a.id, r.vapi_assistant_id, p.activated_at, p.attempted_at,
    (
      select jsonb_agg(
        jsonb_build_object('step', s.step, 'state', s.state, 'attempts', s.attempts, 'error', s.error) order by s.position)
      from public.provisioning_steps s
      where s.org_id = p.org_id and s.provisioning_id = p.id
    )
  from public.provisioning p
  left join public.phone_numbers n on n.org_id = p.org_id and n.number = p.number
  left join public.agents a
    on a.org_id = p.org_id and a.deleted_at is null
    and (a.id = n.agent_id or n.agent_id is null and a.role = 'inbound' and a.is_default)
  left join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
  where p.org_id = app.require_org_id() and p.id = p_provisioning_id
$$;

ALTER FUNCTION app.provisioning_status(p_provisioning_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.provisioning_status(p_provisioning_id uuid) IS 'How a run stands, and which agent and assistant answer its number; no row for one that is not the tenant''s.';

CREATE FUNCTION app.queue_reply(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text) RETURNS uuid
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_language text := app.contact_language((p_inbound).contact_id);
  v_fields jsonb;
begin
  select jsonb_build_object(
    'clinic', o.name,
    'phone', coalesce((
      select l.phone from public.locations l
      where l.org_id = o.id and l.phone is not null
      order by l.created_at, l.id
      limit 1), p_our_number),
    'visits', coalesce(app.visits_in_reply(p_appointment_ids, v_language, p_kind in ('cancel_which', 'confirm_which')), ''))
  into v_fields
  from public.organizations o
  where o.id = (p_inbound).org_id;

  return (
    select d.message_id
    from app.begin_message(
      p_category => 'reply', p_method => 'sms',
      p_content => app.render_text(app.reply_wording(p_kind, v_language), v_fields),
      p_send_key => 'reply:' || (p_inbound).id, p_contact_id => (p_inbound).contact_id,
      p_service_provider => (p_inbound).service_provider, p_recipient => (p_inbound).recipient,
      p_in_reply_to => (p_inbound).id, p_hand_over => false) d
    where d.outcome = 'queued'
  );
end
$$;

ALTER FUNCTION app.queue_reply(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text) OWNER TO owner;

COMMENT ON FUNCTION app.queue_reply(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text) IS 'Queues our one answer to a received text, in the contact''s language, else the clinic''s; p_kind as in app.reply_wording. NULL when it may not be sent (opted out, too many answers within an hour).';

CREATE FUNCTION app.read_all_notifications() RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_changed bigint;
  v_newest uuid;
begin
  perform app.require_staff();
  with changed as (
    update public.notifications n set read_at = app.now() where n.org_id = v_org_id and n.read_at is null returning n.id
  )
  select count(*), (array_agg(c.id order by c.id desc))[1] into v_changed, v_newest from changed c;
  if v_changed > 0 then
    perform app.announce('notification', 'notification', v_newest); -- one of them: pages ask for the whole list
  end if;
  return v_changed;
end
$$;

ALTER FUNCTION app.read_all_notifications() OWNER TO app_writer;

COMMENT ON FUNCTION app.read_all_notifications() IS 'Marks every notification as read, for all of the staff; returns how many were not. VX403 for viewers.';

CREATE FUNCTION app.read_call(p_call_id uuid, p_request_id text DEFAULT NULL::text) RETURNS SETOF app.call_detail
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  select v_org_id, 'transcript_read', 'call', c.id, app.current_user_id(), left(p_request_id, 64)
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null and c.transcript_state = 'stored';
  return query
  select c.id, c.vapi_call_id, c.contact_id, k.name, case c.direction when 'outbound' then c.to_number else c.from_number end,
    c.to_number, c.direction, app.call_state(c.status, c.outcome, c.ended_reason), c.began_at,
    c.started_at, c.ended_at, c.duration_seconds, c.outcome, c.ended_reason, c.summary, c.transcript_state, c.recording_state,
    c.tools_used, c.cost_micros, c.created_at, c.transcript, c.recording_error
  from public.call_logs c
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null;
end
$$;

ALTER FUNCTION app.read_call(p_call_id uuid, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.read_call(p_call_id uuid, p_request_id text) IS 'A call with its transcript; no row when there is none or it was deleted. That a transcript was read, by whom and in which request stands in the audit log from then on. Every member may look.';

CREATE TABLE public.org_credentials (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    provider text NOT NULL,
    ciphertext bytea NOT NULL,
    nonce bytea NOT NULL,
    auth_tag bytea NOT NULL,
    key_id text NOT NULL,
    account_ref text,
    sender text,
    connected_email text,
    vapi_credential_id text,
    last_verified_at timestamp with time zone,
    verification_error text,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT org_credentials_account_ref_check CHECK ((char_length(account_ref) <= 100)),
    CONSTRAINT org_credentials_auth_tag_check CHECK ((octet_length(auth_tag) = 16)),
    CONSTRAINT org_credentials_connected_email_check CHECK ((char_length(connected_email) <= 254)),
    CONSTRAINT org_credentials_key_id_check CHECK ((key_id ~ '^[a-z0-9_-]{1,32}$'::text)),
    CONSTRAINT org_credentials_nonce_check CHECK ((octet_length(nonce) = 12)),
    CONSTRAINT org_credentials_provider_check CHECK ((provider = ANY (ARRAY['twilio'::text, 'resend'::text, 'google_calendar'::text, 'outlook'::text]))),
    CONSTRAINT org_credentials_sender_check CHECK ((char_length(sender) <= 254)),
    CONSTRAINT org_credentials_verification_error_check CHECK ((char_length(verification_error) <= 200))
);

ALTER TABLE ONLY public.org_credentials FORCE ROW LEVEL SECURITY;

ALTER TABLE public.org_credentials OWNER TO owner;

COMMENT ON TABLE public.org_credentials IS 'The one place of keys that a clinic gave us. AES-256-GCM; the associated data is "org_id|provider", so a row copied to another tenant does not open.';

COMMENT ON COLUMN public.org_credentials.key_id IS 'Which of the keys in CREDENTIALS_KEY sealed the row.';

COMMENT ON COLUMN public.org_credentials.account_ref IS 'Masked name of the account, e.g. AC12…9f: enough for people to recognise it, not enough to use it.';

COMMENT ON COLUMN public.org_credentials.sender IS 'What messages are sent from: an E.164 number (twilio) or an e-mail address (resend).';

COMMENT ON COLUMN public.org_credentials.verification_error IS 'Why the last check with the provider failed, in our words.';

CREATE FUNCTION app.read_credential(p_provider text) RETURNS SETOF public.org_credentials
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select c.*
  from public.org_credentials c
  where c.org_id = app.require_org_id() and c.provider = p_provider
$$;

ALTER FUNCTION app.read_credential(p_provider text) OWNER TO app_writer;

COMMENT ON FUNCTION app.read_credential(p_provider text) IS 'The sealed credential of a provider, for the moment of its use; no row where the clinic has none. Never given to people''s requests.';

CREATE FUNCTION app.read_export(p_message_id uuid, p_request_id text DEFAULT NULL::text) RETURNS SETOF app.transcript_export
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
  v_export app.transcript_export;
begin
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.method = 'export' and m.category = 'export'
    and m.actor_user_id = app.current_user_id();
  if v_message.call_id is null then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  v_export := app.transcript_of(v_message.call_id);
  v_export.message_id := v_message.id;
  v_export.exported_at := v_message.created_at;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'transcript_read', 'call', v_message.call_id, app.current_user_id(), left(p_request_id, 64));
  return next v_export;
end
$$;

ALTER FUNCTION app.read_export(p_message_id uuid, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.read_export(p_message_id uuid, p_request_id text) IS 'The transcript of an export that the acting member made, as it is now; the audit log remembers each reading. VX404 for somebody else''s or none, and errors as app.transcript_of: what was deleted or erased meanwhile is gone.';

CREATE FUNCTION app.read_notification(p_notification_id uuid) RETURNS SETOF app.notification_row
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  return query
  update public.notifications n
  set read_at = coalesce(n.read_at, app.now())
  where n.org_id = v_org_id and n.id = p_notification_id
  returning n.id, n.kind, n.title, n.body, n.entity, n.entity_id, n.read_at, n.created_at, 1::bigint, false;
  if not found then
    raise exception 'there is no such notification' using errcode = 'VX404';
  end if;
  perform app.announce('notification', 'notification', p_notification_id);
end
$$;

ALTER FUNCTION app.read_notification(p_notification_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.read_notification(p_notification_id uuid) IS 'Marks a notification as read, for all of the staff; a second time changes nothing. VX403 for viewers, VX404 for an unknown one.';

CREATE FUNCTION app.read_recording(p_call_id uuid, p_request_id text DEFAULT NULL::text) RETURNS SETOF app.recording_view
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_state text;
  v_recording_id uuid;
  v_view app.recording_view;
begin
  select c.recording_state, r.id into v_state, v_recording_id
  from public.call_logs c
  left join public.recordings r on r.org_id = c.org_id and r.call_id = c.id
  where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null;
  if not found then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  v_view := app.view_recording(v_recording_id);
  if v_view.outcome is null then
    v_view.outcome := case when v_state in ('at_provider', 'copying') then 'not_ready' else 'no_recording' end;
  else
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
    values (v_org_id, 'recording_read', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  end if;
  return next v_view;
end
$$;

ALTER FUNCTION app.read_recording(p_call_id uuid, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.read_recording(p_call_id uuid, p_request_id text) IS 'The recording of a call, for a member to listen to now; who did so and in which request stands in the audit log. outcome no_recording or not_ready where there is none to listen to. Every member may. VX404 for an unknown or deleted call.';

CREATE FUNCTION app.recent_activity(p_limit integer DEFAULT 10) RETURNS SETOF app.activity
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  return query
  select e.*
  from (
    (
      select c.id, 'call_completed', c.began_at,
        concat('Call ', app.call_state(c.status, c.outcome, c.ended_reason), ', ' || c.duration_seconds || ' seconds'),
        'call', c.id, c.contact_id
      from public.call_logs c
      where c.org_id = v_org_id and c.deleted_at is null and c.status = 'ended'
      order by c.began_at desc, c.id desc
      limit p_limit
    )
    union all
    (
      select h.id, 'appointment_booked', h.at, 'Visit booked: ' || s.name, 'appointment', a.id, a.contact_id
      from public.appointment_changes h
      join public.appointments a on a.org_id = h.org_id and a.id = h.appointment_id
      join public.services s on s.org_id = a.org_id and s.id = a.service_id
      where h.org_id = v_org_id and h.kind = 'booked'
      order by h.id desc
      limit p_limit
    )
    union all
    (
      select k.id, 'hot_lead_detected', coalesce(k.last_contacted_at, k.created_at), 'A lead is hot', 'contact', k.id, k.id
      from public.contacts k
      where k.org_id = v_org_id and k.lead_status = 'hot' and k.erased_at is null
      order by coalesce(k.last_contacted_at, k.created_at) desc, k.id desc
      limit p_limit
    )
  ) e(id, kind, at, summary, entity, entity_id, contact_id)
  order by e.at desc, e.id desc
  limit p_limit;
end
$$;

ALTER FUNCTION app.recent_activity(p_limit integer) OWNER TO app_writer;

COMMENT ON FUNCTION app.recent_activity(p_limit integer) IS 'What happened lately, the newest first: ended calls, visits booked, hot leads (at their last contact). Every member may look.';

CREATE FUNCTION app.record_assistant(p_agent_id uuid, p_lease_id uuid, p_vapi_assistant_id text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  update public.agents a
  set creating_since = null
  where a.org_id = v_org_id and a.id = p_agent_id and a.lease_id = p_lease_id;
  if not found then
    return false;
  end if;
  delete from public.assistant_routes r
  where r.org_id = v_org_id and r.agent_id = p_agent_id and r.vapi_assistant_id is distinct from p_vapi_assistant_id;
  if p_vapi_assistant_id is not null then
    insert into public.assistant_routes (vapi_assistant_id, org_id, agent_id)
    values (p_vapi_assistant_id, v_org_id, p_agent_id)
    on conflict (vapi_assistant_id) do nothing;
    if found then
      perform app.reroute_numbers(null, p_agent_id);
    end if;
  end if;
  return exists (
    select from public.assistant_routes r
    where r.org_id = v_org_id and r.agent_id = p_agent_id and r.vapi_assistant_id = p_vapi_assistant_id)
    or p_vapi_assistant_id is null;
end
$$;

ALTER FUNCTION app.record_assistant(p_agent_id uuid, p_lease_id uuid, p_vapi_assistant_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.record_assistant(p_agent_id uuid, p_lease_id uuid, p_vapi_assistant_id text) IS 'Routes calls of an assistant to its agent; NULL: the assistant is gone at Vapi, forget it. False: the lease is lost, or the id belongs to another agent; nothing was routed.';

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

CREATE FUNCTION app.record_call_report(p_call_id uuid, p_started_at timestamp with time zone, p_ended_at timestamp with time zone, p_duration_seconds integer, p_ended_reason text, p_summary text, p_turns jsonb, p_cost_micros bigint, p_has_recording boolean, p_tools_used text[], p_said_names text[] DEFAULT '{}'::text[], p_recording_url text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_names text[];
  v_said text[];
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
    -- The summary is the last turn: what the caller was called goes from it too.
    select array_agg(t.turn ->> 'text' order by t.position) || p_summary into v_said
    from jsonb_array_elements(coalesce(p_turns, '[]')) with ordinality t(turn, position);
    v_said := app.redact_turns(v_said, v_names);
    v_summary := v_said[cardinality(v_said)];
    select coalesce(jsonb_agg(jsonb_build_object(
        'speaker', t.turn ->> 'speaker', 'text', v_said[t.position], 'at', t.turn -> 'at') order by t.position), '[]')
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
    recording_state = case
      when c.recording_state <> 'none' then c.recording_state -- a second report must not undo what became of it
      when p_has_recording then 'at_provider'
      when exists (select from public.organizations o where o.id = v_org_id and o.hipaa_mode) then 'not_kept_by_provider'
      else 'none'
    end,
    tools_used = coalesce(p_tools_used, '{}'), reported_at = app.now(), updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;

  if p_has_recording then
    perform app.note_recording(p_call_id, p_recording_url);
  end if;
  perform app.release_hold(p_call_id);
  if v_outcome = 'missed' and v_call.reported_at is null then
    perform app.notify_staff('missed_call', 'A call was missed', 'call', p_call_id);
    perform app.schedule_missed_call(p_call_id);
  end if;
  perform app.announce('call_ended', 'call', p_call_id);
  return v_state;
end
$$;

ALTER FUNCTION app.record_call_report(p_call_id uuid, p_started_at timestamp with time zone, p_ended_at timestamp with time zone, p_duration_seconds integer, p_ended_reason text, p_summary text, p_turns jsonb, p_cost_micros bigint, p_has_recording boolean, p_tools_used text[], p_said_names text[], p_recording_url text) OWNER TO app_writer;

COMMENT ON FUNCTION app.record_call_report(p_call_id uuid, p_started_at timestamp with time zone, p_ended_at timestamp with time zone, p_duration_seconds integer, p_ended_reason text, p_summary text, p_turns jsonb, p_cost_micros bigint, p_has_recording boolean, p_tools_used text[], p_said_names text[], p_recording_url text) IS 'Takes in an end-of-call report, before or after the status updates, once: a second report changes nothing unless redaction failed the first time. p_turns: [{"speaker","text","at"}]; p_said_names: names given to tools during the call, also of people who were not booked in the end; turns and summary are redacted of them and of everything else before they are stored; a missing duration follows from start and end. A recording that the provider has (p_recording_url: where it may be fetched for a while) is copied by a job. Returns the transcript''s state; the first pending_redaction puts a job in the queue that fetches the report again. VX404 when the call is not the tenant''s.';

CREATE FUNCTION app.record_delivery(p_message_id uuid, p_external_id text, p_status text, p_error_code text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
begin
  if p_status is null or p_status not in ('sent', 'delivered', 'failed') then
    raise exception 'a delivery report says sent, delivered or failed' using errcode = 'VX400';
  end if;
  if p_error_code = '21610' then
    perform app.lock_number(m.recipient) from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
  end if;
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
  for update;
  if v_message.id is null or v_message.external_message_id <> p_external_id
    or exists (
      select from public.messages m
      where m.org_id = v_org_id and m.service_provider = v_message.service_provider and m.external_message_id = p_external_id
        and m.id <> p_message_id)
  then
    return null;
  elsif v_message.status in ('queued', 'unknown')
    or (v_message.status = 'sent' and p_status <> 'sent')
    -- That it was never accepted was our conclusion; the provider's word is better.
    or (v_message.status = 'failed' and v_message.reason = 'never_accepted')
  then
    return app.conclude_message(v_message, p_status, p_external_id, p_error_code, null);
  end if;
  return v_message.status;
end
$$;

ALTER FUNCTION app.record_delivery(p_message_id uuid, p_external_id text, p_status text, p_error_code text) OWNER TO app_writer;

COMMENT ON FUNCTION app.record_delivery(p_message_id uuid, p_external_id text, p_status text, p_error_code text) IS 'Takes in a provider''s delivery report, in any order and any number of times: a message goes from queued or unknown to sent and on to delivered or failed, never back. A report also settles a message whose sender never came back. Twilio''s 21610 opts the number out; staff are told of failed confirmations, reminders and codes. Returns the status that stands, NULL when there is no such outbound message or the provider''s id is another message''s. VX400 for another status.';

CREATE FUNCTION app.record_inbound_message(p_provider text, p_external_id text, p_from text, p_to text, p_body text, p_opt_out_type text DEFAULT NULL::text) RETURNS SETOF app.inbound_answer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $_$
declare
  v_org_id uuid := app.require_org_id();
  v_intent text := app.reply_intent(p_body);
  v_now timestamptz;
  v_inbound public.messages;
  v_question public.reply_questions;
begin
  if coalesce(p_provider, '') = '' or coalesce(p_external_id, '') = '' or coalesce(p_from, '') = '' then
    raise exception 'a received text needs its provider, its id and its sender' using errcode = 'VX400';
  end if;
  -- Texts of one number are handled one after the other, and none while one is being sent there.
  perform app.lock_number(p_from);
  v_now := app.now();
  return query
  select 'replayed', m.id, m.contact_id, (
    select r.id from public.messages r where r.org_id = m.org_id and r.in_reply_to = m.id and r.status <> 'blocked')
  from public.messages m
  where m.org_id = v_org_id and m.service_provider = p_provider and m.external_message_id = p_external_id;
  if found then
    return;
  end if;

  insert into public.messages (org_id, direction, method, category, recipient, recipient_hash, content, status,
    service_provider, external_message_id, contact_id)
  values (v_org_id, 'inbound', 'sms', 'reply', p_from, app.number_hash(p_from), left(coalesce(p_body, ''), 1600), 'delivered',
    p_provider, p_external_id, (select c.id from public.contacts c where c.org_id = v_org_id and c.phone = p_from))
  returning * into v_inbound;
  perform app.announce('message_created', 'message', v_inbound.id);
  perform app.stop_campaigns_for(v_inbound.contact_id, 'reply');

  -- What the carrier made of the text counts even where we would read it otherwise: it acts on it.
  v_intent := case
    when p_opt_out_type = 'STOP' then 'opt_out'
    when v_intent = 'opt_out' then 'opt_out'
    when v_intent = 'yes' and app.is_opted_out('sms', p_from) then 'opt_in'
    when p_opt_out_type = 'START' and v_intent <> 'yes' then 'opt_in'
    when p_opt_out_type = 'HELP' then 'help'
    else v_intent
  end;
  if p_from !~ '^\+[1-9][0-9]{6,14}$' then
    -- A short code or a name: no patient, and nothing to answer to.
    return next app.leave_to_staff(v_inbound);
  elsif v_intent = 'opt_out' then
    return next app.opt_out_by_reply(v_inbound, v_now);
  elsif v_intent = 'opt_in' then
    perform app.opt_in('sms', p_from, 'reply');
    return next ('opted_in', v_inbound.id, v_inbound.contact_id, null)::app.inbound_answer;
  elsif v_intent = 'help' then
    return next ('help', v_inbound.id, v_inbound.contact_id,
      case when p_opt_out_type is null then app.queue_reply(v_inbound, 'help', '{}', p_to) end)::app.inbound_answer;
  else
    v_question := app.open_question(v_inbound.contact_id, v_now);
    return next case
      when v_question.id is null then app.answer_wish(v_inbound, v_intent, p_to, v_now)
      else app.answer_question(v_inbound, v_question, v_intent, p_to, v_now)
    end;
  end if;
end
$_$;

ALTER FUNCTION app.record_inbound_message(p_provider text, p_external_id text, p_from text, p_to text, p_body text, p_opt_out_type text) OWNER TO app_writer;

COMMENT ON FUNCTION app.record_inbound_message(p_provider text, p_external_id text, p_from text, p_to text, p_body text, p_opt_out_type text) IS 'Keeps a text that came in (p_from to our number p_to, E.164) and does what it asks, once per provider''s id; p_opt_out_type is the carrier''s own reading (STOP, START, HELP). The sender is a contact by contacts.phone only; STOP counts also from a stranger. VX400 without provider, id or sender.';

CREATE FUNCTION app.recording_of_link(p_recording_id uuid) RETURNS SETOF app.recording_view
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select v.* from app.view_recording(p_recording_id) v where v.outcome is not null
$$;

ALTER FUNCTION app.recording_of_link(p_recording_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.recording_of_link(p_recording_id uuid) IS 'The recording behind a short-lived address that this service signed for a player; no row when it was deleted since. The reading was audited when the address was given out.';

CREATE FUNCTION app.recording_to_delete(p_recording_id uuid) RETURNS SETOF app.recording_copy
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  -- A copy that runs writes the file after all: its own end deletes it, and this job looks again behind it.
  select case when r.lease_until > app.now() then 'wait' else 'unwanted' end, r.id, null::text, null::text, r.storage_key,
    case when r.lease_until > app.now() then r.lease_until end
  from public.recordings r
  where r.org_id = app.require_org_id() and r.id = p_recording_id and r.delete_requested_at is not null and r.deleted_at is null
$$;

ALTER FUNCTION app.recording_to_delete(p_recording_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.recording_to_delete(p_recording_id uuid) IS 'The recording whose file a job shall delete: outcome unwanted, or wait while it may still be being copied. No row when it is deleted already or shall stay.';

CREATE FUNCTION app.redact_medical_terms(p_text text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select regexp_replace(p_text,
    '\m(?:hiv|aids|hepatitis(?: [a-e])?|herpes|syphilis|chlamydia|gonorrh?ea|hpv|std|sti|tuberculosis|covid(?:-19)?|cancers?|tum(?:ou?r|ors|ours)|leuka?emia'
      || '|lymphoma|melanoma|carcinoma|chemo(?:therapy)?|radiotherapy|diabet(?:es|ic)|insulin|hypertension|high blood pressure|asthma(?:tic)?|copd'
      || '|epilep(?:sy|tic)|seizures?|stroke|heart (?:attack|disease|failure|condition)|pacemaker|arrhythmia|angina|depress(?:ion|ive)|anxiety'
      || '|bipolar|schizophrenia|ptsd|adhd|autis(?:m|tic)|dementia|alzheimer(?:''?s)?|parkinson(?:''?s)?|multiple sclerosis|arthritis|lupus'
      || '|ha?emophilia|ana?emia|psoriasis|eczema|rosacea|pregnan(?:t|cy)|miscarriage|abortion|ivf|kidney (?:disease|failure)|dialysis|cirrhosis'
      || '|addict(?:ion|ed)|overdose|rehab|methadone|suicid(?:e|al)|pneumonia|migraines?|infection|abscess(?:es)?|gingivitis|periodontitis'
      || '|penicillin|amoxicillin|ibuprofen|paracetamol|acetaminophen|aspirin|warfarin|metformin|prozac|zoloft|xanax|adderall|ritalin|lithium'
      || '|antidepressants?|antibiotics?|blood thinners?|oxycodone|hydrocodone|vicodin|tramadol|codeine|morphine|ozempic|viagra|accutane)\M',
    '[medical term]', 'gi')
$$;

ALTER FUNCTION app.redact_medical_terms(p_text text) OWNER TO owner;

COMMENT ON FUNCTION app.redact_medical_terms(p_text text) IS 'The text with common conditions, complaints and drugs replaced by [medical term]: a closed English list, for clinics that want none of them kept. Apply it after app.redact_phi. What a clinic offers stays.';

CREATE FUNCTION app.redact_phi(p_text text, p_names text[]) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
declare
  v_tokens text[];
  v_gaps text[];
  v_folded text;
  v_text text;
begin
  loop
    select s.p_tokens, s.p_gaps into v_tokens, v_gaps from app.split_words(p_text) s;
    v_folded := app.fold_identifiers(app.classified_words(v_tokens, v_gaps, p_names));
    if v_folded is null or strpos(v_folded, ' [') = 0 then
      return p_text;
    end if;
    v_text := app.unfolded_text(v_tokens, v_gaps, v_folded);
    if v_text = p_text then
      return v_text;
    end if;
    p_text := v_text;
  end loop;
end
$$;

ALTER FUNCTION app.redact_phi(p_text text, p_names text[]) OWNER TO owner;

COMMENT ON FUNCTION app.redact_phi(p_text text, p_names text[]) IS 'The text without identifiers, each replaced by a typed placeholder in brackets: [ssn], [card], [phone], [number], [email], [date of birth], [record number], [address] and [name] (the given names, and those that a speaker introduces), also when spelled out as speech. Dates of visits, times and prices stay. Redacting twice changes nothing more; NULL stays NULL.';

CREATE FUNCTION app.redact_turns(p_turns text[], p_names text[]) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
declare
  v_turns text[];
  v_tokens text[];
  v_gaps text[];
  v_words text;
  v_folded text;
  v_introduced text[];
  v_again text[];
  v_places bigint[];
begin
  -- The mark between two turns is nobody's word.
  select s.p_tokens, s.p_gaps into v_tokens, v_gaps
  from app.split_words(replace(replace(array_to_string(p_turns, E'\u2029', ''), '¶', ''), E'\u2029', E'\n¶\n')) s;
  v_words := app.classified_words(v_tokens, v_gaps, p_names);
  v_folded := app.fold_identifiers(v_words);
  if v_folded is null then
    return p_turns;
  end if;
  v_turns := string_to_array(app.unfolded_text(v_tokens, v_gaps, v_folded), '¶');
  v_introduced := app.introduced_names(v_tokens, v_words, v_folded);

  -- What changed, and what has a name in it that was introduced elsewhere, is looked at once more. A sign that no rule
  -- crosses stands where other turns were.
  select array_agg(btrim(t.once, E'\n') order by t.position), array_agg(t.position order by t.position) into v_again, v_places
  from unnest(p_turns, v_turns) with ordinality t(turn, once, position)
  where btrim(t.once, E'\n') <> btrim(t.turn, E'\n')
    or exists (select from unnest(v_introduced) n(name) where strpos(lower(t.turn), n.name) > 0);
  v_again := string_to_array(app.redact_phi(array_to_string(v_again, E'\n¶|\n'), p_names || v_introduced), '¶|');
  return (
    select array_agg(coalesce(btrim(a.text, E'\n'), t.turn) order by t.position)
    from unnest(p_turns) with ordinality t(turn, position)
    left join unnest(v_again, v_places) a(text, position) using (position)
  );
end
$$;

ALTER FUNCTION app.redact_turns(p_turns text[], p_names text[]) OWNER TO owner;

COMMENT ON FUNCTION app.redact_turns(p_turns text[], p_names text[]) IS 'What was said in a call, turn by turn, redacted as by app.redact_phi; names that a turn introduces go in all of them. NULL stays NULL.';

CREATE FUNCTION app.redaction_vocabulary() RETURNS jsonb
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select jsonb_object_agg(w.word, coalesce(nullif(l.kind, ''), w.word))
  from (values
    -- Known to be no names. Later lines win where a word is in two.
    ('', 'a about above actually address addresses adult adults afraid after afternoon again ago ahead all allergic allergies
      allergy almost already alright also always am amazing american an and another any anybody anymore anyone anything
      anyway anywhere appointment appointments are area aren around as ask asked asking at available away awesome awful back
      bad be beautiful because become been before begin behind being believe below best better between big bill birth
      birthday birthdays bit bleeding book booked booking booth born both braces brand bring broke broken brought busy but
      button by bye call called caller calling calls came can cancel canceled cancelled cannot card cards care case catholic
      cc cell certain chance change changed chart check checked checking checkup chinese chipped christian claim
      clean cleaning cleanings clear clinic clinics close code codes coming com come comes company completely concerned
      concerning confirm confirmation confirmed confused consult consultation contact correct cost costs could couldn couple
      course coverage covered crown crowns curious current currently customer cvc cvv dash data date day dear definitely
      dental dentist dentistry dentists depends did didn dial different difficult dine dinner direct directly discount discuss
      dob doctor doctors does doesn doing don done dot double doubt down due during each earlier earliest early easier easy
      either else email emails emergency end ending england english enough er especially euro even evening evenings ever
      every everybody everyone everything exactly exam excellent except excited excuse expecting expensive expires express
      extension extra extraction extractions face facial fact fair family fantastic far fax fee feel feeling feels fees fell
      few figure file fill filled filling fillings final finally find fine finished first follow following for forget forgot
      form forms found free french from front full fully fun further gave german get gets getting give given glad go goes
      going gone gonna good goodbye got gotta great greatest greetings group guess gum gums guy guys had hadn half hand
      happen happened happens happy hard has hasn hate have haven having he head health hear heard help helpful her here
      hers him himself his hold home hoping horrible hospital house how however huge human hundred hung hurt hurting hurts
      hyphen i id idea if important in inc included including indian info information initial inside instead insurance
      insured interested into invoice is isn issue it italian its itself jewish job just keep kept kind kinda know known
      lady last late later latest least leave left less let letter letters like likely line little live lived lives living
      located location long longer look looking lose lost lot lots loud love lovely low lunch machine made mail make makes
      making man manager many married massage matter maybe md me mean means medicaid medical medicare medication medications
      medicine meet meeting member membership memory mention mentioned message messages met mexican mid middle might mind
      mine minute miss missed missing mistake mobile moment money more morning mornings most mostly mouth move moved moving
      mrn much muslim must my myself account box door dei della im zum unter zur reside salon san saint mc mister center
      till bis county name names naturally near nearly necessary need needed needs neither nervous never new next nhs nice
      night nine no nobody none noon nope nor normal normally not nothing now num number numbers of off offer office offices
      often oh old older oldest on once online only open opening opposite option options or order org original other others
      otherwise our ours out outside over own owner pain painful paid paperwork parent parents parking part party passport
      past patient patients pay payment people per percent perfect perfectly perhaps period person phone phones pick place
      plan planning plans please pleased pleasure plenty plus pm point policy possible possibly postal postcode practice
      prefer preferred pregnant prescription pretty price prices probably problem problems procedure provider public pull
      push put question questions quick quickly quite rather reach reached read ready real realise realize really reason
      reception receptionist recommend record recently records reference referral referred regarding regular regards
      reminder remember repeat reply request reschedule rescheduled respond rest result results return returning ridiculous
      right role room root rough running safe said same sat save saw say saying says schedule scheduled scheduling second
      security see seem seems seen self send sending sends sensitive sent separate serious service services session set
      severe she short should shouldn show shown sick side sign simple since sir sit situation slash slightly slot slots
      slow small smile social some somebody someday someone something sometime sometimes somewhere soon sooner sore sorry
      sort sound sounds space spanish spa speak speaking special specialist specific spell spelled spelling spells spelt
      spoke spoken ssn staff standard start started starting starts stay still stop straight stuff subscriber such sudden
      super supposed surgery surname surprised swelling swollen take taken takes taking talk talked talking team tell
      terrible test text texting texts than thank thanks that the their theirs them themselves then there therapy these they
      thing things think thinking this those though thought through throwing tickle time times tired tissue title to today
      together told tomorrow tonight too took tooth top total totally touch toward transfer travel treatment treatments
      tried trouble true try trying turn twice type um-hum under underscore understand unfortunately unless until up upper
      upset urgent us use used using usual usually various very video visit visits voice voicemail wait waiting walk wanna
      want wanted wanting wants was wasn water way we website weekend weekends weird welcome went were weren what whatever
      when whenever where wherever whether which while white whitening who whoever whole whom whose why will willing wisdom
      wish with within without woman women won wonder wonderful wondering word words work worked working works world worried
      worries worry worse worst worth would wouldn wow write writing wrong wrote yesterday yet you young younger youngest
      your yours yourself zip ha lol btw asap eta etc e-mail gmail yahoo hotmail outlook icloud aol proton protonmail gmx
      mrs mr ms named boss colleague neighbor neighbour grandparents teen ppo hmo mri abc cpr tmj ent dds usa uk eu nyc faq
      irish scottish welsh polish russian korean japanese vietnamese filipino canadian british dutch greek turkish
      african asian hispanic latino latina portuguese brazilian swedish hindu buddhist vegan atm pdf sms ekg ecg iud hiv std adhd copd vip llc tv botox filler fillers invisalign veneer veneers implant implants
      denture dentures fluoride peel laser hygienist hygiene novocaine orthodontist orthodontic orthodontics retainer
      retainers molar molars cavity cavities sealant sealants microneedling acne skin scar scars mole moles google whatsapp
      facebook instagram zoom uber apple android internet wifi christmas thanksgiving easter halloween hanukkah ramadan
      aetna cigna humana delta blue cross shield kaiser united healthcare metlife bupa axa anthem guardian medi cal visa
      mastercard amex de la le les du des van von der den del di da bin al el los las das dos do zu'),
    -- Relatives, greetings, and what fills pauses.
    ('J', 'son sons daughter daughters wife husband mother father mom mommy mum dad daddy brother brothers sister sisters sis child children kid kids baby boy
      boys girl girls grandson granddaughter grandmother grandfather grandma grandpa nephew niece cousin aunt auntie uncle partner fiance fiancee fiancé fiancée boyfriend girlfriend friend friends stepson stepdaughter toddler toddlers twin twins spouse roommate grandchild infant teenager'), ('hi', 'hi hello hey'), ('uh', 'uh um ugh mhm mm hmm uhm huh ah well yes yeah yea yep sure ok okay so'),
    -- Parts of numbers: units, teens, tens, hundred, thousand, and how often the next digit is said.
    ('U0', 'zero oh nought naught nil'), ('U1', 'one'), ('U2', 'two'), ('U3', 'three'), ('U4', 'four'), ('U5', 'five'),
    ('U6', 'six'), ('U7', 'seven'), ('U8', 'eight'), ('U9', 'nine niner'),
    ('T10', 'ten'), ('T11', 'eleven'), ('T12', 'twelve'), ('T13', 'thirteen'), ('T14', 'fourteen'), ('T15', 'fifteen'),
    ('T16', 'sixteen'), ('T17', 'seventeen'), ('T18', 'eighteen'), ('T19', 'nineteen'),
    ('Y20', 'twenty'), ('Y30', 'thirty'), ('Y40', 'forty fourty'), ('Y50', 'fifty'), ('Y60', 'sixty'), ('Y70', 'seventy'),
    ('Y80', 'eighty'), ('Y90', 'ninety'), ('H', 'hundred'), ('K', 'thousand'), ('X2', 'double'), ('X3', 'triple treble'),
    -- Ordinals.
    ('O1', 'first'), ('O2', 'second'), ('O3', 'third'), ('O4', 'fourth'), ('O5', 'fifth'), ('O6', 'sixth'), ('O7', 'seventh'),
    ('O8', 'eighth'), ('O9', 'ninth'), ('O10', 'tenth'), ('O11', 'eleventh'), ('O12', 'twelfth'), ('O13', 'thirteenth'),
    ('O14', 'fourteenth'), ('O15', 'fifteenth'), ('O16', 'sixteenth'), ('O17', 'seventeenth'), ('O18', 'eighteenth'),
    ('O19', 'nineteenth'), ('O20', 'twentieth'), ('O30', 'thirtieth'),
    -- Months, weekdays, money, spans of time.
    ('M1', 'january jan'), ('M2', 'february feb'), ('M3', 'march mar'), ('M4', 'april apr'), ('M5', 'may'), ('M6', 'june jun'),
    ('M7', 'july jul'), ('M8', 'august aug'), ('M9', 'september sep sept'), ('M10', 'october oct'), ('M11', 'november nov'),
    ('M12', 'december dec'),
    ('D', 'monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays
      sundays tue tues wed thu thur thurs fri'),
    ('C', 'dollar dollars buck bucks euros pound pounds quid cent cents pence usd eur gbp'),
    ('Q', 'minutes min mins hours hour hr hrs days weeks week months month years year yrs seconds o''clock'),
    -- Streets: what is one almost always, what may be one, directions, and parts of a house.
    ('S', 'street avenue ave boulevard blvd road rd lane ln parkway pkwy highway hwy turnpike expressway freeway crescent mews'),
    ('Zst', 'st'), ('Zdr', 'dr'),
    ('Z', 'drive place pl court ct way circle cir square sq row hill park trail trl alley loop plaza gardens green grove
      view run pike path pass rise quay wharf crossing hollow ridge glen terrace close walk common meadow
      creek bend cove hills heights vale fields yard parade embankment bypass route'),
    ('V', 'north south east west northeast northwest southeast southwest nw ne sw'),
    ('B', 'apartment apt unit suite ste flat floor fl'),
    ('Us', 'illinois indiana california texas florida ohio georgia michigan virginia arizona massachusetts tennessee maryland
      wisconsin minnesota colorado alabama louisiana kentucky oregon oklahoma connecticut utah iowa nevada kansas pennsylvania'),
    ('Zbroadway', 'broadway'), ('F', 'rue chemin impasse allée allee quai cours'),
    ('G', 'straße strasse str weg platz gasse ufer damm chaussee')
  ) l(kind, words)
  cross join lateral regexp_split_to_table(btrim(l.words), '\s+') w(word)
$$;

ALTER FUNCTION app.redaction_vocabulary() OWNER TO owner;

COMMENT ON FUNCTION app.redaction_vocabulary() IS 'What the words of English scheduling talk are to the redactor: digits and numbers (U7, T12, Y40, H, K, X2), ordinals (O3), months (M3), weekdays (D), money (C), spans (Q), streets (S, Z, F, G), directions (V), parts of a house (B); every other word that is no name is itself.';

CREATE TABLE public.event_tickets (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    ticket_hash bytea NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    stream_until timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT event_tickets_ticket_hash_check CHECK ((octet_length(ticket_hash) = 32))
);

ALTER TABLE ONLY public.event_tickets FORCE ROW LEVEL SECURITY;

ALTER TABLE public.event_tickets OWNER TO owner;

COMMENT ON TABLE public.event_tickets IS 'Tickets that open one stream of live events each, for browsers, which cannot send a token there. Used up, or gone within the hour.';

COMMENT ON COLUMN public.event_tickets.ticket_hash IS 'SHA-256 of the ticket, which has 256 random bits and is shown once.';

COMMENT ON COLUMN public.event_tickets.stream_until IS 'When the token that the ticket was asked for with ends, and with it the stream.';

CREATE FUNCTION app.redeem_event_ticket(p_hash bytea) RETURNS SETOF public.event_tickets
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_ticket public.event_tickets;
begin
  -- Of two that show it at once, one finds the row.
  delete from public.event_tickets t where t.ticket_hash = p_hash returning t.* into v_ticket;
  if v_ticket.expires_at > app.now() then
    return next v_ticket;
  end if;
end
$$;

ALTER FUNCTION app.redeem_event_ticket(p_hash bytea) OWNER TO app_definer;

COMMENT ON FUNCTION app.redeem_event_ticket(p_hash bytea) IS 'Uses a ticket up and returns whose it is; no row when it is unknown, used or ran out. Whether they are still a member is for the transaction that follows to say.';

CREATE FUNCTION app.refresh_routing(p_provisioning_id uuid, p_routed_as text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_run public.provisioning;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id for update;
  v_now := app.now();
  if v_run.state is distinct from 'active' then
    return false;
  end if;
  update public.provisioning_steps s
  set state = 'waiting', attempts = 0, error = null, updated_at = v_now
  where s.org_id = v_org_id and s.provisioning_id = p_provisioning_id and s.step = 'routing'
    and s.external_id is distinct from p_routed_as;
  if not found then
    return false;
  end if;
  update public.provisioning p
  set state = 'running', next_at = null, updated_at = v_now
  where p.org_id = v_org_id and p.id = p_provisioning_id;
  return true;
end
$$;

ALTER FUNCTION app.refresh_routing(p_provisioning_id uuid, p_routed_as text) OWNER TO app_writer;

COMMENT ON FUNCTION app.refresh_routing(p_provisioning_id uuid, p_routed_as text) IS 'Has a line that works routed anew when it was routed otherwise than p_routed_as says, as after a change of our address or of the webhook''s secret. Returns whether there is something to do.';

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

CREATE FUNCTION app.register_tool(p_name text, p_claim_id uuid, p_hash text, p_vapi_tool_id text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.vapi_tools t
  set vapi_tool_id = p_vapi_tool_id, definition_hash = p_hash, registered_at = app.now(), claim_id = null, claimed_until = null,
    previous_id = case when t.vapi_tool_id = p_vapi_tool_id then t.previous_id else t.vapi_tool_id end,
    previous_hash = case when t.vapi_tool_id = p_vapi_tool_id then t.previous_hash else t.definition_hash end,
    retired_ids = case when t.vapi_tool_id is null or t.vapi_tool_id = p_vapi_tool_id then t.retired_ids
      else t.retired_ids || t.vapi_tool_id end
  where t.name = p_name and t.claim_id = p_claim_id;
  return found;
end
$$;

ALTER FUNCTION app.register_tool(p_name text, p_claim_id uuid, p_hash text, p_vapi_tool_id text) OWNER TO app_definer;

COMMENT ON FUNCTION app.register_tool(p_name text, p_claim_id uuid, p_hash text, p_vapi_tool_id text) IS 'Notes a tool''s registration at Vapi; the id it had before is kept as retired, because assistants and running calls may still carry it. False when the claim was lost.';

CREATE FUNCTION app.relay_events(p_after_xid bigint, p_after_id bigint, p_limit integer) RETURNS SETOF app.relayed_event
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO ''
    AS $$
  select s.below::text::bigint, app.now(), e.xid::text::bigint, e.id, e.org_id, e.kind, e.entity, e.entity_id, e.at
  from (select pg_snapshot_xmin(pg_current_snapshot()) as below) s
  left join lateral (
    select v.*
    from public.events v
    where v.xid < s.below and (v.xid, v.id) > (p_after_xid::text::xid8, p_after_id)
    order by v.xid, v.id
    limit p_limit
  ) e on true
  order by e.xid, e.id
$$;

ALTER FUNCTION app.relay_events(p_after_xid bigint, p_after_id bigint, p_limit integer) OWNER TO app_definer;

COMMENT ON FUNCTION app.relay_events(p_after_xid bigint, p_after_id bigint, p_limit integer) IS 'The next live events of all tenants after the given place, in an order that later transactions only add to. At least one row, also when there is nothing new; a place of NULL asks only where the events end now. For the relay, which hands each tenant''s to that tenant.';

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

CREATE FUNCTION app.release_number(p_number text) RETURNS void
    LANGUAGE sql
    SET search_path TO ''
    AS $$
  delete from public.phone_numbers n
  where n.org_id = app.require_org_id() and n.number = p_number
    and n.provider = 'twilio' and n.vapi_phone_number_id is null and n.agent_id is null
    and not exists (
      select from public.provisioning p
      where p.org_id = n.org_id and p.number = n.number and p.state not in ('undone', 'released'))
$$;

ALTER FUNCTION app.release_number(p_number text) OWNER TO owner;

COMMENT ON FUNCTION app.release_number(p_number text) IS 'Gives up a number that only texts used. One that calls use, or are about to (known to Vapi, with an agent, or being set up), stays the clinic''s.';

CREATE FUNCTION app.release_phone_number(p_phone_number_id uuid) RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_number public.phone_numbers;
  v_run public.provisioning;
begin
  perform app.require_admin();
  select * into v_number
  from public.phone_numbers n
  where n.org_id = v_org_id and n.id = p_phone_number_id
  for update;
  if v_number.id is null then
    raise exception 'there is no such number' using errcode = 'VX404';
  end if;
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.number = v_number.number and p.state not in ('undone', 'released')
  for update;
  if v_run.id is null then
    -- Nothing of it was set up outside by us; it gets a run all the same, so that its end is told like any other.
    insert into public.provisioning (org_id, number, account_ref, state, started_by)
    values (v_org_id, v_number.number, '', 'releasing', app.current_user_id())
    returning * into v_run;
    perform app.conclude_provisioning(v_run.id);
  elsif v_run.state <> 'releasing' then
    perform app.turn_around(v_run.id, 'releasing');
    perform app.start_provisioning(v_run.id);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'number_released', 'phone_number', v_number.id, app.current_user_id());
  return v_run.id;
end
$$;

ALTER FUNCTION app.release_phone_number(p_phone_number_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.release_phone_number(p_phone_number_id uuid) IS 'Gives a number up: its run is undone outside, then its row goes; the Twilio account is kept. Returns the run, to wait for. Owner or admin only (VX403). VX404: no such number.';

CREATE FUNCTION app.release_tool_claim(p_name text, p_claim_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.vapi_tools t
  set claim_id = null, claimed_until = null
  where t.name = p_name and t.claim_id = p_claim_id;
end
$$;

ALTER FUNCTION app.release_tool_claim(p_name text, p_claim_id uuid) OWNER TO app_definer;

COMMENT ON FUNCTION app.release_tool_claim(p_name text, p_claim_id uuid) IS 'Gives a claim back after a registration that surely did not happen, so that the next try need not wait.';

CREATE FUNCTION app.reminder_text(p_visit public.appointments, p_method text) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
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

ALTER FUNCTION app.reminder_text(p_visit public.appointments, p_method text) OWNER TO owner;

COMMENT ON FUNCTION app.reminder_text(p_visit public.appointments, p_method text) IS 'The words of a reminder of one visit in the contact''s language: array[subject, body]. sms: the clinic''s wording for reminders; email: what a confirmation by e-mail says, without the file for the calendar and without anything to answer.';

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

CREATE FUNCTION app.remove_credential(p_provider text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_removed public.org_credentials;
begin
  perform app.require_admin();
  if p_provider = 'twilio' and exists (
    select from public.provisioning p where p.org_id = v_org_id and p.state not in ('undone', 'released')) then
    raise exception 'a number of this account is in use: release it first' using errcode = 'VX409';
  end if;
  delete from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  returning * into v_removed;
  if v_removed.id is null then
    return false;
  end if;
  if p_provider = 'twilio' then
    perform app.release_number(v_removed.sender);
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_removed', 'credential', v_removed.id, app.current_user_id());
  return true;
end
$$;

ALTER FUNCTION app.remove_credential(p_provider text) OWNER TO app_writer;

COMMENT ON FUNCTION app.remove_credential(p_provider text) IS 'Forgets a provider''s credential and, for twilio, the number that only texts used. Returns whether there was one. Owner or admin only (VX403). VX409: calls use a number of the account, which could not be given back without it.';

CREATE FUNCTION app.remove_member(p_user_id uuid) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.may_change_member(p_user_id, null);
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'member_removed', 'user', p_user_id, app.current_user_id());
  delete from public.profiles p where p.org_id = v_org_id and p.user_id = p_user_id;
end
$$;

ALTER FUNCTION app.remove_member(p_user_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.remove_member(p_user_id uuid) IS 'Ends a membership; the person''s token is refused from the next request on. Owner and admin only; an owner is removed by owners (VX403). VX404: no such member; VX409: the last owner.';

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

CREATE FUNCTION app.render_text(p_body text, p_fields jsonb) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $_$
begin
  return (
    select coalesce(string_agg(
      coalesce(p_fields ->> substring(t.token[1] from '^[{]([a-z_]+)[}]$'), t.token[1]), '' order by t.at), '')
    from regexp_matches(p_body, '([{][a-z_]+[}]|[^{]+|[{])', 'g') with ordinality t (token, at)
  );
end
$_$;

ALTER FUNCTION app.render_text(p_body text, p_fields jsonb) OWNER TO owner;

COMMENT ON FUNCTION app.render_text(p_body text, p_fields jsonb) IS 'A template''s body with its {fields} replaced by the values of the object. A field that the object lacks, or has as null, stays as it is; values are not searched for fields.';

CREATE FUNCTION app.renew_invitation(p_invitation_id uuid, p_token_id uuid, p_token_hash bytea, p_mail boolean DEFAULT false, p_platform_mail text DEFAULT NULL::text, p_request_id text DEFAULT NULL::text) RETURNS SETOF app.invitation_row
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_invitation public.invitations;
begin
  perform app.require_admin();
  -- As app.invite_member locks, and the row too: what is withdrawn meanwhile must not be invited anew.
  perform from public.organizations o where o.id = app.require_org_id() for no key update;
  select * into v_invitation
  from public.invitations i
  where i.org_id = app.require_org_id() and i.id = p_invitation_id and i.accepted_at is null
  for update;
  if v_invitation.id is null then
    raise exception 'there is no such open invitation' using errcode = 'VX404';
  end if;
  return query select * from app.invite_member(v_invitation.email, v_invitation.role, p_token_id, p_token_hash, p_mail, p_platform_mail, p_request_id);
end
$$;

ALTER FUNCTION app.renew_invitation(p_invitation_id uuid, p_token_id uuid, p_token_hash bytea, p_mail boolean, p_platform_mail text, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.renew_invitation(p_invitation_id uuid, p_token_id uuid, p_token_hash bytea, p_mail boolean, p_platform_mail text, p_request_id text) IS 'Invites the address of an open invitation once more, also an expired one: seven days from now, with a new token and a new e-mail; the earlier token opens nothing any more. VX404 when there is none, or it was accepted; otherwise as app.invite_member.';

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

CREATE FUNCTION app.replayed_message(p_send_key text, p_category text, p_contact_id uuid) RETURNS app.message_decision
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_message public.messages;
  v_decision app.message_decision;
begin
  select * into v_message from public.messages m where m.org_id = app.require_org_id() and m.send_key = p_send_key;
  if v_message.id is null then
    return v_decision;
  elsif v_message.category <> p_category or v_message.contact_id is distinct from p_contact_id then
    -- To answer "sent" would leave somebody believing that this one was told.
    raise exception 'this send key names a message of another kind or to somebody else' using errcode = 'VX409';
  end if;
  v_decision.outcome := 'replayed';
  v_decision.reason := v_message.reason;
  v_decision.message_id := v_message.id;
  v_decision.status := v_message.status;
  v_decision.recipient := v_message.recipient;
  v_decision.content := v_message.content;
  v_decision.segments := v_message.segments;
  return v_decision;
end
$$;

ALTER FUNCTION app.replayed_message(p_send_key text, p_category text, p_contact_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.replayed_message(p_send_key text, p_category text, p_contact_id uuid) IS 'What became of an earlier wish to send with this key: outcome replayed with the message as it stands now, or an outcome of NULL when the key is new. A key that was used for another category or contact is VX409.';

CREATE FUNCTION app.reply_intent(p_text text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $_$
declare
  v_plain text := regexp_replace(normalize(upper(coalesce(p_text, '')), nfkd), '[\u0300-\u036f''’`]', '', 'g');
  v_words text := btrim(regexp_replace(v_plain, '[^A-Z0-9]+', ' ', 'g'));
  v_word text := replace(v_words, ' ', '');
begin
  return case
    when v_word in ('STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT',
      'ALTO', 'BAJA', 'ARRET', 'STOPP', 'ABMELDEN') then 'opt_out'
    when v_words ~ '^(PLEASE )?(STOP|QUIT)( IT| NOW| THIS)?( PLEASE)?$'
      or v_words ~ '^(PLEASE )?(UNSUBSCRIBE|REMOVE|OPT) ME( OUT)?( FROM (THE |THIS |YOUR |ALL )?(TEXT |MAILING )?(LIST|LISTS|TEXTS|MESSAGES))?( PLEASE)?$'
      or v_words ~ '^(PLEASE |I WANT TO |I WOULD LIKE TO |ID LIKE TO )?OPT ?OUT( PLEASE| OF .*)?$'
      or v_words ~ '^(PLEASE )?STOP (TEXTING|MESSAGING|CONTACTING|SENDING|THESE TEXTS|THE TEXTS|ALL TEXTS|THESE MESSAGES)\M'
      or v_words ~ '^(PLEASE )?(DO NOT|DONT|NEVER) (TEXT|MESSAGE|CONTACT) ME\M'
      or v_words ~ '^(PLEASE )?(DO NOT|DONT) TEXT( AGAIN| ANY ?MORE| THIS NUMBER)?( PLEASE)?$'
      or v_words ~ '^(PLEASE )?(TAKE ME OFF|NO MORE (TEXTS|MESSAGES))\M' then 'opt_out'
    when v_word in ('START', 'UNSTOP') then 'opt_in'
    when v_word in ('HELP', 'INFO') then 'help'
    when v_word in ('YES', 'Y') then 'yes'
    when v_word in ('C', 'CONFIRM', 'CONFIRMED', 'OK', 'OKAY') then 'confirm'
    when v_word in ('X', 'CHANGE') then 'change'
    when v_word in ('NO', 'N', 'KEEP') then 'no'
    when v_word ~ '^[0-9]{1,2}$' then 'number'
    else 'other'
  end;
end
$_$;

ALTER FUNCTION app.reply_intent(p_text text) OWNER TO owner;

COMMENT ON FUNCTION app.reply_intent(p_text text) IS 'What a patient''s text says: opt_out, opt_in, help, yes, confirm, change, no, number (one or two digits) or other. Case, accents, blanks and punctuation do not matter. yes is an opt_in from somebody who opted out; the caller decides.';

CREATE FUNCTION app.reply_wording(p_kind text, p_language text) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select w.body
  from (values
    ('confirmed', 'en', '{clinic}: thank you, this visit is confirmed: {visits}'),
    ('confirmed', 'es', '{clinic}: gracias, la cita queda confirmada: {visits}'),
    ('confirmed', 'fr', '{clinic} : merci, ce rendez-vous est confirmé : {visits}'),
    ('confirmed', 'de', '{clinic}: danke, dieser Termin ist bestätigt: {visits}'),
    ('cancelled', 'en', '{clinic}: this visit is cancelled: {visits}. To book again, call {phone}.'),
    ('cancelled', 'es', '{clinic}: la cita queda anulada: {visits}. Para otra cita, llame al {phone}.'),
    ('cancelled', 'fr', '{clinic} : ce rendez-vous est annulé : {visits}. Pour un autre, appelez le {phone}.'),
    ('cancelled', 'de', '{clinic}: dieser Termin ist abgesagt: {visits}. Für einen neuen rufen Sie {phone} an.'),
    ('kept', 'en', '{clinic}: nothing was cancelled: {visits}'),
    ('kept', 'es', '{clinic}: no se ha anulado nada: {visits}'),
    ('kept', 'fr', '{clinic} : rien n''a été annulé : {visits}'),
    ('kept', 'de', '{clinic}: es wurde nichts abgesagt: {visits}'),
    ('cancel_this', 'en', 'Reply X again to cancel this visit, or C to keep it: {visits}'),
    ('cancel_this', 'es', 'Responda X otra vez para anular esta cita, o C para mantenerla: {visits}'),
    ('cancel_this', 'fr', 'Répondez encore X pour annuler ce rendez-vous, ou C pour le garder : {visits}'),
    ('cancel_this', 'de', 'Antworten Sie noch einmal X, um diesen Termin abzusagen, oder C, um ihn zu behalten: {visits}'),
    ('cancel_which', 'en', 'Which visit is to be cancelled? Reply with its number, or C to keep all.{visits}'),
    ('cancel_which', 'es', '¿Qué cita quiere anular? Responda con su numero, o C para mantener todas.{visits}'),
    ('cancel_which', 'fr', 'Quel rendez-vous annuler ? Répondez par son numéro, ou C pour tout garder.{visits}'),
    ('cancel_which', 'de', 'Welcher Termin soll entfallen? Antworten Sie mit der Nummer, oder C, um alle zu behalten.{visits}'),
    ('confirm_which', 'en', 'Which visit do you confirm? Reply with its number.{visits}'),
    ('confirm_which', 'es', '¿Qué cita confirma? Responda con su numero.{visits}'),
    ('confirm_which', 'fr', 'Quel rendez-vous confirmez-vous ? Répondez par son numéro.{visits}'),
    ('confirm_which', 'de', 'Welchen Termin bestätigen Sie? Antworten Sie mit der Nummer.{visits}'),
    ('help', 'en', '{clinic}: call us at {phone}. Reply STOP to get no more texts.'),
    ('help', 'es', '{clinic}: llamenos al {phone}. Responda STOP para no recibir mas mensajes.'),
    ('help', 'fr', '{clinic} : appelez-nous au {phone}. Répondez STOP pour ne plus recevoir de messages.'),
    ('help', 'de', '{clinic}: rufen Sie uns an: {phone}. Antworten Sie STOP, um keine Nachrichten mehr zu erhalten.')
  ) w (kind, language, body)
  where w.kind = p_kind and w.language in (p_language, 'en')
  order by w.language = p_language desc
  limit 1
$$;

ALTER FUNCTION app.reply_wording(p_kind text, p_language text) OWNER TO owner;

COMMENT ON FUNCTION app.reply_wording(p_kind text, p_language text) IS 'How we answer a text: kind confirmed, cancelled, kept, help, or a question of reply_questions; with fields in braces for app.render_text. English where the language has no wording.';

CREATE FUNCTION app.request_agent_sync(p_agent_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  -- Out of step, so that the job does not take "synced" for an answer.
  update public.agents a
  set sync_status = case when a.sync_status = 'synced' then 'pending' else a.sync_status end, failures = 0, retry_at = null
  where a.org_id = app.require_org_id() and a.id = p_agent_id;
  if not found then
    return false;
  end if;
  perform app.enqueue_job('sync_agent', jsonb_build_object('agent_id', p_agent_id));
  return true;
end
$$;

ALTER FUNCTION app.request_agent_sync(p_agent_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.request_agent_sync(p_agent_id uuid) IS 'Asks for an agent''s assistant to be brought in step, whatever its state, as an operator does; nothing of the agent changes. False: there is no such agent.';

CREATE FUNCTION app.request_code(p_call_id uuid, p_number text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_caller_id uuid;
  v_contact_id uuid;
  v_code_id uuid;
  v_scheduled_id uuid;
begin
  perform app.lock_call(p_call_id);
  v_caller_id := app.contact_of_call(p_call_id);
  if 3 <= (select count(*) from public.identity_codes c where c.org_id = v_org_id and c.call_id = p_call_id) then
    return 'locked';
  end if;

  -- Whom this call itself introduced, no code has to open.
  select k.id into v_contact_id
  from public.contacts k
  where k.org_id = v_org_id and k.phone is not null
    and case when p_number is null then k.id = v_caller_id else k.phone = p_number end
    and exists (
      select from public.patients p
      where p.org_id = k.org_id and p.contact_id = k.id and p.origin_call_id is distinct from p_call_id);
  perform pg_advisory_xact_lock(3, hashtext(v_contact_id::text));
  v_now := app.now();
  if 3 <= (
    select count(*) from public.identity_codes c
    where c.org_id = v_org_id and c.contact_id = v_contact_id and c.kind = 'texted'
      and c.expires_at > c.created_at and c.created_at > v_now - interval '1 hour')
  then
    v_contact_id := null;
  end if;

  -- An ask that sends nothing is written down too, as expired: it counts for the call, and for nobody's hour.
  insert into public.identity_codes (org_id, kind, contact_id, call_id, created_at, expires_at)
  values (v_org_id, 'texted', coalesce(v_contact_id, v_caller_id), p_call_id, v_now,
    case when v_contact_id is null then v_now else v_now + interval '10 minutes' end)
  returning id into v_code_id;
  if v_contact_id is not null then
    insert into public.scheduled_messages (org_id, kind, contact_id, call_id, code_id, due_at)
    values (v_org_id, 'code', v_contact_id, p_call_id, v_code_id, v_now)
    returning id into v_scheduled_id;
    perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_scheduled_id), v_now);
  end if;
  return 'maybe_sent';
end
$$;

ALTER FUNCTION app.request_code(p_call_id uuid, p_number text) OWNER TO app_writer;

COMMENT ON FUNCTION app.request_code(p_call_id uuid, p_number text) IS 'Lets a code go to the number on file: p_number as the caller says it (E.164), NULL for the number that calls. maybe_sent whether or not anybody has that number, and also when the contact has had three codes within the hour; locked after three asks in the call. The code opens that contact''s patients to this call for ten minutes. VX404 when the call is not the tenant''s.';

CREATE FUNCTION app.require_admin() RETURNS void
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
begin
  if app.current_member_role() is distinct from 'owner' and app.current_member_role() is distinct from 'admin' then
    raise exception 'this needs an owner or admin' using errcode = 'VX403';
  end if;
end
$$;

ALTER FUNCTION app.require_admin() OWNER TO owner;

COMMENT ON FUNCTION app.require_admin() IS 'Raises VX403 unless an owner or admin is acting: rules, keys and erasure are not everyday work.';

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

CREATE FUNCTION app.reroute_numbers(p_location_id uuid, p_agent_id uuid, p_number text DEFAULT NULL::text) RETURNS integer
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_id uuid;
  v_count integer := 0;
begin
  for v_id in
    select p.id
    from public.provisioning p
    join public.phone_numbers n on n.org_id = p.org_id and n.number = p.number
    where p.org_id = v_org_id
      and p.state in ('running', 'active')
      and (n.location_id = p_location_id or n.number = p_number or p_agent_id = coalesce(n.agent_id, (
        select a.id from public.agents a
        where a.org_id = v_org_id and a.role = 'inbound' and a.is_default and a.deleted_at is null)) and n.routing = 'fixed')
    order by p.id
    for update of p
  loop
    v_now := app.now();
    update public.provisioning p
    set state = 'running', updated_at = v_now
    where p.org_id = v_org_id and p.id = v_id;
    update public.provisioning_steps s
    set state = 'waiting', attempts = 0, error = null, updated_at = v_now
    where s.org_id = v_org_id and s.provisioning_id = v_id and s.step = 'routing';
    perform app.start_provisioning(v_id);
    v_count := v_count + 1;
  end loop;
  return v_count;
end
$$;

ALTER FUNCTION app.reroute_numbers(p_location_id uuid, p_agent_id uuid, p_number text) OWNER TO owner;

COMMENT ON FUNCTION app.reroute_numbers(p_location_id uuid, p_agent_id uuid, p_number text) IS 'Has numbers routed anew at Vapi, because what they point to changed: those of a location, those that carry an agent''s assistant, or one; each may be NULL. Returns how many there were.';

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

CREATE FUNCTION app.reseal_credential(p_provider text, p_old_nonce bytea, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  update public.org_credentials c
  set ciphertext = p_ciphertext, nonce = p_nonce, auth_tag = p_auth_tag, key_id = p_key_id
  where c.org_id = app.require_org_id() and c.provider = p_provider and c.nonce = p_old_nonce;
  return found;
end
$$;

ALTER FUNCTION app.reseal_credential(p_provider text, p_old_nonce bytea, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.reseal_credential(p_provider text, p_old_nonce bytea, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text) IS 'Puts the same secret, sealed with another key, in place. Only while the row still holds what was sealed with p_old_nonce: a credential that was saved anew meanwhile stays, also one sealed with the same old key. updated_at stays: it says when the secret changed. Returns whether it was replaced.';

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

CREATE FUNCTION app.retired_tools() RETURNS SETOF text
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  return query
  select r.id
  from public.vapi_tools t
  cross join unnest(t.retired_ids) r(id)
  -- A call runs for an hour at most, and may use the tools that it began with.
  where t.registered_at < app.now() - interval '2 hours'
    and not exists (select from public.agent_tools a where a.vapi_tool_id = r.id)
    and not exists (select from public.vapi_tools o where o.vapi_tool_id = r.id);
end
$$;

ALTER FUNCTION app.retired_tools() OWNER TO app_definer;

COMMENT ON FUNCTION app.retired_tools() IS 'Vapi ids of earlier definitions that no agent of any tenant carries any more, two hours after their replacement was registered. Whether some assistant at Vapi still does is for the caller to look up.';

CREATE FUNCTION app.revoke_share(p_share_id uuid, p_request_id text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  if not exists (select from public.recording_shares s where s.org_id = v_org_id and s.id = p_share_id) then
    raise exception 'there is no such link' using errcode = 'VX404';
  end if;
  update public.recording_shares s
  set revoked_at = app.now(), revoked_by = app.current_user_id()
  where s.org_id = v_org_id and s.id = p_share_id and s.revoked_at is null;
  if found then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
    values (v_org_id, 'share_revoked', 'recording_share', p_share_id, app.current_user_id(), left(p_request_id, 64));
  end if;
end
$$;

ALTER FUNCTION app.revoke_share(p_share_id uuid, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.revoke_share(p_share_id uuid, p_request_id text) IS 'From now on the link opens nothing; said again it changes nothing. Staff only (VX403); VX404 for an unknown link.';

CREATE FUNCTION app.roll_up_calls(p_days integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_zone text;
  v_today date;
  v_midnight timestamptz;
  v_first timestamptz;
  v_day date;
  v_rolled integer := 0;
begin
  if not pg_try_advisory_xact_lock(8, hashtext(v_org_id::text)) then
    return 0;
  end if;
  select o.time_zone into v_zone from public.organizations o where o.id = v_org_id;
  delete from public.call_days d where d.org_id = v_org_id and d.time_zone <> v_zone;
  v_today := (app.now() at time zone v_zone)::date;
  v_midnight := app.local_instant(v_today::timestamp, v_zone, false);
  select min(f.began_at) into v_first
  from app.call_gaps(v_zone) g
  cross join lateral (
    (select l.began_at from public.call_logs l
    where l.org_id = v_org_id and l.deleted_at is null and l.began_at >= lower(g) and l.began_at < least(upper(g), v_midnight)
    order by l.began_at limit 1)
    union all
    (select l.began_at from public.call_logs l
    where l.org_id = v_org_id and l.deleted_at is not null and l.began_at >= lower(g) and l.began_at < least(upper(g), v_midnight)
    order by l.began_at limit 1)
  ) f;
  if v_first is null or not isfinite(v_first) then
    return 0;
  end if;

  for v_day in
    select (v_first at time zone v_zone)::date + n from generate_series(0, p_days - 1) n
  loop
    exit when v_day >= v_today;
    insert into public.call_days (org_id, day, time_zone, from_at, to_at,
      calls, inbound, outbound, ended, missed, failed, transferred, timed, seconds)
    select v_org_id, v_day, v_zone, s.from_at, s.to_at, c.*
    from (
      select app.local_instant(v_day::timestamp, v_zone, false) as from_at,
        app.local_instant((v_day + 1)::timestamp, v_zone, false) as to_at
    ) s
    cross join lateral app.count_calls(s.from_at, s.to_at) c
    where s.from_at < s.to_at -- Samoa had no 30 December 2011
      and not exists (
        select from public.call_days d where d.org_id = v_org_id and d.day = v_day and d.time_zone = v_zone);
    if found then
      v_rolled := v_rolled + 1;
    end if;
  end loop;
  return v_rolled;
end
$$;

ALTER FUNCTION app.roll_up_calls(p_days integer) OWNER TO app_writer;

COMMENT ON FUNCTION app.roll_up_calls(p_days integer) IS 'Counts days of calls that are over in the clinic''s zone and have no row in call_days, from the first such call on, p_days in a row at most. Returns how many days it counted; 0: none is left, or somebody writes a call of the clinic just now, then the next hour does it. Rows of a zone that the clinic had before go.';

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
    saved_at timestamp with time zone DEFAULT app.now() NOT NULL,
    synced_at timestamp with time zone,
    creating_since timestamp with time zone,
    lease_id uuid,
    lease_until timestamp with time zone,
    failures integer DEFAULT 0 NOT NULL,
    retry_at timestamp with time zone,
    trace_context text,
    deleted_at timestamp with time zone,
    CONSTRAINT agents_deleted CHECK (((deleted_at IS NULL) OR (NOT is_default))),
    CONSTRAINT agents_failures_check CHECK ((failures >= 0)),
    CONSTRAINT agents_language_check CHECK ((language ~ '^[a-z]{2}-[A-Z]{2}$'::text)),
    CONSTRAINT agents_lease CHECK (((lease_id IS NULL) = (lease_until IS NULL))),
    CONSTRAINT agents_max_call_duration_check CHECK (((max_call_duration >= '00:01:00'::interval) AND (max_call_duration <= '01:00:00'::interval))),
    CONSTRAINT agents_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 40))),
    CONSTRAINT agents_role_check CHECK ((role = ANY (ARRAY['inbound'::text, 'outbound'::text]))),
    CONSTRAINT agents_sync_status_check CHECK ((sync_status = ANY (ARRAY['pending'::text, 'synced'::text, 'registered_not_linked'::text, 'failed'::text]))),
    CONSTRAINT agents_trace_context_check CHECK ((trace_context ~ '^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$'::text))
);

ALTER TABLE ONLY public.agents FORCE ROW LEVEL SECURITY;

ALTER TABLE public.agents OWNER TO owner;

COMMENT ON TABLE public.agents IS 'How the clinic''s receptionist speaks: one row per voice agent, mirrored to an assistant at Vapi.';

COMMENT ON COLUMN public.agents.is_default IS 'The agent of its role that is used where no other is named; one per organisation and role.';

COMMENT ON COLUMN public.agents.language IS 'BCP 47 tag of what callers speak; also decides how numeric dates are read.';

COMMENT ON COLUMN public.agents.desired_version IS 'Goes up with every save; the assistant is in step when synced_version has caught up.';

COMMENT ON COLUMN public.agents.sync_status IS 'registered_not_linked: the tools exist at Vapi, the assistant could not be linked; the reconciler tries again.';

COMMENT ON COLUMN public.agents.saved_at IS 'When desired_version was last raised; save to linked is measured from here.';

COMMENT ON COLUMN public.agents.synced_at IS 'When the assistant was last seen in step.';

COMMENT ON COLUMN public.agents.creating_since IS 'Set before an assistant is created at Vapi and cleared with its id: still set, one may exist that we do not know, and is looked for before another is made.';

COMMENT ON COLUMN public.agents.lease_id IS 'The sync that works on this agent now; it may only write under its own lease.';

COMMENT ON COLUMN public.agents.lease_until IS 'When that sync is taken for dead.';

COMMENT ON COLUMN public.agents.failures IS 'Syncs given up one after the other; a save or a success begins anew.';

COMMENT ON COLUMN public.agents.retry_at IS 'Not before this does the reconciler try again, so that what Vapi refuses for good is not asked every minute.';

COMMENT ON COLUMN public.agents.trace_context IS 'W3C traceparent of the save, so that the trace goes on in the worker.';

COMMENT ON COLUMN public.agents.deleted_at IS 'Deleted by staff; the row goes when its assistant at Vapi is gone.';

CREATE FUNCTION app.save_agent(p_agent_id uuid, p_name text DEFAULT NULL::text, p_role text DEFAULT NULL::text, p_voice text DEFAULT NULL::text, p_language text DEFAULT NULL::text, p_system_prompt text DEFAULT NULL::text, p_first_message text DEFAULT NULL::text, p_max_call_seconds integer DEFAULT NULL::integer, p_is_default boolean DEFAULT NULL::boolean, p_trace_context text DEFAULT NULL::text) RETURNS SETOF public.agents
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_agent public.agents;
begin
  perform app.require_admin();
  if p_agent_id is null then
    insert into public.agents (org_id, name, role, saved_at)
    values (v_org_id, coalesce(p_name, 'Receptionist'), coalesce(p_role, 'inbound'), v_now)
    returning * into v_agent;
  else
    select * into v_agent
    from public.agents a
    where a.org_id = v_org_id and a.id = p_agent_id and a.deleted_at is null
    for update;
    if v_agent.id is null then
      raise exception 'there is no such agent' using errcode = 'VX404';
    end if;
  end if;

  -- The first agent of its role is the default; naming another one moves the mark.
  if p_is_default or not exists (
    select from public.agents a
    where a.org_id = v_org_id and a.role = coalesce(p_role, v_agent.role) and a.is_default and a.id <> v_agent.id)
  then
    update public.agents a
    set is_default = false
    where a.org_id = v_org_id and a.role = coalesce(p_role, v_agent.role) and a.is_default and a.id <> v_agent.id;
    p_is_default := true;
  end if;

  update public.agents a
  set name = coalesce(p_name, a.name), role = coalesce(p_role, a.role), voice = coalesce(p_voice, a.voice),
    language = coalesce(p_language, a.language), system_prompt = coalesce(p_system_prompt, a.system_prompt),
    first_message = coalesce(p_first_message, a.first_message),
    max_call_duration = coalesce(make_interval(secs => p_max_call_seconds), a.max_call_duration),
    is_default = coalesce(p_is_default, a.is_default),
    desired_version = a.desired_version + case when p_agent_id is null then 0 else 1 end,
    sync_status = 'pending', sync_error = null, failures = 0, retry_at = null,
    saved_at = v_now, updated_at = v_now, trace_context = p_trace_context
  where a.org_id = v_org_id and a.id = v_agent.id
  returning * into v_agent;
  perform app.enqueue_job('sync_agent', jsonb_build_object('agent_id', v_agent.id));
  return next v_agent;
exception
  when unique_violation then
    raise exception 'another agent has this name' using errcode = 'VX409';
  when check_violation or string_data_right_truncation then
    raise exception 'name, role, language or duration is not allowed: see the API description' using errcode = 'VX400';
end
$$;

ALTER FUNCTION app.save_agent(p_agent_id uuid, p_name text, p_role text, p_voice text, p_language text, p_system_prompt text, p_first_message text, p_max_call_seconds integer, p_is_default boolean, p_trace_context text) OWNER TO app_writer;

COMMENT ON FUNCTION app.save_agent(p_agent_id uuid, p_name text, p_role text, p_voice text, p_language text, p_system_prompt text, p_first_message text, p_max_call_seconds integer, p_is_default boolean, p_trace_context text) IS 'Makes (p_agent_id NULL) or changes an agent and asks for its assistant to be brought in step; owners and admins only (VX403). What is NULL stays. p_trace_context: W3C traceparent of the request. Nothing outside is called here. VX404 no such agent, VX409 the name is taken, VX400 a value that is not allowed.';

CREATE FUNCTION app.save_campaign(p_campaign_id uuid, p_name text, p_category text, p_segment jsonb, p_steps jsonb, p_stop_on_reply boolean DEFAULT true, p_stop_on_booking boolean DEFAULT true) RETURNS SETOF public.campaigns
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := btrim(coalesce(p_name, ''));
  v_campaign public.campaigns;
begin
  perform app.require_staff();
  if char_length(v_name) not between 1 and 80 or coalesce(p_category, '') not in ('marketing', 'follow_up') then
    raise exception 'a campaign needs a name of up to 80 characters and a category: marketing or follow_up' using errcode = 'VX400';
  end if;
  perform app.check_segment(p_segment);
  perform app.check_steps(p_category, p_steps);

  if p_campaign_id is null then
    insert into public.campaigns (org_id, name, category, segment, stop_on_reply, stop_on_booking)
    values (v_org_id, v_name, p_category, p_segment, coalesce(p_stop_on_reply, true), coalesce(p_stop_on_booking, true))
    returning * into v_campaign;
  else
    select * into v_campaign from public.campaigns c where c.org_id = v_org_id and c.id = p_campaign_id for update;
    if v_campaign.id is null then
      raise exception 'there is no such campaign' using errcode = 'VX404';
    elsif v_campaign.status <> 'draft' then
      raise exception 'a campaign that was started stays as it is' using errcode = 'VX409';
    end if;
    update public.campaigns c
    set name = v_name, category = p_category, segment = p_segment, stop_on_reply = coalesce(p_stop_on_reply, true),
      stop_on_booking = coalesce(p_stop_on_booking, true), updated_at = app.now()
    where c.org_id = v_org_id and c.id = p_campaign_id
    returning * into v_campaign;
    delete from public.campaign_steps s where s.org_id = v_org_id and s.campaign_id = p_campaign_id;
  end if;

  insert into public.campaign_steps (org_id, campaign_id, position, after, template_id)
  select v_org_id, v_campaign.id, e.position, make_interval(mins => (e.step ->> 'after_minutes')::integer),
    (e.step ->> 'template_id')::uuid
  from jsonb_array_elements(p_steps) with ordinality e (step, position);
  return next v_campaign;
exception when unique_violation then
  raise exception 'another campaign has this name' using errcode = 'VX409';
end
$$;

ALTER FUNCTION app.save_campaign(p_campaign_id uuid, p_name text, p_category text, p_segment jsonb, p_steps jsonb, p_stop_on_reply boolean, p_stop_on_booking boolean) OWNER TO app_writer;

COMMENT ON FUNCTION app.save_campaign(p_campaign_id uuid, p_name text, p_category text, p_segment jsonb, p_steps jsonb, p_stop_on_reply boolean, p_stop_on_booking boolean) IS 'Makes (p_campaign_id NULL) or replaces a draft with its steps, [{"after_minutes": 0, "template_id": "…"}], and returns it. Staff only (VX403). VX400 as app.check_segment and app.check_steps say; VX404: no such campaign or template; VX409: it was started, or the name is taken.';

CREATE FUNCTION app.save_credential(p_provider text, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text, p_account_ref text, p_sender text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $_$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_old_sender text;
  v_id uuid;
begin
  perform app.require_admin();
  if coalesce(p_provider, '') not in ('twilio', 'resend') or coalesce(p_sender, '') = ''
    or (p_provider = 'twilio' and p_sender !~ '^\+[1-9][0-9]{6,14}$') then
    raise exception 'twilio needs a number to send from, resend an address' using errcode = 'VX400';
  end if;
  select c.sender into v_old_sender
  from public.org_credentials c
  where c.org_id = v_org_id and c.provider = p_provider
  for update;
  v_now := app.now();
  if p_provider = 'twilio' then
    -- What was changed at Twilio for a line in use can be put back with that account's keys only.
    if exists (
      select from public.provisioning p
      where p.org_id = v_org_id and p.state not in ('undone', 'released') and p.number <> p_sender
        and p.account_ref <> p_account_ref) then
      raise exception 'a number of another Twilio account is in use: release it first' using errcode = 'VX409';
    end if;
    perform app.claim_number(p_sender);
    if v_old_sender <> p_sender then
      perform app.release_number(v_old_sender);
    end if;
  end if;

  insert into public.org_credentials as c (
    org_id, provider, ciphertext, nonce, auth_tag, key_id, account_ref, sender, last_verified_at)
  values (v_org_id, p_provider, p_ciphertext, p_nonce, p_auth_tag, p_key_id, p_account_ref, p_sender, v_now)
  on conflict (org_id, provider) do update
  set ciphertext = excluded.ciphertext, nonce = excluded.nonce, auth_tag = excluded.auth_tag, key_id = excluded.key_id,
    account_ref = excluded.account_ref, sender = excluded.sender, last_verified_at = v_now, verification_error = null,
    updated_at = v_now
  returning c.id into v_id;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'credential_saved', 'credential', v_id, app.current_user_id());
end
$_$;

ALTER FUNCTION app.save_credential(p_provider text, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text, p_account_ref text, p_sender text) OWNER TO app_writer;

COMMENT ON FUNCTION app.save_credential(p_provider text, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text, p_account_ref text, p_sender text) IS 'Keeps what the clinic sends with (twilio, resend), sealed by the caller and just verified with the provider; replaces what was there. Twilio''s number becomes the clinic''s and a former one that only texts used is given up. Owner or admin only (VX403). VX400: no such provider or sender; VX409: the number is another organisation''s, or a number of another account is in use.';

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

CREATE FUNCTION app.save_location(p_location_id uuid, p_fields jsonb) RETURNS SETOF public.locations
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.locations;
  v_id uuid := p_location_id;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'name', 'address', 'time_zone', 'phone', 'calendar_stale_after_minutes');
  if v_id is null then
    insert into public.locations (org_id, name, time_zone)
    select o.id, btrim(p_fields ->> 'name'), o.time_zone from public.organizations o where o.id = v_org_id
    returning * into v_old;
    v_id := v_old.id;
  else
    select * into v_old from public.locations l where l.org_id = v_org_id and l.id = v_id for update;
    if v_old.id is null then
      raise exception 'there is no such location' using errcode = 'VX404';
    end if;
  end if;
  if app.is_our_number(p_fields ->> 'phone') then
    raise exception 'this number is answered by the receptionist: callers would go round in circles' using errcode = 'VX400';
  end if;

  return query
  update public.locations l
  set name = case when p_fields ? 'name' then btrim(p_fields ->> 'name') else l.name end,
    address = case when p_fields ? 'address' then nullif(btrim(p_fields ->> 'address'), '') else l.address end,
    time_zone = case when p_fields ? 'time_zone' then p_fields ->> 'time_zone' else l.time_zone end,
    phone = case when p_fields ? 'phone' then nullif(btrim(p_fields ->> 'phone'), '') else l.phone end,
    calendar_stale_after = app.minutes_or(p_fields, 'calendar_stale_after_minutes', l.calendar_stale_after),
    updated_at = app.now()
  where l.org_id = v_org_id and l.id = v_id
  returning l.*;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'location_saved', 'location', v_id, app.current_user_id());
  if p_fields ? 'phone' then
    -- Its numbers ring the own line when we cannot answer.
    perform app.reroute_numbers(v_id, null);
  end if;
  perform app.announce('location_updated', 'location', v_id);
exception
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

ALTER FUNCTION app.save_location(p_location_id uuid, p_fields jsonb) OWNER TO app_writer;

COMMENT ON FUNCTION app.save_location(p_location_id uuid, p_fields jsonb) IS 'Makes (p_location_id NULL) or changes a location and returns it. p_fields may hold name, address, time_zone (IANA; a new location has the organisation''s), phone (E.164, not one of ours) and calendar_stale_after_minutes; what is absent stays, null clears address and phone. Visits already booked keep their instant when the zone changes. Owner and admin only (VX403). VX404: no such location; VX400: an unknown field or a value that it may not have.';

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

CREATE FUNCTION app.save_patient(p_contact_id uuid, p_patient_id uuid DEFAULT NULL::uuid, p_name text DEFAULT NULL::text, p_date_of_birth date DEFAULT NULL::date, p_forget_date_of_birth boolean DEFAULT false) RETURNS SETOF public.patients
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_name text := btrim(p_name);
  v_patient public.patients;
begin
  perform app.require_staff();
  perform from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id and c.erased_at is null for key share;
  if not found then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif p_patient_id is null and v_name is null or app.normalise_name(v_name) = '' or char_length(v_name) > 100 then
    raise exception 'a patient needs a name of 1 to 100 letters' using errcode = 'VX400';
  elsif p_date_of_birth not between '1850-01-01' and (v_now at time zone 'UTC')::date + 1 then
    raise exception 'that is no date of birth' using errcode = 'VX400';
  end if;

  if p_patient_id is null then
    insert into public.patients (org_id, contact_id, name, normalised_name, date_of_birth, made_by_voice)
    values (v_org_id, p_contact_id, v_name, app.normalise_name(v_name), p_date_of_birth, false)
    returning * into v_patient;
  else
    update public.patients p
    set name = coalesce(v_name, p.name), normalised_name = coalesce(app.normalise_name(v_name), p.normalised_name),
      date_of_birth = case when p_forget_date_of_birth then null else coalesce(p_date_of_birth, p.date_of_birth) end,
      updated_at = v_now
    where p.org_id = v_org_id and p.contact_id = p_contact_id and p.id = p_patient_id
    returning * into v_patient;
    if v_patient.id is null then
      raise exception 'there is no such patient' using errcode = 'VX404';
    end if;
  end if;
  perform app.announce('contact_updated', 'contact', p_contact_id);
  return next v_patient;
exception
  when unique_violation then
    raise exception 'the contact has a patient of that name already' using errcode = 'VX409';
end
$$;

ALTER FUNCTION app.save_patient(p_contact_id uuid, p_patient_id uuid, p_name text, p_date_of_birth date, p_forget_date_of_birth boolean) OWNER TO app_writer;

COMMENT ON FUNCTION app.save_patient(p_contact_id uuid, p_patient_id uuid, p_name text, p_date_of_birth date, p_forget_date_of_birth boolean) IS 'Makes (p_patient_id NULL) or changes a patient of a contact and returns it; what is NULL stays. Staff may give two patients of a contact one name, a caller may not. Staff only (VX403). VX404 unknown or erased contact, or not its patient; VX409 a caller named another patient so; VX400 a name or a date that is none.';

CREATE FUNCTION app.save_resource(p_resource_id uuid, p_fields jsonb) RETURNS SETOF public.resources
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := p_resource_id;
  v_services uuid[];
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'location_id', 'name', 'aliases', 'kind', 'active', 'service_ids');
  if p_fields ? 'location_id' and not exists (
    select from public.locations l where l.org_id = v_org_id and l.id = (p_fields ->> 'location_id')::uuid)
  then
    raise exception 'there is no such location' using errcode = 'VX404';
  end if;
  v_services := array(select distinct s::uuid from jsonb_array_elements_text(p_fields -> 'service_ids') s);
  if exists (
    select from unnest(v_services) w(id)
    where not exists (select from public.services s where s.org_id = v_org_id and s.id = w.id))
  then
    raise exception 'there is no such service' using errcode = 'VX404';
  end if;
  if v_id is null then
    insert into public.resources (org_id, location_id, name)
    select v_org_id, l.id, btrim(p_fields ->> 'name')
    from public.locations l
    where l.org_id = v_org_id and l.id = (p_fields ->> 'location_id')::uuid
    returning id into v_id;
    if v_id is null then
      raise exception 'there is no such location' using errcode = 'VX404';
    end if;
  else
    -- A booking that is being decided sees the resource as it was or as it will be.
    perform app.lock_resources(array[v_id]);
  end if;
  return query
  update public.resources r
  set name = case when p_fields ? 'name' then btrim(p_fields ->> 'name') else r.name end,
    aliases = case when p_fields ? 'aliases' then array(
      select distinct btrim(a) from jsonb_array_elements_text(p_fields -> 'aliases') a where btrim(a) <> '') else r.aliases end,
    kind = case when p_fields ? 'kind' then p_fields ->> 'kind' else r.kind end,
    active = case when p_fields ? 'active' then (p_fields ->> 'active')::boolean else r.active end,
    updated_at = app.now()
  where r.org_id = v_org_id and r.id = v_id
  returning r.*;
  if not found then
    raise exception 'there is no such resource' using errcode = 'VX404';
  end if;
  if p_fields ? 'location_id' and not exists (
    select from public.resources r where r.org_id = v_org_id and r.id = v_id and r.location_id = (p_fields ->> 'location_id')::uuid)
  then
    raise exception 'a resource stays at its location: its hours and visits belong there' using errcode = 'VX409';
  end if;
  if p_fields ? 'service_ids' then
    delete from public.resource_services rs
    where rs.org_id = v_org_id and rs.resource_id = v_id and rs.service_id <> all (v_services);
    insert into public.resource_services (org_id, resource_id, service_id)
    select v_org_id, v_id, s from unnest(v_services) s
    on conflict do nothing;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'resource_saved', 'resource', v_id, app.current_user_id());
  perform app.announce('resource_updated', 'resource', v_id);
exception
  when unique_violation then
    raise exception 'another resource has this name' using errcode = 'VX409';
  when foreign_key_violation then
    -- Looked at above, and deleted by somebody else since.
    raise exception 'there is no such location or service' using errcode = 'VX404';
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

ALTER FUNCTION app.save_resource(p_resource_id uuid, p_fields jsonb) OWNER TO app_writer;

COMMENT ON FUNCTION app.save_resource(p_resource_id uuid, p_fields jsonb) IS 'Makes (p_resource_id NULL; name and location_id are needed) or changes whom or what visits are booked with, and returns it. p_fields may hold location_id (stays for good), name, aliases, kind (practitioner, room), active and service_ids (all it can give); what is absent stays. Visits already booked stay. Owner and admin only (VX403). VX404: no such resource, location or service; VX409: the name is taken, or another location; VX400: an unknown field or a value that it may not have.';

CREATE FUNCTION app.save_service(p_service_id uuid, p_fields jsonb) RETURNS SETOF public.services
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := p_service_id;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'name', 'aliases', 'duration_minutes', 'buffer_before_minutes', 'buffer_after_minutes',
    'price_minor', 'currency', 'active', 'keywords', 'price');
  -- What older dashboards call aliases and price_minor; who sends both means the newer one.
  if p_fields ? 'keywords' then
    p_fields := jsonb_build_object('aliases', p_fields -> 'keywords') || (p_fields - 'keywords');
  end if;
  if p_fields ? 'price' then
    p_fields := jsonb_build_object('price_minor', round((p_fields ->> 'price')::numeric * 100)) || (p_fields - 'price');
  end if;
  if v_id is null then
    insert into public.services (org_id, name, duration)
    values (v_org_id, btrim(p_fields ->> 'name'), make_interval(mins => coalesce((p_fields ->> 'duration_minutes')::integer, 30)))
    returning id into v_id;
  end if;
  return query
  update public.services s
  set name = case when p_fields ? 'name' then btrim(p_fields ->> 'name') else s.name end,
    aliases = case when p_fields ? 'aliases' then array(
      select distinct btrim(a) from jsonb_array_elements_text(p_fields -> 'aliases') a where btrim(a) <> '') else s.aliases end,
    duration = app.minutes_or(p_fields, 'duration_minutes', s.duration),
    buffer_before = app.minutes_or(p_fields, 'buffer_before_minutes', s.buffer_before),
    buffer_after = app.minutes_or(p_fields, 'buffer_after_minutes', s.buffer_after),
    price_minor = case when p_fields ? 'price_minor' then (p_fields ->> 'price_minor')::bigint else s.price_minor end,
    currency = case when p_fields ? 'currency' then p_fields ->> 'currency' else s.currency end,
    active = case when p_fields ? 'active' then (p_fields ->> 'active')::boolean else s.active end,
    updated_at = app.now()
  where s.org_id = v_org_id and s.id = v_id
  returning s.*;
  if not found then
    raise exception 'there is no such service' using errcode = 'VX404';
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'service_saved', 'service', v_id, app.current_user_id());
  perform app.announce('service_updated', 'service', v_id);
exception
  when unique_violation then
    raise exception 'another service has this name' using errcode = 'VX409';
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

ALTER FUNCTION app.save_service(p_service_id uuid, p_fields jsonb) OWNER TO app_writer;

COMMENT ON FUNCTION app.save_service(p_service_id uuid, p_fields jsonb) IS 'Makes (p_service_id NULL; name is needed) or changes a service and returns it. p_fields may hold name, aliases, duration_minutes (5 to 720; a new service has 30 when it is absent), buffer_before_minutes and buffer_after_minutes (0 to 240; null: the organisation''s), price_minor (null: not told to callers), currency and active; for older dashboards also keywords (aliases) and price (price_minor in hundreds); what is absent stays. Visits already booked keep their length. Owner and admin only (VX403). VX404: no such service; VX409: the name is taken; VX400: an unknown field or a value that it may not have.';

CREATE TABLE public.message_templates (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    kind text NOT NULL,
    name text NOT NULL,
    language text DEFAULT 'en'::text NOT NULL,
    subject text,
    body text NOT NULL,
    active boolean DEFAULT true NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT message_templates_body_check CHECK (((char_length(body) >= 1) AND (char_length(body) <= 1000))),
    CONSTRAINT message_templates_kind_check CHECK ((kind = ANY (ARRAY['confirmation'::text, 'neutral_confirmation'::text, 'reminder'::text, 'missed_call'::text, 'code'::text, 'follow_up'::text, 'marketing'::text]))),
    CONSTRAINT message_templates_language_check CHECK ((language ~ '^[a-z]{2}$'::text)),
    CONSTRAINT message_templates_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 80))),
    CONSTRAINT message_templates_subject_check CHECK (((char_length(subject) >= 1) AND (char_length(subject) <= 150)))
);

ALTER TABLE ONLY public.message_templates FORCE ROW LEVEL SECURITY;

ALTER TABLE public.message_templates OWNER TO owner;

COMMENT ON TABLE public.message_templates IS 'The clinic''s own wording. Where it has none for a kind and language, app.default_template''s counts.';

COMMENT ON COLUMN public.message_templates.body IS 'Text with named fields in braces, e.g. {clinic}; which ones a kind may use is checked when it is saved.';

CREATE FUNCTION app.save_template(p_template_id uuid, p_kind text, p_name text, p_language text, p_body text, p_subject text DEFAULT NULL::text, p_active boolean DEFAULT true) RETURNS SETOF public.message_templates
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $_$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid := p_template_id;
  v_name text := btrim(coalesce(p_name, ''));
  v_subject text := nullif(btrim(p_subject), '');
begin
  perform app.require_staff();
  perform app.check_template(p_kind, p_body, v_subject);
  if char_length(v_name) not between 1 and 80 or coalesce(p_language, '') !~ '^[a-z]{2}$' then
    raise exception 'a template needs a name of up to 80 characters and a language of two letters' using errcode = 'VX400';
  end if;

  if v_id is null then
    insert into public.message_templates (org_id, kind, name, language, subject, body, active)
    values (v_org_id, p_kind, v_name, p_language, v_subject, btrim(p_body), coalesce(p_active, true))
    returning id into v_id;
  else
    update public.message_templates t
    set kind = p_kind, name = v_name, language = p_language, subject = v_subject, body = btrim(p_body),
      active = coalesce(p_active, true), updated_at = app.now()
    where t.org_id = v_org_id and t.id = v_id
      -- What a campaign sends stays of the kind that the campaign was checked for.
      and (t.kind = p_kind or not exists (
        select from public.campaign_steps s where s.org_id = t.org_id and s.template_id = t.id));
    if not found then
      if exists (select from public.message_templates t where t.org_id = v_org_id and t.id = v_id) then
        raise exception 'a campaign uses this template; its kind stays' using errcode = 'VX409';
      end if;
      raise exception 'there is no such template' using errcode = 'VX404';
    end if;
  end if;
  return query select * from public.message_templates t where t.org_id = v_org_id and t.id = v_id;
exception when unique_violation then
  raise exception 'another template of this kind and language has this name, or is active already' using errcode = 'VX409';
end
$_$;

ALTER FUNCTION app.save_template(p_template_id uuid, p_kind text, p_name text, p_language text, p_body text, p_subject text, p_active boolean) OWNER TO app_writer;

COMMENT ON FUNCTION app.save_template(p_template_id uuid, p_kind text, p_name text, p_language text, p_body text, p_subject text, p_active boolean) IS 'Makes (p_template_id NULL) or changes the clinic''s own wording and returns it. Staff only (VX403). VX400: kind, name, language or a field does not fit, see app.check_template. VX404: no such template. VX409: the name is taken, another one is active for what goes out by itself, or a campaign holds it to its kind.';

CREATE FUNCTION app.says_any(p_words text, p_kinds text[]) RETURNS boolean
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select string_to_array(p_words, ' ') && p_kinds
$$;

ALTER FUNCTION app.says_any(p_words text, p_kinds text[]) OWNER TO owner;

COMMENT ON FUNCTION app.says_any(p_words text, p_kinds text[]) IS 'Whether one of some words is among classified words. It costs a hundredth of a pattern, so rules ask it first.';

CREATE FUNCTION app.schedule_confirmation(p_visit public.appointments, p_call_id uuid, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  -- What one call books within two minutes is told in one text.
  v_due_at timestamptz := case when p_call_id is null then p_now else p_now + interval '2 minutes' end;
  v_id uuid;
begin
  insert into public.scheduled_messages (org_id, kind, contact_id, appointment_id, call_id, due_at)
  values ((p_visit).org_id, 'confirmation', (p_visit).contact_id, (p_visit).id, p_call_id, v_due_at)
  on conflict (org_id, appointment_id) where kind = 'confirmation' and state = 'waiting'
  do update set contact_id = excluded.contact_id, call_id = excluded.call_id, due_at = excluded.due_at, updated_at = p_now
  returning id into v_id;
  perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), v_due_at);
end
$$;

ALTER FUNCTION app.schedule_confirmation(p_visit public.appointments, p_call_id uuid, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.schedule_confirmation(p_visit public.appointments, p_call_id uuid, p_now timestamp with time zone) IS 'Lets a visit be confirmed to its contact: two minutes from now for what a call did, at once for the dashboard. A confirmation that still waits is put off instead of repeated.';

CREATE FUNCTION app.schedule_for_appointment(p_appointment_id uuid, p_change text, p_call_id uuid DEFAULT NULL::uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_visit public.appointments;
begin
  select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id;
  if p_change = 'confirmed_by_patient' or v_visit.id is null then
    return;
  elsif v_visit.status = 'confirmed' and v_visit.scheduled_at > v_now then
    perform app.schedule_confirmation(v_visit, p_call_id, v_now);
    perform app.schedule_reminders(v_visit, v_now);
  else
    update public.scheduled_messages s
    set state = 'cancelled', updated_at = v_now,
      reason = case v_visit.status when 'pending' then 'approval_needed' when 'confirmed' then 'too_late' else 'not_active' end
    where s.org_id = v_org_id and s.appointment_id = p_appointment_id and s.state = 'waiting';
  end if;

  -- The code that was sent stays good for as long as the visit it names is ahead, wherever it was moved to.
  update public.identity_codes c
  set expires_at = case when v_visit.status in ('pending', 'confirmed') then upper(v_visit.during) else v_now end
  where c.org_id = v_org_id and c.appointment_id = p_appointment_id and c.kind = 'confirmation';
end
$$;

ALTER FUNCTION app.schedule_for_appointment(p_appointment_id uuid, p_change text, p_call_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.schedule_for_appointment(p_appointment_id uuid, p_change text, p_call_id uuid) IS 'After a change of a visit: what is to be sent about it by itself. A confirmed visit ahead gets a confirmation and its reminders, a moved one keeps its rows with new times, a pending, cancelled or past one has none. p_change: the kind of app.note_change; p_call_id: the call that changed it.';

CREATE FUNCTION app.schedule_missed_call(p_call_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_id uuid;
begin
  insert into public.scheduled_messages (org_id, kind, contact_id, call_id, due_at)
  select c.org_id, 'missed_call', c.contact_id, c.id, v_now
  from public.call_logs c
  join public.organizations o on o.id = c.org_id and o.missed_call_text
  where c.org_id = v_org_id and c.id = p_call_id
    and c.direction = 'inbound' and c.outcome = 'missed' and c.contact_id is not null
    -- A text to a number of this platform would be answered by a robot.
    and c.from_number is not null and not app.is_our_number(c.from_number)
  on conflict (org_id, call_id) where kind = 'missed_call' do nothing
  returning id into v_id;
  if v_id is not null then
    perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), v_now);
  end if;
end
$$;

ALTER FUNCTION app.schedule_missed_call(p_call_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.schedule_missed_call(p_call_id uuid) IS 'Lets a caller who was not answered have one text, where the organisation wants that and the network gave the number. Once per call; the limits of follow-ups hold when it is sent.';

CREATE FUNCTION app.schedule_reminders(p_visit public.appointments, p_now timestamp with time zone) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_offsets interval[];
  v_offset interval;
  v_due_at timestamptz;
  v_id uuid;
begin
  select o.reminder_offsets into v_offsets from public.organizations o where o.id = (p_visit).org_id;
  foreach v_offset in array v_offsets loop
    -- Counted in seconds: a day subtracted from an instant would be the session's idea of a day.
    v_due_at := (p_visit).scheduled_at - make_interval(secs => extract(epoch from v_offset)::double precision);
    if v_due_at >= p_now + interval '5 minutes' then
      insert into public.scheduled_messages as s (org_id, kind, contact_id, appointment_id, before, due_at)
      values ((p_visit).org_id, 'reminder', (p_visit).contact_id, (p_visit).id, v_offset, v_due_at)
      on conflict (org_id, appointment_id, before) where kind = 'reminder' and state = 'waiting'
      do update set contact_id = excluded.contact_id, due_at = excluded.due_at, updated_at = p_now
      where (s.contact_id, s.due_at) is distinct from (excluded.contact_id, excluded.due_at)
      returning s.id into v_id;
      if v_id is not null then
        perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), v_due_at);
      end if;
    else
      update public.scheduled_messages s
      set state = 'cancelled', reason = 'too_late', updated_at = p_now
      where s.org_id = (p_visit).org_id and s.appointment_id = (p_visit).id
        and s.kind = 'reminder' and s.before = v_offset and s.state = 'waiting';
    end if;
  end loop;

  update public.scheduled_messages s
  set state = 'cancelled', reason = 'not_wanted', updated_at = p_now
  where s.org_id = (p_visit).org_id and s.appointment_id = (p_visit).id
    and s.kind = 'reminder' and s.before <> all (v_offsets) and s.state = 'waiting';
end
$$;

ALTER FUNCTION app.schedule_reminders(p_visit public.appointments, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.schedule_reminders(p_visit public.appointments, p_now timestamp with time zone) IS 'Brings a visit''s waiting reminders in step with its time and the organisation''s offsets: one per offset, so many hours of real time before the visit; none that would be due within five minutes. A moved reminder gets another job; the old job finds nothing due.';

CREATE FUNCTION app.score_of_status(p_lead_status text, p_score integer) RETURNS integer
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    BEGIN ATOMIC
 SELECT
         CASE p_lead_status
             WHEN 'hot'::text THEN GREATEST(p_score, 80)
             WHEN 'warm'::text THEN LEAST(GREATEST(p_score, 50), 79)
             WHEN 'cold'::text THEN LEAST(p_score, 49)
             ELSE p_score
         END AS p_score;
END;

ALTER FUNCTION app.score_of_status(p_lead_status text, p_score integer) OWNER TO owner;

COMMENT ON FUNCTION app.score_of_status(p_lead_status text, p_score integer) IS 'The lead score nearest to p_score that fits the status: hot from 80 on, warm from 50 on, cold below; booked and lost have any. Dashboards colour the score and name the status, and both must say the same.';

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
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer', 'app_searcher'
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

CREATE FUNCTION app.send_follow_up(p_contact_id uuid, p_content text, p_send_key text, p_number_zones text[], p_number_region text, p_call_id uuid DEFAULT NULL::uuid, p_request_id text DEFAULT NULL::text) RETURNS SETOF app.message_decision
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_contact_id uuid := p_contact_id;
begin
  perform app.require_staff();
  if p_contact_id is null then
    v_contact_id := app.contact_of_call(p_call_id);
  elsif not exists (select from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id) then
    raise exception 'there is no such contact' using errcode = 'VX404';
  elsif p_call_id is not null and not exists (select from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id) then
    raise exception 'there is no such call' using errcode = 'VX404';
  end if;
  return query
  select *
  from app.begin_message(
    p_category => 'follow_up', p_method => 'sms', p_content => p_content, p_send_key => p_send_key,
    p_contact_id => v_contact_id, p_service_provider => 'twilio', p_call_id => p_call_id,
    p_number_zones => p_number_zones, p_number_region => p_number_region, p_request_id => p_request_id);
end
$$;

ALTER FUNCTION app.send_follow_up(p_contact_id uuid, p_content text, p_send_key text, p_number_zones text[], p_number_region text, p_call_id uuid, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.send_follow_up(p_contact_id uuid, p_content text, p_send_key text, p_number_zones text[], p_number_region text, p_call_id uuid, p_request_id text) IS 'A text that a member of the staff writes to a contact, about a call or not; without a contact it is the call''s, made where it is missing. Answers as app.begin_message does, with outcome send for the caller to take to Twilio; in the recipient''s quiet hours it is wait with not_before and nothing is written. The same p_send_key again is replayed. Staff only (VX403); an unknown contact or call is VX404.';

CREATE FUNCTION app.send_reminder(p_appointment_id uuid, p_method text, p_send_key text, p_service_provider text, p_number_zones text[], p_number_region text DEFAULT NULL::text, p_request_id text DEFAULT NULL::text) RETURNS SETOF app.message_decision
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_visit public.appointments;
  v_now timestamptz;
  v_last timestamptz;
  v_text text[];
  v_decision app.message_decision;
begin
  perform app.require_staff();
  if coalesce(p_method, '') not in ('sms', 'email') then
    raise exception 'a reminder goes by sms or email' using errcode = 'VX400';
  end if;
  -- The contact's lock before the visit's, as app.take_scheduled takes them: a reminder that goes out by itself at this
  -- moment is seen here, or sees this one.
  perform app.lock_contact(a.contact_id)
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id;
  select * into v_visit
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for share;
  if v_visit.id is null then
    raise exception 'Appointment not found' using errcode = 'VX404';
  end if;

  v_now := app.now();
  if not exists (select from public.messages m where m.org_id = v_org_id and m.send_key = p_send_key) then
    v_decision.reason := case
      when not exists (
        select from public.contacts k where k.org_id = v_org_id and k.id = v_visit.contact_id and k.erased_at is null) then 'no_contact'
      when v_visit.status = 'pending' then 'approval_needed'
      when v_visit.status <> 'confirmed' then 'not_active'
      when v_visit.scheduled_at <= v_now then 'too_late'
    end;
    if v_decision.reason is null then
      select max(m.created_at) into v_last
      from public.messages m
      where m.org_id = v_org_id and m.category = 'reminder' and m.status in ('queued', 'sent', 'delivered', 'unknown')
        and m.created_at > v_now - interval '24 hours'
        and (m.appointment_id = v_visit.id or m.id in (
          select s.message_id from public.scheduled_messages s where s.org_id = v_org_id and s.appointment_id = v_visit.id));
      if v_last is not null then
        v_decision.reason := 'already_reminded';
        v_decision.not_before := v_last + interval '24 hours';
      end if;
    end if;
    if v_decision.reason is not null then
      v_decision.outcome := 'blocked';
      return next v_decision;
      return;
    end if;
  end if;

  v_text := app.reminder_text(v_visit, p_method);
  return query
  select *
  from app.begin_message(
    p_category => 'reminder', p_method => p_method, p_content => v_text[2], p_send_key => p_send_key,
    p_contact_id => v_visit.contact_id, p_service_provider => p_service_provider,
    p_subject => case when p_method = 'email' then v_text[1] end, p_appointment_id => v_visit.id,
    p_number_zones => p_number_zones, p_number_region => p_number_region, p_request_id => p_request_id);
end
$$;

ALTER FUNCTION app.send_reminder(p_appointment_id uuid, p_method text, p_send_key text, p_service_provider text, p_number_zones text[], p_number_region text, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.send_reminder(p_appointment_id uuid, p_method text, p_send_key text, p_service_provider text, p_number_zones text[], p_number_region text, p_request_id text) IS 'A reminder of one visit that a member of the staff sends now, in the clinic''s wording and the contact''s language. Answers as app.begin_message does, with outcome send for the caller to take to the provider, and blocked without a row for no_contact (none, or erased), approval_needed, not_active, too_late and already_reminded: a reminder of this visit, sent by itself or not, left within 24 hours. It counts for the limits like those that go out by themselves (one a day and three in seven days for a contact, which then skip), and waits for the end of the night like them: staff are told when. Staff only (VX403); an unknown or merely held visit is VX404, another method VX400.';

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
  if exists (
    select from unnest(p_weekdays, p_opens, p_closes) s(weekday, opens, closes)
    where s.weekday between 0 and 6 is not true or s.closes > s.opens is not true)
  then
    raise exception 'a span is of a weekday from 0 to 6 and closes after it opens' using errcode = 'VX400';
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

COMMENT ON FUNCTION app.set_business_hours(p_location_id uuid, p_resource_id uuid, p_weekdays integer[], p_opens time without time zone[], p_closes time without time zone[]) IS 'Replaces the week of a location, or of one resource (empty arrays: it keeps its location''s week again). Weekday 0 is Sunday. Visits already booked stay. Staff only (VX403); an unknown location or resource is VX404, arrays of unlike length and spans that end before they begin are VX400. Returns the number of spans.';

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
    follow_up_window interval DEFAULT '01:00:00'::interval NOT NULL,
    quiet_from time without time zone DEFAULT '21:00:00'::time without time zone NOT NULL,
    quiet_until time without time zone DEFAULT '08:00:00'::time without time zone NOT NULL,
    reminder_offsets interval[] DEFAULT '{24:00:00,02:00:00}'::interval[] NOT NULL,
    messages_per_day integer DEFAULT 1000 NOT NULL,
    missed_call_text boolean DEFAULT false NOT NULL,
    email_confirmations boolean DEFAULT true NOT NULL,
    hipaa_mode boolean DEFAULT false NOT NULL,
    keep_recordings_for interval,
    CONSTRAINT organizations_buffers CHECK ((((buffer_before >= '00:00:00'::interval) AND (buffer_before <= '04:00:00'::interval)) AND ((buffer_after >= '00:00:00'::interval) AND (buffer_after <= '04:00:00'::interval)))),
    CONSTRAINT organizations_country_check CHECK ((country ~ '^[A-Z]{2}$'::text)),
    CONSTRAINT organizations_emergency_sentence_check CHECK ((((char_length(emergency_sentence) >= 1) AND (char_length(emergency_sentence) <= 300)) AND (emergency_sentence !~ '[[:cntrl:]]'::text))),
    CONSTRAINT organizations_follow_up_window CHECK (((follow_up_window >= '00:01:00'::interval) AND (follow_up_window <= '7 days'::interval))),
    CONSTRAINT organizations_hold_ttl CHECK (((hold_ttl >= '00:00:30'::interval) AND (hold_ttl <= '00:30:00'::interval))),
    CONSTRAINT organizations_holds_per_day_check CHECK ((holds_per_day >= 0)),
    CONSTRAINT organizations_identity_factor_check CHECK ((identity_factor = ANY (ARRAY['date_of_birth'::text, 'calling_number'::text]))),
    CONSTRAINT organizations_keep_recordings_for_check CHECK (((keep_recordings_for >= '1 day'::interval) AND (keep_recordings_for <= '10 years'::interval))),
    CONSTRAINT organizations_messages_per_day_check CHECK (((messages_per_day >= 0) AND (messages_per_day <= 100000))),
    CONSTRAINT organizations_name_check CHECK (((char_length(name) >= 1) AND (char_length(name) <= 100))),
    CONSTRAINT organizations_notice CHECK ((((min_notice >= '00:00:00'::interval) AND (min_notice <= '90 days'::interval)) AND ((max_advance >= '1 day'::interval) AND (max_advance <= '730 days'::interval)))),
    CONSTRAINT organizations_recording_consent_check CHECK ((recording_consent = ANY (ARRAY['none'::text, 'announce'::text, 'ask'::text]))),
    CONSTRAINT organizations_reminder_offsets CHECK (((cardinality(reminder_offsets) <= 5) AND (array_position(reminder_offsets, NULL::interval) IS NULL) AND ('00:10:00'::interval <= ALL (reminder_offsets)) AND ('60 days'::interval >= ALL (reminder_offsets)))),
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

COMMENT ON COLUMN public.organizations.follow_up_window IS 'How long after a follow-up the same number gets no other one.';

COMMENT ON COLUMN public.organizations.quiet_from IS 'Start of the night in the recipient''s local time; equal to quiet_until: no quiet hours.';

COMMENT ON COLUMN public.organizations.quiet_until IS 'End of the night in the recipient''s local time.';

COMMENT ON COLUMN public.organizations.reminder_offsets IS 'How long before a visit it is reminded of; at most five. In hours rather than days, because a reminder comes that much earlier by the clock on the wall of no one.';

COMMENT ON COLUMN public.organizations.messages_per_day IS 'Texts and e-mails a day, in the clinic''s day, codes and replies not counted.';

COMMENT ON COLUMN public.organizations.missed_call_text IS 'Whether a caller who was not answered gets one text.';

COMMENT ON COLUMN public.organizations.email_confirmations IS 'Whether confirmations also go by e-mail where there is an address.';

COMMENT ON COLUMN public.organizations.hipaa_mode IS 'Vapi keeps no recording and no transcript of this clinic''s calls; we keep the redacted transcript.';

COMMENT ON COLUMN public.organizations.keep_recordings_for IS 'How long after its call a recording is kept; NULL: until the call is deleted or its contact erased.';

CREATE FUNCTION app.set_message_rules(p_rules jsonb) RETURNS SETOF public.organizations
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_key text;
begin
  perform app.require_admin();
  if jsonb_typeof(p_rules) is distinct from 'object' then
    raise exception 'the rules are an object' using errcode = 'VX400';
  end if;
  select r.key into v_key
  from jsonb_each(p_rules) r
  where app.is_message_rule(r.key, r.value) is not true
  order by r.key
  limit 1;
  if found then
    raise exception 'there is no such rule, or no such value for it: %', left(v_key, 40) using errcode = 'VX400';
  end if;

  return query
  update public.organizations o
  set follow_up_window = coalesce(make_interval(mins => (p_rules ->> 'follow_up_window_minutes')::integer), o.follow_up_window),
    quiet_from = coalesce((p_rules ->> 'quiet_from')::time, o.quiet_from),
    quiet_until = coalesce((p_rules ->> 'quiet_until')::time, o.quiet_until),
    reminder_offsets = case when p_rules ? 'reminder_offsets_minutes' then array(
      select make_interval(mins => m::integer)
      from jsonb_array_elements_text(p_rules -> 'reminder_offsets_minutes') m
      order by m::integer desc) else o.reminder_offsets end,
    messages_per_day = coalesce((p_rules ->> 'messages_per_day')::integer, o.messages_per_day),
    missed_call_text = coalesce((p_rules ->> 'missed_call_text')::boolean, o.missed_call_text),
    email_confirmations = coalesce((p_rules ->> 'email_confirmations')::boolean, o.email_confirmations),
    updated_at = app.now()
  where o.id = v_org_id
  returning o.*;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'message_rules_changed', 'organization', v_org_id, app.current_user_id());
  perform app.announce('organization_updated', 'organization', v_org_id);
end
$$;

ALTER FUNCTION app.set_message_rules(p_rules jsonb) OWNER TO app_writer;

COMMENT ON FUNCTION app.set_message_rules(p_rules jsonb) IS 'Changes the clinic''s rules for messages and returns the organisation. p_rules may hold follow_up_window_minutes (1 to 10080), quiet_from and quiet_until ("21:00"; equal: no quiet hours), reminder_offsets_minutes (at most five, each 10 to 86400), messages_per_day (0 to 100000), missed_call_text and email_confirmations; what is absent stays. Visits planned before keep their reminders. Owner and admin only (VX403). An unknown key or a bad value is VX400 and named.';

CREATE FUNCTION app.set_org_settings(p_fields jsonb) RETURNS SETOF public.organizations
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_key text;
begin
  perform app.require_admin();
  perform app.check_fields(p_fields, 'name', 'country', 'time_zone', 'buffer_before_minutes', 'buffer_after_minutes',
    'slot_step_minutes', 'min_notice_minutes', 'max_advance_days', 'hold_seconds', 'holds_per_day', 'approval_required',
    'identity_factor', 'emergency_sentence', 'recording_consent', 'ai_disclosure', 'hipaa_mode',
    'keep_recordings_days');
  select f.key into v_key from jsonb_each(p_fields) f where jsonb_typeof(f.value) = 'null' and f.key <> 'keep_recordings_days' order by f.key limit 1;
  if found then
    raise exception 'this setting cannot be empty: %', v_key using errcode = 'VX400';
  end if;

  return query
  update public.organizations o
  set name = coalesce(btrim(p_fields ->> 'name'), o.name),
    country = coalesce(p_fields ->> 'country', o.country),
    time_zone = coalesce(p_fields ->> 'time_zone', o.time_zone),
    buffer_before = app.minutes_or(p_fields, 'buffer_before_minutes', o.buffer_before),
    buffer_after = app.minutes_or(p_fields, 'buffer_after_minutes', o.buffer_after),
    slot_step = app.minutes_or(p_fields, 'slot_step_minutes', o.slot_step),
    min_notice = app.minutes_or(p_fields, 'min_notice_minutes', o.min_notice),
    max_advance = coalesce(make_interval(days => (p_fields ->> 'max_advance_days')::integer), o.max_advance),
    hold_ttl = coalesce(make_interval(secs => (p_fields ->> 'hold_seconds')::integer), o.hold_ttl),
    holds_per_day = coalesce((p_fields ->> 'holds_per_day')::integer, o.holds_per_day),
    approval_required = coalesce((p_fields ->> 'approval_required')::boolean, o.approval_required),
    identity_factor = coalesce(p_fields ->> 'identity_factor', o.identity_factor),
    emergency_sentence = coalesce(btrim(p_fields ->> 'emergency_sentence'), o.emergency_sentence),
    recording_consent = coalesce(p_fields ->> 'recording_consent', o.recording_consent),
    ai_disclosure = coalesce((p_fields ->> 'ai_disclosure')::boolean, o.ai_disclosure),
    hipaa_mode = coalesce((p_fields ->> 'hipaa_mode')::boolean, o.hipaa_mode),
    keep_recordings_for = case when p_fields ? 'keep_recordings_days'
      then make_interval(days => (p_fields ->> 'keep_recordings_days')::integer) else o.keep_recordings_for end,
    updated_at = app.now()
  where o.id = v_org_id
  returning o.*;
  -- What the assistants say and keep is part of them at Vapi.
  if p_fields ?| array['name', 'emergency_sentence', 'recording_consent', 'ai_disclosure', 'hipaa_mode'] then
    perform app.request_agent_sync(a.id) from public.agents a where a.org_id = v_org_id and a.deleted_at is null;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'settings_changed', 'organization', v_org_id, app.current_user_id());
  perform app.announce('organization_updated', 'organization', v_org_id);
exception
  when check_violation or not_null_violation or data_exception then
    raise exception 'a field has a value that it may not have' using errcode = 'VX400';
end
$$;

ALTER FUNCTION app.set_org_settings(p_fields jsonb) OWNER TO app_writer;

COMMENT ON FUNCTION app.set_org_settings(p_fields jsonb) IS 'Changes the organisation''s name, zone, rules for booking and safety, and returns it. p_fields may hold name, country (ISO 3166-1 alpha-2), time_zone (IANA; locations keep theirs), buffer_before_minutes, buffer_after_minutes, slot_step_minutes, min_notice_minutes, max_advance_days, hold_seconds, holds_per_day, approval_required, identity_factor, emergency_sentence, recording_consent, ai_disclosure, hipaa_mode and keep_recordings_days (null: recordings are kept until their call is deleted); what is absent stays. Owner and admin only (VX403). VX400: an unknown field or a value that it may not have.';

CREATE FUNCTION app.set_recording_state(p_call_id uuid, p_state text, p_error text DEFAULT NULL::text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  update public.call_logs c
  set recording_state = p_state, recording_error = p_error, updated_at = app.now()
  where c.org_id = app.require_org_id() and c.id = p_call_id
    and (c.recording_state, c.recording_error) is distinct from (p_state, p_error);
  if found then
    perform app.announce('call_update', 'call', p_call_id);
  end if;
end
$$;

ALTER FUNCTION app.set_recording_state(p_call_id uuid, p_state text, p_error text) OWNER TO owner;

COMMENT ON FUNCTION app.set_recording_state(p_call_id uuid, p_state text, p_error text) IS 'Writes into a call how far its recording got (see call_logs.recording_state) and tells live clients, if that is news.';

CREATE FUNCTION app.settle_scheduled(p_scheduled_ids uuid[], p_outcome text, p_reason text DEFAULT NULL::text, p_message_id uuid DEFAULT NULL::uuid, p_not_before timestamp with time zone DEFAULT NULL::timestamp with time zone) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_id uuid;
begin
  if p_outcome is null or p_outcome not in ('done', 'skipped', 'wait') or (p_outcome = 'wait' and p_not_before is null) then
    raise exception 'a scheduled message is done, skipped or waits until a time' using errcode = 'VX400';
  elsif p_outcome = 'wait' then
    -- A row that is due only later keeps its own time and its own job.
    for v_id in
      update public.scheduled_messages s
      set due_at = p_not_before, reason = p_reason, updated_at = v_now
      where s.org_id = v_org_id and s.id = any (p_scheduled_ids) and s.state = 'waiting' and s.due_at < p_not_before
      returning s.id
    loop
      perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), p_not_before);
    end loop;
  else
    update public.scheduled_messages s
    set state = p_outcome, reason = p_reason, message_id = p_message_id, updated_at = v_now
    where s.org_id = v_org_id and s.id = any (p_scheduled_ids) and s.state = 'waiting';
  end if;
end
$$;

ALTER FUNCTION app.settle_scheduled(p_scheduled_ids uuid[], p_outcome text, p_reason text, p_message_id uuid, p_not_before timestamp with time zone) OWNER TO app_writer;

COMMENT ON FUNCTION app.settle_scheduled(p_scheduled_ids uuid[], p_outcome text, p_reason text, p_message_id uuid, p_not_before timestamp with time zone) IS 'Says what became of the rows of a bundle: done (p_message_id: by which message), skipped (p_reason: why) or wait: looked at again at p_not_before. Rows that wait no more are left alone. VX400 for another outcome.';

CREATE FUNCTION app.share_recording(p_call_id uuid, p_token_hash bytea, p_recipient text DEFAULT NULL::text, p_subject text DEFAULT NULL::text, p_content text DEFAULT NULL::text, p_send_key text DEFAULT NULL::text, p_service_provider text DEFAULT NULL::text, p_request_id text DEFAULT NULL::text) RETURNS SETOF app.share_decision
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_recording_id uuid;
  v_sent app.message_decision;
  v_share app.share_decision;
  v_now timestamptz;
begin
  perform app.require_staff();
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null;
  if v_call.id is null then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  -- Locked, so that no link is made to what is being deleted.
  select r.id into v_recording_id
  from public.recordings r
  where r.org_id = v_org_id and r.call_id = p_call_id and r.stored_at is not null and r.delete_requested_at is null
  for share;
  v_now := app.now();
  if v_recording_id is null then
    v_share.outcome := case when v_call.recording_state in ('at_provider', 'copying') then 'not_ready' else 'no_recording' end;
    return next v_share;
    return;
  elsif (
    select count(*) from public.recording_shares s where s.org_id = v_org_id and s.created_at > v_now - interval '1 hour') >= 50
  then
    v_share.outcome := 'blocked';
    v_share.reason := 'too_many_shares';
    return next v_share;
    return;
  end if;

  v_share.outcome := 'shared';
  if p_recipient is not null then
    select * into v_sent
    from app.begin_message(
      p_category => 'share', p_method => 'email', p_content => p_content, p_send_key => p_send_key,
      -- The patient's own address goes when the patient is erased.
      p_contact_id => (
        select k.id from public.contacts k
        where k.org_id = v_org_id and k.id = v_call.contact_id and lower(k.email) = lower(p_recipient) and k.erased_at is null),
      p_service_provider => p_service_provider, p_recipient => p_recipient, p_subject => p_subject, p_call_id => p_call_id,
      p_request_id => p_request_id);
    v_share.outcome := v_sent.outcome;
    v_share.reason := v_sent.reason;
    v_share.message_id := v_sent.message_id;
    v_share.status := v_sent.status;
    if v_sent.outcome <> 'send' then
      return next v_share;
      return;
    end if;
  end if;

  insert into public.recording_shares (org_id, recording_id, token_hash, recipient, message_id, actor_user_id, expires_at, created_at)
  values (v_org_id, v_recording_id, p_token_hash, p_recipient, v_share.message_id, app.current_user_id(), v_now + interval '24 hours', v_now)
  returning id, expires_at into v_share.share_id, v_share.expires_at;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id, request_id)
  values (v_org_id, 'recording_shared', 'call', p_call_id, app.current_user_id(), left(p_request_id, 64));
  return next v_share;
end
$$;

ALTER FUNCTION app.share_recording(p_call_id uuid, p_token_hash bytea, p_recipient text, p_subject text, p_content text, p_send_key text, p_service_provider text, p_request_id text) OWNER TO app_writer;

COMMENT ON FUNCTION app.share_recording(p_call_id uuid, p_token_hash bytea, p_recipient text, p_subject text, p_content text, p_send_key text, p_service_provider text, p_request_id text) IS 'Makes a link to the recording of a call that opens for 24 hours; p_token_hash is the SHA-256 of its token. With p_recipient, an e-mail address, the row of the e-mail is begun as app.begin_message does (p_content says [link] for the link, which is stored nowhere) and the link opens unless that e-mail fails; without one the acting member gets the link. See app.share_decision; at most 50 links an hour and clinic. Staff only (VX403); VX404 for an unknown or deleted call.';

CREATE FUNCTION app.share_state(p_revoked_at timestamp with time zone, p_expires_at timestamp with time zone, p_message_status text, p_now timestamp with time zone) RETURNS text
    LANGUAGE sql IMMUTABLE PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select case
    when p_revoked_at is not null then 'revoked'
    when p_expires_at <= p_now then 'expired'
    when p_message_status in ('failed', 'blocked') then 'not_sent'
    else 'open'
  end
$$;

ALTER FUNCTION app.share_state(p_revoked_at timestamp with time zone, p_expires_at timestamp with time zone, p_message_status text, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.share_state(p_revoked_at timestamp with time zone, p_expires_at timestamp with time zone, p_message_status text, p_now timestamp with time zone) IS 'Whether a link opens now: open, or why not: revoked, expired, not_sent (its e-mail did not leave). p_message_status NULL: it has no e-mail.';

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

CREATE FUNCTION app.slots_of_days(p_from date, p_to date, p_service text DEFAULT NULL::text, p_resource text DEFAULT NULL::text, p_limit integer DEFAULT 100) RETURNS SETOF app.slot
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_zone text := (select o.time_zone from public.organizations o where o.id = app.require_org_id());
  v_service_id uuid := (select s.id from app.find_service(p_service) s);
begin
  if p_from is null or p_to < p_from or p_to - p_from > 60 then
    raise exception 'ask for one day to 61 days of slots' using errcode = 'VX400';
  elsif v_service_id is null and coalesce(btrim(p_service), '') = '' then
    raise exception 'say for which service' using errcode = 'VX400';
  elsif v_service_id is null then
    raise exception 'there is no such service' using errcode = 'VX404';
  elsif coalesce(btrim(p_resource), '') <> '' and not exists (select from app.find_resource(p_resource)) then
    raise exception 'there is no such practitioner or room' using errcode = 'VX404';
  end if;
  return query
  select * from app.available_slots(v_service_id::text, app.local_instant(p_from::timestamp, v_zone, false),
    app.local_instant((coalesce(p_to, p_from) + 1)::timestamp, v_zone, false), p_resource, p_limit);
end
$$;

ALTER FUNCTION app.slots_of_days(p_from date, p_to date, p_service text, p_resource text, p_limit integer) OWNER TO owner;

COMMENT ON FUNCTION app.slots_of_days(p_from date, p_to date, p_service text, p_resource text, p_limit integer) IS 'app.available_slots of whole days of the clinic''s zone, both included; p_to NULL means one day. The service may be left out where the clinic has one. VX404 for a service or resource that is not the clinic''s, VX400 for more than 61 days.';

CREATE FUNCTION app.sms_segments(p_text text) RETURNS integer
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $_$
declare
  v_basic constant text := E'@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !"#¤%&''()*+,-./0123456789:;<=>?¡'
    || 'ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà';
  v_extension constant text := E'\f^{}\\[~]|€';
  v_gsm boolean := translate(p_text, v_basic || v_extension, '') = '';
  v_single integer := case when v_gsm then 160 else 70 end;
  v_each integer := case when v_gsm then 153 else 67 end;
  v_character text;
  v_cost integer;
  v_total integer := 0;
  v_used integer := 0;
  v_segments integer := 1;
begin
  foreach v_character in array string_to_array(p_text, null) loop
    v_cost := case
      when v_gsm and strpos(v_extension, v_character) > 0 then 2
      when not v_gsm and ascii(v_character) > 65535 then 2
      else 1
    end;
    v_total := v_total + v_cost;
    if v_used + v_cost > v_each then
      v_segments := v_segments + 1;
      v_used := 0;
    end if;
    v_used := v_used + v_cost;
  end loop;
  return case when v_total <= v_single then 1 else v_segments end;
end
$_$;

ALTER FUNCTION app.sms_segments(p_text text) OWNER TO owner;

COMMENT ON FUNCTION app.sms_segments(p_text text) IS 'How many segments a carrier counts for a text: 160 characters of the GSM-7 alphabet in one, 153 in each of several, those of its extension table ({ } [ ] ~ ^ | \ and the euro) counting two; any other character makes it UCS-2 with 70 and 67 UTF-16 units, an emoji counting two. An empty text is one segment; NULL gives NULL.';

CREATE FUNCTION app.split_words(p_text text, OUT p_tokens text[], OUT p_gaps text[]) RETURNS record
    LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
declare
  v_mark constant text := E'\x01';
  v_blanks constant text := E' \t\n\x0b\f\r\u00a0\u202f';
  -- Letters of all scripts are what no sign, digit or blank is.
  v_letter constant text := U&'[^\0001-\0040\005B-\0060\007B-\00BF\2000-\206F\20A0-\20CF\3000-\3003\E000-\F8FF]';
  v_marked text;
begin
  -- Marking and splitting takes a tenth of the time that matching token by token does, in the C collation even less; what
  -- belongs together again ("3rd", "O'Dell", "'m") is seldom, and dearer in the first pattern than after it.
  v_marked := regexp_replace(replace(p_text, v_mark, '') collate "C",
    '(?:\[(?:ssn|card|phone|number|email|date of birth|record number|address|name|medical term)\]|' || v_letter || '+|[0-9]+|.)['
      || v_blanks || ']*', '\&' || v_mark, 'g');
  v_marked := regexp_replace(v_marked collate "C", '([0-9])' || v_mark || '(st|nd|rd|th|ST|ND|RD|TH)(?!' || v_letter || ')', '\1\2', 'g');
  v_marked := regexp_replace(v_marked collate "C",
    '(' || v_letter || ')' || v_mark || '([''’])' || v_mark || '(' || v_letter || v_letter || v_letter || ')', '\1\2\3', 'g');
  v_marked := regexp_replace(v_marked collate "C", '(' || v_letter || v_mark || '[''’])' || v_mark || '(' || v_letter || ')', '\1\2', 'g');
  select array_agg(case when w.token = '' then left(w.part, 1) else w.token end order by w.position),
    array_agg(substr(w.part, greatest(char_length(w.token), 1) + 1) order by w.position)
  into p_tokens, p_gaps
  from (
    select m.part, m.position, rtrim(m.part, v_blanks) as token
    from unnest(string_to_array(v_marked, v_mark)) with ordinality m(part, position)
  ) w
  where w.part <> '';
end
$$;

ALTER FUNCTION app.split_words(p_text text, OUT p_tokens text[], OUT p_gaps text[]) OWNER TO owner;

COMMENT ON FUNCTION app.split_words(p_text text, OUT p_tokens text[], OUT p_gaps text[]) IS 'A text''s tokens (words, numbers, single signs, placeholders) and the blanks after each; NULLs for an empty text.';

CREATE FUNCTION app.spoken_refusal(p_contact_id uuid, p_call_id uuid, p_recipient_hash bytea, p_number_region text) RETURNS text
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if p_number_region is distinct from (select o.country from public.organizations o where o.id = v_org_id) then
    return 'foreign_number';
  end if;
  -- One for the whole tenant: two jobs at once must not both find the one text that is allowed still to come.
  perform pg_advisory_xact_lock(5, hashtext(v_org_id::text));
  if exists (
    select from public.messages m
    left join public.contacts c on c.org_id = m.org_id and c.id = m.contact_id
    where m.org_id = v_org_id and (m.contact_id = p_contact_id or m.recipient_hash = p_recipient_hash)
      and m.direction = 'outbound' and m.method = 'sms' and m.category = 'confirmation'
      and m.status in ('queued', 'sent', 'delivered', 'unknown')
      and c.phone is distinct from m.recipient)
    or (
      select count(distinct m.recipient_hash)
      from public.messages m
      where m.org_id = v_org_id and m.call_id = p_call_id
        and m.direction = 'outbound' and m.method = 'sms' and m.category = 'confirmation'
        and m.status in ('queued', 'sent', 'delivered', 'unknown')
        and m.recipient_hash <> p_recipient_hash) >= 2
  then
    return 'spoken_limit';
  end if;
  return null;
end
$$;

ALTER FUNCTION app.spoken_refusal(p_contact_id uuid, p_call_id uuid, p_recipient_hash bytea, p_number_region text) OWNER TO owner;

COMMENT ON FUNCTION app.spoken_refusal(p_contact_id uuid, p_call_id uuid, p_recipient_hash bytea, p_number_region text) IS 'Why a number that a caller only said may not be texted: foreign_number when its region (ISO 3166, NULL when unknown) is not the clinic''s country, spoken_limit when this contact or number had its one text, or when the call had two other numbers texted. NULL: it may.';

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

CREATE TABLE public.scheduled_messages (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    kind text NOT NULL,
    contact_id uuid NOT NULL,
    appointment_id uuid,
    call_id uuid,
    code_id uuid,
    campaign_step_id uuid,
    before interval,
    due_at timestamp with time zone NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    reason text,
    message_id uuid,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT scheduled_messages_check CHECK (((kind = ANY (ARRAY['confirmation'::text, 'reminder'::text])) = (appointment_id IS NOT NULL))),
    CONSTRAINT scheduled_messages_check1 CHECK (((kind = 'reminder'::text) = (before IS NOT NULL))),
    CONSTRAINT scheduled_messages_check2 CHECK (((kind = 'code'::text) = (code_id IS NOT NULL))),
    CONSTRAINT scheduled_messages_check3 CHECK (((kind = 'campaign'::text) = (campaign_step_id IS NOT NULL))),
    CONSTRAINT scheduled_messages_kind_check CHECK ((kind = ANY (ARRAY['confirmation'::text, 'reminder'::text, 'missed_call'::text, 'code'::text, 'campaign'::text]))),
    CONSTRAINT scheduled_messages_reason_check CHECK ((reason ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT scheduled_messages_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'done'::text, 'cancelled'::text, 'skipped'::text])))
);

ALTER TABLE ONLY public.scheduled_messages FORCE ROW LEVEL SECURITY;

ALTER TABLE public.scheduled_messages OWNER TO owner;

COMMENT ON TABLE public.scheduled_messages IS 'What is to be sent by itself, and when. A move or cancellation of the visit changes these rows; the jobs only look.';

COMMENT ON COLUMN public.scheduled_messages.before IS 'The reminder offset that asked for it.';

COMMENT ON COLUMN public.scheduled_messages.due_at IS 'When it is looked at; quiet hours and limits may put it off.';

COMMENT ON COLUMN public.scheduled_messages.reason IS 'Why it was cancelled or skipped: a word of a closed list, see docs/messages.md.';

COMMENT ON COLUMN public.scheduled_messages.message_id IS 'The message that came of it; several rows share one when they were merged.';

CREATE FUNCTION app.start_bundle(p_row public.scheduled_messages, p_category text) RETURNS app.scheduled_bundle
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select ('send', null, array[(p_row).id], (p_row).kind, p_category, k.id, (p_row).call_id, null,
    coalesce(k.phone, case when (p_row).kind = 'confirmation' then k.spoken_phone end),
    (p_row).kind = 'confirmation' and k.phone is null and k.spoken_phone is not null,
    case when (p_row).kind = 'confirmation' and o.email_confirmations then k.email end,
    null, null, null, '{}', '{}', '{}', '{}', '{}', '{}', null, o.name, l.phone, o.country)::app.scheduled_bundle
  from public.contacts k
  join public.organizations o on o.id = k.org_id
  left join lateral (
    select p.phone from public.locations p where p.org_id = k.org_id and p.phone is not null order by p.created_at, p.id limit 1
  ) l on true
  where k.org_id = app.require_org_id() and k.id = (p_row).contact_id
$$;

ALTER FUNCTION app.start_bundle(p_row public.scheduled_messages, p_category text) OWNER TO owner;

COMMENT ON FUNCTION app.start_bundle(p_row public.scheduled_messages, p_category text) IS 'A bundle of one scheduled message that says who is to be reached how, and who sends; its words are still to come. Only a confirmation may go to a number that was merely said, or by e-mail.';

CREATE FUNCTION app.start_campaign(p_campaign_id uuid) RETURNS SETOF public.campaigns
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_campaign public.campaigns;
  v_planned bigint;
begin
  perform app.require_admin();
  select * into v_campaign from public.campaigns c where c.org_id = v_org_id and c.id = p_campaign_id for no key update;
  v_now := app.now();
  if v_campaign.id is null then
    raise exception 'there is no such campaign' using errcode = 'VX404';
  elsif v_campaign.status = 'running' then
    return next v_campaign;
    return;
  elsif v_campaign.status <> 'draft' then
    raise exception 'this campaign is over; make a new one' using errcode = 'VX409';
  end if;

  with planned as (
    insert into public.scheduled_messages (org_id, kind, contact_id, campaign_step_id, due_at)
    select v_org_id, 'campaign', c.id, s.id, v_now + s.after
    from app.campaign_segment(v_campaign.segment) c
    cross join public.campaign_steps s
    where s.org_id = v_org_id and s.campaign_id = v_campaign.id
      and (v_campaign.category <> 'marketing' or c.marketing_consent_at is not null)
    on conflict do nothing
    returning id, due_at
  )
  select count(app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', p.id), p.due_at)) into v_planned
  from planned p;

  update public.campaigns c
  set status = case when v_planned > 0 then 'running' else 'done' end, started_at = v_now,
    ended_at = case when v_planned = 0 then v_now end, updated_at = v_now
  where c.org_id = v_org_id and c.id = v_campaign.id
  returning * into v_campaign;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'campaign_started', 'campaign', v_campaign.id, app.current_user_id());
  return next v_campaign;
end
$$;

ALTER FUNCTION app.start_campaign(p_campaign_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.start_campaign(p_campaign_id uuid) IS 'Plans every step for every contact of the segment as it is now (marketing: of those who agreed to it) and returns the campaign; done at once when nobody is in it. Owner or admin only (VX403). A second start returns the running campaign and plans nothing. VX404: no such campaign; VX409: it is over.';

CREATE FUNCTION app.start_provisioning(p_provisioning_id uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  -- A worker that is at a step by what it read before may write no more; what it makes until its lease would have been
  -- over is found by the next one, which therefore waits for that.
  update public.provisioning p
  set lease_id = null, lease_until = null, next_at = greatest(p.lease_until, v_now), updated_at = v_now
  where p.org_id = v_org_id and p.id = p_provisioning_id;
  perform app.enqueue_job('provision_number', jsonb_build_object('provisioning_id', p_provisioning_id));
  perform app.announce('provisioning_updated', 'provisioning', p_provisioning_id);
end
$$;

ALTER FUNCTION app.start_provisioning(p_provisioning_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.start_provisioning(p_provisioning_id uuid) IS 'Puts the job in that goes on with a run whose row just changed, and tells live clients.';

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

CREATE FUNCTION app.stop_campaign(p_campaign_id uuid) RETURNS SETOF public.campaigns
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_campaign public.campaigns;
begin
  perform app.require_staff();
  select * into v_campaign
  from public.campaigns c
  where c.org_id = v_org_id and c.id = p_campaign_id
  -- The message of a step that is being sent points at this row; its sender must not have to wait for us.
  for no key update;
  v_now := app.now();
  if v_campaign.id is null then
    raise exception 'there is no such campaign' using errcode = 'VX404';
  elsif v_campaign.status in ('stopped', 'done') then
    return next v_campaign;
    return;
  end if;

  with stopped as (
    select s.org_id, s.id
    from public.scheduled_messages s
    join public.campaign_steps t on t.org_id = s.org_id and t.id = s.campaign_step_id
    where t.org_id = v_org_id and t.campaign_id = p_campaign_id and s.state = 'waiting'
    order by s.id
    for update of s
  )
  update public.scheduled_messages s
  set state = 'cancelled', reason = 'stopped', updated_at = v_now
  from stopped
  where s.org_id = stopped.org_id and s.id = stopped.id;
  update public.campaigns c
  set status = 'stopped', ended_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_campaign_id
  returning * into v_campaign;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'campaign_stopped', 'campaign', p_campaign_id, app.current_user_id());
  return next v_campaign;
end
$$;

ALTER FUNCTION app.stop_campaign(p_campaign_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.stop_campaign(p_campaign_id uuid) IS 'Ends a campaign: nothing that still waits is sent. Any of the staff may (VX403 otherwise), for stopping harms nobody. A draft is ended too; one that is over is returned as it is. VX404: no such campaign.';

CREATE FUNCTION app.stop_campaigns_for(p_contact_id uuid, p_cause text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_reason text := case p_cause when 'reply' then 'replied' when 'booking' then 'booked' when 'opt_out' then 'opted_out' end;
begin
  if v_reason is null then
    raise exception 'campaigns stop on reply, booking or opt_out' using errcode = 'VX400';
  end if;
  -- In order of their ids, as app.stop_campaign takes them, so that the two never wait for each other in a ring.
  with stopped as (
    select s.org_id, s.id
    from public.scheduled_messages s
    join public.campaign_steps t on t.org_id = s.org_id and t.id = s.campaign_step_id
    join public.campaigns c on c.org_id = t.org_id and c.id = t.campaign_id
    where s.org_id = app.require_org_id() and s.contact_id = p_contact_id and s.kind = 'campaign' and s.state = 'waiting'
      and case p_cause when 'reply' then c.stop_on_reply when 'booking' then c.stop_on_booking else true end
    order by s.id
    for update of s
  )
  update public.scheduled_messages s
  set state = 'cancelled', reason = v_reason, updated_at = app.now()
  from stopped
  where s.org_id = stopped.org_id and s.id = stopped.id;
end
$$;

ALTER FUNCTION app.stop_campaigns_for(p_contact_id uuid, p_cause text) OWNER TO owner;

COMMENT ON FUNCTION app.stop_campaigns_for(p_contact_id uuid, p_cause text) IS 'The contact gets no further steps of campaigns that stop for that cause: reply, booking (each where the campaign says so) or opt_out (always). What was sent stays; other contacts go on. An unknown cause is VX400.';

CREATE FUNCTION app.summarise_tools() RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  insert into public.org_tools (org_id, tool_name, vapi_tool_id, definition_hash, linked, updated_at)
  select v_org_id, latest.tool_name, latest.vapi_tool_id, latest.definition_hash,
    -- Linked when every agent's assistant carries this very tool.
    not exists (
      select from public.agents a
      where a.org_id = v_org_id and a.deleted_at is null
        and not exists (
          select from public.agent_tools t
          where t.org_id = v_org_id and t.agent_id = a.id and t.tool_name = latest.tool_name
            and t.vapi_tool_id = latest.vapi_tool_id and t.linked_at is not null)),
    app.now()
  from (
    select distinct on (t.tool_name) t.tool_name, t.vapi_tool_id, t.definition_hash
    from public.agent_tools t
    where t.org_id = v_org_id
    order by t.tool_name, t.linked_at desc nulls last
  ) latest
  on conflict (org_id, tool_name) do update
  set vapi_tool_id = excluded.vapi_tool_id, definition_hash = excluded.definition_hash, linked = excluded.linked,
    updated_at = excluded.updated_at
  where (org_tools.vapi_tool_id, org_tools.definition_hash, org_tools.linked)
    is distinct from (excluded.vapi_tool_id, excluded.definition_hash, excluded.linked);
  delete from public.org_tools o
  where o.org_id = v_org_id
    and not exists (select from public.agent_tools t where t.org_id = v_org_id and t.tool_name = o.tool_name);
end
$$;

ALTER FUNCTION app.summarise_tools() OWNER TO owner;

COMMENT ON FUNCTION app.summarise_tools() IS 'Writes org_tools, the organisation''s summary, from its agents'' links.';

CREATE FUNCTION app.sweep_platform(p_events_before timestamp with time zone, p_deliveries_before timestamp with time zone) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_events bigint;
  v_deliveries bigint;
  v_answers bigint;
  v_tickets bigint;
  v_swept_xid xid8;
begin
  if p_events_before > app.now() - interval '1 hour' or p_deliveries_before > app.now() - interval '1 hour' then
    raise exception 'live clients and repeated webhooks need the last hour' using errcode = 'VX400';
  end if;
  with swept as (
    delete from public.events e where e.at < p_events_before returning e.xid
  )
  select count(*), max(s.xid) filter (where s.xid < pg_snapshot_xmax(pg_current_snapshot())) -- not those of a restored dump
  into v_events, v_swept_xid
  from swept s;
  update public.event_sweeps w set swept_xid = v_swept_xid where w.swept_xid < v_swept_xid;
  delete from public.webhook_deliveries d where d.received_at < p_deliveries_before;
  get diagnostics v_deliveries = row_count;
  delete from public.idempotency_keys k where k.expires_at < app.now();
  get diagnostics v_answers = row_count;
  delete from public.event_tickets t where t.expires_at <= app.now();
  get diagnostics v_tickets = row_count;
  return v_events + v_deliveries + v_answers + v_tickets;
end
$$;

ALTER FUNCTION app.sweep_platform(p_events_before timestamp with time zone, p_deliveries_before timestamp with time zone) OWNER TO app_definer;

COMMENT ON FUNCTION app.sweep_platform(p_events_before timestamp with time zone, p_deliveries_before timestamp with time zone) IS 'Deletes live events and webhook deliveries, of all tenants, that are older than the given instants: both are memory for a short time, the truth stands elsewhere. Answers kept for repeated wishes and tickets go when they have expired. How far events went is written down, so that a client that was away for longer hears of it. The last hour cannot be deleted (VX400). Returns how many rows went.';

CREATE FUNCTION app.take_answer(p_row public.scheduled_messages, p_now timestamp with time zone) RETURNS app.scheduled_bundle
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_bundle app.scheduled_bundle := app.start_bundle(p_row, case (p_row).kind when 'code' then 'code' else 'follow_up' end);
  v_language text := app.contact_language((p_row).contact_id);
  v_called public.call_logs;
  v_skipped text;
begin
  select * into v_called from public.call_logs c where c.org_id = (p_row).org_id and c.id = (p_row).call_id;
  v_skipped := case
    when v_bundle.phone is null then 'no_recipient'
    when (p_row).kind = 'code' and not exists (
      select from public.identity_codes c
      where c.org_id = (p_row).org_id and c.id = (p_row).code_id and c.expires_at > p_now) then 'too_late'
    when (p_row).kind = 'missed_call' and exists (
      select from public.call_logs c
      where c.org_id = (p_row).org_id and c.contact_id = (p_row).contact_id and c.created_at > v_called.created_at
        and c.outcome is distinct from 'missed') then 'called_again'
  end;
  if v_skipped is not null then
    perform app.settle_scheduled(array[(p_row).id], 'skipped', v_skipped);
    return null;
  end if;

  v_bundle.text := app.render_text((app.template_for((p_row).kind, v_language))[2], jsonb_build_object(
    'clinic', replace(v_bundle.clinic_name, '[code]', ''), 'phone', coalesce(v_called.to_number, v_bundle.clinic_phone, ''),
    'code', '[code]'));
  if (p_row).kind = 'code' then
    v_bundle.code_subjects := array_fill((p_row).code_id, array[
      (length(v_bundle.text) - length(replace(v_bundle.text, '[code]', ''))) / length('[code]')]);
    v_bundle.code_versions := array_fill(1, array[cardinality(v_bundle.code_subjects)]);
  end if;
  return v_bundle;
end
$$;

ALTER FUNCTION app.take_answer(p_row public.scheduled_messages, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.take_answer(p_row public.scheduled_messages, p_now timestamp with time zone) IS 'The bundle of what answers a call: the code that it asked for, or the text to a caller who was missed. NULL, and the row skipped: too_late (the code has expired), called_again (the caller was answered or is calling), no_recipient.';

CREATE FUNCTION app.take_campaign(p_row public.scheduled_messages) RETURNS app.scheduled_bundle
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_bundle app.scheduled_bundle;
  v_campaign public.campaigns;
  v_template public.message_templates;
  v_contact public.contacts;
  v_stopped boolean;
begin
  select k.* into v_contact from public.contacts k where k.org_id = (p_row).org_id and k.id = (p_row).contact_id;
  select c.* into v_campaign
  from public.campaign_steps s
  join public.campaigns c on c.org_id = s.org_id and c.id = s.campaign_id
  where s.org_id = (p_row).org_id and s.id = (p_row).campaign_step_id;
  select t.* into v_template
  from public.campaign_steps s
  join public.message_templates t on t.org_id = s.org_id and t.id = s.template_id
  where s.org_id = (p_row).org_id and s.id = (p_row).campaign_step_id;

  v_stopped := v_campaign.status <> 'running';
  if v_stopped or v_contact.phone is null then
    perform app.settle_scheduled(array[(p_row).id], 'skipped', case when v_stopped then 'stopped' else 'no_recipient' end);
    return null;
  end if;

  v_bundle := app.start_bundle(p_row, v_campaign.category);
  v_bundle.campaign_id := v_campaign.id;
  v_bundle.text := app.render_text(v_template.body, jsonb_build_object('clinic', v_bundle.clinic_name,
    'first_name', split_part(coalesce(v_contact.name, ''), ' ', 1), 'phone', coalesce(v_bundle.clinic_phone, '')));
  if v_campaign.category = 'marketing' then
    v_bundle.text := app.with_stop_hint(v_bundle.text, v_template.language);
  end if;
  return v_bundle;
end
$$;

ALTER FUNCTION app.take_campaign(p_row public.scheduled_messages) OWNER TO owner;

COMMENT ON FUNCTION app.take_campaign(p_row public.scheduled_messages) IS 'The bundle of one step of a campaign for one contact. NULL, and the row skipped: the campaign does not run (stopped), or there is no number (no_recipient). Contacts who answered, booked or opted out have no waiting rows, see app.stop_campaigns_for.';

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

CREATE FUNCTION app.take_provisioning_step(p_provisioning_id uuid, p_lease_id uuid) RETURNS SETOF app.provisioning_task
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_run public.provisioning;
  v_step public.provisioning_steps;
  v_until timestamptz;
  v_task app.provisioning_task;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id for update;
  v_now := app.now();
  v_task.outcome := 'over';
  v_task.wait_seconds := 0;
  if v_run.id is null or v_run.state in ('active', 'undone', 'released') then
    return next v_task;
    return;
  end if;
  if v_run.state = 'running' then
    select * into v_step
    from public.provisioning_steps s
    where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.state in ('waiting', 'intended')
    order by s.position
    limit 1;
  else
    -- What the check and the routing did goes with the number.
    select * into v_step
    from public.provisioning_steps s
    where s.org_id = v_org_id and s.provisioning_id = v_run.id and s.step in ('credential', 'import', 'messaging')
      and s.intended_at is not null and s.state in ('waiting', 'intended', 'done')
    order by s.position desc
    limit 1;
  end if;
  v_until := greatest(case when v_run.lease_id <> p_lease_id then v_run.lease_until end, v_run.next_at,
    case when v_run.state <> 'running' then v_step.settle_at end);
  if v_until > v_now then
    v_task.outcome := case when v_run.lease_until > v_now and v_run.lease_id <> p_lease_id then 'busy' else 'wait' end;
    v_task.wait_seconds := ceil(extract(epoch from v_until - v_now));
    return next v_task;
    return;
  elsif v_step.id is null then
    perform app.conclude_provisioning(v_run.id);
    return next v_task;
    return;
  end if;
  update public.provisioning_steps s
  set state = case v_run.state when 'running' then 'intended' else s.state end, attempts = s.attempts + 1,
    intended_at = coalesce(s.intended_at, v_now), updated_at = v_now
  where s.org_id = v_org_id and s.id = v_step.id;
  update public.provisioning p
  set lease_id = p_lease_id, lease_until = v_now + interval '90 seconds', attempted_at = v_now, updated_at = v_now
  where p.org_id = v_org_id and p.id = v_run.id;
  perform app.announce('provisioning_updated', 'provisioning', v_run.id);
  return query
  select case v_run.state when 'running' then 'act' when 'undoing' then 'undo' else 'release' end, 0, v_step.step, v_run.number, v_step.attempts + 1,
    v_step.external_id, v_step.undo, looked.external_id, looked.undo, made.external_id, n.vapi_phone_number_id, n.routing,
    app.own_line(n.location_id), r.vapi_assistant_id
  from public.provisioning_steps looked
  join public.provisioning_steps made
    on made.org_id = looked.org_id and made.provisioning_id = looked.provisioning_id and made.step = 'import'
  left join public.phone_numbers n on n.org_id = v_org_id and n.number = v_run.number
  left join public.agents a
    on a.org_id = v_org_id and a.deleted_at is null
    and (a.id = n.agent_id or n.agent_id is null and a.role = 'inbound' and a.is_default)
  left join public.assistant_routes r on r.org_id = a.org_id and r.agent_id = a.id
  where looked.org_id = v_org_id and looked.provisioning_id = v_run.id and looked.step = 'check';
end
$$;

ALTER FUNCTION app.take_provisioning_step(p_provisioning_id uuid, p_lease_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.take_provisioning_step(p_provisioning_id uuid, p_lease_id uuid) IS 'Decides what is next in a run and takes the lease for it (p_lease_id, made up by the worker) for ninety seconds. That the step is about to act is written down before it does: who finds the note looks first. Steps are undone in the opposite order, those that never began not at all.';

CREATE FUNCTION app.take_scheduled(p_scheduled_id uuid) RETURNS SETOF app.scheduled_bundle
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_row public.scheduled_messages;
  v_now timestamptz;
  v_not_before timestamptz;
  v_bundle app.scheduled_bundle;
begin
  select * into v_row from public.scheduled_messages s where s.org_id = v_org_id and s.id = p_scheduled_id;
  -- The same locks as app.begin_message's, so that nothing of one group goes out twice. Then visits before their rows: a
  -- booking locks them in that order.
  perform app.lock_contact(v_row.contact_id);
  perform from public.appointments a
  where a.org_id = v_org_id and a.id in (
    select s.appointment_id from public.scheduled_messages s
    where s.org_id = v_org_id and s.contact_id = v_row.contact_id and s.state = 'waiting')
  order by a.id
  for no key update;
  perform from public.scheduled_messages s
  where s.org_id = v_org_id and s.contact_id = v_row.contact_id and s.state = 'waiting'
  order by s.id
  for update;

  v_now := app.now();
  select * into v_row from public.scheduled_messages s where s.org_id = v_org_id and s.id = p_scheduled_id;
  if v_row.state = 'waiting' then
    -- A call that still runs may book another visit, or change this one.
    v_not_before := case
      when v_row.due_at > v_now then v_row.due_at
      when v_row.kind = 'confirmation' and exists (
        select from public.call_logs c
        where c.org_id = v_org_id and c.id = v_row.call_id and c.ended_at is null and c.status <> 'ended'
          and c.created_at > v_now - interval '30 minutes') then v_now + interval '1 minute'
    end;
    if v_not_before is not null then
      v_bundle.outcome := 'wait';
      v_bundle.not_before := v_not_before;
      v_bundle.scheduled_ids := array[v_row.id];
    else
      v_bundle := case
        when v_row.kind in ('confirmation', 'reminder') then app.take_visits(v_row, v_now)
        when v_row.kind = 'campaign' then app.take_campaign(v_row)
        else app.take_answer(v_row, v_now)
      end;
    end if;
  end if;
  v_bundle.outcome := coalesce(v_bundle.outcome, 'nothing');
  v_bundle.spoken := coalesce(v_bundle.spoken, false);
  return next v_bundle;
end
$$;

ALTER FUNCTION app.take_scheduled(p_scheduled_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.take_scheduled(p_scheduled_id uuid) IS 'What is to be sent now for a scheduled message, with everything that is merged into it; the rows stay locked until the transaction ends, which must settle them (app.settle_scheduled). outcome wait: its time has not come, or its call still runs (asked again every minute, for half an hour); nothing: done, cancelled or skipped, also when there is no such row.';

CREATE FUNCTION app.take_vapi_turn(p_gap_ms integer) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_now timestamptz;
  v_next timestamptz;
begin
  select p.next_at into v_next from public.vapi_pace p for update;
  v_now := app.now();
  v_next := greatest(v_next, v_now);
  update public.vapi_pace p set next_at = v_next + make_interval(secs => p_gap_ms / 1000.0);
  return ceil(extract(epoch from v_next - v_now) * 1000)::integer;
end
$$;

ALTER FUNCTION app.take_vapi_turn(p_gap_ms integer) OWNER TO app_definer;

COMMENT ON FUNCTION app.take_vapi_turn(p_gap_ms integer) IS 'Takes the next turn for a request to Vapi, p_gap_ms after the one before, across all processes. Returns how many milliseconds to wait for it.';

CREATE FUNCTION app.take_visits(p_row public.scheduled_messages, p_now timestamp with time zone) RETURNS app.scheduled_bundle
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
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

ALTER FUNCTION app.take_visits(p_row public.scheduled_messages, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.take_visits(p_row public.scheduled_messages, p_now timestamp with time zone) IS 'The bundle of a confirmation or reminder with everything that goes out in the same message: texts in the contact''s language and each visit''s local time, places for codes, and what the calendar file says. A number or address that was merely said is told the clinic and the times only; such an address gets three e-mails a week at most. NULL: there is nothing to tell any more, and the rows say why.';

CREATE FUNCTION app.template_fields(p_kind text) RETURNS text[]
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
begin
  return case p_kind
    when 'confirmation' then
      '{clinic,first_name,date,time,visits,code,service,practitioner,place,phone}'::text[]
    when 'reminder' then '{clinic,first_name,date,time,visits,service,practitioner,place,phone}'
    -- Goes to a number that somebody said: nothing in it may tell who the patient is or what for.
    when 'neutral_confirmation' then '{clinic,date,time,visits}'
    when 'missed_call' then '{clinic,phone}'
    when 'code' then '{clinic,code}'
    when 'follow_up' then '{clinic,first_name,phone}'
    when 'marketing' then '{clinic,first_name,phone}'
  end;
end
$$;

ALTER FUNCTION app.template_fields(p_kind text) OWNER TO owner;

COMMENT ON FUNCTION app.template_fields(p_kind text) IS 'The fields that a kind of template may name, without the braces. NULL: there is no such kind.';

CREATE FUNCTION app.template_for(p_kind text, p_language text) RETURNS text[]
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_default text[] := app.default_template(p_kind, p_language);
begin
  return coalesce((
    select array[coalesce(t.subject, v_default[1]), t.body]
    from public.message_templates t
    where t.org_id = app.require_org_id() and t.kind = p_kind and t.language = p_language and t.active
    order by t.updated_at desc, t.id
    limit 1), v_default);
end
$$;

ALTER FUNCTION app.template_for(p_kind text, p_language text) OWNER TO owner;

COMMENT ON FUNCTION app.template_for(p_kind text, p_language text) IS 'The wording that counts: array[subject, body] of the organisation''s own active template of that kind and language, else of app.default_template. A missing subject is the default''s. NULL where there is neither.';

CREATE FUNCTION app.tool_health() RETURNS SETOF app.tool_health
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_agents bigint := (select count(*) from public.agents a where a.org_id = v_org_id and a.deleted_at is null);
begin
  return query
  select o.tool_name, exists (select from public.vapi_tools v where v.name = o.tool_name and v.vapi_tool_id is not null),
    count(t.id) filter (where t.linked_at is not null and t.vapi_tool_id = o.vapi_tool_id), v_agents, max(t.link_error)
  from public.org_tools o
  left join (
    public.agent_tools t
    join public.agents a on a.org_id = t.org_id and a.id = t.agent_id and a.deleted_at is null
  ) on t.org_id = o.org_id and t.tool_name = o.tool_name
  where o.org_id = v_org_id
  group by o.tool_name
  order by o.tool_name;
end
$$;

ALTER FUNCTION app.tool_health() OWNER TO app_writer;

COMMENT ON FUNCTION app.tool_health() IS 'The organisation''s tools, each with how many of its agents carry it.';

CREATE TABLE public.vapi_tools (
    name text NOT NULL,
    vapi_tool_id text,
    definition_hash text,
    registered_at timestamp with time zone,
    retired_ids text[] DEFAULT '{}'::text[] NOT NULL,
    previous_id text,
    previous_hash text,
    claim_id uuid,
    claimed_until timestamp with time zone,
    CONSTRAINT vapi_tools_claim CHECK (((claim_id IS NULL) = (claimed_until IS NULL))),
    CONSTRAINT vapi_tools_definition_hash_check CHECK ((definition_hash ~ '^[0-9a-f]{64}$'::text)),
    CONSTRAINT vapi_tools_name_check CHECK ((name ~ '^[a-zA-Z0-9_-]{1,64}$'::text)),
    CONSTRAINT vapi_tools_previous CHECK (((previous_id IS NULL) = (previous_hash IS NULL))),
    CONSTRAINT vapi_tools_registered CHECK ((((vapi_tool_id IS NULL) = (definition_hash IS NULL)) AND ((vapi_tool_id IS NULL) = (registered_at IS NULL))))
);

ALTER TABLE ONLY public.vapi_tools FORCE ROW LEVEL SECURITY;

ALTER TABLE public.vapi_tools OWNER TO owner;

COMMENT ON TABLE public.vapi_tools IS 'Tools registered at Vapi, once for the whole platform. Belongs to no tenant and holds nothing of one.';

COMMENT ON COLUMN public.vapi_tools.vapi_tool_id IS 'NULL until the first registration succeeded.';

COMMENT ON COLUMN public.vapi_tools.definition_hash IS 'SHA-256 (hex) of the canonical definition that is registered.';

COMMENT ON COLUMN public.vapi_tools.retired_ids IS 'Earlier ids that running calls may still use.';

COMMENT ON COLUMN public.vapi_tools.previous_id IS 'The id that vapi_tool_id replaced, which processes of the earlier build go on with while both run.';

COMMENT ON COLUMN public.vapi_tools.previous_hash IS 'Of the definition under previous_id.';

COMMENT ON COLUMN public.vapi_tools.claim_id IS 'The worker that registers the tool now; only it may write the outcome.';

CREATE FUNCTION app.tool_registry() RETURNS SETOF public.vapi_tools
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO ''
    AS $$
begin
  return query
  select t.*
  from public.vapi_tools t
  order by t.name;
end
$$;

ALTER FUNCTION app.tool_registry() OWNER TO app_definer;

COMMENT ON FUNCTION app.tool_registry() IS 'All tools that were ever registered, with the ids they have and had at Vapi.';

CREATE FUNCTION app.transcript_of(p_call_id uuid) RETURNS app.transcript_export
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_call public.call_logs;
  v_export app.transcript_export;
begin
  select c.* into v_call
  from public.call_logs c
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  where c.org_id = app.require_org_id() and c.id = p_call_id and c.deleted_at is null and k.erased_at is null;
  if v_call.id is null then
    raise exception 'Call not found' using errcode = 'VX404';
  elsif v_call.transcript_state <> 'stored' or v_call.transcript = '[]' then
    raise exception 'This call does not have a transcript' using errcode = 'VX400';
  end if;
  select null::uuid, v_call.id, null::timestamptz, o.name, l.phone, o.country, coalesce(l.time_zone, o.time_zone), k.name,
    case v_call.direction when 'outbound' then v_call.to_number else v_call.from_number end, v_call.direction,
    app.call_state(v_call.status, v_call.outcome, v_call.ended_reason), v_call.began_at,
    v_call.duration_seconds, v_call.summary, v_call.transcript
  into strict v_export
  from public.organizations o
  left join public.locations l on l.org_id = o.id and l.id = v_call.location_id
  left join public.contacts k on k.org_id = o.id and k.id = v_call.contact_id
  where o.id = v_call.org_id;
  return v_export;
end
$$;

ALTER FUNCTION app.transcript_of(p_call_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.transcript_of(p_call_id uuid) IS 'What an exported transcript says; message_id and exported_at are still to come. VX404 for an unknown or deleted call, or one whose contact was erased; VX400 for a call without a transcript.';

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
    -- A transfer of ours shows our number as the caller's: what comes back with it was forwarded to us again.
    when app.is_our_number(v_other) then 'loop'
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

COMMENT ON FUNCTION app.transfer_destination(p_call_id uuid, p_department text) IS 'Where to put a caller through: the department''s number, else the location''s own line, during opening hours. Refused with closed, no_number, loop (the number is ours or the caller''s own, or the call came back from a transfer of ours, so it would ring us again) or already_transferred (once per caller in ten minutes). Each transfer is audited.';

CREATE FUNCTION app.turn_around(p_provisioning_id uuid, p_state text) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_busy_until timestamptz;
begin
  select p.lease_until into v_busy_until
  from public.provisioning p
  where p.org_id = v_org_id and p.id = p_provisioning_id and p.lease_until > v_now;
  update public.provisioning p
  set state = p_state, lease_id = null, lease_until = null, next_at = null, updated_at = v_now
  where p.org_id = v_org_id and p.id = p_provisioning_id;
  update public.provisioning_steps s
  set attempts = 0, updated_at = v_now,
    -- A worker is at it at this moment, and may make something after we looked.
    settle_at = case when s.state = 'intended' then greatest(s.settle_at, v_busy_until) else s.settle_at end
  where s.org_id = v_org_id and s.provisioning_id = p_provisioning_id;
end
$$;

ALTER FUNCTION app.turn_around(p_provisioning_id uuid, p_state text) OWNER TO owner;

COMMENT ON FUNCTION app.turn_around(p_provisioning_id uuid, p_state text) IS 'From here on a run takes away what it made: undoing after a failure, releasing as the clinic wishes. A step that a worker is at is undone when its lease is over.';

CREATE FUNCTION app.undo_provisioning(p_provisioning_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_run public.provisioning;
begin
  select * into v_run from public.provisioning p where p.org_id = v_org_id and p.id = p_provisioning_id for update;
  if v_run.id is null or v_run.state in ('undone', 'released') then
    return false;
  end if;
  if v_run.state in ('running', 'active') then
    perform app.turn_around(v_run.id, 'undoing');
  end if;
  perform app.start_provisioning(v_run.id);
  return true;
end
$$;

ALTER FUNCTION app.undo_provisioning(p_provisioning_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.undo_provisioning(p_provisioning_id uuid) IS 'Has a run undone, whatever it is at, or its undoing tried again at once; the number stays the clinic''s, to text from. False when there is nothing to undo.';

CREATE FUNCTION app.unfolded_text(p_tokens text[], p_gaps text[], p_words text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
    SET search_path TO ''
    AS $$
  select case when strpos(r.text, '[name]') = 0 then r.text else regexp_replace(r.text, '\[name\](?:[\s-]+\[name\])+', '[name]', 'g') end
  from (select string_agg(
      case
        when u.word = '=' then ''
        when u.word = '[dob' then '[date of birth]'
        when u.word = '[record' then '[record number]'
        when u.word like '[%' then u.word || ']'
        else u.token
      end
      -- The blanks inside a span go with it.
      || case when u.next = '=' then '' else u.gap end, '' order by u.position) as text
  from (
    select t.token, t.gap, t.word, t.position, lead(t.word) over (order by t.position) as next
    from unnest(p_tokens, p_gaps, string_to_array(btrim(p_words), ' ')) with ordinality t(token, gap, word, position)
  ) u) r
$$;

ALTER FUNCTION app.unfolded_text(p_tokens text[], p_gaps text[], p_words text) OWNER TO owner;

COMMENT ON FUNCTION app.unfolded_text(p_tokens text[], p_gaps text[], p_words text) IS 'The text of tokens and the blanks after them, with a placeholder where the classified words are folded to a kind. Placeholders of one name are one.';

CREATE FUNCTION app.verify_caller(p_call_id uuid, p_date_of_birth date, p_patient_name text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := app.normalise_name(coalesce(p_patient_name, ''));
  v_contact_id uuid;
  v_patient_ids uuid[];
begin
  perform app.lock_call(p_call_id);
  -- Made where it is missing, so that guesses at an unknown number count, and lock, like those at a known one.
  v_contact_id := app.contact_of_call(p_call_id);
  if not app.may_guess(p_call_id, v_contact_id) then
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

CREATE FUNCTION app.verify_code(p_call_id uuid, p_code_hashes bytea[], p_patient_name text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_contact_id uuid;
  v_patient_ids uuid[];
  v_factor text;
begin
  perform app.lock_call(p_call_id);
  v_contact_id := app.contact_of_call(p_call_id);
  if not app.may_guess(p_call_id, v_contact_id) then
    return 'locked';
  end if;

  v_patient_ids := app.patients_of_code(p_call_id, v_contact_id, p_code_hashes, p_patient_name);
  v_factor := case when exists (
    select from public.identity_codes c
    where c.org_id = v_org_id and c.kind = 'texted' and c.call_id = p_call_id
      and (coalesce(cardinality(v_patient_ids), 0) = 0 or c.code_hash = any (p_code_hashes))
    ) then 'texted_code' else 'confirmation_code' end;
  insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
  select v_org_id, p_call_id, v_contact_id, p.id, v_factor, p.id is not null
  from unnest(case when cardinality(v_patient_ids) > 0 then v_patient_ids else array[null::uuid] end) p (id);
  return case when cardinality(v_patient_ids) > 0 then 'verified' else 'not_verified' end;
end
$$;

ALTER FUNCTION app.verify_code(p_call_id uuid, p_code_hashes bytea[], p_patient_name text) OWNER TO app_writer;

COMMENT ON FUNCTION app.verify_code(p_call_id uuid, p_code_hashes bytea[], p_patient_name text) IS 'Checks a code that a caller says, as its keyed hashes (one per key in use), and opens whom it names to this one call: see app.patients_of_code. Returns verified, not_verified (the same for a wrong code, an expired one and a wrong name) or locked; wrong codes and wrong dates of birth count together, see app.may_guess. VX404 when the call is not the tenant''s.';

CREATE FUNCTION app.view_recording(p_recording_id uuid) RETURNS app.recording_view
    LANGUAGE plpgsql STABLE
    SET search_path TO ''
    AS $$
declare
  v_view app.recording_view;
begin
  select 'open', r.id, r.storage_key, r.content_type, r.size_bytes, o.name, c.began_at,
    coalesce(l.time_zone, o.time_zone)
  into v_view.outcome, v_view.recording_id, v_view.storage_key, v_view.content_type, v_view.size_bytes, v_view.clinic_name,
    v_view.call_at, v_view.time_zone
  from public.recordings r
  join public.call_logs c on c.org_id = r.org_id and c.id = r.call_id and c.deleted_at is null
  join public.organizations o on o.id = r.org_id and o.deleted_at is null
  left join public.locations l on l.org_id = c.org_id and l.id = c.location_id
  where r.org_id = app.require_org_id() and r.id = p_recording_id and r.stored_at is not null and r.delete_requested_at is null;
  return v_view;
end
$$;

ALTER FUNCTION app.view_recording(p_recording_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.view_recording(p_recording_id uuid) IS 'A recording that we keep and that nobody asked to delete, with what a page says about its call; an outcome of NULL for any other.';

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

CREATE FUNCTION app.visit_text(p_kind text, p_language text, p_body text, p_bundle app.scheduled_bundle, p_dates text[], p_times text[], p_names text[], p_first_name text, p_service text, p_practitioner text) RETURNS text
    LANGUAGE plpgsql IMMUTABLE
    SET search_path TO ''
    AS $$
declare
  -- A wording of the clinic's that has room for one visit only would swallow the others.
  v_body text := case when cardinality(p_dates) > 1 and (p_body not like '%{visits}%' or p_body like '%{code}%')
    then (app.default_template(p_kind, p_language))[2] else p_body end;
  v_fields jsonb := jsonb_build_object('clinic', (p_bundle).clinic_name, 'first_name', p_first_name, 'service', p_service,
    'practitioner', p_practitioner, 'place', coalesce((p_bundle).place, ''), 'phone', coalesce((p_bundle).clinic_phone, ''),
    'date', p_dates[1], 'time', p_times[1]);
begin
  -- Only our own places for codes count, not the same letters in somebody's name or wording.
  return app.render_text(replace(v_body, '[code]', ''), replace(v_fields::text, '[code]', '')::jsonb || jsonb_build_object(
    'code', '[code]',
    'visits', app.list_visits(p_language, p_names, p_dates, p_times, p_kind = 'confirmation' and v_body not like '%{code}%')));
end
$$;

ALTER FUNCTION app.visit_text(p_kind text, p_language text, p_body text, p_bundle app.scheduled_bundle, p_dates text[], p_times text[], p_names text[], p_first_name text, p_service text, p_practitioner text) OWNER TO owner;

COMMENT ON FUNCTION app.visit_text(p_kind text, p_language text, p_body text, p_bundle app.scheduled_bundle, p_dates text[], p_times text[], p_names text[], p_first_name text, p_service text, p_practitioner text) IS 'The text of a confirmation or reminder in the wording p_body; our own wording instead where several visits do not fit into it. Each visit of a confirmation has a place for its code, in {code} or else in {visits}. p_names: see app.list_visits; the single values are the first visit''s.';

CREATE FUNCTION app.visits_in_reply(p_appointment_ids uuid[], p_language text, p_numbered boolean) RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  with listed as (
    select u.position, array_to_string(app.local_words(a.scheduled_at, l.time_zone, p_language), ', ') as at,
      split_part(coalesce(a.said_name, p.name), ' ', 1) as first_name,
      min(a.patient_id::text) over () <> max(a.patient_id::text) over () as several_patients
    from unnest(p_appointment_ids) with ordinality u (id, position)
    join public.appointments a on a.org_id = app.current_org_id() and a.id = u.id
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  )
  select string_agg(
    case when p_numbered then chr(10) || i.position || ' ' else '' end || i.at
      || case when i.several_patients then ' ' || i.first_name else '' end,
    case when p_numbered then '' else '; ' end order by i.position)
  from listed i
$$;

ALTER FUNCTION app.visits_in_reply(p_appointment_ids uuid[], p_language text, p_numbered boolean) OWNER TO owner;

COMMENT ON FUNCTION app.visits_in_reply(p_appointment_ids uuid[], p_language text, p_numbered boolean) IS 'Visits in words for a text: local day and time, and the first name only where several patients are among them. Numbered: each on a line of its own behind its position, which is what an answer names.';

CREATE FUNCTION app.visits_to_answer(p_contact_id uuid, p_now timestamp with time zone) RETURNS SETOF public.appointments
    LANGUAGE sql STABLE
    SET search_path TO ''
    AS $$
  select a.*
  from public.appointments a
  where a.org_id = app.current_org_id()
    and a.contact_id = p_contact_id
    and a.status in ('pending', 'confirmed')
    and a.scheduled_at > p_now
  order by a.scheduled_at, a.id
  limit 6
$$;

ALTER FUNCTION app.visits_to_answer(p_contact_id uuid, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.visits_to_answer(p_contact_id uuid, p_now timestamp with time zone) IS 'The visits to come that a text from this contact can be about, the next first, at most six.';

CREATE FUNCTION app.visits_to_tell(p_row public.scheduled_messages, p_now timestamp with time zone) RETURNS SETOF public.scheduled_messages
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
begin
  perform app.settle_scheduled(array[s.id], 'skipped', case when a.status = 'confirmed' then 'too_late' else 'not_active' end)
  from public.scheduled_messages s
  join public.appointments a on a.org_id = s.org_id and a.id = s.appointment_id
  where s.org_id = (p_row).org_id and s.contact_id = (p_row).contact_id and s.kind = (p_row).kind and s.state = 'waiting'
    and (a.status <> 'confirmed' or a.scheduled_at <= p_now);

  return query
  with waiting as (
    select s, a.scheduled_at, (a.scheduled_at at time zone l.time_zone)::date as day
    from public.scheduled_messages s
    join public.appointments a on a.org_id = s.org_id and a.id = s.appointment_id
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    where s.org_id = (p_row).org_id and s.contact_id = (p_row).contact_id and s.kind = (p_row).kind and s.state = 'waiting'
  ), own as (
    select w.* from waiting w where (w.s).id = (p_row).id
  ), together as (
    select w.*
    from waiting w, own
    where case
      when (w.s).id = (p_row).id then true
      when (p_row).kind = 'reminder' then (w.s).before = (p_row).before and w.day = own.day
      else (w.s).call_id = (p_row).call_id or ((w.s).call_id is null and (w.s).due_at <= p_now)
    end
    -- Five fill a text of 480 letters; a sixth visit has a job of its own and gets a text of its own.
    order by (w.s).id = (p_row).id desc, w.scheduled_at, (w.s).id
    limit 5
  )
  select (t.s).* from together t order by t.scheduled_at, (t.s).id;
end
$$;

ALTER FUNCTION app.visits_to_tell(p_row public.scheduled_messages, p_now timestamp with time zone) OWNER TO owner;

COMMENT ON FUNCTION app.visits_to_tell(p_row public.scheduled_messages, p_now timestamp with time zone) IS 'The waiting rows that go out in one message with p_row, in the order of their visits, p_row among them: a contact''s confirmations of the same call and those of the dashboard that are due; its reminders of the same offset for the same local day. Rows of visits that began or are not confirmed are skipped; no rows: p_row was one of them. The rows are locked.';

CREATE FUNCTION app.wished_instant(p_words text, p_zone text) RETURNS timestamp with time zone
    LANGUAGE plpgsql STABLE STRICT
    SET search_path TO ''
    AS $_$
declare
  v_words text := btrim(p_words);
  v_local timestamp;
  v_at timestamptz;
begin
  if v_words ~* '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)? ?(Z|[+-]\d\d(:?\d\d)?)$' then
    return v_words::timestamptz;
  elsif v_words !~* '^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?$' then
    raise exception 'write the time as 2026-05-04 15:00, or with an offset as 2026-05-04T15:00:00Z' using errcode = 'VX400';
  end if;
  v_local := v_words::timestamp;
  v_at := app.local_instant(v_local, p_zone, false);
  if (v_at at time zone p_zone) <> v_local then
    raise exception 'there is no such local time on that day: the clocks go forward' using errcode = 'VX400';
  end if;
  return v_at;
exception
  when datetime_field_overflow or invalid_datetime_format or invalid_time_zone_displacement_value then
    raise exception 'there is no such date or time' using errcode = 'VX400';
end
$_$;

ALTER FUNCTION app.wished_instant(p_words text, p_zone text) OWNER TO owner;

COMMENT ON FUNCTION app.wished_instant(p_words text, p_zone text) IS 'The instant that a dashboard wrote: ISO 8601 with an offset or Z, else a local time of p_zone (2026-05-04 15:00), the first one where the clock shows it twice. NULL for NULL; VX400 for anything else, and for a time that the clock skips.';

CREATE FUNCTION app.with_stop_hint(p_text text, p_language text) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO ''
    AS $$
  select case when p_text ~ '\mSTOP\M' then p_text
    else rtrim(p_text) || ' ' || case p_language
      when 'es' then 'Responda STOP para darse de baja.'
      when 'fr' then 'Répondez STOP pour ne plus rien recevoir.'
      when 'de' then 'STOP zum Abmelden.'
      else 'Reply STOP to end.' end
  end
$$;

ALTER FUNCTION app.with_stop_hint(p_text text, p_language text) OWNER TO owner;

COMMENT ON FUNCTION app.with_stop_hint(p_text text, p_language text) IS 'A marketing text that says how to end it, as the law wants: the sentence is put at the end where the word STOP is missing.';

CREATE FUNCTION app.withdraw_invitation(p_invitation_id uuid) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_admin();
  delete from public.invitations i where i.org_id = v_org_id and i.id = p_invitation_id and i.accepted_at is null;
  if not found then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'invitation_withdrawn', 'invitation', p_invitation_id, app.current_user_id());
  return true;
end
$$;

ALTER FUNCTION app.withdraw_invitation(p_invitation_id uuid) OWNER TO app_writer;

COMMENT ON FUNCTION app.withdraw_invitation(p_invitation_id uuid) IS 'Takes an open invitation back: its token opens nothing any more. False when there is none, or it was accepted. Owner and admin only (VX403).';

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

CREATE FUNCTION app.write_cancellation(p_old public.appointments, p_reason text, p_call_id uuid, p_message_id uuid DEFAULT NULL::uuid) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_now timestamptz := app.now();
begin
  update public.appointments a
  set status = 'cancelled', cancelled_at = v_now, cancel_reason = left(nullif(btrim(p_reason), ''), 200), updated_at = v_now
  where a.org_id = app.require_org_id() and a.id = (p_old).id;
  perform app.note_change('cancelled', (p_old).id, p_old, p_call_id, p_message_id);
end
$$;

ALTER FUNCTION app.write_cancellation(p_old public.appointments, p_reason text, p_call_id uuid, p_message_id uuid) OWNER TO owner;

COMMENT ON FUNCTION app.write_cancellation(p_old public.appointments, p_reason text, p_call_id uuid, p_message_id uuid) IS 'Cancels a visit and keeps its history, whoever asked: staff (neither id), a call, or a text. p_old is the row as read for update by the caller, who has decided that it may be cancelled.';

CREATE FUNCTION app.write_contact(p_contact_id uuid, p_change jsonb) RETURNS void
    LANGUAGE plpgsql
    SET search_path TO ''
    AS $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_unknown text;
begin
  select k into v_unknown
  from jsonb_object_keys(p_change) k
  where k not in ('name', 'phone', 'email', 'service_interests', 'notes', 'lead_status', 'language', 'time_zone', 'marketing_consent')
  order by k
  limit 1;
  if found then
    raise exception 'a contact has no such field: %', left(v_unknown, 40) using errcode = 'VX400';
  end if;

  update public.contacts c
  set name = case when p_change ? 'name' then nullif(btrim(p_change ->> 'name'), '') else c.name end,
    phone = case when p_change ? 'phone' then nullif(p_change ->> 'phone', '') else c.phone end,
    email = case when p_change ? 'email' then nullif(btrim(p_change ->> 'email'), '') else c.email end,
    service_interests = case when p_change ? 'service_interests'
      then array(select jsonb_array_elements_text(p_change -> 'service_interests')) else c.service_interests end,
    notes = case when p_change ? 'notes' then nullif(p_change ->> 'notes', '') else c.notes end,
    lead_status = coalesce(p_change ->> 'lead_status', c.lead_status),
    lead_score = app.score_of_status(p_change ->> 'lead_status', c.lead_score),
    language = case when p_change ? 'language' then nullif(p_change ->> 'language', '') else c.language end,
    time_zone = case when p_change ? 'time_zone' then nullif(p_change ->> 'time_zone', '') else c.time_zone end,
    -- Consent that stands keeps its time: that is what proves it. It was given for a number, and goes with it.
    marketing_consent_at = case
      when (p_change ->> 'marketing_consent')::boolean is false then null
      when p_change ? 'phone' and c.phone <> coalesce(p_change ->> 'phone', '')
        then case when (p_change ->> 'marketing_consent')::boolean then v_now end
      when (p_change ->> 'marketing_consent')::boolean then coalesce(c.marketing_consent_at, v_now)
      else c.marketing_consent_at end,
    updated_at = v_now
  where c.org_id = v_org_id and c.id = p_contact_id;
exception
  when unique_violation then
    raise exception 'contact with this phone number already exists in your organization' using errcode = 'VX409';
  when check_violation or invalid_text_representation or invalid_parameter_value then
    raise exception 'a field of the contact has a value that is not allowed: see the API description' using errcode = 'VX400';
end
$$;

ALTER FUNCTION app.write_contact(p_contact_id uuid, p_change jsonb) OWNER TO owner;

COMMENT ON FUNCTION app.write_contact(p_contact_id uuid, p_change jsonb) IS 'Changes a contact as app.change_contact says, for functions that have looked at role and rows before. The score follows a status that is set.';

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
    message_id uuid,
    CONSTRAINT appointment_changes_kind_check CHECK ((kind = ANY (ARRAY['booked'::text, 'amended'::text, 'rescheduled'::text, 'cancelled'::text, 'approved'::text, 'confirmed_by_patient'::text, 'completed'::text, 'no_show'::text])))
);

ALTER TABLE ONLY public.appointment_changes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.appointment_changes OWNER TO owner;

COMMENT ON TABLE public.appointment_changes IS 'What happened to an appointment: each booking, move, approval, answer, cancellation and how it ended, with its times before and after.';

COMMENT ON COLUMN public.appointment_changes.message_id IS 'The text by which the patient did it.';

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
    request_id text DEFAULT NULLIF(current_setting('app.request_id'::text, true), ''::text),
    at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT audit_log_action_check CHECK ((action ~ '^[a-z]+(_[a-z]+)*$'::text)),
    CONSTRAINT audit_log_request_id_check CHECK ((char_length(request_id) <= 64))
);

ALTER TABLE ONLY public.audit_log FORCE ROW LEVEL SECURITY;

ALTER TABLE public.audit_log OWNER TO owner;

COMMENT ON TABLE public.audit_log IS 'Who did or read what, and when. Append-only; ids only, no words of or about patients.';

COMMENT ON COLUMN public.audit_log.actor_user_id IS 'The person in auth.users; NULL when a webhook or a job acted.';

COMMENT ON COLUMN public.audit_log.request_id IS 'The X-Request-Id of the HTTP request that acted, as the server names it for the whole transaction; NULL where none did.';

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

CREATE TABLE public.call_days (
    org_id uuid NOT NULL,
    day date NOT NULL,
    time_zone text NOT NULL,
    from_at timestamp with time zone NOT NULL,
    to_at timestamp with time zone NOT NULL,
    calls integer NOT NULL,
    inbound integer NOT NULL,
    outbound integer NOT NULL,
    ended integer NOT NULL,
    missed integer NOT NULL,
    failed integer NOT NULL,
    transferred integer NOT NULL,
    timed integer NOT NULL,
    seconds bigint NOT NULL,
    CONSTRAINT call_days_calls_check CHECK ((calls >= 0)),
    CONSTRAINT call_days_span CHECK ((from_at < to_at))
);

ALTER TABLE ONLY public.call_days FORCE ROW LEVEL SECURITY;

ALTER TABLE public.call_days OWNER TO owner;

COMMENT ON TABLE public.call_days IS 'Calls of days that are over, in numbers, deleted ones too. A row is true as long as it stands: whatever changes a call takes the row of its day away, and a day without a row is counted from the calls themselves. app.roll_up_calls writes them every hour.';

COMMENT ON COLUMN public.call_days.day IS 'The clinic''s day in time_zone: calls whose began_at lies in [from_at, to_at).';

COMMENT ON COLUMN public.call_days.time_zone IS 'The zone the clinic had when this was counted. Rows of another than the present one are not read, and go at the next roll-up.';

COMMENT ON COLUMN public.call_days.from_at IS 'Kept, so that a row means the same calls after a zone''s rules have changed.';

COMMENT ON COLUMN public.call_days.inbound IS 'Of calls; neither this nor outbound are those from the web.';

COMMENT ON COLUMN public.call_days.ended IS 'Of calls; among them missed, failed and transferred (app.call_state), and the rest completed.';

COMMENT ON COLUMN public.call_days.timed IS 'Ended calls with a known duration.';

COMMENT ON COLUMN public.call_days.seconds IS 'How long the timed ones took together.';

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
    deleted_at timestamp with time zone,
    began_at timestamp with time zone GENERATED ALWAYS AS (COALESCE(started_at, created_at)) STORED NOT NULL,
    recording_error text,
    CONSTRAINT call_logs_cost_micros_check CHECK ((cost_micros >= 0)),
    CONSTRAINT call_logs_direction_check CHECK ((direction = ANY (ARRAY['inbound'::text, 'outbound'::text, 'web'::text]))),
    CONSTRAINT call_logs_duration_seconds_check CHECK ((duration_seconds >= 0)),
    CONSTRAINT call_logs_ended_reason_check CHECK ((char_length(ended_reason) <= 200)),
    CONSTRAINT call_logs_from_number_check CHECK ((from_number ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT call_logs_outcome_check CHECK ((outcome = ANY (ARRAY['booked'::text, 'rescheduled'::text, 'cancelled'::text, 'message'::text, 'transferred'::text, 'answered'::text, 'missed'::text]))),
    CONSTRAINT call_logs_recording_error_check CHECK ((recording_error ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT call_logs_recording_state_check CHECK ((recording_state = ANY (ARRAY['none'::text, 'at_provider'::text, 'copying'::text, 'stored'::text, 'failed'::text, 'not_kept_by_provider'::text, 'deleted'::text]))),
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

COMMENT ON COLUMN public.call_logs.recording_state IS 'at_provider: Vapi keeps a recording that we have not copied yet; copying: a job is at it; stored: we keep it; failed: it could not be copied, recording_error says why; not_kept_by_provider: the clinic''s HIPAA mode keeps Vapi from recording; deleted: we had it or wanted it, recording_error says why it went.';

COMMENT ON COLUMN public.call_logs.cost_micros IS 'Cost in millionths of a US dollar, as Vapi reports it.';

COMMENT ON COLUMN public.call_logs.reported_at IS 'When the end-of-call report was taken in; a second one changes nothing.';

COMMENT ON COLUMN public.call_logs.deleted_at IS 'When staff deleted the call: its words and the person''s number are blanked and no list shows it; numbers still count it.';

COMMENT ON COLUMN public.call_logs.began_at IS 'When it started, else when we first heard of it. A column, because under row security no index is asked for coalesce(): PostgreSQL does not take it for leakproof.';

COMMENT ON COLUMN public.call_logs.recording_error IS 'failed: gone, too_large, not_audio, unreachable or storage. deleted: expired (keep_recordings_for) or erased.';

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
    CONSTRAINT caller_verifications_factor_check CHECK ((factor = ANY (ARRAY['date_of_birth'::text, 'confirmation_code'::text, 'texted_code'::text])))
);

ALTER TABLE ONLY public.caller_verifications FORCE ROW LEVEL SECURITY;

ALTER TABLE public.caller_verifications OWNER TO owner;

COMMENT ON TABLE public.caller_verifications IS 'Every identity check of a call. A success opens that one patient to that one call; failures are counted.';

CREATE TABLE public.campaign_steps (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    campaign_id uuid NOT NULL,
    "position" smallint NOT NULL,
    after interval NOT NULL,
    template_id uuid NOT NULL,
    CONSTRAINT campaign_steps_after_check CHECK (((after >= '00:00:00'::interval) AND (after <= '365 days'::interval))),
    CONSTRAINT campaign_steps_position_check CHECK ((("position" >= 1) AND ("position" <= 10)))
);

ALTER TABLE ONLY public.campaign_steps FORCE ROW LEVEL SECURITY;

ALTER TABLE public.campaign_steps OWNER TO owner;

COMMENT ON TABLE public.campaign_steps IS 'One text of a campaign; after counts from the campaign''s start.';

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

CREATE TABLE public.event_sweeps (
    only_row boolean DEFAULT true NOT NULL,
    swept_xid xid8 DEFAULT '0'::xid8 NOT NULL,
    CONSTRAINT event_sweeps_only_row_check CHECK (only_row)
);

ALTER TABLE ONLY public.event_sweeps FORCE ROW LEVEL SECURITY;

ALTER TABLE public.event_sweeps OWNER TO owner;

COMMENT ON TABLE public.event_sweeps IS 'How far live events were deleted for their age. One row; belongs to no tenant.';

COMMENT ON COLUMN public.event_sweeps.swept_xid IS 'The newest transaction of which an event was deleted: a client whose cursor is not beyond it may have missed something.';

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

CREATE TABLE public.idempotency_keys (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    user_id uuid NOT NULL,
    method text NOT NULL,
    route text NOT NULL,
    key text NOT NULL,
    body_hash bytea NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    claim_id uuid NOT NULL,
    lease_until timestamp with time zone NOT NULL,
    status integer,
    headers jsonb,
    response bytea,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    acted_at timestamp with time zone,
    answer_kept boolean DEFAULT true NOT NULL,
    CONSTRAINT idempotency_keys_answer CHECK (((state = 'done'::text) = ((status IS NOT NULL) AND (headers IS NOT NULL) AND (response IS NOT NULL)))),
    CONSTRAINT idempotency_keys_body_hash_check CHECK ((octet_length(body_hash) = 32)),
    CONSTRAINT idempotency_keys_key_check CHECK (((char_length(key) >= 1) AND (char_length(key) <= 220))),
    CONSTRAINT idempotency_keys_method_check CHECK ((method ~ '^[A-Z]{1,10}$'::text)),
    CONSTRAINT idempotency_keys_response_check CHECK ((octet_length(response) <= 1048576)),
    CONSTRAINT idempotency_keys_route_check CHECK (((char_length(route) >= 1) AND (char_length(route) <= 200))),
    CONSTRAINT idempotency_keys_state_check CHECK ((state = ANY (ARRAY['running'::text, 'done'::text]))),
    CONSTRAINT idempotency_keys_status_check CHECK (((status >= 200) AND (status <= 299)))
);

ALTER TABLE ONLY public.idempotency_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_keys OWNER TO owner;

COMMENT ON TABLE public.idempotency_keys IS 'Wishes of the dashboard that were carried out lately, with their answers: the same wish again gets the same answer and changes nothing. Kept for two minutes or a day; read by functions only.';

COMMENT ON COLUMN public.idempotency_keys.route IS 'The pattern that the path matched; the path itself is part of body_hash.';

COMMENT ON COLUMN public.idempotency_keys.key IS 'What the client sent, with the name of its header in front: two headers never mean one wish.';

COMMENT ON COLUMN public.idempotency_keys.body_hash IS 'SHA-256 of path, query and body: under one key nothing else may be wished.';

COMMENT ON COLUMN public.idempotency_keys.claim_id IS 'The try that carries the wish out; only it may write the answer.';

COMMENT ON COLUMN public.idempotency_keys.lease_until IS 'When a try that has not answered is taken for dead; the same wish may then be tried again.';

COMMENT ON COLUMN public.idempotency_keys.headers IS 'The answer''s headers that are the handler''s own, as name: value.';

COMMENT ON COLUMN public.idempotency_keys.response IS 'The answer''s body.';

COMMENT ON COLUMN public.idempotency_keys.acted_at IS 'When the wish first changed something, written in the transaction that did. With state running and a lease that is over: it was carried out and its answer is lost.';

COMMENT ON COLUMN public.idempotency_keys.answer_kept IS 'False: a contact was erased since it was carried out, and its answer, which may show the person, was blanked or will not be written.';

CREATE TABLE public.identity_codes (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    kind text NOT NULL,
    contact_id uuid NOT NULL,
    appointment_id uuid,
    call_id uuid,
    code_hash bytea,
    expires_at timestamp with time zone NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT identity_codes_check CHECK (((kind = 'confirmation'::text) = (appointment_id IS NOT NULL))),
    CONSTRAINT identity_codes_check1 CHECK (((kind = 'texted'::text) = (call_id IS NOT NULL))),
    CONSTRAINT identity_codes_kind_check CHECK ((kind = ANY (ARRAY['confirmation'::text, 'texted'::text])))
);

ALTER TABLE ONLY public.identity_codes FORCE ROW LEVEL SECURITY;

ALTER TABLE public.identity_codes OWNER TO owner;

COMMENT ON TABLE public.identity_codes IS 'Codes that prove who calls. Only a keyed hash is kept: the code is derived again when it is sent.';

COMMENT ON COLUMN public.identity_codes.kind IS 'confirmation: stands in the confirmation of a visit, until the visit; texted: asked for in a call, good for that call only.';

COMMENT ON COLUMN public.identity_codes.code_hash IS 'NULL until the text with the code was written.';

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
    CONSTRAINT notifications_entity_check CHECK ((entity = ANY (ARRAY['appointment'::text, 'call'::text, 'caller_message'::text, 'message'::text, 'contact'::text]))),
    CONSTRAINT notifications_kind_check CHECK ((kind = ANY (ARRAY['appointment_booked'::text, 'approval_needed'::text, 'caller_message'::text, 'missed_call'::text, 'message_failed'::text, 'message_unknown'::text, 'opted_out_before_visit'::text, 'visit_confirmed'::text, 'visit_cancelled_by_reply'::text, 'message_received'::text]))),
    CONSTRAINT notifications_title_check CHECK ((char_length(title) <= 120))
);

ALTER TABLE ONLY public.notifications FORCE ROW LEVEL SECURITY;

ALTER TABLE public.notifications OWNER TO owner;

COMMENT ON TABLE public.notifications IS 'What the staff should look at. Text holds no names and no words of a caller: it points at the row that does.';

CREATE TABLE public.opt_outs (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    channel text NOT NULL,
    phone text,
    number_hash bytea NOT NULL,
    source text NOT NULL,
    at timestamp with time zone DEFAULT app.now() NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by text,
    CONSTRAINT opt_outs_channel_check CHECK ((channel = ANY (ARRAY['sms'::text, 'voice'::text, 'email'::text]))),
    CONSTRAINT opt_outs_check CHECK (((revoked_at IS NULL) = (revoked_by IS NULL))),
    CONSTRAINT opt_outs_phone_check CHECK ((phone ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT opt_outs_revoked_by_check CHECK ((revoked_by = ANY (ARRAY['reply'::text, 'carrier'::text, 'staff'::text]))),
    CONSTRAINT opt_outs_source_check CHECK ((source = ANY (ARRAY['reply'::text, 'carrier'::text, 'staff'::text, 'call'::text])))
);

ALTER TABLE ONLY public.opt_outs FORCE ROW LEVEL SECURITY;

ALTER TABLE public.opt_outs OWNER TO owner;

COMMENT ON TABLE public.opt_outs IS 'Who must not be reached on a channel. By number, not by contact: it outlives the contact''s row.';

COMMENT ON COLUMN public.opt_outs.phone IS 'NULL after erasure: number_hash still recognises the number.';

COMMENT ON COLUMN public.opt_outs.number_hash IS 'app.number_hash of the number (or e-mail address).';

CREATE TABLE public.org_keys (
    org_id uuid NOT NULL,
    number_key bytea NOT NULL,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT org_keys_number_key_check CHECK ((octet_length(number_key) = 32))
);

ALTER TABLE ONLY public.org_keys FORCE ROW LEVEL SECURITY;

ALTER TABLE public.org_keys OWNER TO owner;

COMMENT ON TABLE public.org_keys IS 'The organisation''s key for keyed hashes of phone numbers and addresses; made when first needed.';

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

CREATE TABLE public.provisioning (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    number text NOT NULL,
    account_ref text NOT NULL,
    state text DEFAULT 'running'::text NOT NULL,
    error text,
    started_by uuid,
    lease_id uuid,
    lease_until timestamp with time zone,
    next_at timestamp with time zone,
    attempted_at timestamp with time zone,
    activated_at timestamp with time zone,
    ended_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT provisioning_account_ref_check CHECK ((char_length(account_ref) <= 100)),
    CONSTRAINT provisioning_ended CHECK (((ended_at IS NULL) = (state <> ALL (ARRAY['undone'::text, 'released'::text])))),
    CONSTRAINT provisioning_error_check CHECK ((error ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT provisioning_lease CHECK (((lease_id IS NULL) = (lease_until IS NULL))),
    CONSTRAINT provisioning_number_check CHECK ((number ~ '^\+[1-9][0-9]{6,14}$'::text)),
    CONSTRAINT provisioning_state_check CHECK ((state = ANY (ARRAY['running'::text, 'active'::text, 'undoing'::text, 'undone'::text, 'releasing'::text, 'released'::text])))
);

ALTER TABLE ONLY public.provisioning FORCE ROW LEVEL SECURITY;

ALTER TABLE public.provisioning OWNER TO owner;

COMMENT ON TABLE public.provisioning IS 'One run of giving a clinic a number, and of taking it away again. The row says what is to be done next; read by functions only.';

COMMENT ON COLUMN public.provisioning.number IS 'E.164. At most one run at a time, of whichever tenant, has it.';

COMMENT ON COLUMN public.provisioning.account_ref IS 'Masked name of the Twilio account that owns the number, as in org_credentials.';

COMMENT ON COLUMN public.provisioning.state IS 'running: towards a working line; active: it works; undoing: given up, what was made is taken away; undone: nothing is left outside; releasing and released: the same, as the clinic wished.';

COMMENT ON COLUMN public.provisioning.error IS 'Why the last try of a step failed, or why the run was given up: a word of ours, never the provider''s.';

COMMENT ON COLUMN public.provisioning.started_by IS 'The member who began it.';

COMMENT ON COLUMN public.provisioning.lease_id IS 'The worker that is at a step now; only it may write the step''s outcome.';

COMMENT ON COLUMN public.provisioning.lease_until IS 'When that worker is taken for dead.';

COMMENT ON COLUMN public.provisioning.next_at IS 'Not before this is the next step tried.';

COMMENT ON COLUMN public.provisioning.activated_at IS 'When the line first worked. A run that once worked is never undone by a failure, only by a release.';

CREATE TABLE public.provisioning_steps (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    provisioning_id uuid NOT NULL,
    "position" smallint NOT NULL,
    step text NOT NULL,
    state text DEFAULT 'waiting'::text NOT NULL,
    attempts integer DEFAULT 0 NOT NULL,
    external_id text,
    undo jsonb,
    error text,
    intended_at timestamp with time zone,
    settle_at timestamp with time zone,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT provisioning_steps_attempts_check CHECK ((attempts >= 0)),
    CONSTRAINT provisioning_steps_error_check CHECK ((error ~ '^[a-z_]{1,40}$'::text)),
    CONSTRAINT provisioning_steps_external_id_check CHECK (((char_length(external_id) >= 1) AND (char_length(external_id) <= 100))),
    CONSTRAINT provisioning_steps_state_check CHECK ((state = ANY (ARRAY['waiting'::text, 'intended'::text, 'done'::text, 'skipped'::text, 'undone'::text, 'left'::text]))),
    CONSTRAINT provisioning_steps_step_check CHECK ((step = ANY (ARRAY['check'::text, 'credential'::text, 'import'::text, 'messaging'::text, 'routing'::text])))
);

ALTER TABLE ONLY public.provisioning_steps FORCE ROW LEVEL SECURITY;

ALTER TABLE public.provisioning_steps OWNER TO owner;

COMMENT ON TABLE public.provisioning_steps IS 'What a run does outside, one row for each step. Written before the step acts and after it; read by functions only, since undo may hold addresses with passwords in them.';

COMMENT ON COLUMN public.provisioning_steps."position" IS 'Steps are done in this order and undone in the opposite one.';

COMMENT ON COLUMN public.provisioning_steps.state IS 'intended: it may have acted, look before acting again; skipped: the provider has no such door; left: it cannot be undone any more, see error.';

COMMENT ON COLUMN public.provisioning_steps.attempts IS 'Tries since the run last turned around.';

COMMENT ON COLUMN public.provisioning_steps.external_id IS 'What was made or is meant there: check the number''s sid at Twilio, credential and import the objects at Vapi, routing a fingerprint of the address and secret that were routed to.';

COMMENT ON COLUMN public.provisioning_steps.undo IS 'What the outside was like before, and what we set: see jobs/provisioner.';

COMMENT ON COLUMN public.provisioning_steps.intended_at IS 'When it was first about to act; NULL: there is nothing to undo.';

COMMENT ON COLUMN public.provisioning_steps.settle_at IS 'A request that nobody answered may still act until then: what it made is looked for afterwards.';

CREATE TABLE public.recording_share_openings (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    share_id uuid NOT NULL,
    part text NOT NULL,
    visitor_hash bytea NOT NULL,
    at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT recording_share_openings_part_check CHECK ((part = ANY (ARRAY['page'::text, 'audio'::text]))),
    CONSTRAINT recording_share_openings_visitor_hash_check CHECK ((octet_length(visitor_hash) = 32))
);

ALTER TABLE ONLY public.recording_share_openings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.recording_share_openings OWNER TO owner;

COMMENT ON TABLE public.recording_share_openings IS 'Every time a shared link was opened: when, and a keyed hash that tells one visitor from another. Nothing else about them.';

COMMENT ON COLUMN public.recording_share_openings.part IS 'page: the link itself; audio: the recording was asked for, noted once a quarter of an hour and visitor because players ask in pieces.';

COMMENT ON COLUMN public.recording_share_openings.visitor_hash IS 'The tenant''s keyed hash of address and browser: the same link opened from elsewhere has another.';

CREATE TABLE public.recording_shares (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    recording_id uuid NOT NULL,
    token_hash bytea NOT NULL,
    recipient text,
    message_id uuid,
    actor_user_id uuid NOT NULL,
    expires_at timestamp with time zone NOT NULL,
    revoked_at timestamp with time zone,
    revoked_by uuid,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT recording_shares_recipient_check CHECK ((char_length(recipient) <= 254)),
    CONSTRAINT recording_shares_token_hash_check CHECK ((octet_length(token_hash) = 32))
);

ALTER TABLE ONLY public.recording_shares FORCE ROW LEVEL SECURITY;

ALTER TABLE public.recording_shares OWNER TO owner;

COMMENT ON TABLE public.recording_shares IS 'Links by which somebody outside the clinic may listen to a recording for a day. The link''s 256-bit token is stored as its SHA-256 only.';

COMMENT ON COLUMN public.recording_shares.recipient IS 'The e-mail address that the link was sent to; NULL when a member took the link to pass it on.';

COMMENT ON COLUMN public.recording_shares.message_id IS 'The e-mail with the link; a link whose e-mail did not leave opens nothing.';

COMMENT ON COLUMN public.recording_shares.actor_user_id IS 'The member who shared it.';

COMMENT ON COLUMN public.recording_shares.revoked_by IS 'The member who took it back; NULL when the recording was deleted.';

CREATE TABLE public.recordings (
    org_id uuid NOT NULL,
    id uuid DEFAULT app.uuid_v7() NOT NULL,
    call_id uuid NOT NULL,
    source_url text,
    storage_key text NOT NULL,
    lease_until timestamp with time zone,
    content_type text,
    size_bytes bigint,
    stored_at timestamp with time zone,
    delete_requested_at timestamp with time zone,
    deleted_at timestamp with time zone,
    created_at timestamp with time zone DEFAULT app.now() NOT NULL,
    updated_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT recordings_check CHECK (((stored_at IS NULL) OR ((content_type IS NOT NULL) AND (size_bytes IS NOT NULL)))),
    CONSTRAINT recordings_content_type_check CHECK ((content_type ~ '^audio/[a-z0-9.+-]{1,40}$'::text)),
    CONSTRAINT recordings_size_bytes_check CHECK ((size_bytes > 0)),
    CONSTRAINT recordings_source_url_check CHECK ((char_length(source_url) <= 4000)),
    CONSTRAINT recordings_storage_key_check CHECK ((storage_key ~ '^[a-z0-9/-]{1,200}$'::text))
);

ALTER TABLE ONLY public.recordings FORCE ROW LEVEL SECURITY;

ALTER TABLE public.recordings OWNER TO owner;

COMMENT ON TABLE public.recordings IS 'Where the recording of a call lies, from the report that told of it until its file is deleted. The row outlives the file, so that no file is forgotten.';

COMMENT ON COLUMN public.recordings.source_url IS 'Where the provider''s report said it can be fetched: a secret that expires, blanked when it was fetched or given up.';

COMMENT ON COLUMN public.recordings.storage_key IS 'The file''s name in the storage; fixed before the first byte is written, so that a file of a copy that died is found and deleted.';

COMMENT ON COLUMN public.recordings.lease_until IS 'Until when a job that copies it may be at work; another one waits until then.';

COMMENT ON COLUMN public.recordings.delete_requested_at IS 'When its deletion was last put in the queue. From then on nobody reads it, and a copy that still runs deletes what it wrote.';

COMMENT ON COLUMN public.recordings.deleted_at IS 'When the storage said that the file is gone.';

CREATE TABLE public.resource_services (
    org_id uuid NOT NULL,
    resource_id uuid NOT NULL,
    service_id uuid NOT NULL
);

ALTER TABLE ONLY public.resource_services FORCE ROW LEVEL SECURITY;

ALTER TABLE public.resource_services OWNER TO owner;

COMMENT ON TABLE public.resource_services IS 'Which resource can give which service.';

CREATE TABLE public.vapi_pace (
    one boolean DEFAULT true NOT NULL,
    next_at timestamp with time zone DEFAULT app.now() NOT NULL,
    CONSTRAINT vapi_pace_one_check CHECK (one)
);

ALTER TABLE ONLY public.vapi_pace FORCE ROW LEVEL SECURITY;

ALTER TABLE public.vapi_pace OWNER TO owner;

COMMENT ON TABLE public.vapi_pace IS 'When the next request to Vapi may leave; all processes take turns here. Belongs to no tenant.';

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

ALTER TABLE ONLY public.call_days
    ADD CONSTRAINT call_days_pkey PRIMARY KEY (org_id, day, time_zone);

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

ALTER TABLE ONLY public.campaign_steps
    ADD CONSTRAINT campaign_steps_org_id_campaign_id_position_key UNIQUE (org_id, campaign_id, "position");

ALTER TABLE ONLY public.campaign_steps
    ADD CONSTRAINT campaign_steps_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_org_id_name_key UNIQUE (org_id, name);

ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_pkey PRIMARY KEY (org_id, id);

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

ALTER TABLE ONLY public.event_sweeps
    ADD CONSTRAINT event_sweeps_pkey PRIMARY KEY (only_row);

ALTER TABLE ONLY public.event_tickets
    ADD CONSTRAINT event_tickets_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.event_tickets
    ADD CONSTRAINT event_tickets_ticket_hash_key UNIQUE (ticket_hash);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_org_id_user_id_method_route_key_key UNIQUE (org_id, user_id, method, route, key);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.identity_codes
    ADD CONSTRAINT identity_codes_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.message_templates
    ADD CONSTRAINT message_templates_org_id_kind_language_name_key UNIQUE (org_id, kind, language, name);

ALTER TABLE ONLY public.message_templates
    ADD CONSTRAINT message_templates_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.opt_outs
    ADD CONSTRAINT opt_outs_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.org_credentials
    ADD CONSTRAINT org_credentials_org_id_provider_key UNIQUE (org_id, provider);

ALTER TABLE ONLY public.org_credentials
    ADD CONSTRAINT org_credentials_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.org_keys
    ADD CONSTRAINT org_keys_pkey PRIMARY KEY (org_id);

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

ALTER TABLE ONLY public.provisioning
    ADD CONSTRAINT provisioning_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.provisioning_steps
    ADD CONSTRAINT provisioning_steps_org_id_provisioning_id_step_key UNIQUE (org_id, provisioning_id, step);

ALTER TABLE ONLY public.provisioning_steps
    ADD CONSTRAINT provisioning_steps_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.recording_share_openings
    ADD CONSTRAINT recording_share_openings_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.recording_shares
    ADD CONSTRAINT recording_shares_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.recording_shares
    ADD CONSTRAINT recording_shares_token_hash_key UNIQUE (token_hash);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_org_id_call_id_key UNIQUE (org_id, call_id);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.reply_questions
    ADD CONSTRAINT reply_questions_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.resource_services
    ADD CONSTRAINT resource_services_pkey PRIMARY KEY (org_id, resource_id, service_id);

ALTER TABLE ONLY public.resources
    ADD CONSTRAINT resources_org_id_name_key UNIQUE (org_id, name);

ALTER TABLE ONLY public.resources
    ADD CONSTRAINT resources_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.scheduled_messages
    ADD CONSTRAINT scheduled_messages_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_org_id_name_key UNIQUE (org_id, name);

ALTER TABLE ONLY public.services
    ADD CONSTRAINT services_pkey PRIMARY KEY (org_id, id);

ALTER TABLE ONLY public.vapi_pace
    ADD CONSTRAINT vapi_pace_pkey PRIMARY KEY (one);

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

CREATE INDEX agent_tools_tool ON public.agent_tools USING btree (vapi_tool_id);

COMMENT ON INDEX public.agent_tools_tool IS 'tool_in_use: does any tenant''s agent still carry this tool?';

CREATE UNIQUE INDEX agents_default ON public.agents USING btree (org_id, role) WHERE is_default;

COMMENT ON INDEX public.agents_default IS 'One default agent per organisation and role.';

CREATE UNIQUE INDEX agents_name ON public.agents USING btree (org_id, name) WHERE (deleted_at IS NULL);

COMMENT ON INDEX public.agents_name IS 'Names are unique among the agents that are not deleted.';

CREATE INDEX agents_out_of_step ON public.agents USING btree (saved_at) WHERE ((deleted_at IS NOT NULL) OR (sync_status <> 'synced'::text) OR (synced_version < desired_version));

COMMENT ON INDEX public.agents_out_of_step IS 'agents_to_reconcile: what is not in step, of all tenants.';

CREATE INDEX appointment_changes_appointment ON public.appointment_changes USING btree (org_id, appointment_id, at);

COMMENT ON INDEX public.appointment_changes_appointment IS 'The history of one appointment.';

CREATE UNIQUE INDEX appointments_booking_ref ON public.appointments USING btree (org_id, booking_ref);

COMMENT ON INDEX public.appointments_booking_ref IS 'A booking_ref names one booking of the organisation.';

CREATE INDEX appointments_contact ON public.appointments USING btree (org_id, contact_id, scheduled_at);

COMMENT ON INDEX public.appointments_contact IS 'A contact''s appointment history.';

CREATE INDEX appointments_counted ON public.appointments USING btree (org_id, status, resource_id, service_id);

COMMENT ON INDEX public.appointments_counted IS 'list_appointments: totals.';

CREATE UNIQUE INDEX appointments_hold ON public.appointments USING btree (org_id, call_id) WHERE (status = 'held'::text);

COMMENT ON INDEX public.appointments_hold IS 'One hold per call.';

CREATE INDEX appointments_listed ON public.appointments USING btree (org_id, scheduled_at, id) INCLUDE (status);

COMMENT ON INDEX public.appointments_listed IS 'Lists of a period, and how many there are, without looking at the rows: the last page of many.';

CREATE INDEX appointments_patient ON public.appointments USING btree (org_id, patient_id, scheduled_at);

COMMENT ON INDEX public.appointments_patient IS 'A patient''s visits.';

CREATE INDEX appointments_resource ON public.appointments USING btree (org_id, resource_id, scheduled_at);

COMMENT ON INDEX public.appointments_resource IS 'free_slots: what is taken in a window; bounded by scheduled_at because timestamptz comparison is leakproof and range overlap is not.';

CREATE UNIQUE INDEX appointments_wish ON public.appointments USING btree (org_id, call_id, patient_id, service_id, scheduled_at) WHERE (status = ANY (ARRAY['pending'::text, 'confirmed'::text]));

COMMENT ON INDEX public.appointments_wish IS 'One wish is one row, also when the model repeats it under a new tool call id.';

CREATE UNIQUE INDEX assistant_routes_agent ON public.assistant_routes USING btree (org_id, agent_id);

COMMENT ON INDEX public.assistant_routes_agent IS 'assistant-request: the assistant of an agent; one each.';

CREATE INDEX audit_log_counted ON public.audit_log USING btree (org_id, action, entity, actor_user_id);

COMMENT ON INDEX public.audit_log_counted IS 'list_audit_log: totals.';

CREATE INDEX audit_log_entity ON public.audit_log USING btree (org_id, entity_id);

COMMENT ON INDEX public.audit_log_entity IS 'list_audit_log of one thing.';

CREATE INDEX audit_log_page ON public.audit_log USING btree (org_id, at, id);

COMMENT ON INDEX public.audit_log_page IS 'list_audit_log: a page from the index alone.';

CREATE INDEX booking_attempts_appointment ON public.booking_attempts USING btree (org_id, appointment_id) WHERE (appointment_id IS NOT NULL);

COMMENT ON INDEX public.booking_attempts_appointment IS 'appointment_story: what was tried with one appointment.';

CREATE INDEX booking_attempts_counted ON public.booking_attempts USING btree (org_id, kind, outcome, reason);

COMMENT ON INDEX public.booking_attempts_counted IS 'list_booking_attempts: totals.';

CREATE INDEX booking_attempts_page ON public.booking_attempts USING btree (org_id, at, id);

COMMENT ON INDEX public.booking_attempts_page IS 'list_booking_attempts: a page from the index alone.';

CREATE INDEX booking_attempts_tool_call ON public.booking_attempts USING btree (org_id, call_id, tool_call_id);

COMMENT ON INDEX public.booking_attempts_tool_call IS 'A tool call that comes again finds what it did.';

CREATE INDEX business_hours_location ON public.business_hours USING btree (org_id, location_id);

COMMENT ON INDEX public.business_hours_location IS 'open_spans: the week of a location and of its resources.';

CREATE INDEX business_hours_resource ON public.business_hours USING btree (org_id, resource_id) WHERE (resource_id IS NOT NULL);

COMMENT ON INDEX public.business_hours_resource IS 'open_spans: whether a resource keeps hours of its own.';

CREATE INDEX busy_blocks_resource ON public.busy_blocks USING btree (org_id, resource_id, ends_at);

COMMENT ON INDEX public.busy_blocks_resource IS 'free_slots: what is busy from now on, whatever lies in the past.';

CREATE INDEX call_logs_began ON public.call_logs USING btree (org_id, began_at, id) WHERE (deleted_at IS NULL);

COMMENT ON INDEX public.call_logs_began IS 'list_calls: a page, the newest first, and the total of a period; count_calls and call_stats: days not rolled up; recent_activity.';

CREATE INDEX call_logs_contact ON public.call_logs USING btree (org_id, contact_id);

COMMENT ON INDEX public.call_logs_contact IS 'A contact''s call history.';

CREATE INDEX call_logs_counted ON public.call_logs USING btree (org_id, direction, status, outcome, ended_reason, deleted_at);

COMMENT ON INDEX public.call_logs_counted IS 'list_calls: totals.';

CREATE INDEX call_logs_deleted ON public.call_logs USING btree (org_id, began_at) WHERE (deleted_at IS NOT NULL);

COMMENT ON INDEX public.call_logs_deleted IS 'count_calls and call_stats: days not rolled up.';

CREATE INDEX call_logs_recent ON public.call_logs USING btree (org_id, created_at);

COMMENT ON INDEX public.call_logs_recent IS 'Lists and statistics of a period.';

CREATE INDEX call_logs_searched ON public.call_logs USING gin (org_id, (
CASE direction
    WHEN 'outbound'::text THEN to_number
    ELSE from_number
END) extensions.gin_trgm_ops) WITH (fastupdate=off);

COMMENT ON INDEX public.call_logs_searched IS 'found_ids: by the number of the other side.';

CREATE INDEX caller_verifications_call ON public.caller_verifications USING btree (org_id, call_id);

COMMENT ON INDEX public.caller_verifications_call IS 'What a call may see, and how often it was wrong.';

CREATE INDEX caller_verifications_contact ON public.caller_verifications USING btree (org_id, contact_id, at) WHERE (NOT succeeded);

COMMENT ON INDEX public.caller_verifications_contact IS 'How often a contact was guessed at today.';

CREATE INDEX campaign_steps_template ON public.campaign_steps USING btree (org_id, template_id);

COMMENT ON INDEX public.campaign_steps_template IS 'Which campaigns use a template: it cannot be deleted while one does.';

CREATE INDEX closures_location ON public.closures USING btree (org_id, location_id);

COMMENT ON INDEX public.closures_location IS 'free_slots: closures of the candidates'' locations.';

CREATE INDEX contacts_came ON public.contacts USING btree (org_id, created_at, id) WHERE (erased_at IS NULL);

COMMENT ON INDEX public.contacts_came IS 'list_contacts by the time they came; contact_stats: new today.';

CREATE INDEX contacts_counted ON public.contacts USING btree (org_id, erased_at, lead_status, source);

COMMENT ON INDEX public.contacts_counted IS 'list_contacts, contact_stats and call_stats: totals.';

CREATE INDEX contacts_hot ON public.contacts USING btree (org_id, lead_status, lead_score DESC, last_contacted_at DESC NULLS LAST, id) WHERE ((lead_status = ANY (ARRAY['hot'::text, 'warm'::text])) AND (erased_at IS NULL));

COMMENT ON INDEX public.contacts_hot IS 'list_leads.';

CREATE INDEX contacts_leads ON public.contacts USING btree (org_id, lead_status, created_at) WHERE (erased_at IS NULL);

COMMENT ON INDEX public.contacts_leads IS 'contact_stats counts from it alone; list_contacts of one status or of a period.';

CREATE INDEX contacts_named ON public.contacts USING btree (org_id, name, id) WHERE (erased_at IS NULL);

COMMENT ON INDEX public.contacts_named IS 'list_contacts by name.';

CREATE INDEX contacts_recent ON public.contacts USING btree (org_id, last_contacted_at DESC NULLS LAST, id) WHERE (erased_at IS NULL);

COMMENT ON INDEX public.contacts_recent IS 'list_contacts: those spoken with last come first.';

CREATE INDEX contacts_scored ON public.contacts USING btree (org_id, lead_score, id) WHERE (erased_at IS NULL);

COMMENT ON INDEX public.contacts_scored IS 'list_contacts by score.';

CREATE INDEX contacts_searched ON public.contacts USING gin (org_id, search_text extensions.gin_trgm_ops) WITH (fastupdate=off);

COMMENT ON INDEX public.contacts_searched IS 'found_ids. Without fastupdate: or one unlucky call in many would wait for the list of pending entries to be sorted in.';

CREATE INDEX event_tickets_user ON public.event_tickets USING btree (org_id, user_id, expires_at);

COMMENT ON INDEX public.event_tickets_user IS 'A person''s tickets that ran out, when they ask for another.';

CREATE INDEX events_of_org ON public.events USING btree (org_id, xid, id);

COMMENT ON INDEX public.events_of_org IS 'What a returning client has missed.';

CREATE INDEX events_xid ON public.events USING btree (xid);

COMMENT ON INDEX public.events_xid IS 'The relay reads on from where it was.';

CREATE INDEX idempotency_keys_expires ON public.idempotency_keys USING btree (expires_at);

COMMENT ON INDEX public.idempotency_keys_expires IS 'The hourly sweep.';

CREATE UNIQUE INDEX identity_codes_appointment ON public.identity_codes USING btree (org_id, appointment_id) WHERE (kind = 'confirmation'::text);

COMMENT ON INDEX public.identity_codes_appointment IS 'One valid code per visit.';

CREATE INDEX identity_codes_call ON public.identity_codes USING btree (org_id, call_id) WHERE (call_id IS NOT NULL);

COMMENT ON INDEX public.identity_codes_call IS 'request_code: how many codes this call asked for.';

CREATE INDEX identity_codes_contact ON public.identity_codes USING btree (org_id, contact_id, created_at);

COMMENT ON INDEX public.identity_codes_contact IS 'request_code: how many codes this contact was sent lately.';

CREATE INDEX identity_codes_hash ON public.identity_codes USING btree (org_id, code_hash);

COMMENT ON INDEX public.identity_codes_hash IS 'verify_code: whose code is this?';

CREATE INDEX invitations_email ON public.invitations USING btree (email) WHERE (accepted_at IS NULL);

COMMENT ON INDEX public.invitations_email IS 'provision_user: open invitations of an address that signs up.';

CREATE INDEX invitations_message ON public.invitations USING btree (org_id, message_id) WHERE (message_id IS NOT NULL);

COMMENT ON INDEX public.invitations_message IS 'invitation_of_message: which token does this e-mail carry?';

CREATE UNIQUE INDEX message_templates_used ON public.message_templates USING btree (org_id, kind, language) WHERE (active AND (kind = ANY (ARRAY['confirmation'::text, 'neutral_confirmation'::text, 'reminder'::text, 'missed_call'::text, 'code'::text])));

COMMENT ON INDEX public.message_templates_used IS 'template_for: what goes out by itself has one wording per language.';

CREATE INDEX messages_appointment ON public.messages USING btree (org_id, appointment_id) WHERE (appointment_id IS NOT NULL);

COMMENT ON INDEX public.messages_appointment IS 'What was sent about a visit.';

CREATE INDEX messages_contact ON public.messages USING btree (org_id, contact_id, created_at);

COMMENT ON INDEX public.messages_contact IS 'A contact''s message history, and how lately it was texted.';

CREATE INDEX messages_counted ON public.messages USING btree (org_id, direction, method, category, status);

COMMENT ON INDEX public.messages_counted IS 'list_messages: totals.';

CREATE UNIQUE INDEX messages_external ON public.messages USING btree (org_id, service_provider, external_message_id);

COMMENT ON INDEX public.messages_external IS 'A provider''s delivery report finds its row; the same message is recorded once.';

CREATE INDEX messages_page ON public.messages USING btree (org_id, created_at, id);

COMMENT ON INDEX public.messages_page IS 'list_messages and export_messages: a page, the total, and the next row after one.';

CREATE INDEX messages_recipient ON public.messages USING btree (org_id, recipient_hash, created_at);

COMMENT ON INDEX public.messages_recipient IS 'begin_message: what this number was sent lately.';

CREATE INDEX messages_searched ON public.messages USING gin (org_id, lower((((recipient || ' '::text) || COALESCE((subject || ' '::text), ''::text)) || content)) extensions.gin_trgm_ops) WITH (fastupdate=off);

COMMENT ON INDEX public.messages_searched IS 'found_ids.';

CREATE UNIQUE INDEX messages_send_key ON public.messages USING btree (org_id, send_key);

COMMENT ON INDEX public.messages_send_key IS 'begin_message: one wish, one message.';

CREATE INDEX notifications_counted ON public.notifications USING btree (org_id, kind);

COMMENT ON INDEX public.notifications_counted IS 'list_notifications: totals.';

CREATE INDEX notifications_page ON public.notifications USING btree (org_id, created_at, id);

COMMENT ON INDEX public.notifications_page IS 'list_notifications: a page from the index alone.';

CREATE INDEX notifications_unread ON public.notifications USING btree (org_id, created_at) WHERE (read_at IS NULL);

COMMENT ON INDEX public.notifications_unread IS 'count_unread_notifications, and the list of them.';

CREATE UNIQUE INDEX opt_outs_active ON public.opt_outs USING btree (org_id, channel, number_hash) WHERE (revoked_at IS NULL);

COMMENT ON INDEX public.opt_outs_active IS 'begin_message: is this number opted out? One active row each.';

CREATE INDEX patients_searched ON public.patients USING gin (org_id, lower(name) extensions.gin_trgm_ops) WITH (fastupdate=off);

COMMENT ON INDEX public.patients_searched IS 'found_ids.';

CREATE UNIQUE INDEX patients_voice_name ON public.patients USING btree (org_id, contact_id, normalised_name) WHERE made_by_voice;

COMMENT ON INDEX public.patients_voice_name IS 'book_appointment: one voice-made patient per contact and name, also in a race.';

CREATE INDEX provisioning_due ON public.provisioning USING btree (next_at) WHERE (state = ANY (ARRAY['running'::text, 'undoing'::text, 'releasing'::text]));

COMMENT ON INDEX public.provisioning_due IS 'due_provisionings: what a worker left lying, of all tenants.';

CREATE UNIQUE INDEX provisioning_open ON public.provisioning USING btree (number) WHERE (state <> ALL (ARRAY['undone'::text, 'released'::text]));

COMMENT ON INDEX public.provisioning_open IS 'One open run for a number.';

CREATE INDEX provisioning_org ON public.provisioning USING btree (org_id, created_at);

COMMENT ON INDEX public.provisioning_org IS 'inbound_status: the clinic''s newest run.';

CREATE INDEX recording_share_openings_share ON public.recording_share_openings USING btree (org_id, share_id, at);

COMMENT ON INDEX public.recording_share_openings_share IS 'list_shares and open_share: who opened a link, and how lately.';

CREATE INDEX recording_shares_recent ON public.recording_shares USING btree (org_id, created_at);

COMMENT ON INDEX public.recording_shares_recent IS 'share_recording: how many links the clinic made in the last hour.';

CREATE INDEX recording_shares_recording ON public.recording_shares USING btree (org_id, recording_id, created_at);

COMMENT ON INDEX public.recording_shares_recording IS 'list_shares: a recording''s links, the newest first.';

CREATE INDEX recordings_age ON public.recordings USING btree (org_id, created_at) WHERE (deleted_at IS NULL);

COMMENT ON INDEX public.recordings_age IS 'expire_recordings and orgs_with_due_recordings: what keep_recordings_for ends, and deletions that did not happen.';

CREATE UNIQUE INDEX reply_questions_open ON public.reply_questions USING btree (org_id, contact_id) WHERE (answered_at IS NULL);

COMMENT ON INDEX public.reply_questions_open IS 'record_inbound_message: what a short answer answers; one open question each.';

CREATE INDEX resource_services_service ON public.resource_services USING btree (org_id, service_id);

COMMENT ON INDEX public.resource_services_service IS 'free_slots: the candidates of a service.';

CREATE INDEX scheduled_messages_appointment ON public.scheduled_messages USING btree (org_id, appointment_id);

COMMENT ON INDEX public.scheduled_messages_appointment IS 'What was planned for a visit.';

CREATE UNIQUE INDEX scheduled_messages_campaign ON public.scheduled_messages USING btree (org_id, campaign_step_id, contact_id) WHERE (kind = 'campaign'::text);

COMMENT ON INDEX public.scheduled_messages_campaign IS 'One contact gets one step once.';

CREATE UNIQUE INDEX scheduled_messages_confirmation ON public.scheduled_messages USING btree (org_id, appointment_id) WHERE ((kind = 'confirmation'::text) AND (state = 'waiting'::text));

COMMENT ON INDEX public.scheduled_messages_confirmation IS 'schedule_for_appointment: one waiting confirmation per visit.';

CREATE INDEX scheduled_messages_contact ON public.scheduled_messages USING btree (org_id, contact_id, due_at) WHERE (state = 'waiting'::text);

COMMENT ON INDEX public.scheduled_messages_contact IS 'take_scheduled: what else waits for this contact and can be merged; stop on reply.';

CREATE INDEX scheduled_messages_message ON public.scheduled_messages USING btree (org_id, message_id) WHERE (message_id IS NOT NULL);

COMMENT ON INDEX public.scheduled_messages_message IS 'conclude_message: which visits a merged confirmation was about.';

CREATE UNIQUE INDEX scheduled_messages_missed_call ON public.scheduled_messages USING btree (org_id, call_id) WHERE (kind = 'missed_call'::text);

COMMENT ON INDEX public.scheduled_messages_missed_call IS 'A missed call is answered by text once.';

CREATE UNIQUE INDEX scheduled_messages_reminder ON public.scheduled_messages USING btree (org_id, appointment_id, before) WHERE ((kind = 'reminder'::text) AND (state = 'waiting'::text));

COMMENT ON INDEX public.scheduled_messages_reminder IS 'schedule_for_appointment: one waiting reminder per visit and offset.';

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

CREATE TRIGGER voxanne_call_came_or_went AFTER INSERT OR DELETE ON public.call_logs FOR EACH ROW EXECUTE FUNCTION app.forget_call_days();

CREATE TRIGGER voxanne_call_changed AFTER UPDATE ON public.call_logs FOR EACH ROW WHEN (((old.began_at IS DISTINCT FROM new.began_at) OR (old.status IS DISTINCT FROM new.status) OR (old.outcome IS DISTINCT FROM new.outcome) OR (old.ended_reason IS DISTINCT FROM new.ended_reason) OR (old.direction IS DISTINCT FROM new.direction) OR (old.duration_seconds IS DISTINCT FROM new.duration_seconds))) EXECUTE FUNCTION app.forget_call_days();

ALTER TABLE ONLY public.agent_tools
    ADD CONSTRAINT agent_tools_org_id_agent_id_fkey FOREIGN KEY (org_id, agent_id) REFERENCES public.agents(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.agents
    ADD CONSTRAINT agents_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.appointment_changes
    ADD CONSTRAINT appointment_changes_org_id_appointment_id_fkey FOREIGN KEY (org_id, appointment_id) REFERENCES public.appointments(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.appointment_changes
    ADD CONSTRAINT appointment_changes_org_id_message_id_fkey FOREIGN KEY (org_id, message_id) REFERENCES public.messages(org_id, id);

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

ALTER TABLE ONLY public.call_days
    ADD CONSTRAINT call_days_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

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

ALTER TABLE ONLY public.campaign_steps
    ADD CONSTRAINT campaign_steps_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES public.campaigns(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.campaign_steps
    ADD CONSTRAINT campaign_steps_org_id_template_id_fkey FOREIGN KEY (org_id, template_id) REFERENCES public.message_templates(org_id, id);

ALTER TABLE ONLY public.campaigns
    ADD CONSTRAINT campaigns_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

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

ALTER TABLE ONLY public.event_tickets
    ADD CONSTRAINT event_tickets_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.events
    ADD CONSTRAINT events_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.idempotency_keys
    ADD CONSTRAINT idempotency_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.identity_codes
    ADD CONSTRAINT identity_codes_org_id_appointment_id_fkey FOREIGN KEY (org_id, appointment_id) REFERENCES public.appointments(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_codes
    ADD CONSTRAINT identity_codes_org_id_call_id_fkey FOREIGN KEY (org_id, call_id) REFERENCES public.call_logs(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_codes
    ADD CONSTRAINT identity_codes_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES public.contacts(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.identity_codes
    ADD CONSTRAINT identity_codes_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_invited_by_fkey FOREIGN KEY (invited_by) REFERENCES auth.users(id) ON DELETE SET NULL;

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.invitations
    ADD CONSTRAINT invitations_org_id_message_id_fkey FOREIGN KEY (org_id, message_id) REFERENCES public.messages(org_id, id);

ALTER TABLE ONLY public.locations
    ADD CONSTRAINT locations_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.message_templates
    ADD CONSTRAINT message_templates_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_org_id_appointment_id_fkey FOREIGN KEY (org_id, appointment_id) REFERENCES public.appointments(org_id, id) ON DELETE SET NULL (appointment_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_org_id_call_id_fkey FOREIGN KEY (org_id, call_id) REFERENCES public.call_logs(org_id, id) ON DELETE SET NULL (call_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_org_id_campaign_id_fkey FOREIGN KEY (org_id, campaign_id) REFERENCES public.campaigns(org_id, id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES public.contacts(org_id, id) ON DELETE SET NULL (contact_id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.messages
    ADD CONSTRAINT messages_org_id_in_reply_to_fkey FOREIGN KEY (org_id, in_reply_to) REFERENCES public.messages(org_id, id);

ALTER TABLE ONLY public.notifications
    ADD CONSTRAINT notifications_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.opt_outs
    ADD CONSTRAINT opt_outs_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.org_credentials
    ADD CONSTRAINT org_credentials_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.org_keys
    ADD CONSTRAINT org_keys_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

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

ALTER TABLE ONLY public.provisioning
    ADD CONSTRAINT provisioning_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.provisioning_steps
    ADD CONSTRAINT provisioning_steps_org_id_provisioning_id_fkey FOREIGN KEY (org_id, provisioning_id) REFERENCES public.provisioning(org_id, id);

ALTER TABLE ONLY public.recording_share_openings
    ADD CONSTRAINT recording_share_openings_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.recording_share_openings
    ADD CONSTRAINT recording_share_openings_org_id_share_id_fkey FOREIGN KEY (org_id, share_id) REFERENCES public.recording_shares(org_id, id);

ALTER TABLE ONLY public.recording_shares
    ADD CONSTRAINT recording_shares_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.recording_shares
    ADD CONSTRAINT recording_shares_org_id_message_id_fkey FOREIGN KEY (org_id, message_id) REFERENCES public.messages(org_id, id);

ALTER TABLE ONLY public.recording_shares
    ADD CONSTRAINT recording_shares_org_id_recording_id_fkey FOREIGN KEY (org_id, recording_id) REFERENCES public.recordings(org_id, id);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_org_id_call_id_fkey FOREIGN KEY (org_id, call_id) REFERENCES public.call_logs(org_id, id);

ALTER TABLE ONLY public.recordings
    ADD CONSTRAINT recordings_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.reply_questions
    ADD CONSTRAINT reply_questions_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES public.contacts(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.reply_questions
    ADD CONSTRAINT reply_questions_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.resource_services
    ADD CONSTRAINT resource_services_org_id_resource_id_fkey FOREIGN KEY (org_id, resource_id) REFERENCES public.resources(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.resource_services
    ADD CONSTRAINT resource_services_org_id_service_id_fkey FOREIGN KEY (org_id, service_id) REFERENCES public.services(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.resources
    ADD CONSTRAINT resources_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.resources
    ADD CONSTRAINT resources_org_id_location_id_fkey FOREIGN KEY (org_id, location_id) REFERENCES public.locations(org_id, id);

ALTER TABLE ONLY public.scheduled_messages
    ADD CONSTRAINT scheduled_messages_org_id_appointment_id_fkey FOREIGN KEY (org_id, appointment_id) REFERENCES public.appointments(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.scheduled_messages
    ADD CONSTRAINT scheduled_messages_org_id_call_id_fkey FOREIGN KEY (org_id, call_id) REFERENCES public.call_logs(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.scheduled_messages
    ADD CONSTRAINT scheduled_messages_org_id_campaign_step_id_fkey FOREIGN KEY (org_id, campaign_step_id) REFERENCES public.campaign_steps(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.scheduled_messages
    ADD CONSTRAINT scheduled_messages_org_id_code_id_fkey FOREIGN KEY (org_id, code_id) REFERENCES public.identity_codes(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.scheduled_messages
    ADD CONSTRAINT scheduled_messages_org_id_contact_id_fkey FOREIGN KEY (org_id, contact_id) REFERENCES public.contacts(org_id, id) ON DELETE CASCADE;

ALTER TABLE ONLY public.scheduled_messages
    ADD CONSTRAINT scheduled_messages_org_id_fkey FOREIGN KEY (org_id) REFERENCES public.organizations(id);

ALTER TABLE ONLY public.scheduled_messages
    ADD CONSTRAINT scheduled_messages_org_id_message_id_fkey FOREIGN KEY (org_id, message_id) REFERENCES public.messages(org_id, id);

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

ALTER TABLE public.call_days ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.call_logs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.caller_messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.caller_verifications ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaign_steps ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.campaigns ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.closures ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.contacts ENABLE ROW LEVEL SECURITY;

CREATE POLICY definer_crosses ON public.agent_tools FOR SELECT TO app_definer USING (true);

CREATE POLICY definer_crosses ON public.agents FOR SELECT TO app_definer USING (true);

CREATE POLICY definer_crosses ON public.assistant_routes FOR SELECT TO app_definer USING (true);

CREATE POLICY definer_crosses ON public.event_sweeps TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.event_tickets TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.events TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.idempotency_keys TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.invitations TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.org_credentials FOR SELECT TO app_definer USING (true);

CREATE POLICY definer_crosses ON public.organizations TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.phone_numbers FOR SELECT TO app_definer USING (true);

CREATE POLICY definer_crosses ON public.profiles TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.provisioning FOR SELECT TO app_definer USING (true);

CREATE POLICY definer_crosses ON public.provisioning_steps FOR SELECT TO app_definer USING (true);

CREATE POLICY definer_crosses ON public.recording_shares FOR SELECT TO app_definer USING (true);

CREATE POLICY definer_crosses ON public.recordings FOR SELECT TO app_definer USING (true);

CREATE POLICY definer_crosses ON public.vapi_pace TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.vapi_tools TO app_definer USING (true) WITH CHECK (true);

CREATE POLICY definer_crosses ON public.webhook_deliveries TO app_definer USING (true) WITH CHECK (true);

ALTER TABLE public.departments ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.event_sweeps ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.event_tickets ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.events ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.idempotency_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.identity_codes ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.invitations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.locations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.message_templates ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.messages ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.notifications ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.opt_outs ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.org_credentials ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.org_keys ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.org_tools ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.organizations ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.patients ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.phone_numbers ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.profiles ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisioning ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.provisioning_steps ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recording_share_openings ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recording_shares ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.recordings ENABLE ROW LEVEL SECURITY;

CREATE POLICY registry_reads ON public.vapi_tools FOR SELECT TO tenant_service, app_writer USING (true);

ALTER TABLE public.reply_questions ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.resource_services ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.resources ENABLE ROW LEVEL SECURITY;

ALTER TABLE public.scheduled_messages ENABLE ROW LEVEL SECURITY;

CREATE POLICY searcher_finds ON public.call_logs FOR SELECT TO app_searcher USING (true);

CREATE POLICY searcher_finds ON public.contacts FOR SELECT TO app_searcher USING (true);

CREATE POLICY searcher_finds ON public.messages FOR SELECT TO app_searcher USING (true);

CREATE POLICY searcher_finds ON public.patients FOR SELECT TO app_searcher USING (true);

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

CREATE POLICY service_role_sees_all ON public.call_days TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.call_logs TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.caller_messages TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.caller_verifications TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.campaign_steps TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.campaigns TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.closures TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.contacts TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.departments TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.event_sweeps TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.event_tickets TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.events TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.idempotency_keys TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.identity_codes TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.invitations TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.locations TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.message_templates TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.messages TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.notifications TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.opt_outs TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.org_credentials TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.org_keys TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.org_tools TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.organizations TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.patients TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.phone_numbers TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.profiles TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.provisioning TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.provisioning_steps TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.recording_share_openings TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.recording_shares TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.recordings TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.reply_questions TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.resource_services TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.resources TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.scheduled_messages TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.services TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.vapi_pace TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.vapi_tools TO service_role USING (true) WITH CHECK (true);

CREATE POLICY service_role_sees_all ON public.webhook_deliveries TO service_role USING (true) WITH CHECK (true);

ALTER TABLE public.services ENABLE ROW LEVEL SECURITY;

CREATE POLICY sweeps_reads ON public.event_sweeps FOR SELECT TO tenant_user USING (true);

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

CREATE POLICY tenant_reads ON public.call_days FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.call_logs FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.caller_messages FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.caller_verifications FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.campaign_steps FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.campaigns FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.closures FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.contacts FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.departments FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.event_tickets FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.events FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.idempotency_keys FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.identity_codes FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.invitations FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.locations FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.message_templates FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.messages FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.notifications FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.opt_outs FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.org_credentials FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.org_keys FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.org_tools FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.organizations FOR SELECT TO tenant_user, tenant_service USING ((id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.patients FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.phone_numbers FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.profiles FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.provisioning FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.provisioning_steps FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.recording_share_openings FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.recording_shares FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.recordings FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.reply_questions FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.resource_services FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.resources FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.scheduled_messages FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.services FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY tenant_reads ON public.webhook_deliveries FOR SELECT TO tenant_user, tenant_service USING ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

ALTER TABLE public.vapi_pace ENABLE ROW LEVEL SECURITY;

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

CREATE POLICY writer_writes ON public.call_days TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.call_logs TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.caller_messages TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.caller_verifications TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.campaign_steps TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.campaigns TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.closures TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.contacts TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.departments TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.event_tickets TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.events TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.idempotency_keys TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.identity_codes TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.invitations TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.locations TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.message_templates TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.messages TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.notifications TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.opt_outs TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.org_credentials TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.org_keys TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.org_tools TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.organizations TO app_writer USING ((id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.patients TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.phone_numbers TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.profiles TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.provisioning TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.provisioning_steps TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.recording_share_openings TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.recording_shares TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.recordings TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.reply_questions TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.resource_services TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.resources TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.scheduled_messages TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.services TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

CREATE POLICY writer_writes ON public.webhook_deliveries TO app_writer USING ((org_id = ( SELECT app.current_org_id() AS current_org_id))) WITH CHECK ((org_id = ( SELECT app.current_org_id() AS current_org_id)));

GRANT USAGE ON SCHEMA app TO app_definer;
GRANT USAGE ON SCHEMA app TO app_searcher;
GRANT USAGE ON SCHEMA app TO app_writer;
GRANT USAGE ON SCHEMA app TO tenant_service;
GRANT USAGE ON SCHEMA app TO tenant_user;
GRANT USAGE ON SCHEMA app TO voxanne_login;

GRANT USAGE ON SCHEMA extensions TO app_definer;
GRANT USAGE ON SCHEMA extensions TO app_searcher;
GRANT USAGE ON SCHEMA extensions TO app_writer;
GRANT USAGE ON SCHEMA extensions TO tenant_service;
GRANT USAGE ON SCHEMA extensions TO tenant_user;

GRANT USAGE ON SCHEMA public TO app_definer;
GRANT USAGE ON SCHEMA public TO app_searcher;
GRANT USAGE ON SCHEMA public TO app_writer;
GRANT USAGE ON SCHEMA public TO service_role;
GRANT USAGE ON SCHEMA public TO tenant_service;
GRANT USAGE ON SCHEMA public TO tenant_user;

GRANT USAGE ON SCHEMA river TO app_definer;
GRANT USAGE ON SCHEMA river TO voxanne_login;

GRANT ALL ON FUNCTION app.abandon_request(p_claim_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.abandon_request(p_claim_id uuid) FROM PUBLIC;

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

GRANT ALL ON FUNCTION app.agents_to_reconcile(p_seen_before timestamp with time zone, p_limit integer, p_tool_ids text[]) TO voxanne_login;
REVOKE ALL ON FUNCTION app.agents_to_reconcile(p_seen_before timestamp with time zone, p_limit integer, p_tool_ids text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.agents_to_sync(p_org_id uuid, p_even_in_step boolean) TO voxanne_login;
REVOKE ALL ON FUNCTION app.agents_to_sync(p_org_id uuid, p_even_in_step boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.already_changed(p_kind text, p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, p_starts_at timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.already_changed(p_kind text, p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, p_starts_at timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.amend_appointment(p_call_id uuid, p_booking_ref text, p_service text, p_starts_at timestamp with time zone, p_resource text, p_patient_name text, p_tool_call_id text, p_said_date text, p_said_time text) TO tenant_service;
REVOKE ALL ON FUNCTION app.amend_appointment(p_call_id uuid, p_booking_ref text, p_service text, p_starts_at timestamp with time zone, p_resource text, p_patient_name text, p_tool_call_id text, p_said_date text, p_said_time text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.announce(p_kind text, p_entity text, p_entity_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.announce(p_kind text, p_entity text, p_entity_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.announce_contact(p_contact_id uuid, p_old_status text) TO app_writer;
REVOKE ALL ON FUNCTION app.announce_contact(p_contact_id uuid, p_old_status text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text) TO tenant_service;
REVOKE ALL ON FUNCTION app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text) FROM PUBLIC;

GRANT SELECT ON TABLE public.messages TO service_role;
GRANT SELECT ON TABLE public.messages TO tenant_service;
GRANT SELECT ON TABLE public.messages TO tenant_user;
GRANT SELECT,INSERT,UPDATE ON TABLE public.messages TO app_writer;

GRANT SELECT(org_id) ON TABLE public.messages TO app_searcher;

GRANT SELECT(id) ON TABLE public.messages TO app_searcher;

GRANT SELECT(recipient) ON TABLE public.messages TO app_searcher;

GRANT SELECT(subject) ON TABLE public.messages TO app_searcher;

GRANT SELECT(content) ON TABLE public.messages TO app_searcher;

GRANT SELECT ON TABLE public.reply_questions TO tenant_service;
GRANT SELECT ON TABLE public.reply_questions TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reply_questions TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.reply_questions TO service_role;

GRANT ALL ON FUNCTION app.answer_question(p_inbound public.messages, p_question public.reply_questions, p_intent text, p_our_number text, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.answer_question(p_inbound public.messages, p_question public.reply_questions, p_intent text, p_our_number text, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.answer_wish(p_inbound public.messages, p_intent text, p_our_number text, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.answer_wish(p_inbound public.messages, p_intent text, p_our_number text, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.appointment_rows(p_ids uuid[], p_total bigint, p_total_is_estimate boolean) TO tenant_user;
REVOKE ALL ON FUNCTION app.appointment_rows(p_ids uuid[], p_total bigint, p_total_is_estimate boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.appointment_story(p_appointment_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.appointment_story(p_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.approve_appointment(p_appointment_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.approve_appointment(p_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.ask_which_visit(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.ask_which_visit(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.assistant_facts(p_call_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.assistant_facts(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.available_slots(p_service text, p_from timestamp with time zone, p_to timestamp with time zone, p_resource text, p_limit integer, p_call_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.available_slots(p_service text, p_from timestamp with time zone, p_to timestamp with time zone, p_resource text, p_limit integer, p_call_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.available_slots(p_service text, p_from timestamp with time zone, p_to timestamp with time zone, p_resource text, p_limit integer, p_call_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.available_slots(p_service text, p_from timestamp with time zone, p_to timestamp with time zone, p_resource text, p_limit integer, p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.begin_agent_sync(p_agent_id uuid, p_lease_id uuid, p_even_in_step boolean) TO tenant_service;
REVOKE ALL ON FUNCTION app.begin_agent_sync(p_agent_id uuid, p_lease_id uuid, p_even_in_step boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.begin_message(p_category text, p_method text, p_content text, p_send_key text, p_contact_id uuid, p_service_provider text, p_recipient text, p_subject text, p_call_id uuid, p_appointment_id uuid, p_campaign_id uuid, p_in_reply_to uuid, p_number_zones text[], p_number_region text, p_spoken boolean, p_hand_over boolean, p_request_id text) TO tenant_service;
REVOKE ALL ON FUNCTION app.begin_message(p_category text, p_method text, p_content text, p_send_key text, p_contact_id uuid, p_service_provider text, p_recipient text, p_subject text, p_call_id uuid, p_appointment_id uuid, p_campaign_id uuid, p_in_reply_to uuid, p_number_zones text[], p_number_region text, p_spoken boolean, p_hand_over boolean, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.begin_provisioning(p_number text, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text, p_account_ref text, p_account_changed boolean, p_routing text) TO tenant_user;
REVOKE ALL ON FUNCTION app.begin_provisioning(p_number text, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text, p_account_ref text, p_account_changed boolean, p_routing text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.begin_recording(p_call_id uuid, p_lease interval) TO tenant_service;
REVOKE ALL ON FUNCTION app.begin_recording(p_call_id uuid, p_lease interval) FROM PUBLIC;

GRANT ALL ON FUNCTION app.begin_request(p_role text, p_claims jsonb) TO voxanne_login;
REVOKE ALL ON FUNCTION app.begin_request(p_role text, p_claims jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.blank_calls(p_call_ids uuid[]) TO app_writer;
REVOKE ALL ON FUNCTION app.blank_calls(p_call_ids uuid[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.blocked_by_own(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.blocked_by_own(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.book_appointment(p_service text, p_starts_at timestamp with time zone, p_patient_name text, p_call_id uuid, p_tool_call_id text, p_resource text, p_contact_id uuid, p_date_of_birth date, p_email text, p_spoken_phone text, p_another_person boolean, p_notes text, p_override boolean, p_said_date text, p_said_time text) TO tenant_service;
GRANT ALL ON FUNCTION app.book_appointment(p_service text, p_starts_at timestamp with time zone, p_patient_name text, p_call_id uuid, p_tool_call_id text, p_resource text, p_contact_id uuid, p_date_of_birth date, p_email text, p_spoken_phone text, p_another_person boolean, p_notes text, p_override boolean, p_said_date text, p_said_time text) TO tenant_user;
REVOKE ALL ON FUNCTION app.book_appointment(p_service text, p_starts_at timestamp with time zone, p_patient_name text, p_call_id uuid, p_tool_call_id text, p_resource text, p_contact_id uuid, p_date_of_birth date, p_email text, p_spoken_phone text, p_another_person boolean, p_notes text, p_override boolean, p_said_date text, p_said_time text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.book_by_staff(p_service text, p_at text, p_patient_name text, p_contact_id uuid, p_phone text, p_email text, p_date_of_birth date, p_resource text, p_notes text, p_override boolean) TO tenant_user;
REVOKE ALL ON FUNCTION app.book_by_staff(p_service text, p_at text, p_patient_name text, p_contact_id uuid, p_phone text, p_email text, p_date_of_birth date, p_resource text, p_notes text, p_override boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.booking_answer(p_outcome text, p_appointment_id uuid, p_reason text, p_replayed boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.booking_answer(p_outcome text, p_appointment_id uuid, p_reason text, p_replayed boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.booking_refusal(p_outcome text, p_reason text, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_alternatives timestamp with time zone[]) TO app_writer;
REVOKE ALL ON FUNCTION app.booking_refusal(p_outcome text, p_reason text, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_alternatives timestamp with time zone[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.call_gaps(p_zone text) TO app_writer;
REVOKE ALL ON FUNCTION app.call_gaps(p_zone text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.call_outcome(p_call_id uuid, p_ended_reason text, p_duration_seconds integer) TO app_writer;
REVOKE ALL ON FUNCTION app.call_outcome(p_call_id uuid, p_ended_reason text, p_duration_seconds integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.call_state(p_status text, p_outcome text, p_ended_reason text) TO app_writer;
GRANT ALL ON FUNCTION app.call_state(p_status text, p_outcome text, p_ended_reason text) TO tenant_user;
REVOKE ALL ON FUNCTION app.call_state(p_status text, p_outcome text, p_ended_reason text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.call_stats() TO tenant_user;
REVOKE ALL ON FUNCTION app.call_stats() FROM PUBLIC;

GRANT ALL ON FUNCTION app.is_time_zone(p_zone text) TO app_definer;
GRANT ALL ON FUNCTION app.is_time_zone(p_zone text) TO app_writer;
GRANT ALL ON FUNCTION app.is_time_zone(p_zone text) TO service_role;
GRANT ALL ON FUNCTION app.is_time_zone(p_zone text) TO tenant_service;
GRANT ALL ON FUNCTION app.is_time_zone(p_zone text) TO tenant_user;
REVOKE ALL ON FUNCTION app.is_time_zone(p_zone text) FROM PUBLIC;

GRANT SELECT ON TABLE public.contacts TO tenant_service;
GRANT SELECT ON TABLE public.contacts TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contacts TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.contacts TO service_role;

GRANT SELECT(org_id) ON TABLE public.contacts TO app_searcher;

GRANT SELECT(id) ON TABLE public.contacts TO app_searcher;

GRANT SELECT(name) ON TABLE public.contacts TO app_searcher;

GRANT SELECT(phone) ON TABLE public.contacts TO app_searcher;

GRANT SELECT(spoken_phone) ON TABLE public.contacts TO app_searcher;

GRANT SELECT(email) ON TABLE public.contacts TO app_searcher;

GRANT SELECT(search_text) ON TABLE public.contacts TO app_searcher;

GRANT ALL ON FUNCTION app.campaign_segment(p_segment jsonb) TO tenant_user;
REVOKE ALL ON FUNCTION app.campaign_segment(p_segment jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.cancel_appointment(p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_reason text, p_at time without time zone, p_patient_name text) TO tenant_service;
GRANT ALL ON FUNCTION app.cancel_appointment(p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_reason text, p_at time without time zone, p_patient_name text) TO tenant_user;
REVOKE ALL ON FUNCTION app.cancel_appointment(p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_reason text, p_at time without time zone, p_patient_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.cancel_by_reply(p_inbound public.messages, p_appointment_id uuid, p_our_number text, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.cancel_by_reply(p_inbound public.messages, p_appointment_id uuid, p_our_number text, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.change_appointment(p_appointment_id uuid, p_at text, p_resource text, p_override boolean, p_status text, p_notes text, p_confirmation_sent boolean, p_reason text) TO tenant_user;
REVOKE ALL ON FUNCTION app.change_appointment(p_appointment_id uuid, p_at text, p_resource text, p_override boolean, p_status text, p_notes text, p_confirmation_sent boolean, p_reason text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.change_contact(p_contact_id uuid, p_change jsonb) TO tenant_user;
REVOKE ALL ON FUNCTION app.change_contact(p_contact_id uuid, p_change jsonb) FROM PUBLIC;

GRANT SELECT ON TABLE public.profiles TO tenant_service;
GRANT SELECT ON TABLE public.profiles TO tenant_user;
GRANT SELECT,INSERT ON TABLE public.profiles TO app_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.profiles TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.profiles TO service_role;

GRANT ALL ON FUNCTION app.change_member_role(p_user_id uuid, p_role text) TO tenant_user;
REVOKE ALL ON FUNCTION app.change_member_role(p_user_id uuid, p_role text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.check_fields(p_fields jsonb, VARIADIC p_known text[]) TO app_writer;
REVOKE ALL ON FUNCTION app.check_fields(p_fields jsonb, VARIADIC p_known text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.check_segment(p_segment jsonb) TO app_writer;
REVOKE ALL ON FUNCTION app.check_segment(p_segment jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.check_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text) TO tenant_service;
REVOKE ALL ON FUNCTION app.check_slot(p_call_id uuid, p_service text, p_starts_at timestamp with time zone, p_resource text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.check_steps(p_category text, p_steps jsonb) TO app_writer;
REVOKE ALL ON FUNCTION app.check_steps(p_category text, p_steps jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.check_template(p_kind text, p_body text, p_subject text) TO app_writer;
REVOKE ALL ON FUNCTION app.check_template(p_kind text, p_body text, p_subject text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.choose_slot(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.choose_slot(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.claim_message(p_message_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.claim_message(p_message_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.claim_number(p_number text) TO app_writer;
REVOKE ALL ON FUNCTION app.claim_number(p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.claim_request(p_method text, p_route text, p_key text, p_body_hash bytea, p_keep interval, p_lease interval, p_claim_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.claim_request(p_method text, p_route text, p_key text, p_body_hash bytea, p_keep interval, p_lease interval, p_claim_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.claim_tool(p_name text, p_hash text, p_claim_id uuid) TO voxanne_login;
REVOKE ALL ON FUNCTION app.claim_tool(p_name text, p_hash text, p_claim_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.classified_words(p_tokens text[], p_gaps text[], p_names text[]) TO app_writer;
GRANT ALL ON FUNCTION app.classified_words(p_tokens text[], p_gaps text[], p_names text[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.classified_words(p_tokens text[], p_gaps text[], p_names text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.clinic_period(p_from date, p_to date, p_recent text) TO app_writer;
REVOKE ALL ON FUNCTION app.clinic_period(p_from date, p_to date, p_recent text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.close_question(p_contact_id uuid, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.close_question(p_contact_id uuid, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.conclude_appointment(p_appointment_id uuid, p_status text) TO tenant_user;
REVOKE ALL ON FUNCTION app.conclude_appointment(p_appointment_id uuid, p_status text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.conclude_message(p_message public.messages, p_status text, p_external_id text, p_error_code text, p_reason text) TO app_writer;
REVOKE ALL ON FUNCTION app.conclude_message(p_message public.messages, p_status text, p_external_id text, p_error_code text, p_reason text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.conclude_provisioning(p_provisioning_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.conclude_provisioning(p_provisioning_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.confirm_by_reply(p_inbound public.messages, p_appointment_id uuid, p_our_number text, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.confirm_by_reply(p_inbound public.messages, p_appointment_id uuid, p_our_number text, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.confirmation_email(p_language text, p_clinic text, p_lines text[], p_place text, p_phone text, p_reminder boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.confirmation_email(p_language text, p_clinic text, p_lines text[], p_place text, p_phone text, p_reminder boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.contact_language(p_contact_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.contact_language(p_contact_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.contact_of_call(p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.contact_of_call(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.contact_search(p_search text) TO app_searcher;
GRANT ALL ON FUNCTION app.contact_search(p_search text) TO tenant_user;
REVOKE ALL ON FUNCTION app.contact_search(p_search text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.contact_stats() TO tenant_user;
REVOKE ALL ON FUNCTION app.contact_stats() FROM PUBLIC;

GRANT ALL ON FUNCTION app.contacts_like(p_search text) TO tenant_user;
REVOKE ALL ON FUNCTION app.contacts_like(p_search text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.count_calls(p_from timestamp with time zone, p_to timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.count_calls(p_from timestamp with time zone, p_to timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.count_unread_notifications() TO tenant_user;
REVOKE ALL ON FUNCTION app.count_unread_notifications() FROM PUBLIC;

GRANT ALL ON FUNCTION app.create_contact(p_fields jsonb, p_source text, p_call_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.create_contact(p_fields jsonb, p_source text, p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.current_member_role() TO app_writer;
GRANT ALL ON FUNCTION app.current_member_role() TO tenant_service;
GRANT ALL ON FUNCTION app.current_member_role() TO tenant_user;
REVOKE ALL ON FUNCTION app.current_member_role() FROM PUBLIC;

GRANT ALL ON FUNCTION app.current_org_id() TO app_definer;
GRANT ALL ON FUNCTION app.current_org_id() TO app_searcher;
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

GRANT ALL ON FUNCTION app.daily_cap_reached(p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.daily_cap_reached(p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.default_agent(p_role text) TO tenant_user;
REVOKE ALL ON FUNCTION app.default_agent(p_role text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.default_template(p_kind text, p_language text) TO app_writer;
GRANT ALL ON FUNCTION app.default_template(p_kind text, p_language text) TO tenant_user;
REVOKE ALL ON FUNCTION app.default_template(p_kind text, p_language text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.delete_agent(p_agent_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.delete_agent(p_agent_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.delete_call(p_call_id uuid, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.delete_call(p_call_id uuid, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.delete_location(p_location_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.delete_location(p_location_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.delete_notification(p_notification_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.delete_notification(p_notification_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.delete_resource(p_resource_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.delete_resource(p_resource_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.delete_service(p_service_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.delete_service(p_service_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.delete_template(p_template_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.delete_template(p_template_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.digits_said(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.digits_said(p_words text) TO tenant_service;
REVOKE ALL ON FUNCTION app.digits_said(p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.drop_expired_holds(p_resource_ids uuid[], p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.drop_expired_holds(p_resource_ids uuid[], p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.drop_recordings(p_call_ids uuid[], p_reason text) TO app_writer;
REVOKE ALL ON FUNCTION app.drop_recordings(p_call_ids uuid[], p_reason text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.due_provisionings(p_limit integer, p_routed_as text) TO voxanne_login;
REVOKE ALL ON FUNCTION app.due_provisionings(p_limit integer, p_routed_as text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone) TO app_writer;
GRANT ALL ON FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone) TO tenant_service;
REVOKE ALL ON FUNCTION app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.ensure_call(p_vapi_call_id text, p_direction text, p_agent_id uuid, p_location_id uuid, p_caller text, p_number text) TO tenant_service;
REVOKE ALL ON FUNCTION app.ensure_call(p_vapi_call_id text, p_direction text, p_agent_id uuid, p_location_id uuid, p_caller text, p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.erase_calls(p_contact_id uuid, p_phone text) TO app_writer;
REVOKE ALL ON FUNCTION app.erase_calls(p_contact_id uuid, p_phone text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.erase_contact(p_contact_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.erase_contact(p_contact_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.erase_messages(p_contact_id uuid, p_phone text) TO app_writer;
REVOKE ALL ON FUNCTION app.erase_messages(p_contact_id uuid, p_phone text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.erase_visits(p_contact_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.erase_visits(p_contact_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.events_since(p_after_xid bigint, p_after_id bigint, p_upto_xid bigint, p_upto_id bigint, p_limit integer) TO tenant_user;
REVOKE ALL ON FUNCTION app.events_since(p_after_xid bigint, p_after_id bigint, p_upto_xid bigint, p_upto_id bigint, p_limit integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.expire_hold(p_appointment_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.expire_hold(p_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.expire_recordings(p_limit integer) TO tenant_service;
REVOKE ALL ON FUNCTION app.expire_recordings(p_limit integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.export_messages(p_from date, p_to date, p_after_at timestamp with time zone, p_after_id uuid, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.export_messages(p_from date, p_to date, p_after_at timestamp with time zone, p_after_id uuid, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.export_transcript(p_call_id uuid, p_format text, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.export_transcript(p_call_id uuid, p_format text, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fail_provisioning_step(p_provisioning_id uuid, p_lease_id uuid, p_step text, p_error text, p_final boolean, p_may_still_act boolean, p_pause_seconds integer) TO tenant_service;
REVOKE ALL ON FUNCTION app.fail_provisioning_step(p_provisioning_id uuid, p_lease_id uuid, p_step text, p_error text, p_final boolean, p_may_still_act boolean, p_pause_seconds integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fail_recording(p_recording_id uuid, p_reason text, p_final boolean) TO tenant_service;
REVOKE ALL ON FUNCTION app.fail_recording(p_recording_id uuid, p_reason text, p_final boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.find_messaging_tenant(p_number text) TO voxanne_login;
REVOKE ALL ON FUNCTION app.find_messaging_tenant(p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.find_my_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) TO tenant_service;
REVOKE ALL ON FUNCTION app.find_my_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.find_phone_number(p_id uuid, p_number text) TO tenant_user;
REVOKE ALL ON FUNCTION app.find_phone_number(p_id uuid, p_number text) FROM PUBLIC;

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

GRANT ALL ON FUNCTION app.find_share_tenant(p_token_hash bytea) TO voxanne_login;
REVOKE ALL ON FUNCTION app.find_share_tenant(p_token_hash bytea) FROM PUBLIC;

GRANT ALL ON FUNCTION app.finish_agent_removal(p_agent_id uuid, p_lease_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.finish_agent_removal(p_agent_id uuid, p_lease_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.finish_agent_sync(p_agent_id uuid, p_lease_id uuid, p_version integer, p_status text, p_error text, p_tools jsonb) TO tenant_service;
REVOKE ALL ON FUNCTION app.finish_agent_sync(p_agent_id uuid, p_lease_id uuid, p_version integer, p_status text, p_error text, p_tools jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.finish_message(p_message_id uuid, p_outcome text, p_external_id text, p_error_code text, p_reason text) TO tenant_service;
REVOKE ALL ON FUNCTION app.finish_message(p_message_id uuid, p_outcome text, p_external_id text, p_error_code text, p_reason text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.finish_provisioning_step(p_provisioning_id uuid, p_lease_id uuid, p_step text, p_external_id text, p_undo jsonb, p_skipped boolean) TO tenant_service;
REVOKE ALL ON FUNCTION app.finish_provisioning_step(p_provisioning_id uuid, p_lease_id uuid, p_step text, p_external_id text, p_undo jsonb, p_skipped boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.finish_recording(p_recording_id uuid, p_content_type text, p_size_bytes bigint) TO tenant_service;
REVOKE ALL ON FUNCTION app.finish_recording(p_recording_id uuid, p_content_type text, p_size_bytes bigint) FROM PUBLIC;

GRANT ALL ON FUNCTION app.finish_request(p_claim_id uuid, p_status integer, p_headers jsonb, p_response bytea) TO tenant_user;
REVOKE ALL ON FUNCTION app.finish_request(p_claim_id uuid, p_status integer, p_headers jsonb, p_response bytea) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fold_addresses(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.fold_addresses(p_words text) TO tenant_service;
REVOKE ALL ON FUNCTION app.fold_addresses(p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fold_birth_dates(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.fold_birth_dates(p_words text) TO tenant_service;
REVOKE ALL ON FUNCTION app.fold_birth_dates(p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fold_emails(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.fold_emails(p_words text) TO tenant_service;
REVOKE ALL ON FUNCTION app.fold_emails(p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fold_foreign_addresses(p_words text, p_post text) TO app_writer;
GRANT ALL ON FUNCTION app.fold_foreign_addresses(p_words text, p_post text) TO tenant_service;
REVOKE ALL ON FUNCTION app.fold_foreign_addresses(p_words text, p_post text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fold_identifiers(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.fold_identifiers(p_words text) TO tenant_service;
REVOKE ALL ON FUNCTION app.fold_identifiers(p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fold_known_names(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.fold_known_names(p_words text) TO tenant_service;
REVOKE ALL ON FUNCTION app.fold_known_names(p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fold_names(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.fold_names(p_words text) TO tenant_service;
REVOKE ALL ON FUNCTION app.fold_names(p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fold_numbers(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.fold_numbers(p_words text) TO tenant_service;
REVOKE ALL ON FUNCTION app.fold_numbers(p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fold_records(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.fold_records(p_words text) TO tenant_service;
REVOKE ALL ON FUNCTION app.fold_records(p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.fold_visits(p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.fold_visits(p_words text) TO tenant_service;
REVOKE ALL ON FUNCTION app.fold_visits(p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.folded_span(p_span text, p_kind text) TO app_writer;
GRANT ALL ON FUNCTION app.folded_span(p_span text, p_kind text) TO tenant_service;
REVOKE ALL ON FUNCTION app.folded_span(p_span text, p_kind text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.folded_words(p_words text, p_pattern text, p_kind text) TO app_writer;
GRANT ALL ON FUNCTION app.folded_words(p_words text, p_pattern text, p_kind text) TO tenant_service;
REVOKE ALL ON FUNCTION app.folded_words(p_words text, p_pattern text, p_kind text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.forget_answers() TO app_writer;
REVOKE ALL ON FUNCTION app.forget_answers() FROM PUBLIC;

REVOKE ALL ON FUNCTION app.forget_call_days() FROM PUBLIC;

GRANT ALL ON FUNCTION app.forget_retired_tool(p_vapi_tool_id text) TO voxanne_login;
REVOKE ALL ON FUNCTION app.forget_retired_tool(p_vapi_tool_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.found_ids(p_what text, p_search text) TO app_writer;
GRANT ALL ON FUNCTION app.found_ids(p_what text, p_search text) TO tenant_user;
REVOKE ALL ON FUNCTION app.found_ids(p_what text, p_search text) FROM PUBLIC;

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

GRANT ALL ON FUNCTION app.inbound_status() TO tenant_service;
GRANT ALL ON FUNCTION app.inbound_status() TO tenant_user;
REVOKE ALL ON FUNCTION app.inbound_status() FROM PUBLIC;

GRANT ALL ON FUNCTION app.integrations() TO tenant_user;
REVOKE ALL ON FUNCTION app.integrations() FROM PUBLIC;

GRANT ALL ON FUNCTION app.intend_assistant(p_agent_id uuid, p_lease_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.intend_assistant(p_agent_id uuid, p_lease_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.introduced_names(p_tokens text[], p_words text, p_folded text) TO app_writer;
GRANT ALL ON FUNCTION app.introduced_names(p_tokens text[], p_words text, p_folded text) TO tenant_service;
REVOKE ALL ON FUNCTION app.introduced_names(p_tokens text[], p_words text, p_folded text) FROM PUBLIC;

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

GRANT SELECT(message_id) ON TABLE public.invitations TO tenant_service;
GRANT SELECT(message_id) ON TABLE public.invitations TO tenant_user;

GRANT ALL ON FUNCTION app.invitation_mail(p_invitation public.invitations) TO app_writer;
REVOKE ALL ON FUNCTION app.invitation_mail(p_invitation public.invitations) FROM PUBLIC;

GRANT ALL ON FUNCTION app.invitation_of_message(p_message_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.invitation_of_message(p_message_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.invite_member(p_email text, p_role text, p_token_id uuid, p_token_hash bytea, p_mail boolean, p_platform_mail text, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.invite_member(p_email text, p_role text, p_token_id uuid, p_token_hash bytea, p_mail boolean, p_platform_mail text, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.is_event_cursor_kept(p_xid bigint) TO tenant_user;
REVOKE ALL ON FUNCTION app.is_event_cursor_kept(p_xid bigint) FROM PUBLIC;

GRANT ALL ON FUNCTION app.is_listed(p_run text) TO app_writer;
GRANT ALL ON FUNCTION app.is_listed(p_run text) TO tenant_service;
REVOKE ALL ON FUNCTION app.is_listed(p_run text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.is_message_rule(p_key text, p_value jsonb) TO app_writer;
REVOKE ALL ON FUNCTION app.is_message_rule(p_key text, p_value jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.is_open(p_location_id uuid, p_at timestamp with time zone) TO app_writer;
GRANT ALL ON FUNCTION app.is_open(p_location_id uuid, p_at timestamp with time zone) TO tenant_service;
GRANT ALL ON FUNCTION app.is_open(p_location_id uuid, p_at timestamp with time zone) TO tenant_user;
REVOKE ALL ON FUNCTION app.is_open(p_location_id uuid, p_at timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.is_opted_out(p_channel text, p_number text) TO app_writer;
REVOKE ALL ON FUNCTION app.is_opted_out(p_channel text, p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.is_our_number(p_number text) TO app_writer;
REVOKE ALL ON FUNCTION app.is_our_number(p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.is_whole_number(p_value jsonb, p_least integer, p_most integer) TO app_writer;
REVOKE ALL ON FUNCTION app.is_whole_number(p_value jsonb, p_least integer, p_most integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.issue_event_ticket(p_hash bytea, p_stream_until timestamp with time zone) TO tenant_user;
REVOKE ALL ON FUNCTION app.issue_event_ticket(p_hash bytea, p_stream_until timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.leave_to_staff(p_inbound public.messages) TO app_writer;
REVOKE ALL ON FUNCTION app.leave_to_staff(p_inbound public.messages) FROM PUBLIC;

GRANT ALL ON FUNCTION app.limit_waits() TO tenant_service;
GRANT ALL ON FUNCTION app.limit_waits() TO voxanne_login;
REVOKE ALL ON FUNCTION app.limit_waits() FROM PUBLIC;

GRANT ALL ON FUNCTION app.line_to_check() TO tenant_service;
REVOKE ALL ON FUNCTION app.line_to_check() FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_appointments(p_statuses text[], p_from text, p_to text, p_contact_id uuid, p_resource_id uuid, p_service_id uuid, p_search text, p_range text, p_sort text, p_page integer, p_limit integer) TO tenant_user;
REVOKE ALL ON FUNCTION app.list_appointments(p_statuses text[], p_from text, p_to text, p_contact_id uuid, p_resource_id uuid, p_service_id uuid, p_search text, p_range text, p_sort text, p_page integer, p_limit integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_audit_log(p_page integer, p_limit integer, p_from date, p_to date, p_action text, p_entity text, p_entity_id uuid, p_actor_user_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.list_audit_log(p_page integer, p_limit integer, p_from date, p_to date, p_action text, p_entity text, p_entity_id uuid, p_actor_user_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_booking_attempts(p_kind text, p_outcome text, p_reason text, p_call_id uuid, p_appointment_id uuid, p_from text, p_to text, p_page integer, p_limit integer) TO tenant_user;
REVOKE ALL ON FUNCTION app.list_booking_attempts(p_kind text, p_outcome text, p_reason text, p_call_id uuid, p_appointment_id uuid, p_from text, p_to text, p_page integer, p_limit integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_calls(p_page integer, p_limit integer, p_from date, p_to date, p_recent text, p_state text, p_direction text, p_contact_id uuid, p_search text) TO tenant_user;
REVOKE ALL ON FUNCTION app.list_calls(p_page integer, p_limit integer, p_from date, p_to date, p_recent text, p_state text, p_direction text, p_contact_id uuid, p_search text) FROM PUBLIC;

GRANT SELECT ON TABLE public.campaigns TO tenant_service;
GRANT SELECT ON TABLE public.campaigns TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.campaigns TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.campaigns TO service_role;

GRANT ALL ON FUNCTION app.list_campaigns() TO tenant_user;
REVOKE ALL ON FUNCTION app.list_campaigns() FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_contacts(p_lead_status text, p_source text, p_search text, p_from date, p_to date, p_sort text, p_descending boolean, p_page integer, p_limit integer) TO tenant_user;
REVOKE ALL ON FUNCTION app.list_contacts(p_lead_status text, p_source text, p_search text, p_from date, p_to date, p_sort text, p_descending boolean, p_page integer, p_limit integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_invitations(p_invitation_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.list_invitations(p_invitation_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.list_invitations(p_invitation_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_leads(p_limit integer) TO tenant_user;
REVOKE ALL ON FUNCTION app.list_leads(p_limit integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_messages(p_page integer, p_limit integer, p_from date, p_to date, p_direction text, p_method text, p_category text, p_status text, p_contact_id uuid, p_search text) TO tenant_user;
REVOKE ALL ON FUNCTION app.list_messages(p_page integer, p_limit integer, p_from date, p_to date, p_direction text, p_method text, p_category text, p_status text, p_contact_id uuid, p_search text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_notifications(p_page integer, p_limit integer, p_unread boolean, p_kind text) TO tenant_user;
REVOKE ALL ON FUNCTION app.list_notifications(p_page integer, p_limit integer, p_unread boolean, p_kind text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_phone_numbers(p_page integer, p_limit integer, p_at_vapi boolean) TO tenant_user;
REVOKE ALL ON FUNCTION app.list_phone_numbers(p_page integer, p_limit integer, p_at_vapi boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_shares(p_call_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.list_shares(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.list_visits(p_language text, p_names text[], p_dates text[], p_times text[], p_codes boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.list_visits(p_language text, p_names text[], p_dates text[], p_times text[], p_codes boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.local_instant(p_local timestamp without time zone, p_zone text, p_last boolean) TO app_writer;
GRANT ALL ON FUNCTION app.local_instant(p_local timestamp without time zone, p_zone text, p_last boolean) TO tenant_service;
GRANT ALL ON FUNCTION app.local_instant(p_local timestamp without time zone, p_zone text, p_last boolean) TO tenant_user;
REVOKE ALL ON FUNCTION app.local_instant(p_local timestamp without time zone, p_zone text, p_last boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.local_words(p_at timestamp with time zone, p_zone text, p_language text) TO app_writer;
REVOKE ALL ON FUNCTION app.local_words(p_at timestamp with time zone, p_zone text, p_language text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.location_of_wish(p_call_id uuid, p_appointment_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.location_of_wish(p_call_id uuid, p_appointment_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.location_of_wish(p_call_id uuid, p_appointment_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.location_of_wish(p_call_id uuid, p_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.lock_call(p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.lock_call(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.lock_contact(p_contact_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.lock_contact(p_contact_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.lock_number(p_number text) TO app_writer;
REVOKE ALL ON FUNCTION app.lock_number(p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.lock_resources(p_resource_ids uuid[]) TO app_writer;
REVOKE ALL ON FUNCTION app.lock_resources(p_resource_ids uuid[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.lose_tool(p_name text, p_vapi_tool_id text) TO voxanne_login;
REVOKE ALL ON FUNCTION app.lose_tool(p_name text, p_vapi_tool_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.lost_members(p_org_ids uuid[], p_user_ids uuid[]) TO voxanne_login;
REVOKE ALL ON FUNCTION app.lost_members(p_org_ids uuid[], p_user_ids uuid[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.mail_invitation(p_invitation public.invitations, p_platform_mail text, p_request_id text) TO app_writer;
REVOKE ALL ON FUNCTION app.mail_invitation(p_invitation public.invitations, p_platform_mail text, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.map_phone_number(p_phone_number_id uuid, p_fields jsonb) TO tenant_user;
REVOKE ALL ON FUNCTION app.map_phone_number(p_phone_number_id uuid, p_fields jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.match_rank(p_words text, p_names text[]) TO app_writer;
GRANT ALL ON FUNCTION app.match_rank(p_words text, p_names text[]) TO tenant_service;
GRANT ALL ON FUNCTION app.match_rank(p_words text, p_names text[]) TO tenant_user;
REVOKE ALL ON FUNCTION app.match_rank(p_words text, p_names text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.may_change_member(p_user_id uuid, p_new_role text) TO app_writer;
REVOKE ALL ON FUNCTION app.may_change_member(p_user_id uuid, p_new_role text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.may_guess(p_call_id uuid, p_contact_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.may_guess(p_call_id uuid, p_contact_id uuid) FROM PUBLIC;

GRANT SELECT ON TABLE public.appointments TO tenant_service;
GRANT SELECT ON TABLE public.appointments TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appointments TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.appointments TO service_role;

GRANT ALL ON FUNCTION app.meant_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) TO app_writer;
REVOKE ALL ON FUNCTION app.meant_appointments(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.merge_contacts(p_into uuid, p_from uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.merge_contacts(p_into uuid, p_from uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.merge_histories(p_into uuid, p_from uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.merge_histories(p_into uuid, p_from uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.merge_patients(p_into uuid, p_from uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.merge_patients(p_into uuid, p_from uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.message_limit_reason(p_category text, p_contact_id uuid, p_recipient_hash bytea, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.message_limit_reason(p_category text, p_contact_id uuid, p_recipient_hash bytea, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.message_recipient(p_contact_id uuid, p_method text, p_recipient text) TO app_writer;
REVOKE ALL ON FUNCTION app.message_recipient(p_contact_id uuid, p_method text, p_recipient text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.message_refusal(p_category text, p_method text, p_contact_id uuid, p_recipient text, p_call_id uuid, p_number_zones text[], p_number_region text, p_spoken boolean, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.message_refusal(p_category text, p_method text, p_contact_id uuid, p_recipient text, p_call_id uuid, p_number_zones text[], p_number_region text, p_spoken boolean, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.message_stats(p_from date, p_to date) TO tenant_user;
REVOKE ALL ON FUNCTION app.message_stats(p_from date, p_to date) FROM PUBLIC;

GRANT ALL ON FUNCTION app.message_text_refusal(p_category text, p_method text, p_content text) TO app_writer;
REVOKE ALL ON FUNCTION app.message_text_refusal(p_category text, p_method text, p_content text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.message_to_settle(p_message_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.message_to_settle(p_message_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.minutes_or(p_fields jsonb, p_key text, p_otherwise interval) TO app_writer;
REVOKE ALL ON FUNCTION app.minutes_or(p_fields jsonb, p_key text, p_otherwise interval) FROM PUBLIC;

GRANT ALL ON FUNCTION app.minutes_said(p_digits text) TO app_writer;
GRANT ALL ON FUNCTION app.minutes_said(p_digits text) TO tenant_service;
REVOKE ALL ON FUNCTION app.minutes_said(p_digits text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.mirror_busy_blocks(p_calendar_link_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_external_ids text[], p_starts timestamp with time zone[], p_ends timestamp with time zone[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.mirror_busy_blocks(p_calendar_link_id uuid, p_from timestamp with time zone, p_to timestamp with time zone, p_external_ids text[], p_starts timestamp with time zone[], p_ends timestamp with time zone[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.move_appointment(p_kind text, p_appointment_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.move_appointment(p_kind text, p_appointment_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_override boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.name_distance(p_said text, p_names text[]) TO app_writer;
REVOKE ALL ON FUNCTION app.name_distance(p_said text, p_names text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.name_forms(p_names text[]) TO app_writer;
GRANT ALL ON FUNCTION app.name_forms(p_names text[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.name_forms(p_names text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.names_of_call(p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.names_of_call(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.new_booking_ref() TO app_writer;
REVOKE ALL ON FUNCTION app.new_booking_ref() FROM PUBLIC;

GRANT ALL ON FUNCTION app.next_alternatives(p_service_id uuid, p_resource_id uuid, p_around timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.next_alternatives(p_service_id uuid, p_resource_id uuid, p_around timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.next_alternatives(p_service_id uuid, p_resource_id uuid, p_around timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.next_alternatives(p_service_id uuid, p_resource_id uuid, p_around timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.next_codes(p_appointment_ids uuid[]) TO app_writer;
REVOKE ALL ON FUNCTION app.next_codes(p_appointment_ids uuid[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.next_sending_time(p_contact_id uuid, p_number_zones text[], p_at timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.next_sending_time(p_contact_id uuid, p_number_zones text[], p_at timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.night_end(p_at timestamp with time zone, p_zone text, p_from time without time zone, p_until time without time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.night_end(p_at timestamp with time zone, p_zone text, p_from time without time zone, p_until time without time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.normalise_name(p_name text) TO app_definer;
GRANT ALL ON FUNCTION app.normalise_name(p_name text) TO app_writer;
GRANT ALL ON FUNCTION app.normalise_name(p_name text) TO tenant_service;
GRANT ALL ON FUNCTION app.normalise_name(p_name text) TO tenant_user;
REVOKE ALL ON FUNCTION app.normalise_name(p_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_attempt(p_kind text, p_result app.booking_result, p_call_id uuid, p_tool_call_id text, p_starts_at timestamp with time zone, p_said_date text, p_said_time text) TO app_writer;
REVOKE ALL ON FUNCTION app.note_attempt(p_kind text, p_result app.booking_result, p_call_id uuid, p_tool_call_id text, p_starts_at timestamp with time zone, p_said_date text, p_said_time text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_change(p_kind text, p_appointment_id uuid, p_old public.appointments, p_call_id uuid, p_message_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.note_change(p_kind text, p_appointment_id uuid, p_old public.appointments, p_call_id uuid, p_message_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_code(p_subject_id uuid, p_version integer, p_code_hash bytea) TO tenant_service;
REVOKE ALL ON FUNCTION app.note_code(p_subject_id uuid, p_version integer, p_code_hash bytea) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_effect(p_claim_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.note_effect(p_claim_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_message_codes(p_message_id uuid, p_code_subjects uuid[], p_code_versions integer[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.note_message_codes(p_message_id uuid, p_code_subjects uuid[], p_code_versions integer[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_number_check(p_provisioning_id uuid, p_error text) TO tenant_service;
REVOKE ALL ON FUNCTION app.note_number_check(p_provisioning_id uuid, p_error text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_opt_out(p_channel text, p_number text, p_number_hash bytea, p_source text) TO app_writer;
REVOKE ALL ON FUNCTION app.note_opt_out(p_channel text, p_number text, p_number_hash bytea, p_source text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_recording(p_call_id uuid, p_source_url text) TO app_writer;
REVOKE ALL ON FUNCTION app.note_recording(p_call_id uuid, p_source_url text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_recording_deleted(p_recording_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.note_recording_deleted(p_recording_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.note_verification(p_provider text, p_updated_at timestamp with time zone, p_problem text) TO tenant_user;
REVOKE ALL ON FUNCTION app.note_verification(p_provider text, p_updated_at timestamp with time zone, p_problem text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.notify_staff(p_kind text, p_title text, p_entity text, p_entity_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.notify_staff(p_kind text, p_title text, p_entity text, p_entity_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.number_hash(p_number text) TO app_writer;
REVOKE ALL ON FUNCTION app.number_hash(p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.number_kind(p_run text, p_before text) TO app_writer;
GRANT ALL ON FUNCTION app.number_kind(p_run text, p_before text) TO tenant_service;
REVOKE ALL ON FUNCTION app.number_kind(p_run text, p_before text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.open_call(p_vapi_call_id text, p_direction text, p_assistant_id text, p_phone_number_id text, p_number text, p_caller text) TO tenant_service;
GRANT ALL ON FUNCTION app.open_call(p_vapi_call_id text, p_direction text, p_assistant_id text, p_phone_number_id text, p_number text, p_caller text) TO voxanne_login;
REVOKE ALL ON FUNCTION app.open_call(p_vapi_call_id text, p_direction text, p_assistant_id text, p_phone_number_id text, p_number text, p_caller text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.open_question(p_contact_id uuid, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.open_question(p_contact_id uuid, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.open_share(p_token_hash bytea, p_part text, p_visitor text) TO tenant_service;
REVOKE ALL ON FUNCTION app.open_share(p_token_hash bytea, p_part text, p_visitor text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.open_spans(p_resource_ids uuid[], p_from timestamp with time zone, p_to timestamp with time zone) TO app_writer;
GRANT ALL ON FUNCTION app.open_spans(p_resource_ids uuid[], p_from timestamp with time zone, p_to timestamp with time zone) TO tenant_service;
GRANT ALL ON FUNCTION app.open_spans(p_resource_ids uuid[], p_from timestamp with time zone, p_to timestamp with time zone) TO tenant_user;
REVOKE ALL ON FUNCTION app.open_spans(p_resource_ids uuid[], p_from timestamp with time zone, p_to timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.opt_in(p_channel text, p_number text, p_source text) TO tenant_service;
GRANT ALL ON FUNCTION app.opt_in(p_channel text, p_number text, p_source text) TO tenant_user;
REVOKE ALL ON FUNCTION app.opt_in(p_channel text, p_number text, p_source text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.opt_out(p_channel text, p_number text, p_source text) TO tenant_service;
GRANT ALL ON FUNCTION app.opt_out(p_channel text, p_number text, p_source text) TO tenant_user;
REVOKE ALL ON FUNCTION app.opt_out(p_channel text, p_number text, p_source text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.opt_out_by_reply(p_inbound public.messages, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.opt_out_by_reply(p_inbound public.messages, p_now timestamp with time zone) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.org_for_user(p_user_id uuid, p_email text, p_invitation_token text, p_email_confirmed boolean, p_anonymous boolean, p_signing_up boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.orgs_to_reseal(p_key_id text) TO voxanne_login;
REVOKE ALL ON FUNCTION app.orgs_to_reseal(p_key_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.orgs_to_roll_up() TO voxanne_login;
REVOKE ALL ON FUNCTION app.orgs_to_roll_up() FROM PUBLIC;

GRANT ALL ON FUNCTION app.orgs_with_due_recordings() TO voxanne_login;
REVOKE ALL ON FUNCTION app.orgs_with_due_recordings() FROM PUBLIC;

GRANT ALL ON FUNCTION app.own_booking(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_patient_name text, p_date_of_birth date, p_another_person boolean, OUT verdict text, OUT appointment_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.own_booking(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_patient_name text, p_date_of_birth date, p_another_person boolean, OUT verdict text, OUT appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.own_line(p_location_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.own_line(p_location_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.page_span(p_total bigint, p_total_is_estimate boolean, p_page integer, p_limit integer) TO app_writer;
GRANT ALL ON FUNCTION app.page_span(p_total bigint, p_total_is_estimate boolean, p_page integer, p_limit integer) TO tenant_user;
REVOKE ALL ON FUNCTION app.page_span(p_total bigint, p_total_is_estimate boolean, p_page integer, p_limit integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.passes_luhn(p_digits text) TO app_writer;
GRANT ALL ON FUNCTION app.passes_luhn(p_digits text) TO tenant_service;
REVOKE ALL ON FUNCTION app.passes_luhn(p_digits text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.patient_of_contact(p_contact_id uuid, p_name text, p_date_of_birth date, p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.patient_of_contact(p_contact_id uuid, p_name text, p_date_of_birth date, p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.patients_of_code(p_call_id uuid, p_contact_id uuid, p_code_hashes bytea[], p_patient_name text) TO app_writer;
REVOKE ALL ON FUNCTION app.patients_of_code(p_call_id uuid, p_contact_id uuid, p_code_hashes bytea[], p_patient_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.period_bound(p_words text, p_zone text, p_end boolean) TO tenant_user;
REVOKE ALL ON FUNCTION app.period_bound(p_words text, p_zone text, p_end boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.phone_numbers_shown() TO app_writer;
REVOKE ALL ON FUNCTION app.phone_numbers_shown() FROM PUBLIC;

GRANT ALL ON FUNCTION app.pick_appointment(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, OUT appointment_id uuid, OUT reason text) TO app_writer;
REVOKE ALL ON FUNCTION app.pick_appointment(p_call_id uuid, p_appointment text, p_on date, p_at time without time zone, p_patient_name text, OUT appointment_id uuid, OUT reason text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.place_booking(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_contact_id uuid, p_patient_name text, p_date_of_birth date, p_email text, p_spoken_phone text, p_notes text, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.place_booking(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_call_id uuid, p_contact_id uuid, p_patient_name text, p_date_of_birth date, p_email text, p_spoken_phone text, p_notes text, p_override boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.plain_text(p_text text) TO app_writer;
REVOKE ALL ON FUNCTION app.plain_text(p_text text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.preview_template(p_kind text, p_language text, p_body text) TO tenant_user;
REVOKE ALL ON FUNCTION app.preview_template(p_kind text, p_language text, p_body text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.protect_table(p_table regclass, p_org_column text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.provision_user() FROM PUBLIC;

GRANT ALL ON FUNCTION app.provisioning_status(p_provisioning_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.provisioning_status(p_provisioning_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.provisioning_status(p_provisioning_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.queue_reply(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text) TO app_writer;
REVOKE ALL ON FUNCTION app.queue_reply(p_inbound public.messages, p_kind text, p_appointment_ids uuid[], p_our_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.read_all_notifications() TO tenant_user;
REVOKE ALL ON FUNCTION app.read_all_notifications() FROM PUBLIC;

GRANT ALL ON FUNCTION app.read_call(p_call_id uuid, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.read_call(p_call_id uuid, p_request_id text) FROM PUBLIC;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_credentials TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_credentials TO service_role;

GRANT SELECT(org_id) ON TABLE public.org_credentials TO app_definer;
GRANT SELECT(org_id) ON TABLE public.org_credentials TO tenant_service;
GRANT SELECT(org_id) ON TABLE public.org_credentials TO tenant_user;

GRANT SELECT(id) ON TABLE public.org_credentials TO tenant_service;
GRANT SELECT(id) ON TABLE public.org_credentials TO tenant_user;

GRANT SELECT(provider) ON TABLE public.org_credentials TO tenant_service;
GRANT SELECT(provider) ON TABLE public.org_credentials TO tenant_user;

GRANT SELECT(key_id) ON TABLE public.org_credentials TO app_definer;
GRANT SELECT(key_id) ON TABLE public.org_credentials TO tenant_service;
GRANT SELECT(key_id) ON TABLE public.org_credentials TO tenant_user;

GRANT SELECT(account_ref) ON TABLE public.org_credentials TO tenant_service;
GRANT SELECT(account_ref) ON TABLE public.org_credentials TO tenant_user;

GRANT SELECT(sender) ON TABLE public.org_credentials TO tenant_service;
GRANT SELECT(sender) ON TABLE public.org_credentials TO tenant_user;

GRANT SELECT(connected_email) ON TABLE public.org_credentials TO tenant_service;
GRANT SELECT(connected_email) ON TABLE public.org_credentials TO tenant_user;

GRANT SELECT(last_verified_at) ON TABLE public.org_credentials TO tenant_service;
GRANT SELECT(last_verified_at) ON TABLE public.org_credentials TO tenant_user;

GRANT SELECT(verification_error) ON TABLE public.org_credentials TO tenant_service;
GRANT SELECT(verification_error) ON TABLE public.org_credentials TO tenant_user;

GRANT SELECT(created_at) ON TABLE public.org_credentials TO tenant_service;
GRANT SELECT(created_at) ON TABLE public.org_credentials TO tenant_user;

GRANT SELECT(updated_at) ON TABLE public.org_credentials TO tenant_service;
GRANT SELECT(updated_at) ON TABLE public.org_credentials TO tenant_user;

GRANT ALL ON FUNCTION app.read_credential(p_provider text) TO tenant_service;
REVOKE ALL ON FUNCTION app.read_credential(p_provider text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.read_export(p_message_id uuid, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.read_export(p_message_id uuid, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.read_notification(p_notification_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.read_notification(p_notification_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.read_recording(p_call_id uuid, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.read_recording(p_call_id uuid, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.recent_activity(p_limit integer) TO tenant_user;
REVOKE ALL ON FUNCTION app.recent_activity(p_limit integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.record_assistant(p_agent_id uuid, p_lease_id uuid, p_vapi_assistant_id text) TO tenant_service;
REVOKE ALL ON FUNCTION app.record_assistant(p_agent_id uuid, p_lease_id uuid, p_vapi_assistant_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.record_call_event(p_call_id uuid, p_status text, p_at timestamp with time zone, p_ended_reason text) TO tenant_service;
REVOKE ALL ON FUNCTION app.record_call_event(p_call_id uuid, p_status text, p_at timestamp with time zone, p_ended_reason text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.record_call_report(p_call_id uuid, p_started_at timestamp with time zone, p_ended_at timestamp with time zone, p_duration_seconds integer, p_ended_reason text, p_summary text, p_turns jsonb, p_cost_micros bigint, p_has_recording boolean, p_tools_used text[], p_said_names text[], p_recording_url text) TO tenant_service;
REVOKE ALL ON FUNCTION app.record_call_report(p_call_id uuid, p_started_at timestamp with time zone, p_ended_at timestamp with time zone, p_duration_seconds integer, p_ended_reason text, p_summary text, p_turns jsonb, p_cost_micros bigint, p_has_recording boolean, p_tools_used text[], p_said_names text[], p_recording_url text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.record_delivery(p_message_id uuid, p_external_id text, p_status text, p_error_code text) TO tenant_service;
REVOKE ALL ON FUNCTION app.record_delivery(p_message_id uuid, p_external_id text, p_status text, p_error_code text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.record_inbound_message(p_provider text, p_external_id text, p_from text, p_to text, p_body text, p_opt_out_type text) TO tenant_service;
REVOKE ALL ON FUNCTION app.record_inbound_message(p_provider text, p_external_id text, p_from text, p_to text, p_body text, p_opt_out_type text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.recording_of_link(p_recording_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.recording_of_link(p_recording_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.recording_to_delete(p_recording_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.recording_to_delete(p_recording_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.redact_medical_terms(p_text text) TO app_writer;
GRANT ALL ON FUNCTION app.redact_medical_terms(p_text text) TO tenant_service;
REVOKE ALL ON FUNCTION app.redact_medical_terms(p_text text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.redact_phi(p_text text, p_names text[]) TO app_writer;
GRANT ALL ON FUNCTION app.redact_phi(p_text text, p_names text[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.redact_phi(p_text text, p_names text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.redact_turns(p_turns text[], p_names text[]) TO app_writer;
GRANT ALL ON FUNCTION app.redact_turns(p_turns text[], p_names text[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.redact_turns(p_turns text[], p_names text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.redaction_vocabulary() TO app_writer;
GRANT ALL ON FUNCTION app.redaction_vocabulary() TO tenant_service;
REVOKE ALL ON FUNCTION app.redaction_vocabulary() FROM PUBLIC;

GRANT SELECT,DELETE ON TABLE public.event_tickets TO app_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.event_tickets TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.event_tickets TO service_role;

GRANT ALL ON FUNCTION app.redeem_event_ticket(p_hash bytea) TO voxanne_login;
REVOKE ALL ON FUNCTION app.redeem_event_ticket(p_hash bytea) FROM PUBLIC;

GRANT ALL ON FUNCTION app.refresh_routing(p_provisioning_id uuid, p_routed_as text) TO tenant_service;
REVOKE ALL ON FUNCTION app.refresh_routing(p_provisioning_id uuid, p_routed_as text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.refusal_reason(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO app_writer;
GRANT ALL ON FUNCTION app.refusal_reason(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO tenant_service;
GRANT ALL ON FUNCTION app.refusal_reason(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.refusal_reason(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.register_tool(p_name text, p_claim_id uuid, p_hash text, p_vapi_tool_id text) TO voxanne_login;
REVOKE ALL ON FUNCTION app.register_tool(p_name text, p_claim_id uuid, p_hash text, p_vapi_tool_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.relay_events(p_after_xid bigint, p_after_id bigint, p_limit integer) TO voxanne_login;
REVOKE ALL ON FUNCTION app.relay_events(p_after_xid bigint, p_after_id bigint, p_limit integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.release_hold(p_call_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.release_hold(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.release_number(p_number text) TO app_writer;
REVOKE ALL ON FUNCTION app.release_number(p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.release_phone_number(p_phone_number_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.release_phone_number(p_phone_number_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.release_tool_claim(p_name text, p_claim_id uuid) TO voxanne_login;
REVOKE ALL ON FUNCTION app.release_tool_claim(p_name text, p_claim_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.reminder_text(p_visit public.appointments, p_method text) TO app_writer;
REVOKE ALL ON FUNCTION app.reminder_text(p_visit public.appointments, p_method text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.remove_closure(p_closure_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.remove_closure(p_closure_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.remove_credential(p_provider text) TO tenant_user;
REVOKE ALL ON FUNCTION app.remove_credential(p_provider text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.remove_member(p_user_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.remove_member(p_user_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.rename_patient(p_appointment_id uuid, p_name text, p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.rename_patient(p_appointment_id uuid, p_name text, p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.render_text(p_body text, p_fields jsonb) TO app_writer;
GRANT ALL ON FUNCTION app.render_text(p_body text, p_fields jsonb) TO tenant_user;
REVOKE ALL ON FUNCTION app.render_text(p_body text, p_fields jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.renew_invitation(p_invitation_id uuid, p_token_id uuid, p_token_hash bytea, p_mail boolean, p_platform_mail text, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.renew_invitation(p_invitation_id uuid, p_token_id uuid, p_token_hash bytea, p_mail boolean, p_platform_mail text, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.replayed_attempt(p_kind text, p_call_id uuid, p_tool_call_id text) TO app_writer;
REVOKE ALL ON FUNCTION app.replayed_attempt(p_kind text, p_call_id uuid, p_tool_call_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.replayed_message(p_send_key text, p_category text, p_contact_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.replayed_message(p_send_key text, p_category text, p_contact_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.reply_intent(p_text text) TO app_writer;
REVOKE ALL ON FUNCTION app.reply_intent(p_text text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.reply_wording(p_kind text, p_language text) TO app_writer;
REVOKE ALL ON FUNCTION app.reply_wording(p_kind text, p_language text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.request_agent_sync(p_agent_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.request_agent_sync(p_agent_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.request_code(p_call_id uuid, p_number text) TO tenant_service;
REVOKE ALL ON FUNCTION app.request_code(p_call_id uuid, p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.require_admin() TO app_writer;
REVOKE ALL ON FUNCTION app.require_admin() FROM PUBLIC;

GRANT ALL ON FUNCTION app.require_org_id() TO app_definer;
GRANT ALL ON FUNCTION app.require_org_id() TO app_searcher;
GRANT ALL ON FUNCTION app.require_org_id() TO app_writer;
GRANT ALL ON FUNCTION app.require_org_id() TO tenant_service;
GRANT ALL ON FUNCTION app.require_org_id() TO tenant_user;
REVOKE ALL ON FUNCTION app.require_org_id() FROM PUBLIC;

GRANT ALL ON FUNCTION app.require_staff() TO app_writer;
REVOKE ALL ON FUNCTION app.require_staff() FROM PUBLIC;

GRANT ALL ON FUNCTION app.reroute_numbers(p_location_id uuid, p_agent_id uuid, p_number text) TO app_writer;
REVOKE ALL ON FUNCTION app.reroute_numbers(p_location_id uuid, p_agent_id uuid, p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.reschedule_appointment(p_starts_at timestamp with time zone, p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_resource text, p_override boolean, p_said_date text, p_said_time text, p_at time without time zone, p_patient_name text) TO tenant_service;
GRANT ALL ON FUNCTION app.reschedule_appointment(p_starts_at timestamp with time zone, p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_resource text, p_override boolean, p_said_date text, p_said_time text, p_at time without time zone, p_patient_name text) TO tenant_user;
REVOKE ALL ON FUNCTION app.reschedule_appointment(p_starts_at timestamp with time zone, p_appointment text, p_on date, p_call_id uuid, p_tool_call_id text, p_resource text, p_override boolean, p_said_date text, p_said_time text, p_at time without time zone, p_patient_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.reseal_credential(p_provider text, p_old_nonce bytea, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text) TO tenant_service;
REVOKE ALL ON FUNCTION app.reseal_credential(p_provider text, p_old_nonce bytea, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.resolve_tenant(p_assistant_id text, p_phone_number_id text, p_number text) TO tenant_service;
REVOKE ALL ON FUNCTION app.resolve_tenant(p_assistant_id text, p_phone_number_id text, p_number text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.retired_tools() TO voxanne_login;
REVOKE ALL ON FUNCTION app.retired_tools() FROM PUBLIC;

GRANT ALL ON FUNCTION app.revoke_share(p_share_id uuid, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.revoke_share(p_share_id uuid, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.roll_up_calls(p_days integer) TO tenant_service;
REVOKE ALL ON FUNCTION app.roll_up_calls(p_days integer) FROM PUBLIC;

GRANT SELECT ON TABLE public.agents TO tenant_service;
GRANT SELECT ON TABLE public.agents TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agents TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agents TO service_role;

GRANT SELECT(org_id) ON TABLE public.agents TO app_definer;

GRANT SELECT(id) ON TABLE public.agents TO app_definer;

GRANT SELECT(desired_version) ON TABLE public.agents TO app_definer;

GRANT SELECT(synced_version) ON TABLE public.agents TO app_definer;

GRANT SELECT(sync_status) ON TABLE public.agents TO app_definer;

GRANT SELECT(saved_at) ON TABLE public.agents TO app_definer;

GRANT SELECT(synced_at) ON TABLE public.agents TO app_definer;

GRANT SELECT(creating_since) ON TABLE public.agents TO app_definer;

GRANT SELECT(lease_until) ON TABLE public.agents TO app_definer;

GRANT SELECT(retry_at) ON TABLE public.agents TO app_definer;

GRANT SELECT(deleted_at) ON TABLE public.agents TO app_definer;

GRANT ALL ON FUNCTION app.save_agent(p_agent_id uuid, p_name text, p_role text, p_voice text, p_language text, p_system_prompt text, p_first_message text, p_max_call_seconds integer, p_is_default boolean, p_trace_context text) TO tenant_user;
REVOKE ALL ON FUNCTION app.save_agent(p_agent_id uuid, p_name text, p_role text, p_voice text, p_language text, p_system_prompt text, p_first_message text, p_max_call_seconds integer, p_is_default boolean, p_trace_context text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.save_campaign(p_campaign_id uuid, p_name text, p_category text, p_segment jsonb, p_steps jsonb, p_stop_on_reply boolean, p_stop_on_booking boolean) TO tenant_user;
REVOKE ALL ON FUNCTION app.save_campaign(p_campaign_id uuid, p_name text, p_category text, p_segment jsonb, p_steps jsonb, p_stop_on_reply boolean, p_stop_on_booking boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.save_credential(p_provider text, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text, p_account_ref text, p_sender text) TO tenant_user;
REVOKE ALL ON FUNCTION app.save_credential(p_provider text, p_ciphertext bytea, p_nonce bytea, p_auth_tag bytea, p_key_id text, p_account_ref text, p_sender text) FROM PUBLIC;

GRANT SELECT ON TABLE public.locations TO tenant_service;
GRANT SELECT ON TABLE public.locations TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.locations TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.locations TO service_role;

GRANT ALL ON FUNCTION app.save_location(p_location_id uuid, p_fields jsonb) TO tenant_user;
REVOKE ALL ON FUNCTION app.save_location(p_location_id uuid, p_fields jsonb) FROM PUBLIC;

GRANT SELECT ON TABLE public.patients TO tenant_service;
GRANT SELECT ON TABLE public.patients TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.patients TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.patients TO service_role;

GRANT SELECT(org_id) ON TABLE public.patients TO app_searcher;

GRANT SELECT(id) ON TABLE public.patients TO app_searcher;

GRANT SELECT(name) ON TABLE public.patients TO app_searcher;

GRANT ALL ON FUNCTION app.save_patient(p_contact_id uuid, p_patient_id uuid, p_name text, p_date_of_birth date, p_forget_date_of_birth boolean) TO tenant_user;
REVOKE ALL ON FUNCTION app.save_patient(p_contact_id uuid, p_patient_id uuid, p_name text, p_date_of_birth date, p_forget_date_of_birth boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.save_resource(p_resource_id uuid, p_fields jsonb) TO tenant_user;
REVOKE ALL ON FUNCTION app.save_resource(p_resource_id uuid, p_fields jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.save_service(p_service_id uuid, p_fields jsonb) TO tenant_user;
REVOKE ALL ON FUNCTION app.save_service(p_service_id uuid, p_fields jsonb) FROM PUBLIC;

GRANT SELECT ON TABLE public.message_templates TO tenant_service;
GRANT SELECT ON TABLE public.message_templates TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.message_templates TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.message_templates TO service_role;

GRANT ALL ON FUNCTION app.save_template(p_template_id uuid, p_kind text, p_name text, p_language text, p_body text, p_subject text, p_active boolean) TO tenant_user;
REVOKE ALL ON FUNCTION app.save_template(p_template_id uuid, p_kind text, p_name text, p_language text, p_body text, p_subject text, p_active boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.says_any(p_words text, p_kinds text[]) TO app_writer;
GRANT ALL ON FUNCTION app.says_any(p_words text, p_kinds text[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.says_any(p_words text, p_kinds text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.schedule_confirmation(p_visit public.appointments, p_call_id uuid, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.schedule_confirmation(p_visit public.appointments, p_call_id uuid, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.schedule_for_appointment(p_appointment_id uuid, p_change text, p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.schedule_for_appointment(p_appointment_id uuid, p_change text, p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.schedule_missed_call(p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.schedule_missed_call(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.schedule_reminders(p_visit public.appointments, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.schedule_reminders(p_visit public.appointments, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.score_of_status(p_lead_status text, p_score integer) TO app_writer;
REVOKE ALL ON FUNCTION app.score_of_status(p_lead_status text, p_score integer) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.seal(p_function text, p_owner text, VARIADIC p_grantees text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.send_follow_up(p_contact_id uuid, p_content text, p_send_key text, p_number_zones text[], p_number_region text, p_call_id uuid, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.send_follow_up(p_contact_id uuid, p_content text, p_send_key text, p_number_zones text[], p_number_region text, p_call_id uuid, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.send_reminder(p_appointment_id uuid, p_method text, p_send_key text, p_service_provider text, p_number_zones text[], p_number_region text, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.send_reminder(p_appointment_id uuid, p_method text, p_send_key text, p_service_provider text, p_number_zones text[], p_number_region text, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.service_cards() TO tenant_service;
GRANT ALL ON FUNCTION app.service_cards() TO tenant_user;
REVOKE ALL ON FUNCTION app.service_cards() FROM PUBLIC;

GRANT ALL ON FUNCTION app.set_business_hours(p_location_id uuid, p_resource_id uuid, p_weekdays integer[], p_opens time without time zone[], p_closes time without time zone[]) TO tenant_user;
REVOKE ALL ON FUNCTION app.set_business_hours(p_location_id uuid, p_resource_id uuid, p_weekdays integer[], p_opens time without time zone[], p_closes time without time zone[]) FROM PUBLIC;

GRANT SELECT ON TABLE public.organizations TO tenant_service;
GRANT SELECT ON TABLE public.organizations TO tenant_user;
GRANT SELECT,INSERT ON TABLE public.organizations TO app_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organizations TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.organizations TO service_role;

GRANT ALL ON FUNCTION app.set_message_rules(p_rules jsonb) TO tenant_user;
REVOKE ALL ON FUNCTION app.set_message_rules(p_rules jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.set_org_settings(p_fields jsonb) TO tenant_user;
REVOKE ALL ON FUNCTION app.set_org_settings(p_fields jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION app.set_recording_state(p_call_id uuid, p_state text, p_error text) TO app_writer;
REVOKE ALL ON FUNCTION app.set_recording_state(p_call_id uuid, p_state text, p_error text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.settle_scheduled(p_scheduled_ids uuid[], p_outcome text, p_reason text, p_message_id uuid, p_not_before timestamp with time zone) TO tenant_service;
REVOKE ALL ON FUNCTION app.settle_scheduled(p_scheduled_ids uuid[], p_outcome text, p_reason text, p_message_id uuid, p_not_before timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.share_recording(p_call_id uuid, p_token_hash bytea, p_recipient text, p_subject text, p_content text, p_send_key text, p_service_provider text, p_request_id text) TO tenant_user;
REVOKE ALL ON FUNCTION app.share_recording(p_call_id uuid, p_token_hash bytea, p_recipient text, p_subject text, p_content text, p_send_key text, p_service_provider text, p_request_id text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.share_state(p_revoked_at timestamp with time zone, p_expires_at timestamp with time zone, p_message_status text, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.share_state(p_revoked_at timestamp with time zone, p_expires_at timestamp with time zone, p_message_status text, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.slot_refusal(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.slot_refusal(p_service_id uuid, p_resource_id uuid, p_starts_at timestamp with time zone, p_now timestamp with time zone, p_call_id uuid, p_ignore_appointment_id uuid, p_override boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.slots_of_days(p_from date, p_to date, p_service text, p_resource text, p_limit integer) TO tenant_user;
REVOKE ALL ON FUNCTION app.slots_of_days(p_from date, p_to date, p_service text, p_resource text, p_limit integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.sms_segments(p_text text) TO app_writer;
REVOKE ALL ON FUNCTION app.sms_segments(p_text text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.split_words(p_text text, OUT p_tokens text[], OUT p_gaps text[]) TO app_writer;
GRANT ALL ON FUNCTION app.split_words(p_text text, OUT p_tokens text[], OUT p_gaps text[]) TO tenant_service;
REVOKE ALL ON FUNCTION app.split_words(p_text text, OUT p_tokens text[], OUT p_gaps text[]) FROM PUBLIC;

GRANT ALL ON FUNCTION app.spoken_refusal(p_contact_id uuid, p_call_id uuid, p_recipient_hash bytea, p_number_region text) TO app_writer;
REVOKE ALL ON FUNCTION app.spoken_refusal(p_contact_id uuid, p_call_id uuid, p_recipient_hash bytea, p_number_region text) FROM PUBLIC;

REVOKE ALL ON FUNCTION app.stamp_user() FROM PUBLIC;

GRANT SELECT ON TABLE public.scheduled_messages TO tenant_service;
GRANT SELECT ON TABLE public.scheduled_messages TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.scheduled_messages TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.scheduled_messages TO service_role;

GRANT ALL ON FUNCTION app.start_bundle(p_row public.scheduled_messages, p_category text) TO app_writer;
REVOKE ALL ON FUNCTION app.start_bundle(p_row public.scheduled_messages, p_category text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.start_campaign(p_campaign_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.start_campaign(p_campaign_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.start_provisioning(p_provisioning_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.start_provisioning(p_provisioning_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.starting_status(p_resource_id uuid, p_now timestamp with time zone, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.starting_status(p_resource_id uuid, p_now timestamp with time zone, p_override boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.stop_campaign(p_campaign_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.stop_campaign(p_campaign_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.stop_campaigns_for(p_contact_id uuid, p_cause text) TO app_writer;
REVOKE ALL ON FUNCTION app.stop_campaigns_for(p_contact_id uuid, p_cause text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.summarise_tools() TO app_writer;
REVOKE ALL ON FUNCTION app.summarise_tools() FROM PUBLIC;

GRANT ALL ON FUNCTION app.sweep_platform(p_events_before timestamp with time zone, p_deliveries_before timestamp with time zone) TO voxanne_login;
REVOKE ALL ON FUNCTION app.sweep_platform(p_events_before timestamp with time zone, p_deliveries_before timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.take_answer(p_row public.scheduled_messages, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.take_answer(p_row public.scheduled_messages, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.take_campaign(p_row public.scheduled_messages) TO app_writer;
REVOKE ALL ON FUNCTION app.take_campaign(p_row public.scheduled_messages) FROM PUBLIC;

GRANT ALL ON FUNCTION app.take_message(p_call_id uuid, p_tool_call_id text, p_body text, p_caller_name text, p_callback_number text, p_urgent boolean) TO tenant_service;
REVOKE ALL ON FUNCTION app.take_message(p_call_id uuid, p_tool_call_id text, p_body text, p_caller_name text, p_callback_number text, p_urgent boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.take_provisioning_step(p_provisioning_id uuid, p_lease_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.take_provisioning_step(p_provisioning_id uuid, p_lease_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.take_scheduled(p_scheduled_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.take_scheduled(p_scheduled_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.take_vapi_turn(p_gap_ms integer) TO voxanne_login;
REVOKE ALL ON FUNCTION app.take_vapi_turn(p_gap_ms integer) FROM PUBLIC;

GRANT ALL ON FUNCTION app.take_visits(p_row public.scheduled_messages, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.take_visits(p_row public.scheduled_messages, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.template_fields(p_kind text) TO app_writer;
GRANT ALL ON FUNCTION app.template_fields(p_kind text) TO tenant_user;
REVOKE ALL ON FUNCTION app.template_fields(p_kind text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.template_for(p_kind text, p_language text) TO app_writer;
REVOKE ALL ON FUNCTION app.template_for(p_kind text, p_language text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.tool_health() TO tenant_service;
GRANT ALL ON FUNCTION app.tool_health() TO tenant_user;
REVOKE ALL ON FUNCTION app.tool_health() FROM PUBLIC;

GRANT SELECT ON TABLE public.vapi_tools TO app_writer;
GRANT SELECT ON TABLE public.vapi_tools TO tenant_service;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.vapi_tools TO service_role;
GRANT SELECT,INSERT,UPDATE ON TABLE public.vapi_tools TO app_definer;

GRANT ALL ON FUNCTION app.tool_registry() TO voxanne_login;
REVOKE ALL ON FUNCTION app.tool_registry() FROM PUBLIC;

GRANT ALL ON FUNCTION app.transcript_of(p_call_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.transcript_of(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.transfer_destination(p_call_id uuid, p_department text) TO tenant_service;
REVOKE ALL ON FUNCTION app.transfer_destination(p_call_id uuid, p_department text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.turn_around(p_provisioning_id uuid, p_state text) TO app_writer;
REVOKE ALL ON FUNCTION app.turn_around(p_provisioning_id uuid, p_state text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.undo_provisioning(p_provisioning_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.undo_provisioning(p_provisioning_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.unfolded_text(p_tokens text[], p_gaps text[], p_words text) TO app_writer;
GRANT ALL ON FUNCTION app.unfolded_text(p_tokens text[], p_gaps text[], p_words text) TO tenant_service;
REVOKE ALL ON FUNCTION app.unfolded_text(p_tokens text[], p_gaps text[], p_words text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.verify_caller(p_call_id uuid, p_date_of_birth date, p_patient_name text) TO tenant_service;
REVOKE ALL ON FUNCTION app.verify_caller(p_call_id uuid, p_date_of_birth date, p_patient_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.verify_code(p_call_id uuid, p_code_hashes bytea[], p_patient_name text) TO tenant_service;
REVOKE ALL ON FUNCTION app.verify_code(p_call_id uuid, p_code_hashes bytea[], p_patient_name text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.view_recording(p_recording_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.view_recording(p_recording_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.visible_appointments(p_call_id uuid) TO tenant_service;
REVOKE ALL ON FUNCTION app.visible_appointments(p_call_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.visit_text(p_kind text, p_language text, p_body text, p_bundle app.scheduled_bundle, p_dates text[], p_times text[], p_names text[], p_first_name text, p_service text, p_practitioner text) TO app_writer;
REVOKE ALL ON FUNCTION app.visit_text(p_kind text, p_language text, p_body text, p_bundle app.scheduled_bundle, p_dates text[], p_times text[], p_names text[], p_first_name text, p_service text, p_practitioner text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.visits_in_reply(p_appointment_ids uuid[], p_language text, p_numbered boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.visits_in_reply(p_appointment_ids uuid[], p_language text, p_numbered boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.visits_to_answer(p_contact_id uuid, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.visits_to_answer(p_contact_id uuid, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.visits_to_tell(p_row public.scheduled_messages, p_now timestamp with time zone) TO app_writer;
REVOKE ALL ON FUNCTION app.visits_to_tell(p_row public.scheduled_messages, p_now timestamp with time zone) FROM PUBLIC;

GRANT ALL ON FUNCTION app.wished_instant(p_words text, p_zone text) TO app_writer;
GRANT ALL ON FUNCTION app.wished_instant(p_words text, p_zone text) TO tenant_user;
REVOKE ALL ON FUNCTION app.wished_instant(p_words text, p_zone text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.with_stop_hint(p_text text, p_language text) TO app_writer;
REVOKE ALL ON FUNCTION app.with_stop_hint(p_text text, p_language text) FROM PUBLIC;

GRANT ALL ON FUNCTION app.withdraw_invitation(p_invitation_id uuid) TO tenant_user;
REVOKE ALL ON FUNCTION app.withdraw_invitation(p_invitation_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.write_booking(p_slot app.free_slot, p_service_id uuid, p_contact_id uuid, p_patient_id uuid, p_call_id uuid, p_said_name text, p_said_date_of_birth date, p_notes text, p_now timestamp with time zone, p_override boolean) TO app_writer;
REVOKE ALL ON FUNCTION app.write_booking(p_slot app.free_slot, p_service_id uuid, p_contact_id uuid, p_patient_id uuid, p_call_id uuid, p_said_name text, p_said_date_of_birth date, p_notes text, p_now timestamp with time zone, p_override boolean) FROM PUBLIC;

GRANT ALL ON FUNCTION app.write_cancellation(p_old public.appointments, p_reason text, p_call_id uuid, p_message_id uuid) TO app_writer;
REVOKE ALL ON FUNCTION app.write_cancellation(p_old public.appointments, p_reason text, p_call_id uuid, p_message_id uuid) FROM PUBLIC;

GRANT ALL ON FUNCTION app.write_contact(p_contact_id uuid, p_change jsonb) TO app_writer;
REVOKE ALL ON FUNCTION app.write_contact(p_contact_id uuid, p_change jsonb) FROM PUBLIC;

GRANT ALL ON FUNCTION river.river_job_state_in_bitmask(bitmask bit, state river.river_job_state) TO voxanne_login;

GRANT SELECT ON TABLE public.agent_tools TO tenant_service;
GRANT SELECT ON TABLE public.agent_tools TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_tools TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.agent_tools TO service_role;

GRANT SELECT(org_id) ON TABLE public.agent_tools TO app_definer;

GRANT SELECT(agent_id) ON TABLE public.agent_tools TO app_definer;

GRANT SELECT(tool_name) ON TABLE public.agent_tools TO app_definer;

GRANT SELECT(vapi_tool_id) ON TABLE public.agent_tools TO app_definer;

GRANT SELECT(definition_hash) ON TABLE public.agent_tools TO app_definer;

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

GRANT SELECT ON TABLE public.call_days TO tenant_service;
GRANT SELECT ON TABLE public.call_days TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.call_days TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.call_days TO service_role;

GRANT SELECT ON TABLE public.call_logs TO tenant_service;
GRANT SELECT ON TABLE public.call_logs TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.call_logs TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.call_logs TO service_role;

GRANT SELECT(org_id) ON TABLE public.call_logs TO app_searcher;

GRANT SELECT(id) ON TABLE public.call_logs TO app_searcher;

GRANT SELECT(direction) ON TABLE public.call_logs TO app_searcher;

GRANT SELECT(from_number) ON TABLE public.call_logs TO app_searcher;

GRANT SELECT(to_number) ON TABLE public.call_logs TO app_searcher;

GRANT SELECT ON TABLE public.caller_messages TO tenant_service;
GRANT SELECT ON TABLE public.caller_messages TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.caller_messages TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.caller_messages TO service_role;

GRANT SELECT ON TABLE public.caller_verifications TO tenant_service;
GRANT SELECT ON TABLE public.caller_verifications TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.caller_verifications TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.caller_verifications TO service_role;

GRANT SELECT ON TABLE public.campaign_steps TO tenant_service;
GRANT SELECT ON TABLE public.campaign_steps TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.campaign_steps TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.campaign_steps TO service_role;

GRANT SELECT ON TABLE public.departments TO tenant_service;
GRANT SELECT ON TABLE public.departments TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.departments TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.departments TO service_role;

GRANT SELECT ON TABLE public.event_sweeps TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.event_sweeps TO service_role;
GRANT SELECT,UPDATE ON TABLE public.event_sweeps TO app_definer;

GRANT SELECT ON TABLE public.events TO tenant_service;
GRANT SELECT ON TABLE public.events TO tenant_user;
GRANT SELECT,DELETE ON TABLE public.events TO app_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.events TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.events TO service_role;

GRANT DELETE ON TABLE public.idempotency_keys TO app_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.idempotency_keys TO service_role;

GRANT SELECT(expires_at) ON TABLE public.idempotency_keys TO app_definer;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_codes TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.identity_codes TO service_role;

GRANT SELECT ON TABLE public.notifications TO tenant_service;
GRANT SELECT ON TABLE public.notifications TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.notifications TO service_role;

GRANT SELECT ON TABLE public.opt_outs TO tenant_service;
GRANT SELECT ON TABLE public.opt_outs TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.opt_outs TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.opt_outs TO service_role;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_keys TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_keys TO service_role;

GRANT SELECT ON TABLE public.org_tools TO tenant_service;
GRANT SELECT ON TABLE public.org_tools TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_tools TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.org_tools TO service_role;

GRANT SELECT ON TABLE public.phone_numbers TO app_definer;
GRANT SELECT ON TABLE public.phone_numbers TO tenant_service;
GRANT SELECT ON TABLE public.phone_numbers TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.phone_numbers TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.phone_numbers TO service_role;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioning TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioning TO service_role;

GRANT SELECT(org_id) ON TABLE public.provisioning TO app_definer;

GRANT SELECT(id) ON TABLE public.provisioning TO app_definer;

GRANT SELECT(state) ON TABLE public.provisioning TO app_definer;

GRANT SELECT(lease_until) ON TABLE public.provisioning TO app_definer;

GRANT SELECT(next_at) ON TABLE public.provisioning TO app_definer;

GRANT SELECT(updated_at) ON TABLE public.provisioning TO app_definer;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioning_steps TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.provisioning_steps TO service_role;

GRANT SELECT(org_id) ON TABLE public.provisioning_steps TO app_definer;

GRANT SELECT(provisioning_id) ON TABLE public.provisioning_steps TO app_definer;

GRANT SELECT(step) ON TABLE public.provisioning_steps TO app_definer;

GRANT SELECT(external_id) ON TABLE public.provisioning_steps TO app_definer;

GRANT SELECT ON TABLE public.recording_share_openings TO tenant_service;
GRANT SELECT ON TABLE public.recording_share_openings TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recording_share_openings TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recording_share_openings TO service_role;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recording_shares TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recording_shares TO service_role;

GRANT SELECT(org_id) ON TABLE public.recording_shares TO app_definer;
GRANT SELECT(org_id) ON TABLE public.recording_shares TO tenant_service;
GRANT SELECT(org_id) ON TABLE public.recording_shares TO tenant_user;

GRANT SELECT(id) ON TABLE public.recording_shares TO tenant_service;
GRANT SELECT(id) ON TABLE public.recording_shares TO tenant_user;

GRANT SELECT(recording_id) ON TABLE public.recording_shares TO tenant_service;
GRANT SELECT(recording_id) ON TABLE public.recording_shares TO tenant_user;

GRANT SELECT(token_hash) ON TABLE public.recording_shares TO app_definer;

GRANT SELECT(recipient) ON TABLE public.recording_shares TO tenant_service;
GRANT SELECT(recipient) ON TABLE public.recording_shares TO tenant_user;

GRANT SELECT(message_id) ON TABLE public.recording_shares TO tenant_service;
GRANT SELECT(message_id) ON TABLE public.recording_shares TO tenant_user;

GRANT SELECT(actor_user_id) ON TABLE public.recording_shares TO tenant_service;
GRANT SELECT(actor_user_id) ON TABLE public.recording_shares TO tenant_user;

GRANT SELECT(expires_at) ON TABLE public.recording_shares TO tenant_service;
GRANT SELECT(expires_at) ON TABLE public.recording_shares TO tenant_user;

GRANT SELECT(revoked_at) ON TABLE public.recording_shares TO tenant_service;
GRANT SELECT(revoked_at) ON TABLE public.recording_shares TO tenant_user;

GRANT SELECT(revoked_by) ON TABLE public.recording_shares TO tenant_service;
GRANT SELECT(revoked_by) ON TABLE public.recording_shares TO tenant_user;

GRANT SELECT(created_at) ON TABLE public.recording_shares TO tenant_service;
GRANT SELECT(created_at) ON TABLE public.recording_shares TO tenant_user;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recordings TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.recordings TO service_role;

GRANT SELECT(org_id) ON TABLE public.recordings TO app_definer;
GRANT SELECT(org_id) ON TABLE public.recordings TO tenant_service;
GRANT SELECT(org_id) ON TABLE public.recordings TO tenant_user;

GRANT SELECT(id) ON TABLE public.recordings TO tenant_service;
GRANT SELECT(id) ON TABLE public.recordings TO tenant_user;

GRANT SELECT(call_id) ON TABLE public.recordings TO tenant_service;
GRANT SELECT(call_id) ON TABLE public.recordings TO tenant_user;

GRANT SELECT(lease_until) ON TABLE public.recordings TO app_definer;

GRANT SELECT(content_type) ON TABLE public.recordings TO tenant_service;
GRANT SELECT(content_type) ON TABLE public.recordings TO tenant_user;

GRANT SELECT(size_bytes) ON TABLE public.recordings TO tenant_service;
GRANT SELECT(size_bytes) ON TABLE public.recordings TO tenant_user;

GRANT SELECT(stored_at) ON TABLE public.recordings TO tenant_service;
GRANT SELECT(stored_at) ON TABLE public.recordings TO tenant_user;

GRANT SELECT(delete_requested_at) ON TABLE public.recordings TO app_definer;
GRANT SELECT(delete_requested_at) ON TABLE public.recordings TO tenant_service;
GRANT SELECT(delete_requested_at) ON TABLE public.recordings TO tenant_user;

GRANT SELECT(deleted_at) ON TABLE public.recordings TO app_definer;
GRANT SELECT(deleted_at) ON TABLE public.recordings TO tenant_service;
GRANT SELECT(deleted_at) ON TABLE public.recordings TO tenant_user;

GRANT SELECT(created_at) ON TABLE public.recordings TO app_definer;
GRANT SELECT(created_at) ON TABLE public.recordings TO tenant_service;
GRANT SELECT(created_at) ON TABLE public.recordings TO tenant_user;

GRANT SELECT(updated_at) ON TABLE public.recordings TO tenant_service;
GRANT SELECT(updated_at) ON TABLE public.recordings TO tenant_user;

GRANT SELECT ON TABLE public.resource_services TO tenant_service;
GRANT SELECT ON TABLE public.resource_services TO tenant_user;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.resource_services TO app_writer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.resource_services TO service_role;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE public.vapi_pace TO service_role;
GRANT SELECT,UPDATE ON TABLE public.vapi_pace TO app_definer;

GRANT SELECT,INSERT ON TABLE river.river_job TO app_definer;
GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE river.river_job TO voxanne_login;

GRANT SELECT,USAGE ON SEQUENCE river.river_job_id_seq TO voxanne_login;
GRANT USAGE ON SEQUENCE river.river_job_id_seq TO app_definer;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE river.river_leader TO voxanne_login;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE river.river_migration TO voxanne_login;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE river.river_notification TO voxanne_login;

GRANT SELECT,USAGE ON SEQUENCE river.river_notification_id_seq TO voxanne_login;

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE river.river_queue TO voxanne_login;
