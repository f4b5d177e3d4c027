-- The cap counts holds that were given on the clinic's local day, whatever became of them.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.owner($$ update public.organizations set holds_per_day = 2 $$);
select pg_temp.act_for('a');
select is(pg_temp.hold('05 10:00'), 'held', 'the first of the day');
select is(pg_temp.hold('04 06:00', 'c2'), 'refused past', 'a refusal does not count');
select is(pg_temp.hold('05 11:00'), 'held', 'the second, though the first went back');
select is(pg_temp.hold('05 12:00', 'c2'), 'refused hold_cap', 'a third is refused');
select is(pg_temp.hold('05 12:00'), 'refused hold_cap', 'also to the call that has one');
select is(pg_temp.diary(), array['05 11:00 Avery (held)'], 'which keeps it');
select is(pg_temp.book('05 12:00', 'Ann Quillby', 'c2'), 'booked', 'booking needs no hold');
select pg_temp.clock('04 23:59');
select is(pg_temp.hold('05 13:00', 'c2'), 'refused hold_cap', 'until the local day ends');
select pg_temp.clock('05 00:00');
select is(pg_temp.hold('05 13:00', 'c2'), 'held', 'then they count anew');

select * from finish();
rollback;
