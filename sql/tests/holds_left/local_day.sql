-- The cap counts holds that were given, released or not, on the organisation's local day.
begin;
\ir ../inside.psql
select plan(7);

select pg_temp.owner($$ update public.organizations set holds_per_day = 3 $$);
select pg_temp.act_inside('a');
select is(app.holds_left(app.now()), 3, 'a new day');
select pg_temp.hold('05 10:00'), pg_temp.hold('05 11:00');
select is(app.holds_left(app.now()), 1, 'two were given, though one of them went back');
select pg_temp.hold('05 10:05'), pg_temp.book('05 14:00', 'Ann Quillby', 'c2');
select is(app.holds_left(app.now()), 1, 'what was refused, and bookings, do not count');
select is(app.holds_left(pg_temp.t('04 23:59')), 1, 'until midnight in Chicago');
select is(app.holds_left(pg_temp.t('05 00:00')), 3, 'from then on anew');
select pg_temp.owner($$ update public.organizations set holds_per_day = 1 $$);
select is(app.holds_left(app.now()), -1, 'a cap that was lowered is passed');
select pg_temp.act_inside('b');
select is(app.holds_left(app.now()), 1, 'another tenant has its own');

select * from finish();
rollback;
