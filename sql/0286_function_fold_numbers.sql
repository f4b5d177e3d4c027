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
  -- What is said between the parts of one number, also over several turns.
  v_joining constant text[] := '{¶,uh,and,then,the,rest,is,last,sorry,no,wait,i,mean,actually,next,it,''s,that,again,;,!,?,"",-,part,of,number,start,over,could,can,you,say,repeat,once,more,please,got,i,have,go,ahead,right,correct,hold,on,let,me,get,with,ends,then}'::text[];
  v_marked text;
begin
  -- "The new one is ...", "oh it's ...": no digits. Asked first: a pattern that looks ahead of every number is dear.
  if p_words like any ('{% U1 is %,% U1 ''s %,% U0 it ''s %,% U0 my %}') then
    p_words := regexp_replace(p_words collate "C", '( (?:the|this|that|new|old|other|right|wrong|next|best)) U1(?= (?:is|''s) )', '\1 one', 'g');
    p_words := regexp_replace(p_words collate "C", '(^| (?:[¶!?;]|uh)) U0(?= (?:it ''s|my) )', '\1 oh', 'g');
  end if;
  v_marked := regexp_replace(p_words collate "C",
    '(?: [+(]| plus)*(?: ' || v_digits || '(?:' || v_between || '{1,3}(?= ' || v_digits || ' ))?)+(?= )', '<\&>', 'g');
  if v_marked = p_words then
    return p_words;
  end if;
  return (
    with parts as (
      select p.part, p.position, p.position % 2 = 0 as is_run, lag(p.part) over w as gap, lag(p.part, 2) over w as previous, coalesce(lead(p.part) over w, '') as after,
        right(concat(lag(p.part, 3) over w, lag(p.part, 2) over w, lag(p.part) over w), 120) as talk
      from unnest(string_to_array(replace(v_marked, '>', '<'), '<')) with ordinality p(part, position)
      window w as (order by p.position)
    ), runs as (
      select r.*, count(*) filter (where r.apart) over (order by r.position) as number
      from (
        select p.*, case
            when p.position = 2 or char_length(p.gap) > 90 or not string_to_array(btrim(p.gap), ' ') <@ v_joining then true
            else char_length(app.digits_said(right(p.previous, 120))) >= 10 -- that one was complete
          end as apart
        from parts p
        where p.is_run
      ) r
    ), numbers as (
      select n.number, bool_and(app.is_said_by_digit(n.part)) as by_digit, string_agg(n.part, '' order by n.position) as whole,
        (array_agg(n.gap order by n.position))[1] as gap
      from (select r.*, count(*) over (partition by r.number) as parts from runs r) n
      where n.parts > 1
      group by n.number
    ), kinds as (
      select r.position, coalesce(
        -- Dictated in parts: what the whole is, all of them are.
        case when n.by_digit and char_length(n.whole) < 200 then
          case when app.says_any(right(n.gap, 70), '{ssn,social}') then 'ssn' else app.number_kind(n.whole, n.gap) end end,
        -- What a number is, is said before it, or straight after: "... is my social".
        case when char_length(r.part) > 3 then app.number_kind(r.part, r.gap || coalesce(substring(left(r.after, 50) from
          '^(?: [;¶])?(?: (?:that|it|which|this))?(?: (?:is|''s))? (?:my|the|her|his|our)( (?:social|ssn|card|phone|cell|mobile) )'), '')) end,
        case when char_length(r.part) > 3 then app.said_number_kind(r.part, r.talk, left(r.after, 20)) end) as kind
      from runs r
      left join numbers n using (number)
    )
    select string_agg(case when k.kind is null then p.part else app.folded_span(p.part, k.kind) end, '' order by p.position)
    from parts p
    left join kinds k using (position)
  );
end
$$;

comment on function app.fold_numbers(text) is
  'Classified words with every run of numbers folded that app.number_kind or app.said_number_kind knows, however it is grouped or spelled, also when its parts are said in several turns.';

select app.seal('app.fold_numbers(text)', null, 'tenant_service', 'app_writer');
