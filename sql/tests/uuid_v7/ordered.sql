begin;
select plan(6);
update app.test_clock set at = '2030-03-04 14:00:00+00';
create temp table made as select app.uuid_v7() id from generate_series(1, 1000);
select is((select count(distinct id) from made), 1000::bigint, 'a thousand of one millisecond differ');
select ok((select bool_and(substr(id::text, 15, 1) = '7') from made), 'version 7');
select ok((select bool_and(substr(id::text, 20, 1) in ('8', '9', 'a', 'b')) from made), 'variant 10');
select is((select array_agg(distinct ('x' || lpad(left(replace(id::text, '-', ''), 12), 16, '0'))::bit(64)::bigint) from made),
  array[(extract(epoch from timestamptz '2030-03-04 14:00:00+00') * 1000)::bigint], 'begins with the milliseconds of the clock');
update app.test_clock set at = '2030-03-04 14:00:00.001+00';
select ok(app.uuid_v7() > (select max(id::text)::uuid from made), 'a later one is greater');
select ok((select count(distinct right(id::text, 12)) > 990 from made), 'the rest is random');
select * from finish();
rollback;
