begin;
select plan(9);
create function pg_temp.sells(p_said text) returns boolean language sql as $$
  select app.is_sales_talk(app.caller_words(jsonb_build_array(jsonb_build_object('speaker', 'caller', 'text', p_said))))
$$;
select ok(pg_temp.sells(said), said) from (values
  ('We have been trying to reach you about your car''s extended warranty.'),
  ('This is a recorded message for the business owner.'),
  ('Press 1 to speak to an agent about your Google listing.'),
  ('We help with SEO and credit card processing.')) c (said);
select ok(not pg_temp.sells(said), said) from (values
  ('I found your Google listing, are you open?'), ('Is my crown under an extended family plan?'), ('Should I press one for billing?'),
  ('My business loan is none of your business'), ('')) c (said);
select * from finish();
rollback;
