-- Whether a location's own line forwards to the receptionist: who calls it hears us, and is not put through to it again.

-- +goose Up
alter table public.locations add column phone_forwards_here boolean not null default false;
comment on column public.locations.phone_forwards_here is
  'The own line forwards its calls to a number of ours, as on no answer. Carriers mostly keep the caller''s number then, so nothing else tells such a call: nobody is put through to that line.';

-- +goose Down
alter table public.locations drop column phone_forwards_here;
