-- Two clinics with documents, one of which has a document of an hour ago that failed.
begin;
\ir ../../../tests/knowledge.psql
select pg_temp.put('a', 'whitening costs eighty', '[1, 0]');
select pg_temp.put('a', 'parking is free', '[0, 1]');
select pg_temp.put('b', 'whitening costs ninety', '[1, 0]');
reset role;
commit;
