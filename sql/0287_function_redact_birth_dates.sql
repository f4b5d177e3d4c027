-- A visit lies in the present, a birth rarely does: what is said to be a date of birth goes, and so does every full
-- date in a year too long ago for a visit. The limit is a constant because the function is immutable.
create or replace function app.redact_birth_dates(p_text text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_month constant text := '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?';
  v_unit constant text := '(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)';
  v_teen constant text := '(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)';
  v_tens constant text := '(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)';
  v_day constant text := '(?:\d{1,2}(?:st|nd|rd|th)?|(?:(?:twenty|thirty)[\s-]+)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)'
    || '|tenth|eleventh|twelfth|[a-z]+teenth|twentieth|thirtieth|(?:(?:twenty|thirty)[\s-]+)?' || v_unit || '|' || v_teen || '|twenty|thirty)';
  v_below_100 constant text := '(?:' || v_tens || '(?:[\s-]+' || v_unit || ')?|' || v_teen || '|' || v_unit || '(?:\s+' || v_unit || ')?)';
  v_past constant text := '(?:18\d\d|19\d\d|200\d|201\d|202[0-4])';
  v_past_words constant text := '(?:(?:eighteen|nineteen)(?:\s+hundred)?(?:\s+and)?[\s-]+' || v_below_100
    || '|two\s+thousand(?:\s+and)?(?:[\s-]+' || v_below_100 || ')?|twenty[\s-]+(?:oh[\s-]+' || v_unit || '|' || v_teen || '))';
  v_any_year constant text := '(?:''?\d\d|(?:18|19|20)\d\d|' || v_past_words || '|' || v_below_100 || ')';
  v_cue constant text := '\m(?:born|birth\s?days?|birth\s?dates?|date\s+of\s+birth|d\.?o\.?b\M\.?)';
  -- At most a few words lie between the cue and the date: "my date of birth, let me see, it's the ...".
  v_gap constant text := '(?:[\s:,.?-]+|\m(?:on|is|was|it|it''s|its|in|the|a|uh|um|let|me|see|would|be|[a-z]+day)\M|''s)*';
begin
  p_text := regexp_replace(p_text, '(' || v_cue || v_gap || ')(?:'
    || '\m' || v_month || '\s+(?:the\s+)?' || v_day || '(?:,?\s+(?:of\s+)?' || v_any_year || ')?\M'
    || '|\m' || v_day || '(?:\s+of)?\s+' || v_month || '(?:,?\s+(?:of\s+)?' || v_any_year || ')?\M'
    || '|\m\d{1,4}\s?[-/. ]\s?\d{1,2}(?:\s?[-/. ]\s?\d{1,4})?\M|\m\d{6,8}\M'
    || '|\m(?:' || v_below_100 || '|' || v_past_words || ')(?:[\s,/-]+(?:' || v_past_words || '|' || v_below_100 || ')){1,4}\M)',
    '\1[date of birth]', 'gi');
  p_text := regexp_replace(p_text,
    '\m(?:' || v_month || '\s+(?:the\s+)?' || v_day || '|' || v_day || '(?:\s+of)?\s+' || v_month || '),?\s+(?:of\s+)?'
      || '(?:' || v_past || '|' || v_past_words || ')\M',
    '[date of birth]', 'gi');
  p_text := regexp_replace(p_text, '\m' || v_past || '\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}\M', '[date of birth]', 'g');
  -- A two-digit year from 40 on is the last century's.
  return regexp_replace(p_text, '\m\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:' || v_past || '|[4-9]\d)\M', '[date of birth]', 'g');
end
$$;

comment on function app.redact_birth_dates(text) is
  'The text with dates of birth replaced by [date of birth]: any date that is said to be one, in digits or words, and every full date before 2025. Dates of visits stay.';

select app.seal('app.redact_birth_dates(text)', null, 'tenant_service', 'app_writer');
