begin;
select plan(16);
\ir ../clinics.psql
\ir ../family.psql
insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number)
select 'a0000000-0000-7000-8000-000000000001', ('a0000000-0000-7000-8000-00000000' || number || n)::uuid, 'call-' || number || n,
  'a0000000-0000-7000-8000-000000000010', 'inbound', '+13125550' || number
from (values ('111'), ('199')) numbers (number), generate_series(1, 3) n;
create function pg_temp.tries(p_call text, variadic p_dates text[]) returns text[] language sql as $$
  select array_agg(app.verify_caller(('a0000000-0000-7000-8000-00000000' || p_call)::uuid, d::date) order by n)
  from unnest(p_dates) with ordinality x (d, n)
$$;
grant execute on function pg_temp.tries to public;
select pg_temp.act_for('a');

-- +13125550111 is known, +13125550199 is not: every answer must be the same.
select is(pg_temp.tries('1111', '1990-01-01', '1990-01-02', '1990-01-03'), '{not_verified,not_verified,not_verified}', 'known: wrong three times');
select is(pg_temp.tries('1991', '1990-01-01', '1990-01-02', '1990-01-03'), '{not_verified,not_verified,not_verified}', 'unknown: wrong three times');
select is(pg_temp.tries('1111', '1982-03-05'), '{locked}', 'known: then locked, even with the right date');
select is(pg_temp.tries('1991', '1982-03-05'), '{locked}', 'unknown: then locked');
select is((select count(*) from public.caller_verifications), 6::bigint, 'a locked try is no try');
select is((select count(*) from app.visible_appointments('a0000000-0000-7000-8000-000000001111')), 0::bigint, 'and opens nothing');

select is(pg_temp.tries('1112', '1990-01-04', '1990-01-05', '1982-03-05'), '{not_verified,not_verified,locked}', 'known: five a day over all calls');
select is(pg_temp.tries('1992', '1990-01-04', '1990-01-05', '1982-03-05'), '{not_verified,not_verified,locked}', 'unknown: five a day over all calls');
select is(pg_temp.tries('1113', '1982-03-05'), '{locked}', 'known: also the next call');
select is(pg_temp.tries('1993', '1982-03-05'), '{locked}', 'unknown: also the next call');

reset role;
update app.test_clock set at = '2030-03-05 05:59:00+00';
select pg_temp.act_for('a');
select is(pg_temp.tries('1113', '1982-03-05'), '{locked}', 'until midnight in the clinic''s zone');
reset role;
update app.test_clock set at = '2030-03-05 06:01:00+00';
select pg_temp.act_for('a');
select is(pg_temp.tries('1111', '1982-03-05'), '{locked}', 'a call that was wrong three times stays locked past midnight');
select is(pg_temp.tries('1113', '1982-03-05'), '{verified}', 'a new call on a new day is not');
select is(pg_temp.tries('1993', '1982-03-05'), '{not_verified}', 'though it is still nobody');

select is(pg_temp.tries('1113', '1990-01-01', '1990-01-02'), '{not_verified,not_verified}', 'right once, wrong twice');
select is(pg_temp.tries('1113', '2015-06-07'), '{verified}', 'right tries do not count as wrong');
select * from finish();
rollback;
