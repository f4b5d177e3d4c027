create or replace function app.sentiment_of_words(p_words text)
returns double precision
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case when p_words ~ '[[:alnum:]]' then 0.5 + coalesce(sum(s.side), 0) / (2.0 * (count(s.side) + 1)) end
  from (
    select v.side
    from (values
      (1, '{thanks,thank you so much,thank you very much,great,perfect,wonderful,excellent,awesome,fantastic,lovely,amazing,appreciate,appreciate it,that works,sounds good,happy,glad,love,very helpful}'::text[]),
      (-1, '{angry,annoyed,annoying,upset,frustrated,frustrating,ridiculous,unacceptable,terrible,horrible,awful,worst,disappointed,complaint,complain,rude,useless,waste of time,fed up,sick of,scared,worried,afraid,nobody called,never called back,refund,lawyer}')
    ) v (side, phrases), unnest(v.phrases) p (phrase)
    where app.says(p_words, p.phrase)
  ) s
$$;

comment on function app.sentiment_of_words(text) is
  'How a caller sounded by words from app.caller_words, 0 (negative) to 1 (positive): each thing said that is kind draws to one side, each that is not to the other; 0.5 when there is neither. NULL when nothing was said.';

select app.seal('app.sentiment_of_words(text)', null, 'app_writer');
