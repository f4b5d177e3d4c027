-- First version: identifiers that have a shape, and the names we know. It errs towards taking out too much of a number
-- and leaves visit dates readable, because that is what staff read a transcript for.
create or replace function app.redact_phi(p_text text, p_names text[])
returns text
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_text text := p_text;
  v_name text;
  v_digit constant text := '(?:zero|oh|one|two|three|four|five|six|seven|eight|nine|double|triple|\d)';
  v_month constant text := '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?';
  v_day constant text := '\d{1,2}(?:st|nd|rd|th)?';
  v_year constant text := '(?:18|19|20)\d\d';
begin
  if v_text is null then
    return null;
  end if;

  v_text := regexp_replace(v_text, '[[:alnum:]._%+-]+@[[:alnum:].-]+\.[[:alpha:]]{2,}', '[email]', 'gi');
  v_text := regexp_replace(v_text, '[[:alnum:]._-]+ at [[:alnum:]-]+ dot (?:com|org|net|edu|co|uk|io|us)\M', '[email]', 'gi');

  -- Dates of birth: said to be one, or a full date in a year too long ago for a visit.
  v_text := regexp_replace(v_text,
    '\m(born(?: on)?|birth ?day(?: is)?|date of birth(?: is)?|d\.?o\.?b\.?(?: is)?)([\s:,]+(?:the )?)(?:'
      || v_month || '\s+' || v_day || '(?:,?\s+' || v_year || ')?|' || v_day || '(?:\s+of)?\s+' || v_month
      || '(?:,?\s+' || v_year || ')?|\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4})',
    '\1\2[date of birth]', 'gi');
  v_text := regexp_replace(v_text,
    '\m(?:' || v_month || '\s+' || v_day || ',?\s+|' || v_day || '(?:\s+of)?\s+' || v_month || ',?\s+)(?:18\d\d|19\d\d|200\d|201\d)\M',
    '[date of birth]', 'gi');
  v_text := regexp_replace(v_text, '\m(?:18\d\d|19\d\d|200\d|201\d)-\d{1,2}-\d{1,2}\M', '[date of birth]', 'g');
  v_text := regexp_replace(v_text, '\m\d{1,2}[-/.]\d{1,2}[-/.](?:18\d\d|19\d\d|200\d|201\d)\M', '[date of birth]', 'g');

  v_text := regexp_replace(v_text, '\m\d{3}[- .]\d{2}[- .]\d{4}\M', '[ssn]', 'g');
  v_text := regexp_replace(v_text, '\m((?:social security|ssn|social)(?:\s+\w+){0,3}?[\s:]+)\d{9}\M', '\1[ssn]', 'gi');
  v_text := regexp_replace(v_text, '\m\d(?:[ -]?\d){12,18}\M', '[card]', 'g');
  v_text := regexp_replace(v_text, '\+?\(?\m\d(?:[\s().-]{0,2}\d){6,14}\M', '[number]', 'g');
  -- Digits that were spelled out: seven in a row are a number somebody could be found by.
  v_text := regexp_replace(v_text, '\m' || v_digit || '(?:[\s,.-]+' || v_digit || '){6,}\M', '[number]', 'gi');

  for v_name in
    select distinct w.word
    from unnest(p_names) n(name)
    cross join lateral regexp_split_to_table(btrim(n.name), '[\s-]+') w(word)
    where char_length(w.word) > 1
  loop
    v_text := regexp_replace(v_text,
      '\m' || regexp_replace(v_name, '([][\\.^$*+?(){}|])', '\\\1', 'g') || '\M', '[name]', 'gi');
  end loop;
  return regexp_replace(v_text, '\[name\](?:[\s-]+\[name\])+', '[name]', 'g');
end
$$;

comment on function app.redact_phi(text, text[]) is
  'The text without identifiers: social security and card numbers, phone numbers (also spelled out), e-mail addresses, dates of birth and the given names'' words, each replaced by a placeholder in brackets. Dates of visits stay. NULL stays NULL.';

select app.seal('app.redact_phi(text, text[])', null, 'tenant_service', 'app_writer');
