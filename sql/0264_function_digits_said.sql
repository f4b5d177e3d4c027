create or replace function app.digits_said(p_words text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select string_agg(
    case
      when w.word ~ '^[0-9]' then w.word
      when w.word = 'Lo' then '0'
      when w.word = 'H' then '00'
      when w.word = 'K' then '000'
      when w.word like 'U%' then repeat(substr(w.word, 2), case w.previous when 'X2' then 2 when 'X3' then 3 else 1 end)
      when w.word like 'T%' then substr(w.word, 2)
      -- "forty-two" is two digits, "forty" too.
      when w.word like 'Y%' then left(substr(w.word, 2), case when w.next like 'U%' and w.next <> 'U0' then 1 else 2 end)
      else ''
    end, '' order by w.position)
  from (
    select t.word, t.position, lead(t.word) over (order by t.position) as next, lag(t.word) over (order by t.position) as previous
    from unnest(string_to_array(replace(replace(p_words, '0 - U', '0 U'), '0 Lo', '0 U0'), ' ')) with ordinality t(word, position)
  ) w
$$;

comment on function app.digits_said(text) is
  'The digits that classified words say: "U4 Y40 - U2 X2 U7" is 44277.';

select app.seal('app.digits_said(text)', null, 'tenant_service', 'app_writer');
