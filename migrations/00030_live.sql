-- Live dashboards: where relays and returning clients read on, and the tickets that open a stream.

-- +goose Up
-- +goose StatementBegin
create index events_of_org on public.events (org_id, xid, id);
comment on index public.events_of_org is 'What a returning client has missed.';

create table public.event_sweeps (
  only_row boolean primary key default true check (only_row),
  swept_xid xid8 not null default '0'
);
comment on table public.event_sweeps is 'How far live events were deleted for their age. One row; belongs to no tenant.';
comment on column public.event_sweeps.swept_xid is 'The newest transaction of which an event was deleted: a client whose cursor is not beyond it may have missed something.';
insert into public.event_sweeps default values;

create table public.event_tickets (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  user_id uuid not null,
  ticket_hash bytea not null unique check (octet_length(ticket_hash) = 32),
  expires_at timestamptz not null,
  stream_until timestamptz not null,
  created_at timestamptz not null default app.now(),
  primary key (org_id, id)
);
comment on table public.event_tickets is
  'Tickets that open one stream of live events each, for browsers, which cannot send a token there. Used up, or gone within the hour.';
comment on column public.event_tickets.ticket_hash is 'SHA-256 of the ticket, which has 256 random bits and is shown once.';
comment on column public.event_tickets.stream_until is 'When the token that the ticket was asked for with ends, and with it the stream.';
create index event_tickets_user on public.event_tickets (org_id, user_id, expires_at);
comment on index public.event_tickets_user is 'A person''s tickets that ran out, when they ask for another.';

create type app.relayed_event as (
  below bigint,
  read_at timestamptz,
  xid bigint,
  id bigint,
  org_id uuid,
  kind text,
  entity text,
  entity_id uuid,
  at timestamptz
);
comment on type app.relayed_event is
  'A live event as the relay reads it. below: every event of a transaction below it is final, and was read if the answer is not full. Without an event, all but below and read_at are NULL.';

alter table public.event_sweeps enable row level security;
alter table public.event_sweeps force row level security;
alter table public.event_tickets enable row level security;
alter table public.event_tickets force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.relayed_event;
drop table public.event_tickets;
drop table public.event_sweeps;
drop index public.events_of_org;
-- +goose StatementEnd
