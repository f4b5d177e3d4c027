-- What is found, in which order, and how many there are on all pages.
begin;
\ir ../messages.psql
select plan(32);
insert into public.contacts (org_id, id, name, phone, email, lead_status, lead_score, source, last_contacted_at, created_at) values
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000d3', 'Ásta Quillby', null, 'ASTA_50%@patients.example', 'hot', 90, 'dashboard', pg_temp.t('03 10:00'), pg_temp.t('03 23:30')),
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000d4', null, '+13125550177', null, 'warm', 60, 'import', pg_temp.t('04 07:00'), pg_temp.t('04 00:30')),
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000d5', 'Erased Quill', '+13125550178', null, 'hot', 99, 'call', pg_temp.t('04 07:30'), pg_temp.t('04 07:30'));
update public.contacts set erased_at = app.now() where id = 'a0000000-0000-7000-8000-0000000000d5';
update public.contacts set spoken_phone = '+442079460123', created_at = pg_temp.t('01 09:00') where id = :'nora';
update public.contacts set created_at = pg_temp.t('02 09:00') where name = 'Otis Quillby';

-- found(…): the last characters of the ids, in order, and the total.
create function pg_temp.found(
  p_search text default null, p_status text default null, p_source text default null, p_from date default null, p_to date default null,
  p_sort text default 'last_contact', p_descending boolean default true, p_page integer default 1, p_limit integer default 20
) returns text language sql as $$
  select concat_ws(' of ', string_agg(right(l.id::text, 1), '' order by l.place), min(l.total)::text)
  from app.list_contacts(p_status, p_source, p_search, p_from, p_to, p_sort, p_descending, p_page, p_limit)
    with ordinality l (id, n, ph, sp, em, ls, sc, re, si, so, no, la, tz, mc, lc, cr, up, total, est, place)
$$;
grant execute on all functions in schema pg_temp to public;

select pg_temp.act_as('viewer');
select is(pg_temp.found(), '4312 of 4', 'the last spoken with first, then those never spoken with; no erased one and no other clinic''s');
select is(pg_temp.found(p_descending => false), '3412 of 4', 'never is last either way');
select is(pg_temp.found(p_sort => 'created'), '4321 of 4', 'by arrival');
select is(pg_temp.found(p_sort => 'score'), '3412 of 4', 'by score');
select is(pg_temp.found(p_sort => 'name', p_descending => false, p_status => 'cold'), '12 of 2', 'by name');
select is(pg_temp.found(p_limit => 1), '4 of 4', 'one a page');
select is(pg_temp.found(p_limit => 3, p_page => 2), '2 of 4', 'the second page');
select is(pg_temp.found(p_limit => 3, p_page => 3), '', 'past the end');
select is(pg_temp.found(p_status => 'hot'), '3 of 1', 'by status');
select is(pg_temp.found(p_source => 'import'), '4 of 1', 'by source');
select is(pg_temp.found(p_from => '2030-03-04'), '4 of 1', 'from a day of the clinic''s on');
select is(pg_temp.found(p_from => '2030-03-02', p_to => '2030-03-03'), '32 of 2', 'to a day, included');
select is(pg_temp.found('quillby'), '32 of 2', 'by name, in any case');
select is(pg_temp.found('  ÁSTA '), '3 of 1', 'of any letters');
select is(pg_temp.found('nora@'), '1 of 1', 'by address');
select is(pg_temp.found('_50%'), '3 of 1', 'whose signs are letters');
select is(pg_temp.found('%'), '3 of 1', 'all of them');
select is(pg_temp.found('\'), '', 'also this one');
select is(pg_temp.found('+13125550199'), '1 of 1', 'by number');
select is(pg_temp.found('(312) 555-0177'), '4 of 1', 'as it stands on paper');
select is(pg_temp.found('020 7946 0123'), '1 of 1', 'also one that was said, written as at home');
select is(pg_temp.found('000'), '', 'zeros alone are not in every number');
select is(pg_temp.found('   '), '4312 of 4', 'blanks look for nothing');
select is(pg_temp.found('quill', 'hot', 'dashboard', '2030-03-03', '2030-03-03'), '3 of 1', 'all filters at once');
select is(pg_temp.found('x''; select 1 --'), '', 'what is looked for is no statement');
select throws_ok($$ select pg_temp.found(p_sort => 'c.name; select 1') $$, 'VX400', null, 'nor is the order');
select throws_ok($$ select pg_temp.found(p_page => 0) $$, 'VX400', null, 'pages count from 1');
select throws_ok($$ select pg_temp.found(p_limit => 101) $$, 'VX400', null, 'a hundred at most');
select is((select bool_or(total_is_estimate) from app.list_contacts()), false, 'counted, not estimated');
reset role;
insert into public.contacts (org_id, name) select :'lakeside', 'Crowd Quill' from generate_series(1, 50001);
select pg_temp.act_as('viewer');
select is((select total || ' ' || total_is_estimate from app.list_contacts(p_limit => 1)), '50000 true', 'more are not counted, and that is said');
select is((select distinct total || ' ' || total_is_estimate from app.list_contacts(p_search => 'quillby')), '2 false', 'a filter counts what it leaves');
select set_config('request.jwt.claims', '', true);
select throws_ok($$ select * from app.list_contacts() $$, 'VX401', null, 'nobody asks for no clinic');
select * from finish();
rollback;
