create or replace function app.fold_numbers(p_words text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_digits constant text := '(?:U[0-9]|T[0-9]+|Y[0-9]+|H|K|X[0-9]|[0-9]+|Lo)';
  v_between constant text := '(?: (?:[-.,/;()+~]|dash|hyphen|slash|dot|space|then|uh|um)| !(?= (?:U[0-9]|X[0-9]|[0-9]{2,})))';
  v_marked text;
begin
  v_marked := regexp_replace(p_words collate "C",
    '(?: [+(]| plus)*(?: ' || v_digits || '(?:' || v_between || '{1,3}(?= ' || v_digits || ' ))?)+(?= )', '<\&>', 'g');
  if v_marked = p_words then
    return p_words;
  end if;
  return (
    select string_agg(case when s.kind is null then s.part else app.folded_span(s.part, s.kind) end, '' order by s.position)
    from (
      select r.part, r.position, case when r.position % 2 = 0 and char_length(r.part) > 3 then app.number_kind(r.part, r.context) end as kind
      from (
        -- What a number is, is said before it, or straight after: "... is my social".
        select p.part, p.position, lag(p.part) over w || case
            when left(lead(p.part) over w, 25) like any (array[' is my social %', ' is the social %', ' is my ssn %', ' is my card %', ' is the card %'])
              then left(lead(p.part) over w, 16)
            else ''
          end as context
        from unnest(string_to_array(replace(v_marked, '>', '<'), '<')) with ordinality p(part, position)
        window w as (order by p.position)
      ) r
    ) s
  );
end
$$;

comment on function app.fold_numbers(text) is
  'Classified words with every run of numbers folded that app.number_kind knows, however it is grouped or spelled.';

select app.seal('app.fold_numbers(text)', null, 'tenant_service', 'app_writer');
