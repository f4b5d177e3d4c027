-- What can be booked: services, resources, their hours, closures and outside calendars.

-- +goose Up
-- +goose StatementBegin
create table public.services (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  name text not null check (char_length(name) between 1 and 100),
  aliases text[] not null default '{}',
  duration interval not null check (duration between '5 minutes' and '12 hours'),
  buffer_before interval check (buffer_before between '0' and '4 hours'),
  buffer_after interval check (buffer_after between '0' and '4 hours'),
  price_minor bigint check (price_minor >= 0),
  currency text not null default 'USD' check (currency ~ '^[A-Z]{3}$'),
  active boolean not null default true,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, name)
);

comment on table public.services is 'What a patient comes for. Its duration and buffers decide how long a resource is taken.';
comment on column public.services.aliases is 'What callers say for it (cleaning, hygiene); matched without regard to case.';
comment on column public.services.buffer_before is 'NULL: the organisation''s.';
comment on column public.services.buffer_after is 'NULL: the organisation''s.';
comment on column public.services.price_minor is 'Price in the currency''s minor unit (cents); NULL: not told to callers.';

create table public.resources (
  org_id uuid not null references public.organizations (id),
  id uuid not null default app.uuid_v7(),
  location_id uuid not null,
  name text not null check (char_length(name) between 1 and 100),
  aliases text[] not null default '{}',
  kind text not null default 'practitioner' check (kind in ('practitioner', 'room')),
  active boolean not null default true,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  unique (org_id, name),
  foreign key (org_id, location_id) references public.locations (org_id, id)
);

comment on table public.resources is 'Who or what is booked: a practitioner or a room. One visit at a time.';
comment on column public.resources.aliases is 'What callers say for it (the hygienist, Dr. Q); matched without regard to case.';

create table public.resource_services (
  org_id uuid not null,
  resource_id uuid not null,
  service_id uuid not null,
  primary key (org_id, resource_id, service_id),
  foreign key (org_id, resource_id) references public.resources (org_id, id) on delete cascade,
  foreign key (org_id, service_id) references public.services (org_id, id) on delete cascade
);

comment on table public.resource_services is 'Which resource can give which service.';
create index resource_services_service on public.resource_services (org_id, service_id);
comment on index public.resource_services_service is 'free_slots: the candidates of a service.';

create table public.business_hours (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  location_id uuid not null,
  resource_id uuid,
  weekday smallint not null check (weekday between 0 and 6),
  opens time not null,
  closes time not null,
  primary key (org_id, id),
  foreign key (org_id, location_id) references public.locations (org_id, id) on delete cascade,
  foreign key (org_id, resource_id) references public.resources (org_id, id) on delete cascade,
  check (closes > opens)
);

comment on table public.business_hours is 'A span of one weekday, in local time; several per day make lunch breaks. Rows of a resource replace its location''s week.';
comment on column public.business_hours.weekday is '0 is Sunday, 6 is Saturday.';
comment on column public.business_hours.closes is 'Exclusive; 24:00 is the end of the day. Hours past midnight are two spans.';
create index business_hours_location on public.business_hours (org_id, location_id);
comment on index public.business_hours_location is 'open_spans: the week of a location and of its resources.';
create index business_hours_resource on public.business_hours (org_id, resource_id) where resource_id is not null;
comment on index public.business_hours_resource is 'open_spans: whether a resource keeps hours of its own.';

create table public.closures (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  location_id uuid not null,
  resource_id uuid,
  during tstzrange not null check (not isempty(during) and not lower_inf(during) and not upper_inf(during)),
  reason text check (char_length(reason) <= 200),
  created_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, location_id) references public.locations (org_id, id) on delete cascade,
  foreign key (org_id, resource_id) references public.resources (org_id, id) on delete cascade
);

comment on table public.closures is 'Holidays (of a location) and time off (of a resource).';
comment on column public.closures.during is 'Half-open [).';
create index closures_location on public.closures (org_id, location_id);
comment on index public.closures_location is 'free_slots: closures of the candidates'' locations.';

create table public.calendar_links (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  resource_id uuid not null,
  provider text not null check (provider in ('google', 'microsoft')),
  external_calendar_id text not null,
  last_synced_at timestamptz,
  created_at timestamptz not null default app.now(),
  updated_at timestamptz not null default app.now(),
  primary key (org_id, id),
  foreign key (org_id, resource_id) references public.resources (org_id, id) on delete cascade,
  unique (org_id, resource_id, provider, external_calendar_id)
);

comment on table public.calendar_links is 'An outside calendar mirrored into busy_blocks. The mirror is never the truth about our own appointments.';
comment on column public.calendar_links.last_synced_at is 'When the mirror last matched the calendar; NULL: never. Too old, and bookings become pending.';

create table public.busy_blocks (
  org_id uuid not null,
  id uuid not null default app.uuid_v7(),
  resource_id uuid not null,
  calendar_link_id uuid,
  external_id text,
  starts_at timestamptz not null,
  ends_at timestamptz not null check (ends_at > starts_at),
  primary key (org_id, id),
  foreign key (org_id, resource_id) references public.resources (org_id, id) on delete cascade,
  foreign key (org_id, calendar_link_id) references public.calendar_links (org_id, id) on delete cascade
);

comment on table public.busy_blocks is 'Times that an outside calendar says are taken. No titles, no attendees: only the times.';
comment on column public.busy_blocks.external_id is 'The event''s id in its calendar.';
create index busy_blocks_resource on public.busy_blocks (org_id, resource_id, ends_at);
comment on index public.busy_blocks_resource is 'free_slots: what is busy from now on, whatever lies in the past.';

alter table public.services enable row level security;
alter table public.services force row level security;
alter table public.resources enable row level security;
alter table public.resources force row level security;
alter table public.resource_services enable row level security;
alter table public.resource_services force row level security;
alter table public.business_hours enable row level security;
alter table public.business_hours force row level security;
alter table public.closures enable row level security;
alter table public.closures force row level security;
alter table public.calendar_links enable row level security;
alter table public.calendar_links force row level security;
alter table public.busy_blocks enable row level security;
alter table public.busy_blocks force row level security;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop table public.busy_blocks;
drop table public.calendar_links;
drop table public.closures;
drop table public.business_hours;
drop table public.resource_services;
drop table public.resources;
drop table public.services;
-- +goose StatementEnd
