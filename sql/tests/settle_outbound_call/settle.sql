-- Calls about which nothing was heard in time.
begin;
\ir ../outbound.psql
select plan(34);
-- overdue(): how many there are, as the dialer sees them.
create function pg_temp.overdue() returns bigint language sql security definer as $$ select count(*) from app.outbound_calls_to_settle(10) $$;
create function pg_temp.asked(p_lease integer default 3) returns text language sql as $$
  select outcome from app.outbound_call_to_settle(pg_temp.wished(), pg_temp.lease(p_lease))
$$;
select pg_temp.queue('a', 1);
select is(pg_temp.overdue(), 0::bigint, 'nothing is');
select pg_temp.act_for('a');
select is(pg_temp.asked(), 'done', 'nor done about it');
select is(pg_temp.stands(), 'waiting 0/0 04 08:00:00', 'it waits');
select pg_temp.pass('25 hours');
select is(pg_temp.overdue(), 1::bigint, 'it waited too long');
select is(pg_temp.asked(), 'done', 'nobody is asked');
select is(pg_temp.stands(), 'given_up expired 0/0', 'it is given up');

select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1);
select pg_temp.take(10);
select pg_temp.act_for('a');
select pg_temp.pass('61 seconds');
select is(pg_temp.overdue(), 1::bigint, 'its dialer died before it asked');
select is(pg_temp.asked(), 'done', 'nobody is asked');
select is(pg_temp.stands(), 'waiting 0/0 05 09:01:01', 'it is as it was');

select is(pg_temp.dial(), 'dial', 'handed over');
select pg_temp.pass('119 seconds');
select is(pg_temp.overdue(), 0::bigint, 'the dialer may still be at it');
select pg_temp.pass('1 second');
select is(pg_temp.overdue(), 1::bigint, 'and now it is dead');
select results_eq($$ select outcome, vapi_assistant_id, since from app.outbound_call_to_settle(pg_temp.wished(), pg_temp.lease(3)) $$,
  $$ select 'ask', 'assistant-a', app.now() - interval '3 minutes' $$, 'Vapi is asked');
select is(pg_temp.overdue(), 0::bigint, 'by one');
select is(app.note_call_placed(pg_temp.wished(), pg_temp.lease(), 'vapi-0'), false, 'the dead dialer''s word counts no more');
select is(app.settle_outbound_call(pg_temp.wished(), pg_temp.lease(1), null), 'placing', 'nor what it found');
select is(app.settle_outbound_call(pg_temp.wished(), pg_temp.lease(3), null), 'waiting', 'there is none');
select is(pg_temp.stands(), 'waiting lost 0/0 05 09:03:01', 'so it is made');
select is(pg_temp.dial(), 'dial', 'again');
select pg_temp.pass('2 minutes');
select is(pg_temp.asked(), 'ask', 'no answer, again');
select is(app.settle_outbound_call(pg_temp.wished(), pg_temp.lease(3), null), 'given_up', 'twice is too often');
select is(pg_temp.stands(), 'given_up lost 0/0', 'that is why');

select pg_temp.owner($$ delete from public.outbound_calls $$);
select pg_temp.queue('a', 1);
select is(pg_temp.dial(), 'dial', 'another one');
select pg_temp.pass('2 minutes');
select is(pg_temp.asked(), 'ask', 'no answer');
select is(app.settle_outbound_call(pg_temp.wished(), pg_temp.lease(3), 'vapi-1'), 'under_way', 'Vapi has it');
select is(pg_temp.stands(), 'under_way 1/0', 'it goes on as that call');
select pg_temp.pass('12 minutes');
select is(pg_temp.overdue(), 1::bigint, 'it should be over');
select is(pg_temp.asked(), 'done', 'a job asks');
select is(pg_temp.jobs('fetch_call_report'), 1::bigint, 'for its report');
select is(pg_temp.overdue(), 0::bigint, 'not every moment');
select pg_temp.pass('119 minutes');
select is(pg_temp.asked(), 'done', 'and in the end');
select is(pg_temp.stands(), 'ended end_unknown 1/0', 'no slot is lost');
select pg_temp.act_for('b');
select is(pg_temp.asked(), 'done', 'another clinic has nothing to settle');
select is(app.settle_outbound_call(pg_temp.wished(), pg_temp.lease(3), null), null, 'and settles nothing');
select * from finish();
rollback;
