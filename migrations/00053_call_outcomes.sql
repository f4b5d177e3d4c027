-- What came of a call in more words, how the caller felt, and how urgent it was.

-- +goose Up
-- +goose StatementBegin
alter table public.call_logs
  drop constraint call_logs_outcome_check,
  add constraint call_logs_outcome_check check (outcome in (
    'booked', 'rescheduled', 'cancelled', 'message', 'transferred', 'answered', 'voicemail', 'missed', 'spam', 'failed')),
  add column summary_source text check (summary_source in ('analysis', 'rules')),
  add column sentiment text check (sentiment in ('positive', 'neutral', 'negative')),
  add column sentiment_score double precision check (sentiment_score between 0 and 1),
  add column sentiment_source text check (sentiment_source in ('analysis', 'rules')),
  add column urgency text check (urgency in ('low', 'medium', 'high')),
  add column urgency_source text check (urgency_source in ('analysis', 'rules')),
  add constraint call_logs_sentiment_whole check (num_nulls(sentiment, sentiment_score, sentiment_source) in (0, 3)),
  add constraint call_logs_urgency_whole check (num_nulls(urgency, urgency_source) in (0, 2));
comment on column public.call_logs.outcome is
  'The most telling thing that came of the call; computed from our own rows, not from the model''s words. message: one was taken; answered: the caller spoke with the agent and nothing else came of it, as a rule a question; voicemail: a machine answered a call of ours; missed: nobody spoke; failed: an error of ours or the provider''s ended it. Calls from before this was told apart are missed where they failed or met a voicemail.';
comment on column public.call_logs.summary_source is
  'analysis: the provider''s model wrote the summary, redacted here; rules: it gave none, and a fixed sentence tells the outcome. NULL: no summary, or one from before this was noted.';
comment on column public.call_logs.sentiment is 'How the caller sounded; NULL where the caller said nothing.';
comment on column public.call_logs.sentiment_score is '0 (negative) to 1 (positive); negative below 0.4, positive above 0.6.';
comment on column public.call_logs.sentiment_source is 'analysis: the provider''s model said it; rules: found in the caller''s words.';
comment on column public.call_logs.urgency is 'How soon somebody should look at the call; NULL where the caller said nothing.';
comment on column public.call_logs.urgency_source is 'As sentiment_source.';

do $do$ -- in here, because sqlc knows these types as tables only
begin
  alter type app.call_row add attribute summary_source text;
  alter type app.call_row add attribute sentiment text;
  alter type app.call_row add attribute sentiment_score double precision;
  alter type app.call_row add attribute urgency text;
  alter type app.call_detail add attribute summary_source text;
  alter type app.call_detail add attribute sentiment text;
  alter type app.call_detail add attribute sentiment_score double precision;
  alter type app.call_detail add attribute urgency text;
  alter type app.lead_row add attribute lead_reasons text[];
  alter type app.lead_row add attribute sentiment text;
  alter type app.lead_row add attribute sentiment_score double precision;
end
$do$;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $do$ -- in here, because sqlc knows these types as tables only
begin
  alter type app.lead_row drop attribute sentiment_score;
  alter type app.lead_row drop attribute sentiment;
  alter type app.lead_row drop attribute lead_reasons;
  alter type app.call_detail drop attribute urgency;
  alter type app.call_detail drop attribute sentiment_score;
  alter type app.call_detail drop attribute sentiment;
  alter type app.call_detail drop attribute summary_source;
  alter type app.call_row drop attribute urgency;
  alter type app.call_row drop attribute sentiment_score;
  alter type app.call_row drop attribute sentiment;
  alter type app.call_row drop attribute summary_source;
end
$do$;
alter table public.call_logs
  drop constraint call_logs_urgency_whole, drop constraint call_logs_sentiment_whole,
  drop column urgency_source, drop column urgency, drop column sentiment_source, drop column sentiment_score,
  drop column sentiment, drop column summary_source,
  drop constraint call_logs_outcome_check,
  add constraint call_logs_outcome_check check (outcome in (
    'booked', 'rescheduled', 'cancelled', 'message', 'transferred', 'answered', 'missed')) not valid;
comment on column public.call_logs.outcome is 'The most telling thing that came of the call; computed from our own rows, not from the model''s words.';
-- +goose StatementEnd
