-- Of pieces that were not compared none reaches more than the last row says; drawn at random, against comparing all of them.
begin;
\ir ../knowledge.psql
select plan(6);
select setseed(0.25);
create temporary table drawn on commit drop as
select n, (select string_agg('w' || (1 + floor(40 * random() ^ 3))::integer, ' ') from generate_series(1, 4 + n % 5)) as body,
  format('[%s,%s,%s]', random() - 0.5, random() - 0.5, random() - 0.5) as vector
from generate_series(1, 90) n;
select count(pg_temp.put('a', d.n || ' ' || d.body, d.vector)) from drawn d;
create temporary table asked on commit drop as
select n, (select string_agg('w' || (1 + floor(60 * random() ^ 2))::integer, ' ') from generate_series(1, 1 + n % 5)) as question,
  case when n % 4 > 0 then format('[%s,%s,%s]', random() - 0.5, random() - 0.5, random() - 0.5)::extensions.vector end as vector
from generate_series(1, 200) n;
reset role;
create temporary table answers on commit drop as
select a.n, q.n as question, m.chunk_id, m.score, a.near
from (values (1, 10, 15), (2, 3, 5), (3, null, null)) a (n, near, most)
cross join asked q
cross join lateral app.rank_knowledge(q.question, 'm1', q.vector, 1000, 0, a.near, a.most) m;
analyze answers;
create temporary table beyond on commit drop as
select b.n, b.question, b.score, max(e.score) as best
from answers b
left join (
  select w.n, e.question, e.score
  from answers e
  cross join generate_series(1, 2) w (n)
  left join answers k on k.n = w.n and k.question = e.question and k.chunk_id = e.chunk_id
  where e.n = 3 and k.n is null
) e on e.n = b.n and e.question = b.question
where b.chunk_id is null
group by 1, 2, 3;
select is((select count(*) from beyond), 400::bigint, 'each look says it, comparing all does not');
select is((select string_agg(concat_ws(' ', b.n, b.question, b.score, b.best), ', ') from beyond b where b.best > b.score + 0.0001), null, 'none exceeds it');
select cmp_ok((select count(*) from beyond b where b.score < 0.9), '>', 100::bigint, 'it says something');
select cmp_ok((select count(*) from beyond b where b.best > b.score - 0.1), '>', 20::bigint, 'and is near the truth at times');
-- A question that nothing answers: its one word stands nowhere, and nothing is near.
select is((select string_agg(concat_ws(' ', m.chunk_id, m.score), ', ') from app.rank_knowledge('zebra', null, null, 5, 0.3, 10, 15) m), '0', 'nothing else reaches anything');
select is((select count(*) from app.rank_knowledge('', 'm1', '[0, 0, 0]', 5, 0.3, 100, 15) m), 1::bigint, 'nor where everything was compared');
select * from finish();
rollback;
