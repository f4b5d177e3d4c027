-- Contacts on the dashboard: what they are found by, and in which order they are listed.

-- +goose Up
-- +goose StatementBegin
alter table public.contacts
  add column search_text text not null generated always as (
    lower((coalesce(name, '') || E'\n' || coalesce(phone, '') || E'\n' || coalesce(spoken_phone, '') || E'\n' || coalesce(email, ''))
      collate "und-x-icu")) stored,
  add constraint contacts_notes check (char_length(notes) <= 10000);
comment on column public.contacts.search_text is 'What staff find the contact by, in lower case: name, numbers and address, a line each. One column, because one comparison a row is a third of the work of three.';
create index contacts_recent on public.contacts (org_id, last_contacted_at desc nulls last, id) where erased_at is null;
comment on index public.contacts_recent is 'list_contacts: those spoken with last come first.';
create index contacts_leads on public.contacts (org_id, lead_status, created_at) where erased_at is null;
comment on index public.contacts_leads is 'contact_stats counts from it alone; list_contacts of one status or of a period.';

create type app.contact_row as (
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
  marketing_consent_at timestamptz,
  last_contacted_at timestamptz,
  created_at timestamptz,
  updated_at timestamptz,
  total bigint,
  total_is_estimate boolean
);
comment on type app.contact_row is 'One contact of a page of the list; total is how many there are on all pages. total_is_estimate: there are more than the 50 000 that total says.';

create type app.contact_stat as (
  total_leads bigint,
  hot_leads bigint,
  warm_leads bigint,
  cold_leads bigint,
  booked_leads bigint,
  lost_leads bigint,
  new_today bigint
);
comment on type app.contact_stat is 'How many contacts there are, by lead status, and how many came since midnight of the clinic''s zone.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop type app.contact_stat;
drop type app.contact_row;
drop index public.contacts_leads;
drop index public.contacts_recent;
alter table public.contacts drop constraint contacts_notes, drop column search_text;
-- +goose StatementEnd
