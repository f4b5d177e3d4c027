-- A call that Vapi surely did not make.
begin;
\ir ../outbound.psql
select plan(12);
select pg_temp.queue('a', 1);
select is(pg_temp.dial(), 'dial', 'taken');
select is(app.fail_outbound_call(pg_temp.wished(), pg_temp.lease(2), 'unreachable', false, 30), false, 'another''s lease');
select throws_ok($$ select app.fail_outbound_call(pg_temp.wished(), pg_temp.lease(), 'odd', false, 30) $$, 'VX400', null, 'a word of ours');
select is(app.fail_outbound_call(pg_temp.wished(), pg_temp.lease(), 'line_busy', false, 30), true, 'no slot at Vapi');
select is(pg_temp.stands(), 'waiting line_busy 0/0 04 08:00:30', 'is no try');
create function pg_temp.try() returns text language plpgsql as $$
begin
  perform pg_temp.pass(greatest((select due_at - app.now() from public.outbound_calls), '1 minute'));
  perform pg_temp.dial();
  perform app.fail_outbound_call(pg_temp.wished(), pg_temp.lease(), 'unreachable', false, 30);
  return pg_temp.stands();
end
$$;
select is(pg_temp.try(), 'waiting unreachable 0/1 04 08:01:30', 'one try');
select is(pg_temp.try(), 'waiting unreachable 0/2 04 08:03:00', 'two tries');
select pg_temp.try() from generate_series(1, 2);
select is(pg_temp.try(), 'given_up unreachable 0/4', 'the fifth is the last');
select is(pg_temp.told(), 1::bigint, 'staff are told');
select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1);
select is(pg_temp.dial(), 'dial', 'another one');
select is(app.fail_outbound_call(pg_temp.wished(), pg_temp.lease(), 'refused', true, 0), true, 'refused for good');
select is(pg_temp.stands(), 'given_up refused 0/0', 'is not tried again');
select * from finish();
rollback;
