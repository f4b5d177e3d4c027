-- +goose Up
-- +goose StatementBegin
set local lock_timeout = '5s';
alter table public.contacts
  add column nickname text,
  add column fond boolean not null default false,
  add column tags text[] not null default '{}',
  add column since timestamptz not null default now(),
  add constraint has_nickname check (nickname is not null) not valid,
  add constraint of_org foreign key (org_id) references public.organizations (id) not valid;
comment on column public.contacts.nickname is 'alter table public.x alter column y type text; -- only words';
-- +goose StatementEnd
-- +goose Down
alter table public.contacts drop column nickname;
