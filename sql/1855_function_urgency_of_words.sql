create or replace function app.urgency_of_words(p_words text)
returns text
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select case
    when p_words !~ '[[:alnum:]]' then null
    when exists (
      select
      from unnest('{urgent,urgently,emergency,asap,right away,right now,immediately,bleeding,swollen,swelling,unbearable,severe pain,terrible pain,a lot of pain,so much pain,knocked out,infection,infected,abscess}'::text[]) p (phrase)
      where app.says(p_words, p.phrase)) then 'high'
    when exists (
      select
      from unnest('{pain,painful,hurt,hurts,hurting,ache,aches,aching,toothache,broke,broken,chipped,fell out,as soon as possible,soonest,earliest}'::text[]) p (phrase)
      where app.says(p_words, p.phrase)) then 'medium'
    else 'low'
  end
$$;

comment on function app.urgency_of_words(text) is
  'How soon somebody should look at a call, by words from app.caller_words: high, medium or low. Not a triage: whoever describes an emergency is told so during the call. NULL when nothing was said.';

select app.seal('app.urgency_of_words(text)', null, 'app_writer');
