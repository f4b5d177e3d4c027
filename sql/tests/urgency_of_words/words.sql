begin;
select plan(9);
create function pg_temp.urgency(p_said text) returns text language sql as $$
  select app.urgency_of_words(app.caller_words(jsonb_build_array(jsonb_build_object('speaker', 'caller', 'text', p_said))))
$$;
select is(pg_temp.urgency(said), urgency, said) from (values
  ('Are you open today?', 'low'), ('It is not urgent', 'low'), ('It is urgent', 'high'), ('My gums are bleeding', 'high'),
  ('My tooth hurts', 'medium'), ('I am not in pain', 'low'), ('the soonest you have', 'medium'), ('a painting', 'low')) c (said, urgency);
select is(pg_temp.urgency('...'), null, 'nothing said');
select * from finish();
rollback;
