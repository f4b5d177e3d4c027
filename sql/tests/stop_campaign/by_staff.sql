begin;
\ir ../campaigning.psql
select plan(6);
select pg_temp.act_as('owner');
select set_config('test.id', pg_temp.draft('Recall')::text, true);
select status from app.start_campaign(current_setting('test.id')::uuid);
select pg_temp.act_as('viewer');
select throws_ok($$ select app.stop_campaign(current_setting('test.id')::uuid) $$, 'VX403', null, 'a viewer stops nothing');
select pg_temp.act_as('staff');
select is((select status from app.stop_campaign(current_setting('test.id')::uuid)), 'stopped', 'staff may');
select is(pg_temp.planned(), 'Ada stopped stopped, Bo stopped stopped', 'nothing waits');
select is((select status from app.stop_campaign(current_setting('test.id')::uuid)), 'stopped', 'twice');
select is((select count(*) from public.audit_log where action = 'campaign_stopped'), 1::bigint, 'logged once');
select throws_ok($$ select app.stop_campaign(app.uuid_v7()) $$, 'VX404', null, 'no such campaign');
select * from finish();
rollback;
