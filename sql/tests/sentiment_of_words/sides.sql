begin;
select plan(8);
create function pg_temp.felt(p_said text) returns numeric language sql as $$
  select round(app.sentiment_of_words(app.caller_words(jsonb_build_array(jsonb_build_object('speaker', 'caller', 'text', p_said))))::numeric, 2)
$$;
select is(pg_temp.felt(said), felt, said) from (values
  ('I want a cleaning', 0.50), ('Perfect, thanks', 0.83), ('That works', 0.75), ('This is ridiculous and I am upset', 0.17),
  ('Not happy', 0.50), ('Great, but I was upset', 0.50), ('thanksgiving', 0.50)) c (said, felt);
select is(pg_temp.felt(' '), null, 'nothing said');
select * from finish();
rollback;
