begin;
\ir ../inside.psql
select plan(5);

select pg_temp.act_inside('a');
create temp table refs on commit drop as select app.new_booking_ref() as ref from generate_series(1, 2000);
select is((select count(*) from refs where ref !~ '^[A-HJ-NP-Z2-9]{6}$'), 0::bigint, 'six signs, none of I, O, 0 and 1');
select ok((select count(distinct ref) >= 1999 from refs), 'hardly ever twice');
select is((select count(distinct letter) from refs, regexp_split_to_table(ref, '') letter), 32::bigint, 'every sign of the alphabet comes up');

-- A reference that is taken is drawn again: with random bytes that repeat themselves once.
select pg_temp.book('05 10:00', 'Ann Quillby');
select pg_temp.owner($$ update public.appointments set booking_ref = 'AAAAAA' $$);
reset role;
create schema loaded_dice;
create sequence loaded_dice.throws;
create function loaded_dice.gen_random_uuid() returns uuid language sql volatile as $$
  select case when nextval('loaded_dice.throws') < 3 then '00000000-0000-0000-0000-000000000000' else '00000000-0000-0000-0000-010101010101' end::uuid
$$;
grant usage on schema loaded_dice to app_writer;
grant execute on function loaded_dice.gen_random_uuid() to app_writer;
grant usage, select on sequence loaded_dice.throws to app_writer;
alter function app.new_booking_ref() set search_path = loaded_dice, pg_catalog;
select pg_temp.act_inside('a');
select is(app.new_booking_ref(), 'BBBBBB', 'is drawn again');
select is((select last_value from loaded_dice.throws), 3::bigint, 'until it is free');

select * from finish();
rollback;
