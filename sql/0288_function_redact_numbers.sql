-- Seven digits in a row, however they are grouped or spelled, are a number somebody could be found by. Dates, times and
-- prices stand next to each other in scheduling talk: a mark that no rule crosses keeps them from adding up to one.
create or replace function app.redact_numbers(p_text text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_mark constant text := U&'\E000';
  v_digit constant text := '(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple|\d)';
  v_number constant text := '(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen'
    || '|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|\d\d)';
  v_between constant text := '[\s,.-]+';
  v_month constant text := '(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?';
begin
  p_text := replace(p_text, v_mark, '');
  p_text := regexp_replace(p_text, '\m(20[2-9]\d)([-./])(\d{1,2})\2(\d{1,2})\M',
    v_mark || '\1' || v_mark || '\2\3\2\4' || v_mark, 'g');
  p_text := regexp_replace(p_text, '\m(\d{1,2})([-./])(\d{1,2})\2(20[2-9]\d)\M',
    v_mark || '\1\2\3' || v_mark || '\2\4' || v_mark, 'g');
  p_text := regexp_replace(p_text, '\m(' || v_month || '\s+\d{1,2}(?:st|nd|rd|th)?|\d{1,2}\s+' || v_month || ')(,?\s+)(20[2-9]\d)\M',
    '\1\2' || v_mark || '\3' || v_mark, 'gi');
  p_text := regexp_replace(p_text, '\m(\d{1,2}:\d\d)\M', v_mark || '\1' || v_mark, 'g');
  p_text := regexp_replace(p_text, '([$£€]\s?\d+(?:,\d{3})*(?:\.\d\d)?)\M', v_mark || '\1' || v_mark, 'g');

  p_text := regexp_replace(p_text, '\m\d{3}\s?[- .]\s?\d{2}\s?[- .]\s?\d{4}\M', '[ssn]', 'g');
  p_text := regexp_replace(p_text, '\m((?:social security|ssn|social)(?:\s+\w+){0,3}?[\s:]+)\d{9}\M', '\1[ssn]', 'gi');
  p_text := regexp_replace(p_text, '\m\d(?:[ .-]{0,2}\d){12,18}\M', '[card]', 'g');
  p_text := regexp_replace(p_text, '\+?\(?\m\d{3}[\s().,/-]{0,3}\d{3}[\s.,/-]{0,3}\d{4}\M', '[number]', 'g');
  p_text := regexp_replace(p_text, '\+?\(?\m\d(?:[\s().-]{0,3}\d){6,}\M', '[number]', 'g');
  p_text := regexp_replace(p_text, '\m' || v_digit || '(?:' || v_between || v_digit || '){6,}\M', '[number]', 'gi');
  -- "five five five, twelve thirty-four": three single digits, then pairs.
  p_text := regexp_replace(p_text, '\m' || v_digit || '(?:' || v_between || v_digit || '){2,}(?:' || v_between
    || '(?:' || v_digit || '|' || v_number || ')){3,}\M', '[number]', 'gi');
  return replace(p_text, v_mark, '');
end
$$;

comment on function app.redact_numbers(text) is
  'The text with social security numbers ([ssn]), card numbers ([card]) and phone and other long numbers ([number]) replaced, also when spelled out. Dates from 2020 on, times and prices stay.';

select app.seal('app.redact_numbers(text)', null, 'tenant_service', 'app_writer');
