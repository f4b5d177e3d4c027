-- Who ends a test that no bridge took gets the address once, to hang up there.
begin;
\ir ../booking.psql
select plan(5);
select pg_temp.owner('update public.agents set sync_status = ''synced'', synced_version = desired_version');
select pg_temp.act_as('owner');
select isnt((select app.place_web_test(s.web_test_id, 'call-web', 'test-secret-address', '123456789012', '1234567890123456', 'k1')
  from app.begin_web_test(sha256('test-secret-1')) s), null, 'ready');
select is((select convert_from(l.ciphertext, 'UTF8') from app.end_web_test(sha256('test-secret-1')) l), 'test-secret-address', 'the address');
select is((select count(*) from app.end_web_test(sha256('test-secret-1'))), 0::bigint, 'once');
select is((select count(*) from app.open_web_test(sha256('test-secret-1'))), 0::bigint, 'and no bridge opens any more');
select throws_ok($$ select app.end_web_test(sha256('test-secret-2')) $$, 'VX404', null, 'guessed');
select * from finish();
rollback;
