-- Indexes for rows whose parents go in everyday work, so that letting go of a hold or merging two contacts does not read the
-- clinic's part of a whole table. A try that broke off leaves an invalid index: it is dropped before it is made again.

-- +goose NO TRANSACTION
-- +goose Up
-- In place of identity_codes_appointment, whose predicate keeps a foreign key from using it. Codes without a visit are never equal.
drop index concurrently if exists public.identity_codes_visit;
create unique index concurrently identity_codes_visit on public.identity_codes (org_id, appointment_id);
comment on index public.identity_codes_visit is
  'next_codes: one code a visit. Every delete of a hold (release_hold, hold_slot, write_booking): the codes that go with it.';
drop index concurrently if exists public.identity_codes_appointment;

drop index concurrently if exists public.patients_contact;
create index concurrently patients_contact on public.patients (org_id, contact_id);
comment on index public.patients_contact is 'patient_of_contact, in every booking: the patients of who calls. merge_contacts, erase_visits.';

drop index concurrently if exists public.scheduled_messages_step;
create index concurrently scheduled_messages_step on public.scheduled_messages (org_id, campaign_step_id) where campaign_step_id is not null;
comment on index public.scheduled_messages_step is 'save_campaign: what is planned for a step that is replaced.';

-- In place of scheduled_messages_contact, which knew only what waits.
drop index concurrently if exists public.scheduled_messages_of_contact;
create index concurrently scheduled_messages_of_contact on public.scheduled_messages (org_id, contact_id, due_at);
comment on index public.scheduled_messages_of_contact is
  'take_scheduled: what else waits for this contact and can be merged; stop on reply; merge_contacts and book_by_staff, which delete contacts.';
drop index concurrently if exists public.scheduled_messages_contact;

drop index concurrently if exists public.caller_messages_contact;
create index concurrently caller_messages_contact on public.caller_messages (org_id, contact_id) where contact_id is not null;
comment on index public.caller_messages_contact is 'merge_contacts, erase_calls, book_by_staff: the messages that a contact left.';

-- In place of caller_verifications_contact, which knew only failures.
drop index concurrently if exists public.caller_verifications_of_contact;
create index concurrently caller_verifications_of_contact on public.caller_verifications (org_id, contact_id, at) where contact_id is not null;
comment on index public.caller_verifications_of_contact is
  'How often a contact was guessed at today; merge_contacts and book_by_staff, which delete contacts.';
drop index concurrently if exists public.caller_verifications_contact;

drop index concurrently if exists public.caller_verifications_patient;
create index concurrently caller_verifications_patient on public.caller_verifications (org_id, patient_id) where patient_id is not null;
comment on index public.caller_verifications_patient is 'merge_patients: what verified a patient that becomes another.';

drop index concurrently if exists public.reply_questions_contact;
create index concurrently reply_questions_contact on public.reply_questions (org_id, contact_id);
comment on index public.reply_questions_contact is 'merge_contacts, book_by_staff: the questions that a contact was asked.';

drop index concurrently if exists public.invitations_inviter;
create index concurrently invitations_inviter on public.invitations (invited_by) where invited_by is not null;
comment on index public.invitations_inviter is 'Deleting a user, who may have invited people to any clinic.';

-- +goose Down
drop index concurrently if exists public.invitations_inviter;
drop index concurrently if exists public.reply_questions_contact;
drop index concurrently if exists public.caller_verifications_patient;
drop index concurrently if exists public.caller_verifications_contact;
create index concurrently caller_verifications_contact on public.caller_verifications (org_id, contact_id, at) where not succeeded;
comment on index public.caller_verifications_contact is 'How often a contact was guessed at today.';
drop index concurrently if exists public.caller_verifications_of_contact;
drop index concurrently if exists public.caller_messages_contact;
drop index concurrently if exists public.scheduled_messages_contact;
create index concurrently scheduled_messages_contact on public.scheduled_messages (org_id, contact_id, due_at) where state = 'waiting';
comment on index public.scheduled_messages_contact is 'take_scheduled: what else waits for this contact and can be merged; stop on reply.';
drop index concurrently if exists public.scheduled_messages_of_contact;
drop index concurrently if exists public.scheduled_messages_step;
drop index concurrently if exists public.patients_contact;
drop index concurrently if exists public.identity_codes_appointment;
create unique index concurrently identity_codes_appointment on public.identity_codes (org_id, appointment_id) where kind = 'confirmation';
comment on index public.identity_codes_appointment is 'One valid code per visit.';
drop index concurrently if exists public.identity_codes_visit;
