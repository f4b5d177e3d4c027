-- The function names every way and category of messages: one that were added without it would wait unseen.
begin;
select plan(2);
create temporary table words as
select (regexp_matches(pg_get_constraintdef(k.oid), '''(\w+)''::text', 'g'))[1] as word
from pg_constraint k
where k.conrelid = 'public.messages'::regclass and k.contype = 'c' and k.conname ~ '^messages_(method|category)_check';
select cmp_ok((select count(*) from words), '>=', 13::bigint, 'the lists are found');
select is_empty($$
  select w.word from words w
  where not exists (select from pg_proc p where p.proname = 'status_of_messages' and strpos(p.prosrc, quote_literal(w.word)) > 0) $$, 'all are named');
select * from finish();
rollback;
