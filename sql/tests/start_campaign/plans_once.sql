-- Steps times contacts, once; marketing reaches those who agreed only.
begin;
\ir ../campaigning.psql
select plan(20);
create function pg_temp.jobs() returns bigint language sql security definer as $$
  select count(*) from river.river_job j join public.scheduled_messages s on s.id::text = j.args ->> 'scheduled_id' and s.due_at = j.scheduled_at where j.kind = 'send_scheduled' $$;
grant execute on function pg_temp.jobs() to public;
select pg_temp.act_as('staff');
select set_config('test.m', pg_temp.draft('Recall')::text, true), set_config('test.f', pg_temp.draft('After', 'follow_up')::text, true), set_config('test.n', pg_temp.draft('Nobody', p_segment => '{"lead_status": []}')::text, true);
create function pg_temp.start(p_which text) returns text language sql as $$ select status from app.start_campaign(current_setting('test.' || p_which)::uuid) $$;
select throws_ok($$ select pg_temp.start('m') $$, 'VX403', null, 'staff draft, they do not start');
select pg_temp.act_as('admin');
select is(pg_temp.start('m'), 'running', 'an admin does');
select is(pg_temp.planned(), 'Ada waiting waiting, Bo waiting waiting', 'for those who agreed');
select results_eq($$ select distinct due_at from public.scheduled_messages order by 1 $$, $$ values (pg_temp.t('04 08:00')), (pg_temp.t('05 08:00')) $$, 'now and in a day');
select is(pg_temp.start('m'), 'running', 'started twice');
select is((select count(*) from public.scheduled_messages), 4::bigint, 'planned once');
select is(pg_temp.jobs(), 4::bigint, 'a job each, when it is due');
select is((select count(*) from public.audit_log where action = 'campaign_started'), 1::bigint, 'one in the log');
select throws_ok($$ select pg_temp.draft('Other', p_id => current_setting('test.m')::uuid) $$, 'VX409', null, 'it stays as it was started');
select throws_ok($$ select app.delete_template('a0000000-0000-7000-8000-000000000081') $$, 'VX409', null, 'its template stays');
select throws_ok($$ select app.save_template('a0000000-0000-7000-8000-000000000081', 'follow_up', 'Recall', 'en', 'Hello') $$, 'VX409', null, 'and is of its kind');
select is(pg_temp.start('f'), 'running', 'a follow-up');
select is((select count(distinct contact_id) from public.scheduled_messages), 4::bigint, 'asks for no consent, but obeys the opt-out');
select is(pg_temp.start('n'), 'done', 'nobody to write to');
select throws_ok($$ select pg_temp.start('n') $$, 'VX409', null, 'over is over');
select throws_ok($$ select app.start_campaign(app.uuid_v7()) $$, 'VX404', null, 'no such campaign');
select is((select status from app.stop_campaign(current_setting('test.m')::uuid)), 'stopped', 'stopped');
select is((select string_agg(distinct s.state || ' ' || s.reason, ', ') from public.scheduled_messages s join public.campaign_steps t on t.id = s.campaign_step_id where t.campaign_id = current_setting('test.m')::uuid), 'cancelled stopped', 'nothing of it waits');
select is((select count(*) from public.scheduled_messages where state = 'waiting'), 8::bigint, 'the other goes on');
select throws_ok($$ select pg_temp.start('m') $$, 'VX409', null, 'and it is not started again');
select * from finish();
rollback;
