-- Wishes that dashboards repeat act once.

-- +goose Up
-- +goose StatementBegin
create table public.idempotency_keys (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  method text not null check (method ~ '^[A-Z]{1,10}$'),
  route text not null check (char_length(route) between 1 and 200),
  key text not null check (char_length(key) between 1 and 220),
  body_hash bytea not null check (octet_length(body_hash) = 32),
  state text not null default 'running' check (state in ('running', 'done')),
  claim_id uuid not null,
  lease_until timestamptz not null,
  status integer check (status between 200 and 299),
  headers jsonb,
  response bytea check (octet_length(response) <= 1048576),
  created_at timestamptz not null default app.now(),
  expires_at timestamptz not null,
  primary key (org_id, id),
  unique (org_id, user_id, method, route, key),
  constraint idempotency_keys_answer check ((state = 'done') = (status is not null and headers is not null and response is not null))
);
comment on table public.idempotency_keys is
  'Wishes of the dashboard that were carried out lately, with their answers: the same wish again gets the same answer and changes nothing. Kept for two minutes or a day; read by functions only.';
comment on column public.idempotency_keys.route is 'The pattern that the path matched; the path itself is part of body_hash.';
comment on column public.idempotency_keys.key is 'What the client sent, with the name of its header in front: two headers never mean one wish.';
comment on column public.idempotency_keys.body_hash is 'SHA-256 of path, query and body: under one key nothing else may be wished.';
comment on column public.idempotency_keys.claim_id is 'The try that carries the wish out; only it may write the answer.';
comment on column public.idempotency_keys.lease_until is 'When a try that has not answered is taken for dead; the same wish may then be tried again.';
comment on column public.idempotency_keys.headers is 'The answer''s headers that are the handler''s own, as name: value.';
comment on column public.idempotency_keys.response is 'The answer''s body.';
create index idempotency_keys_expires on public.idempotency_keys (expires_at);
comment on index public.idempotency_keys_expires is 'The hourly sweep.';

create type app.request_claim as (
  outcome text,
  status integer,
  headers jsonb,
  response bytea
);
comment on type app.request_claim is
  'What a wish with a key shall become. outcome run (carry it out), replay (answer with status, headers and response), running (another try works on it) or other_body (the key was used for something else).';

alter table public.idempotency_keys enable row level security;
alter table public.idempotency_keys force row level security;

alter table public.audit_log alter column request_id set default nullif(current_setting('app.request_id', true), '');
comment on column public.audit_log.request_id is
  'The X-Request-Id of the HTTP request that acted, as the server names it for the whole transaction; NULL where none did.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
comment on column public.audit_log.request_id is null;
alter table public.audit_log alter column request_id drop default;
drop type app.request_claim;
drop table public.idempotency_keys;
-- +goose StatementEnd
