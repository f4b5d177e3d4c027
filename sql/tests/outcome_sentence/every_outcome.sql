-- Every outcome that a call may have has its sentence, and no sentence names anybody.
begin;
select plan(3);
select is_empty($$
  select o
  from pg_constraint c, regexp_matches(pg_get_constraintdef(c.oid), '''([a-z]+)''', 'g') m, unnest(m) o
  where c.conname = 'call_logs_outcome_check' and app.outcome_sentence(o) is null $$, 'a sentence for each');
select is(app.outcome_sentence('answered', true), 'A question was answered from the clinic''s documents. No visit was booked.', 'from the documents');
select is(app.outcome_sentence('other'), null, 'none for what is no outcome');
select * from finish();
rollback;
