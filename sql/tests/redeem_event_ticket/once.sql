-- A ticket opens one stream, for 30 seconds, of who asked for it; nobody reads the hashes.
begin;
\ir ../booking.psql
select plan(14);
create function pg_temp.redeem(p_ticket bytea) returns text language sql as $$
  select string_agg(concat_ws(' ', left(t.org_id::text, 1), right(t.user_id::text, 2), t.stream_until at time zone 'UTC'), '; ')
  from app.redeem_event_ticket(sha256(p_ticket)) t
$$;
select pg_temp.act_as('viewer');
select is(app.issue_event_ticket(sha256('test-secret-1'), '2030-03-04 15:00+00'), '2030-03-04 14:00:30+00', 'half a minute');
select lives_ok($$ select app.issue_event_ticket(sha256('test-secret-2'), '2030-03-04 15:00+00') $$, 'a second');
select throws_ok($$ select app.issue_event_ticket(sha256('test-secret-2'), '2030-03-04 15:00+00') $$, '23505', null, 'every ticket is another');
select throws_ok($$ select app.issue_event_ticket('short', '2030-03-04 15:00+00') $$, '23514', null, 'hashes only');
select throws_ok('select * from public.event_tickets', '42501', null, 'not for reading');
select throws_ok($$ select app.redeem_event_ticket(sha256('test-secret-1')) $$, '42501', null, 'not for members');
reset role;
set role voxanne_login;
select is(pg_temp.redeem('test-secret-1'), 'a e4 2030-03-04 15:00:00', 'whose it is');
select is(pg_temp.redeem('test-secret-1'), null, 'once');
select is(pg_temp.redeem('test-secret-3'), null, 'guessed');
reset role;
update app.test_clock set at = '2030-03-04 14:00:30+00';
set role voxanne_login;
select is(pg_temp.redeem('test-secret-2'), null, 'too late');
reset role;
select is(pg_temp.rows('public.event_tickets'), 0::bigint, 'and used up all the same');
select pg_temp.act_as('staff');
select lives_ok($$ select app.issue_event_ticket(sha256('test-secret-4'), '2030-03-04 15:00+00') $$, 'another');
reset role;
update app.test_clock set at = '2030-03-04 15:00+00';
select pg_temp.act_as('staff');
select lives_ok($$ select app.issue_event_ticket(sha256('test-secret-5'), '2030-03-04 16:00+00') $$, 'an hour later');
reset role;
select is(pg_temp.rows('public.event_tickets'), 1::bigint, 'one''s own old ones are gone');
select * from finish();
rollback;
