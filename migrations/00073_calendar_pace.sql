-- How fast calendars are written: turns of accounts and of the app, for all processes.

-- +goose Up
-- +goose StatementBegin
create table public.calendar_pace (
  provider text not null check (provider in ('google', 'microsoft')),
  account bytea not null check (octet_length(account) in (0, 32)),
  next_at timestamptz not null,
  primary key (provider, account)
);
comment on table public.calendar_pace is
  'When the next request to a provider of calendars may leave, by account and for all accounts together; all processes take turns here. Belongs to no tenant: clinics that use one account share its quota.';
comment on column public.calendar_pace.account is 'As org_credentials.account_hash; empty: our app at the provider.';
comment on column public.calendar_pace.next_at is 'The end of what was asked for so far, at the rate that is kept. Past: nothing waits.';
insert into public.calendar_pace (provider, account, next_at) values ('google', '', '-infinity'), ('microsoft', '', '-infinity');
alter table public.calendar_pace enable row level security;
alter table public.calendar_pace force row level security;

alter table public.calendar_events
  add column turn_at timestamptz,
  add column wished_at timestamptz not null default app.now(),
  add column turn text check (turn in ('account', 'both')),
  add constraint calendar_events_turn check ((turn_at is null) = (turn is null));
comment on column public.calendar_events.turn_at is 'When it may be written at the earliest: its turn within the provider''s quota. NULL: none was taken.';
comment on column public.calendar_events.turn is 'Whose turn it took for that: the account''s, or the app''s too. A turn is not taken twice.';
comment on column public.calendar_events.wished_at is 'When the visit last changed, for how long its event was behind.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
alter table public.calendar_events drop constraint calendar_events_turn, drop column turn, drop column turn_at, drop column wished_at;
drop table public.calendar_pace;
-- +goose StatementEnd
