-- +goose Up
create table public.pets (org_id uuid not null, id uuid not null default app.uuid_v7(), primary key (org_id, id));
alter table public.pets enable row level security;
alter table public.pets add constraint named check (id is not null);
create index pets_by_id on public.pets (id);
-- snapshot of sql/9999_policy_pets.sql
alter table public.contacts alter column email type text;
-- end of sql/9999_policy_pets.sql
create function app.f() returns void language plpgsql as $$ begin alter table public.contacts drop column email; end $$;
