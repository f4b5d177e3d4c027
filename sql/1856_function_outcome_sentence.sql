create or replace function app.outcome_sentence(p_outcome text, p_from_documents boolean default false)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case p_outcome
    when 'booked' then 'A visit was booked.'
    when 'rescheduled' then 'A visit was moved.'
    when 'cancelled' then 'A visit was cancelled.'
    when 'message' then 'A message was taken for the staff.'
    when 'transferred' then 'The caller was put through.'
    when 'answered' then case
      when p_from_documents then 'A question was answered from the clinic''s documents. No visit was booked.'
      else 'The caller was answered. No visit was booked.'
    end
    when 'voicemail' then 'A voicemail answered.'
    when 'missed' then 'Nobody spoke.'
    when 'spam' then 'A robot or a sales call.'
    when 'failed' then 'An error ended the call.'
  end
$$;

comment on function app.outcome_sentence(text, boolean) is 'The summary of a call that has none from the provider: what came of it, in one fixed sentence.';

select app.seal('app.outcome_sentence(text, boolean)', null, 'app_writer');
