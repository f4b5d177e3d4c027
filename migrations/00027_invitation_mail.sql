-- Invitations go out by e-mail, wishes whose answer was lost are told from those that were never carried out, and
-- accounts are looked at anew.

-- +goose Up
-- +goose StatementBegin
alter table public.messages
  drop constraint messages_category_check,
  add constraint messages_category_check check (category in (
    'code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply', 'share', 'export', 'invitation'));
comment on table public.messages is
  'The audit trail of everything sent to or received from patients, and of what people are sent who are invited to the team. Append-only: written by functions, never edited by people.';

alter table public.invitations
  add column token_id uuid,
  add column message_id uuid,
  add foreign key (org_id, message_id) references public.messages (org_id, id);
comment on column public.invitations.token_id is
  'What the token is derived from, with a key that is not in the database; new with every renewal. NULL: a random token of before, which no e-mail can carry.';
comment on column public.invitations.message_id is 'The e-mail that carries the token; NULL when none goes out.';
create index invitations_message on public.invitations (org_id, message_id) where message_id is not null;
comment on index public.invitations_message is 'invitation_of_message: which token does this e-mail carry?';

create type app.invitation_row as (
  id uuid,
  email text,
  role text,
  invited_by uuid,
  expires_at timestamptz,
  created_at timestamptz,
  expired boolean,
  mail text,
  mail_reason text,
  mailed_at timestamptz
);
comment on type app.invitation_row is
  'An open invitation as the team sees it. mail: what became of its e-mail, as messages.status, or none when none was to be sent; mail_reason as messages.reason; mailed_at: when the provider took it.';

alter table public.idempotency_keys
  add column acted_at timestamptz;
comment on column public.idempotency_keys.acted_at is
  'When the wish first changed something, written in the transaction that did. With state running and a lease that is over: it was carried out and its answer is lost.';
comment on type app.request_claim is
  'What a wish with a key shall become. outcome run (carry it out), replay (answer with status, headers and response), running (another try works on it), acted (it was carried out and its answer is lost) or other_body (the key was used for something else).';

create type app.integration_row as (
  provider text,
  connected boolean,
  last_verified_at timestamptz,
  problem text
);
comment on type app.integration_row is
  'An account that a clinic may connect. connected: it is stored, and its provider did not refuse it when asked last; problem: why it did, in our words.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.integration_row;
alter table public.idempotency_keys drop column acted_at;
drop type app.invitation_row;
alter table public.invitations drop column message_id, drop column token_id;
alter table public.messages
  drop constraint messages_category_check,
  add constraint messages_category_check check (category in (
    'code', 'confirmation', 'reminder', 'follow_up', 'marketing', 'reply', 'share', 'export')) not valid;
comment on table public.messages is
  'The audit trail of everything sent to or received from patients. Append-only: written by functions, never edited by people.';
-- +goose StatementEnd
