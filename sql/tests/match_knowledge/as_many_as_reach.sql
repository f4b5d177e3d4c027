-- The least score is a door, not a wish: nothing below it, and never fewer than the limit when so many reach it.
begin;
\ir ../knowledge.psql
select plan(9);
select count(pg_temp.put('a', 'room ' || n || ' lies at the end of corridor ' || n, '[1, ' || n / 100.0 || ']')) from generate_series(1, 30) n;
-- Another clinic with many pieces, each nearer to the question than all of those.
select count(pg_temp.put('b', 'room number ' || n, '[1, 0]')) from generate_series(1, 60) n;
select pg_temp.act_for('a');
select is((select count(*) from app.match_knowledge('room', 'm1', '[1, 0]', 10)), 10::bigint, 'ten of thirty');
select is((select count(*) from app.match_knowledge('room', 'm1', '[1, 0]', 100)), 30::bigint, 'all that reach it');
select is((select count(*) from app.match_knowledge('zebra', 'm1', '[1, 0]', 100)), 30::bigint, 'by vectors alone');
select is((select count(*) from app.match_knowledge('corridor', p_limit => 100)), 30::bigint, 'by words alone');
select is((select count(*) from app.match_knowledge('zebra', 'm1', '[-1, 0]', 100)), 0::bigint, 'none where nothing is near');
select is((select count(*) from app.match_knowledge('', 'm1', '[-1, 0]', 100)), 0::bigint, 'nor for no question');
select is((select count(*) from app.match_knowledge('zebra', 'm1', '[-1, 0]', 100, 0)), 30::bigint, 'all of them where anything will do');
select ok((select min(score) >= 0.5 and max(score) <= 1 from app.match_knowledge('corridor 7', 'm1', '[1, 0.07]', 100, 0.5)), 'scores lie between the least and one');
select is(pg_temp.found('where is corridor 7', 'm1', '[1, 0.07]', 1), 'room 7 lies at the end of corridor 7', 'the best one by both is first');
select * from finish();
rollback;
