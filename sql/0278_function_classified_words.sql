-- Speech is written in many ways: "312-555-0111", "three one two, five double five", "Three one two. Five...". The rules see
-- what a word is, not how it is written. One word of the result stands for one token of the text.
create or replace function app.classified_words(p_tokens text[], p_gaps text[], p_names text[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_vocabulary constant jsonb := app.redaction_vocabulary();
  v_names constant jsonb := app.name_forms(p_names);
  -- A turn in which recognition wrote no capital: an unknown word may be a name there.
  v_turns constant boolean[] := array(
    select t.turn = lower(t.turn) from string_to_table(array_to_string(p_tokens, ' '), '¶') with ordinality t(turn, position) order by t.position);
  v_all_small boolean := true = all (v_turns);
  v_small boolean[];
begin
  -- By token only where one speaker's turns have capitals and another's have none.
  if not v_all_small and true = any (v_turns) then
    v_small := array(
      select v_turns[1 + count(*) filter (where t.token = '¶') over (order by t.position rows unbounded preceding)]
      from unnest(p_tokens) with ordinality t(token, position)
      order by t.position);
  end if;
  return (
    select ' ' || string_agg(
      case
        when c.is_name then case when c.known is null then 'P' || c.form when c.token <> c.form then 'R' || c.known else c.known end
        when c.known is not null then c.known
        when strpos(c.token, '@') > 1 then 'E'
        when translate(c.token, '0123456789', '') = '' then c.token
        when left(c.token, 1) between '0' and '9' then 'O' || translate(c.form, 'stndrh', '')
        when c.token like '[_%' then 'X'
        when lower(left(c.token, 1)) <> upper(left(c.token, 1)) then
          case
            when char_length(c.token) = 1 then 'L'
            when c.token = c.form and not c.in_small
              or c.in_small and c.token like any ('{%___ing,%___ed,%____ly,%_ous,%_ful,%_able,%_ible,%____ish,%_less,%_ness,%_tion,%___ment,%____ity,%_sion,%_ship,%___ture,%_ology,%_ical,%____ize,%__ify,%____ive,%__ism,%_itis,%_osis}')
              or c.in_small and right(c.form, 1) = 's' and v_vocabulary ->> left(c.form, -1) = left(c.form, -1) then 'W'
            when c.token = upper(c.token) and char_length(c.token) < 6 then 'A'
            else 'N'
          end || c.form
        when c.token in ('.', ',') then case when c.gap = '' and c.position < cardinality(p_tokens) then c.token when c.token = '.' then '!' else ';' end
        when strpos('?!-/()+#:@$¶;', c.token) > 0 or c.form like '''_%' then c.form
        when c.token in ('–', '—', '‑') then '-'
        when c.token in ('£', '€') then '$'
        when char_length(c.token) > 1 then 'W' || translate(c.token, '<>', '')
        else '~'
      end, ' ' order by c.position) || ' '
    from (
      select t.token, t.gap, t.position, l.form, v_vocabulary ->> l.form as known, coalesce(v_small[t.position], v_all_small) as in_small,
        v_names ? l.form or right(l.form, 1) = 's' and v_names ? left(l.form, -1) and not v_vocabulary ? left(l.form, -1)
          or octet_length(t.token) > char_length(t.token) and v_names ? replace(app.normalise_name(t.token), ' ', '') as is_name
      from unnest(p_tokens, p_gaps) with ordinality t(token, gap, position)
      cross join lateral (select replace(lower(t.token), '’', '''') as form) l
    ) c
  );
end
$$;

comment on function app.classified_words(text[], text[], text[]) is
  'What each token of a text is, a word each, with a blank around each: app.redaction_vocabulary''s kinds; P: a given name, R: a given name that is also a word and has a capital; N, A, W: unknown with a capital, in capitals, small; L: a letter; X: a placeholder; E: a written e-mail address; numbers in digits; "," and "." inside a number, ";" and "!" after a word. NULL without tokens.';

select app.seal('app.classified_words(text[], text[], text[])', null, 'tenant_service', 'app_writer');
