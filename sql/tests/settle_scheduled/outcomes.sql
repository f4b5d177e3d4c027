begin;
\ir ../scheduled.psql
select plan(15);
select pg_temp.act_for('a');
select pg_temp.book('06 10:00', 'Ann Quillby');
select array[pg_temp.row('confirmation'), pg_temp.row('reminder', null, '24:00')] as rows \gset
select is(pg_temp.planned(), '{confirmation 04 08:02,reminder 24:00:00 05 10:00,reminder 02:00:00 06 08:00}', 'three rows wait');
select is(pg_temp.jobs(), '{04 08:02,05 10:00,06 08:00}', 'with three jobs');

select app.settle_scheduled(:'rows', 'wait', 'quiet_hours', null, pg_temp.t('05 08:00'));
select is(pg_temp.planned(), '{"confirmation 05 08:00 quiet_hours","reminder 24:00:00 05 10:00","reminder 02:00:00 06 08:00"}', 'put off, but what is due later keeps its time');
select is(pg_temp.jobs(), '{04 08:02,05 08:00,05 10:00,06 08:00}', 'one more job');
select app.settle_scheduled(:'rows', 'wait', null, null, pg_temp.t('05 08:00'));
select is(pg_temp.jobs(), '{04 08:02,05 08:00,05 10:00,06 08:00}', 'put off to the same time: no other job');

select pg_temp.act_for('b');
select app.settle_scheduled(:'rows', 'done');
select app.settle_scheduled(:'rows', 'wait', null, null, pg_temp.t('07 08:00'));
select is(cardinality(pg_temp.planned()), 3, 'another clinic settles nothing');
select pg_temp.act_for('a');
select pg_temp.owner($$ insert into public.messages (org_id, id, direction, method, category, recipient, content)
  values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000b1', 'outbound', 'sms', 'confirmation', '+13125550111', 'zanzibar-lilac') $$);
select app.settle_scheduled(:'rows', 'done', null, 'a0000000-0000-7000-8000-0000000000b1');
select is(pg_temp.planned(), '{"reminder 02:00:00 06 08:00"}', 'done');
select is((select count(*) from public.scheduled_messages where message_id = 'a0000000-0000-7000-8000-0000000000b1'), 2::bigint, 'by one message');
select app.settle_scheduled(:'rows', 'skipped', 'opted_out');
select app.settle_scheduled(:'rows', 'wait', null, null, pg_temp.t('07 08:00'));
select is(cardinality(pg_temp.planned('done')), 2, 'what is done stays done');
select app.settle_scheduled(array[pg_temp.row('reminder', null, '02:00')], 'skipped', 'reminder_limit');
select is(pg_temp.planned('skipped'), '{"reminder 02:00:00 06 08:00 reminder_limit"}', 'skipped, and why');
select is(pg_temp.planned(), '{}', 'nothing waits');

select throws_ok($$ select app.settle_scheduled('{}', 'cancelled') $$, 'VX400', null, 'no other outcome');
select throws_ok($$ select app.settle_scheduled('{}', null) $$, 'VX400', null, 'nor none');
select throws_ok($$ select app.settle_scheduled('{}', 'wait') $$, 'VX400', null, 'wait until when?');
select set_config('request.jwt.claims', '', true);
select throws_ok($$ select app.settle_scheduled('{}', 'done') $$, 'VX401', null, 'no tenant');
select * from finish();
rollback;
