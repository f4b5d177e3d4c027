-- What an agent that calls is told, whom a clinic may have called, and what keeps a long queue cheap.

-- +goose Up
-- +goose StatementBegin
create type app.clinic_facts as (
  clinic_name text,
  address text,
  time_zone text,
  emergency_sentence text,
  recording_consent text,
  ai_disclosure boolean,
  hours text,
  services text,
  practitioners text
);
comment on type app.clinic_facts is 'What anybody may hear about a clinic and one of its locations, ready to be spoken.';

-- In a block because sqlc, which reads this file, knows no attributes; it has the type from queries/_rowtypes.sql.
do $$
begin
  alter type app.outbound_dial
    add attribute first_name text,
    add attribute emergency_sentence text,
    add attribute hours text,
    add attribute services text,
    add attribute practitioners text;
  comment on column app.outbound_dial.first_name is
    'Whom the agent asks for before it says what the call is about; NULL: the clinic does not know, or it is a test.';
  comment on column app.outbound_dial.hours is 'As everything after it, see app.clinic_facts.';
end
$$;

alter table public.outbound_shares
  add column countries text[] not null default '{}',
  add constraint outbound_shares_countries check (array_to_string(countries, ',', '?') ~ '^([A-Z]{2}(,[A-Z]{2})*)?$');
comment on column public.outbound_shares.countries is
  'Countries (ISO 3166-1 alpha-2), besides its own, whose numbers the clinic''s members may have called.';

create type app.outbound_bounds as (
  per_day integer,
  at_once integer,
  countries text[]
);
comment on type app.outbound_bounds is 'A clinic''s share of the account''s calls, see public.outbound_shares.';

create index outbound_calls_appointment on public.outbound_calls (org_id, appointment_id) where appointment_id is not null;
comment on index public.outbound_calls_appointment is 'Calls about a visit; when it is deleted.';
create index outbound_calls_step on public.outbound_calls (org_id, campaign_step_id) where campaign_step_id is not null;
comment on index public.outbound_calls_step is 'Calls of a campaign''s step; when it is deleted.';
create index outbound_calls_number on public.outbound_calls (org_id, to_number) where to_number is not null;
comment on index public.outbound_calls_number is 'erase_calls: tests to a number, which have no contact; calls that wait for a number that opts out.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
drop index public.outbound_calls_number;
drop index public.outbound_calls_step;
drop index public.outbound_calls_appointment;
drop type app.outbound_bounds;
alter table public.outbound_shares drop column countries;
do $$
begin
  alter type app.outbound_dial
    drop attribute practitioners,
    drop attribute services,
    drop attribute hours,
    drop attribute emergency_sentence,
    drop attribute first_name;
end
$$;
drop type app.clinic_facts;
-- +goose StatementEnd
