-- The carriers' words in any dress, a few plain phrases, and nothing inside a sentence.
begin;
select plan(11);

create function pg_temp.others(p_intent text, p_texts text[]) returns text[] language sql as $$
  select coalesce(array_agg(t || ' is ' || app.reply_intent(t)), '{}') from unnest(p_texts) t where app.reply_intent(t) <> p_intent
$$;
select is(pg_temp.others('opt_out', array['STOP', 'STOPALL', 'UNSUBSCRIBE', 'CANCEL', 'END', 'QUIT', 'REVOKE', 'OPTOUT']), '{}', 'the carriers'' words');
select is(pg_temp.others('opt_out', array['stop', ' Stop. ', 'S.T.O.P', 'STOP!!!', 'Stop all', 'stop' || chr(10), 'sTOP', 'ＳＴＯＰ', '"cancel"', 'opt-out']), '{}', 'case, blanks, punctuation');
select is(pg_temp.others('opt_out', array['please stop', 'Stop please', 'Stop texting me', 'stop sending me these', 'Don''t text me anymore', 'Don’t text me', 'do not text', 'opt out please', 'I want to opt out', 'remove me from your list', 'unsubscribe me', 'take me off this list', 'No more texts']), '{}', 'phrases');
select is(pg_temp.others('opt_out', array['ARRÊT', 'Baja', 'stopp']), '{}', 'the other languages we write in');
select is(pg_temp.others('other', array['cancel my appointment', 'please don''t stop', 'I will be there until the end', 'can I stop by tomorrow?', 'remove me from the 10:00 and put me at 11:00?', 'Stop by at noon?', 'Can you not text me the address?', '', '   ', '👍', 'yes but later']),
  '{}', 'sentences stay sentences');
select is(pg_temp.others('opt_in', array['START', 'unstop', 'Start!']), '{}', 'back again');
select is(pg_temp.others('yes', array['YES', 'yes.', 'Y', 'y!']), '{}', 'yes');
select is(pg_temp.others('confirm', array['C', 'c', 'C.', 'Confirm', 'CONFIRMED', 'ok', 'Okay!']), '{}', 'confirming');
select is(pg_temp.others('change', array['X', 'x', ' X ', 'change']), '{}', 'changing');
select is(pg_temp.others('number', array['1', ' 2. ', '#3', '12']), '{}', 'a number of the list');
select results_eq($$ select app.reply_intent(t) from unnest(array['HELP', 'info', 'no', 'N', '123', null]) t $$,
  array['help', 'help', 'no', 'no', 'other', 'other'], 'help, no, and what is neither');
select * from finish();
rollback;
