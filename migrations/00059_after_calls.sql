-- What calls say in numbers: how callers sounded and what calls cost, by day; questions that documents answered; urgent calls.

-- +goose Up
-- +goose StatementBegin
alter table public.call_days
  add column felt integer not null default 0,
  add column feeling bigint not null default 0,
  add column cost_micros bigint not null default 0;
comment on column public.call_days.felt is 'Calls of which it is known how the caller sounded.';
comment on column public.call_days.feeling is 'Their sentiment scores together, in hundredths: whole numbers add up to the same in any order.';
comment on column public.call_days.cost_micros is 'What the calls cost together, in millionths of a US dollar, as far as it is known.';
update public.call_days d
set cost_micros = c.micros
from (
  select k.org_id, k.day, k.time_zone, sum(l.cost_micros) as micros
  from public.call_days k
  join public.call_logs l on l.org_id = k.org_id and l.began_at >= k.from_at and l.began_at < k.to_at
  group by 1, 2, 3
) c
where d.org_id = c.org_id and d.day = c.day and d.time_zone = c.time_zone and c.micros is not null;

alter table public.call_logs
  add column questions_answered smallint not null default 0 check (questions_answered >= 0);
comment on column public.call_logs.questions_answered is 'How many of the caller''s questions the clinic''s documents answered.';

create index call_logs_urgent on public.call_logs (org_id, urgency, began_at, id) where deleted_at is null and urgency is not null;
comment on index public.call_logs_urgent is 'list_calls: a page and the total of one urgency.';
create index call_logs_sounded on public.call_logs (org_id, sentiment, began_at, id) where deleted_at is null and sentiment is not null;
comment on index public.call_logs_sounded is 'list_calls: a page and the total of one sentiment.';

alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received', 'outbound_call_failed',
    'number_active', 'number_failed', 'number_left', 'hot_lead', 'urgent_call'));

-- Who booked by a call, or at the desk, was made booked without a word about who decided that.
update public.contacts c
set lead_status_by = 'rules'
where c.lead_status = 'booked' and c.lead_status_by is null and exists (
  select from public.appointments a where a.org_id = c.org_id and a.contact_id = c.id);
comment on column public.contacts.lead_status_by is
  'Who gave lead_status. staff: scoring never changes it, only a booking does; rules: scoring or a booking did, or nobody chose it. NULL: not noted; one that is hot, warm, lost or booked was then given by staff, who alone could.';

do $do$ -- in here, because sqlc knows these types as tables only
begin
  alter type app.call_count add attribute felt bigint;
  alter type app.call_count add attribute feeling bigint;
  alter type app.call_count add attribute cost_micros bigint;
  alter type app.call_stats add attribute felt bigint;
  alter type app.call_stats add attribute average_sentiment double precision;
  alter type app.call_stats add attribute cost_micros bigint;
  alter type app.call_detail add attribute lead_score integer;
  alter type app.call_detail add attribute lead_reasons text[];
end
$do$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $do$ -- in here, because sqlc knows these types as tables only
begin
  alter type app.call_detail drop attribute lead_reasons;
  alter type app.call_detail drop attribute lead_score;
  alter type app.call_stats drop attribute cost_micros;
  alter type app.call_stats drop attribute average_sentiment;
  alter type app.call_stats drop attribute felt;
  alter type app.call_count drop attribute cost_micros;
  alter type app.call_count drop attribute feeling;
  alter type app.call_count drop attribute felt;
end
$do$;
comment on column public.contacts.lead_status_by is
  'Who gave lead_status. staff: scoring never changes it; rules: scoring did, or nobody chose it. NULL: not noted; one that is hot, warm or lost was then given by staff, who alone could.';
alter table public.notifications
  drop constraint notifications_kind_check,
  add constraint notifications_kind_check check (kind in (
    'appointment_booked', 'approval_needed', 'caller_message', 'missed_call', 'message_failed', 'message_unknown',
    'opted_out_before_visit', 'visit_confirmed', 'visit_cancelled_by_reply', 'message_received', 'outbound_call_failed',
    'number_active', 'number_failed', 'number_left', 'hot_lead')) not valid;
drop index public.call_logs_sounded;
drop index public.call_logs_urgent;
alter table public.call_logs drop column questions_answered;
alter table public.call_days drop column cost_micros, drop column feeling, drop column felt;
-- +goose StatementEnd
