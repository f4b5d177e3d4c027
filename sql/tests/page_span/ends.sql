-- Every page of a list is the same rows, whichever end it is read from.
begin;
select plan(5);
select is(app.page_span(95, false, 1, 20)::text, '(f,0,20)', 'the first page from the beginning');
select is(app.page_span(95, false, 5, 20)::text, '(t,0,15)', 'the last one from the end, and no more than it has');
select is(app.page_span(95, false, 6, 20)::text, '(t,0,0)', 'nothing past the end');
select is(app.page_span(50000, true, 2500, 20)::text, '(f,49980,20)', 'nobody knows where an estimated end is');
select is((
  select count(*) from generate_series(0, 45) t, generate_series(1, 12) p, generate_series(1, 7) l, app.page_span(t, false, p, l) s
  where array(select n from generate_series(1, t) n order by n limit l offset (p - 1) * l)
    is distinct from array(select b.n from (select n from generate_series(1, t) n order by case when s.from_end then -n else n end
      limit s.take offset s.skip) b order by b.n)), 0::bigint, 'all short lists and pages');
select * from finish();
rollback;
