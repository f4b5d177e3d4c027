-- Days of calls that are over, counted once: what keeps a large clinic's numbers fast, see docs/decisions/0015-lists-and-counts.md.

-- +goose Up
-- +goose StatementBegin
create table public.call_days (
  org_id uuid not null references public.organizations (id),
  day date not null,
  time_zone text not null,
  from_at timestamptz not null,
  to_at timestamptz not null,
  calls integer not null check (calls >= 0),
  inbound integer not null,
  outbound integer not null,
  ended integer not null,
  missed integer not null,
  failed integer not null,
  transferred integer not null,
  timed integer not null,
  seconds bigint not null,
  primary key (org_id, day, time_zone),
  constraint call_days_span check (from_at < to_at)
);
comment on table public.call_days is
  'Calls of days that are over, in numbers, deleted ones too. A row is true as long as it stands: whatever changes a call takes the row of its day away, and a day without a row is counted from the calls themselves. app.roll_up_calls writes them every hour.';
comment on column public.call_days.day is 'The clinic''s day in time_zone: calls whose began_at lies in [from_at, to_at).';
comment on column public.call_days.time_zone is 'The zone the clinic had when this was counted. Rows of another than the present one are not read, and go at the next roll-up.';
comment on column public.call_days.from_at is 'Kept, so that a row means the same calls after a zone''s rules have changed.';
comment on column public.call_days.inbound is 'Of calls; neither this nor outbound are those from the web.';
comment on column public.call_days.ended is 'Of calls; among them missed, failed and transferred (app.call_state), and the rest completed.';
comment on column public.call_days.timed is 'Ended calls with a known duration.';
comment on column public.call_days.seconds is 'How long the timed ones took together.';

create type app.call_count as (
  calls bigint,
  inbound bigint,
  outbound bigint,
  ended bigint,
  missed bigint,
  failed bigint,
  transferred bigint,
  timed bigint,
  seconds bigint
);
comment on type app.call_count is 'Calls of a period in numbers, as a row of call_days has them.';

alter table public.call_days enable row level security;
alter table public.call_days force row level security;

drop index public.call_logs_lasted; -- the average comes from the days
comment on index public.call_logs_counted is 'list_calls: totals.';
comment on index public.call_logs_began is 'list_calls: a page, the newest first, and the total of a period; count_calls and call_stats: days not rolled up; recent_activity.';
comment on index public.call_logs_deleted is 'count_calls and call_stats: days not rolled up.';
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
comment on index public.call_logs_deleted is 'call_stats: what began lately and was deleted since.';
comment on index public.call_logs_began is 'list_calls: a page, the newest first, and the total of a period; call_stats; recent_activity.';
comment on index public.call_logs_counted is 'list_calls and call_stats: totals.';
create index call_logs_lasted on public.call_logs (org_id, status, duration_seconds);
comment on index public.call_logs_lasted is 'call_stats: the average.';
drop type app.call_count;
drop table public.call_days;
-- +goose StatementEnd
