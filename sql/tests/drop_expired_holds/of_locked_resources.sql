begin;
\ir ../inside.psql
select plan(5);

select pg_temp.act_inside('a');
select pg_temp.hold('05 10:00', p_resource => 'Avery'), pg_temp.hold('05 10:00', 'c2', p_resource => 'Blake'), pg_temp.book('05 12:00', 'Ann Quillby', 'c3', p_resource => 'Avery');
select app.drop_expired_holds(array[:'avery', :'blake']::uuid[], pg_temp.t('04 08:04:59'));
select is(pg_temp.diary(), array['05 10:00 Avery (held)', '05 10:00 Blake (held)', '05 12:00 Avery'], 'live holds stay');
select app.drop_expired_holds('{}', pg_temp.t('04 08:05'));
select is(cardinality(pg_temp.diary()), 3, 'nobody''s holds are nobody''s');
select app.drop_expired_holds(array[:'avery']::uuid[], pg_temp.t('04 08:05'));
select is(pg_temp.diary(), array['05 10:00 Blake (held)', '05 12:00 Avery'], 'what ran out with the named ones goes, the visit stays');
select pg_temp.act_inside('b');
select app.drop_expired_holds(array[:'blake']::uuid[], pg_temp.t('04 08:05'));
select is(cardinality(pg_temp.diary()), 2, 'another tenant reaches nothing');
select pg_temp.act_inside('a');
select app.drop_expired_holds(array[:'avery', :'blake']::uuid[], 'infinity');
select is(pg_temp.diary(), array['05 12:00 Avery'], 'a visit never runs out');

select * from finish();
rollback;
