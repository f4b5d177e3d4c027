create or replace function app.word_signals(p_words text)
returns setof app.lead_signal
language sql
immutable
set search_path = ''
as $$
  with polite as (
    -- Asking how somebody is today wants nothing today.
    select regexp_replace(p_words, ' (how are you|how are you doing|hows it going) today ', ' ', 'g') as words
  ), heard as (
    select r.topic, r.points, r.reason
    from (values
      ('visit', 35, 'Asked for a visit',
        '{book,booking,appointment,appointments,schedule,come in,get in,be seen,see me,fit me in,squeeze me in,availability,available,openings,opening,slot,slots}'::text[]),
      ('pain', 35, 'Has pain or something broken',
        '{pain,painful,hurt,hurts,hurting,toothache,ache,aches,aching,swollen,swelling,bleeding,broke,broken,chipped,cracked,throbbing,sore,abscess,knocked out,fell out,came off,infected,infection}'),
      ('soon', 20, 'Wants it soon',
        '{today,tonight,tomorrow,this week,asap,as soon as possible,right away,right now,immediately,soonest,earliest,first available,next available,urgent,urgently,emergency}'),
      ('ready', 15, 'Is ready to go ahead',
        '{book me,sign me up,put me down,ill take it,ill take that,lets do it,lets do that,go ahead,id like to book,i want to book,i would like to book,want to book,book it,id like to schedule,i would like to schedule,i want to schedule}'),
      ('price', 10, 'Asked about price or payment',
        '{price,prices,pricing,cost,costs,how much,insurance,financing,payment plan,payment plans,deposit}'),
      ('no', -40, 'Is not interested',
        '{not interested,no longer interested,just looking,just browsing,wrong number,stop calling,dont call,do not call,take me off,remove me,changed my mind,went somewhere else,found somewhere else,no longer need}')
    ) r (topic, points, reason, phrases), polite w
    where exists (select from unnest(r.phrases) p (phrase) where app.says(w.words, p.phrase))
  )
  select h.points, h.reason
  from heard h
  -- "Are you open today?" is a question about hours.
  where h.topic <> 'soon' or exists (select from heard o where o.topic in ('visit', 'pain', 'ready'))
$$;

comment on function app.word_signals(text) is
  'What words from app.caller_words say of a caller as a lead: each topic counts once, however often it is spoken of.';

select app.seal('app.word_signals(text)', null, 'app_writer');
