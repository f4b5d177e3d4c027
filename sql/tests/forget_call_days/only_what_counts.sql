-- A change of what is counted takes the days of both its times away, in every zone; words and names take none.
begin;
\ir ../messages.psql
select plan(7);
update public.call_logs set started_at = pg_temp.t('01 12:00') where id = :'call1';
update public.call_logs set started_at = pg_temp.t('02 12:00') where id = :'call2';
update public.call_logs set started_at = pg_temp.t('03 12:00') where id = :'call3';
create function pg_temp.days() returns text language sql stable security definer as $$
  select string_agg(to_char(day, 'DD'), ' ' order by day) from public.call_days where org_id = 'a0000000-0000-7000-8000-000000000001'
$$;
select pg_temp.act_for('a');
select app.roll_up_calls(9);
select pg_temp.owner($$ update public.call_logs set summary = 'zanzibar-lilac', contact_id = 'a0000000-0000-7000-8000-0000000000d1', deleted_at = app.now(),
  updated_at = app.now() where org_id = 'a0000000-0000-7000-8000-000000000001' $$);
select is(pg_temp.days(), '01 02 03', 'nothing that is counted');
select pg_temp.owner($$ update public.call_logs set sentiment_score = 0.2, sentiment = 'negative', sentiment_source = 'rules' where vapi_call_id = 'call-3' $$);
select is(pg_temp.days(), '01 02', 'how the caller sounded is');
select app.roll_up_calls(9);
select pg_temp.owner($$ update public.call_logs set cost_micros = 1 where vapi_call_id = 'call-3' $$);
select is(pg_temp.days(), '01 02', 'and what it cost');
select app.roll_up_calls(9);
select pg_temp.owner($$ update public.call_logs set started_at = '2030-03-03 23:59:59 America/Chicago' where vapi_call_id = 'call-1' $$);
select is(pg_temp.days(), '02', 'the day it was on and the day it is on');
select app.roll_up_calls(9);
select pg_temp.owner($$ update public.organizations set time_zone = 'Pacific/Kiritimati' where slug = 'lakeside' $$);
select pg_temp.owner($$ update public.call_logs set outcome = 'missed' where vapi_call_id = 'call-2' $$);
select is(pg_temp.days(), '03', 'also of a zone that the clinic left');
select pg_temp.owner($$ insert into public.call_logs (org_id, vapi_call_id, direction, created_at)
  values ('a0000000-0000-7000-8000-000000000001', 'call-9', 'web', '2030-03-03 00:00 America/Chicago') $$);
select is(pg_temp.days(), null, 'a call of the past comes');
select pg_temp.owner($$ update public.organizations set time_zone = 'America/Chicago' where slug = 'lakeside' $$);
select app.roll_up_calls(9);
select pg_temp.owner($$ delete from public.call_logs where vapi_call_id = 'call-9' $$);
select is(pg_temp.days(), '02', 'and goes');
select * from finish();
rollback;
