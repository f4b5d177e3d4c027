-- A visit lies in the present, a birth rarely does: what is said to be a date of birth goes, and so does every full date in
-- a year too long ago for a visit. The limit (2025) is a constant because the function is immutable.
create or replace function app.fold_birth_dates(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_month constant text := ' R?M[0-9]+(?: [.!])?';
  v_day constant text := '(?: Y[23]0(?: -)? [OU][0-9]| O[0-9]+| [0-9]{1,2}| [UTY][0-9]+)';
  v_below_100 constant text := '(?: Y[2-9]0(?:(?: -)? U[0-9])?| T[0-9]+| U[0-9](?: U[0-9])?)';
  v_digits constant text := '(?:18[0-9][0-9]|19[0-9][0-9]|20[01][0-9]|202[0-4])';
  v_past constant text := '(?: ' || v_digits || '| T1[89](?: H)?(?: and)?' || v_below_100
    || '| U2 K(?: and)?' || v_below_100 || '?| Y20(?: -)? (?:U0 U[0-9]|T1[0-9]|Y20(?: -)? U[1-4]))';
  v_apart constant text := '(?: (?:[-/.,;!]|slash|dash|of))*';
  v_number constant text := '(?: [0-9]{1,2}| Y[0-9]0(?: -)? U[0-9]| (?:U0|Lo) U[0-9]| [UTY][0-9]+)';
  v_date constant text := '(?:' || v_month || '(?: the)?' || v_day || '|' || v_day || '(?: of)?' || v_month || ')' || v_apart;
begin
  if app.says_any(p_words, '{born,birthday,birthdays,birth,birthdate,dob,Ld}') then
    p_words := app.folded_words(p_words,
      '( (?:born|birthdays?|birth|birthdate|dob|Ld(?: .)? Lo(?: .)? Lb)'
        || '(?: (?:[-:;?,.!¶DX]|on|is|was|it|its|that|the|a|in|year|uh|let|me|see|would|be|my|his|her|of|''s|he|she|i|and|back|think|date|again|please|your|can|have|Q))*)'
        || '(' || v_date || '(?:' || v_past || '| 20[0-9][0-9]|(?: '')? [0-9][0-9]| Y20 Y20(?:(?: -)? U[0-9])?|' || v_below_100 || ')?'
        || '|' || v_month || '(?: of)?' || v_past
        || '| Y[3-9]0(?: -)? U[0-9]| [0-9]{6,8}|' || v_past || '| [0-9]{4} [-/.] [0-9]{1,2} [-/.] [0-9]{1,2}'
        || '|' || v_number || v_apart || v_number || '(?:' || v_apart || '(?:' || v_past || '| [0-9]{3,4}|' || v_number || '+))?)(?= )', 'dob');
    -- "... is my birthday", and a day or a year that is asked for on its own.
    p_words := app.folded_words(p_words, '()((?:' || v_date || '(?:' || v_past || '| [0-9][0-9]|' || v_below_100 || ')?|' || v_number || v_apart || v_number || v_apart
      || '(?:' || v_past || '|' || v_below_100 || '| [0-9]{2,4})))(?=(?: [;!])?(?: (?:that|it|which))?(?: (?:is|''s)) (?:my|her|his|their|the)(?: J(?: ''s)?)? (?:birthday|birthdate|dob|date of birth) )', 'dob');
    p_words := app.folded_words(p_words, '( \[dob(?: =)*(?: (?:[;!?¶]|and|the|what|is|was|''s|of|uh|in|you|were|born|your|please))*(?: (?:Q|day|birth))+'
      || '(?: (?:[;!?¶]|and|the|Q|day|is|it|''s|of|uh|in|please|that))*)(' || v_date || '|' || v_past || '|' || v_below_100 || '| 20[0-9][0-9]|' || v_number || ')(?= )', 'dob');
  end if;
  if p_words like any ('{% M%,% RM%,% / %,% - %,% . %}') then
    p_words := app.folded_words(p_words, '()(' || v_date || v_past || '| ' || v_digits || ' [-/.] [0-9]{1,2} [-/.] [0-9]{1,2}'
      || '| [0-9]{1,2}( [-/.] )[0-9]{1,2}\3(?:' || v_digits || '|[4-9][0-9]))(?= )', 'dob');
  end if;
  -- "oh five, twelve, eighty-one": a month, a day and a year of the last century.
  if app.says_any(p_words, '{Y40,Y50,Y60,Y70,Y80,Y90}') then
    p_words := app.folded_words(p_words, '((?<![UTYKH][0-9]{0,2})(?<![UTY][0-9]{1,2} [-;,]))((?: (?:U0 |Lo )?U[1-9]| T1[0-2])(?: (?:[-/,;]|slash|dash))?'
      || '(?: (?:U0 |Lo )?U[0-9]| T[0-9]+| Y[23]0(?:(?: -)? U[0-9])?)(?: (?:[-/,;]|slash|dash))?(?: T19(?: H)?)? Y[4-9]0(?: -)? U[1-9])'
      || '(?= (?!(?:[;,-] )?[CQUTYHKX]))', 'dob');
  end if;
  return p_words;
end
$$;

comment on function app.fold_birth_dates(text) is
  'Classified words with dates of birth folded: any date that is said to be one, in digits or words, and every full date before 2025. Dates of visits stay.';

select app.seal('app.fold_birth_dates(text)', null, 'tenant_service', 'app_writer');
