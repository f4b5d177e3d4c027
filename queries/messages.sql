-- name: BeginMessage :one
select *
from app.begin_message(
  p_category => @category::text,
  p_method => @method::text,
  p_content => @content::text,
  p_send_key => @send_key::text,
  p_contact_id => @contact_id::uuid,
  p_service_provider => @service_provider::text,
  p_recipient => sqlc.narg(recipient)::text,
  p_subject => sqlc.narg(subject)::text,
  p_call_id => sqlc.narg(call_id)::uuid,
  p_appointment_id => sqlc.narg(appointment_id)::uuid,
  p_campaign_id => sqlc.narg(campaign_id)::uuid,
  p_number_zones => @number_zones::text[],
  p_number_region => sqlc.narg(number_region)::text,
  p_spoken => @spoken::boolean,
  p_request_id => sqlc.narg(request_id)::text
);

-- name: SendFollowUp :one
select *
from app.send_follow_up(
  p_contact_id => sqlc.narg(contact_id)::uuid,
  p_content => @content::text,
  p_send_key => @send_key::text,
  p_number_zones => @number_zones::text[],
  p_number_region => sqlc.narg(number_region)::text,
  p_call_id => sqlc.narg(call_id)::uuid,
  p_request_id => sqlc.narg(request_id)::text
);

-- name: SendReminder :one
select *
from app.send_reminder(
  p_appointment_id => @appointment_id::uuid,
  p_method => @method::text,
  p_send_key => @send_key::text,
  p_service_provider => @service_provider::text,
  p_number_zones => @number_zones::text[],
  p_number_region => sqlc.narg(number_region)::text,
  p_request_id => sqlc.narg(request_id)::text
);

-- name: ClaimMessage :one
select *
from app.claim_message(p_message_id => @message_id::uuid);

-- name: FinishMessage :one
select app.finish_message(
  p_message_id => @message_id::uuid,
  p_outcome => @outcome::text,
  p_external_id => sqlc.narg(external_id)::text,
  p_error_code => sqlc.narg(error_code)::text,
  p_reason => sqlc.narg(reason)::text
)::text as status;

-- name: RecordDelivery :one
-- Empty: there is no such message of ours.
select coalesce(app.record_delivery(
  p_message_id => @message_id::uuid,
  p_external_id => @external_id::text,
  p_status => @status::text,
  p_error_code => sqlc.narg(error_code)::text
), '')::text as status;

-- name: MessageToSettle :one
select *
from app.message_to_settle(p_message_id => @message_id::uuid);

-- name: GetMessage :one
select *
from public.messages
where org_id = @org_id and id = @id;

-- name: NoteMessageCodes :exec
select app.note_message_codes(
  p_message_id => @message_id::uuid,
  p_code_subjects => @code_subjects::uuid[],
  p_code_versions => @code_versions::integer[]
);

-- name: TakenExternalIDs :many
select external_message_id::text
from public.messages
where org_id = @org_id and service_provider = @service_provider::text and external_message_id = any(@external_ids::text[]);

-- name: MessageStats :many
select *
from app.message_stats(p_from => @from_day::date, p_to => @to_day::date);

-- name: FindMessagingTenant :one
select org_id::uuid
from app.find_messaging_tenant(p_number => @number::text) org_id;

-- name: RecordInboundMessage :one
select *
from app.record_inbound_message(
  p_provider => @provider::text,
  p_external_id => @external_id::text,
  p_from => @from_number::text,
  p_to => @to_number::text,
  p_body => @body::text,
  p_opt_out_type => sqlc.narg(opt_out_type)::text
);

-- name: OptOut :one
select app.opt_out(p_channel => @channel::text, p_number => @number::text, p_source => @source::text)::boolean as changed;

-- name: OptIn :one
select app.opt_in(p_channel => @channel::text, p_number => @number::text, p_source => @source::text)::boolean as changed;

-- name: SetMessageRules :one
select *
from app.set_message_rules(p_rules => @rules::jsonb);

-- name: ListMessages :many
select *
from app.list_messages(
  p_page => @page::integer,
  p_limit => @page_limit::integer,
  p_from => sqlc.narg(from_day)::date,
  p_to => sqlc.narg(to_day)::date,
  p_direction => sqlc.narg(direction)::text,
  p_method => sqlc.narg(method)::text,
  p_category => sqlc.narg(category)::text,
  p_status => sqlc.narg(status)::text,
  p_contact_id => sqlc.narg(contact_id)::uuid,
  p_search => sqlc.narg(search)::text
);

-- name: ExportMessages :many
select *
from app.export_messages(
  p_from => sqlc.narg(from_day)::date,
  p_to => sqlc.narg(to_day)::date,
  p_after_at => sqlc.narg(after_at)::timestamptz,
  p_after_id => sqlc.narg(after_id)::uuid,
  p_request_id => sqlc.narg(request_id)::text
);

-- name: Now :one
-- The clock by which messages were handed over and are due: that of the process may differ.
select app.now()::timestamptz as now;
