begin;
select plan(16);
create function pg_temp.heard(p_said text) returns text language sql as $$
  select coalesce(string_agg(s.points::text, ' ' order by s.points desc), '')
  from app.word_signals(app.caller_words(jsonb_build_array(jsonb_build_object('speaker', 'caller', 'text', p_said)))) s
$$;
select is(pg_temp.heard(said), points, said) from (values
  ('Are you open today?', ''), ('I saw you on Facebook', ''), ('I was overbooked', ''), ('Can I book?', '35'), ('Book, book, an appointment', '35'),
  ('I would like to book a visit', '35 15'), ('An appointment today', '35 20'), ('It hurts', '35'), ('How are you today? An appointment', '35'), ('The pain is gone', ''), ('Nothing hurts', ''), ('I''m not in pain', ''),
  ('I do not want an appointment', ''), ('How much is it?', '10'), ('I am just looking', '-40'), ('Wrong number, sorry', '-40')) c (said, points);
select * from finish();
rollback;
