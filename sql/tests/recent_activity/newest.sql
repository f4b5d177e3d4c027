begin;
\ir ../messages.psql
select plan(5);
update public.call_logs set status = 'ended', outcome = 'booked', duration_seconds = 61, started_at = pg_temp.t('04 07:00'), contact_id = :'nora' where id = :'call1';
update public.call_logs set status = 'ended', outcome = 'missed', started_at = pg_temp.t('04 06:00') where id = :'call2';
update public.call_logs set status = 'ended' where id = :'call_b';
update public.contacts set lead_status = 'hot', lead_score = 90, last_contacted_at = pg_temp.t('04 06:30') where id = 'a0000000-0000-7000-8000-0000000000d2';
update public.contacts set lead_status = 'hot' where id = 'b0000000-0000-7000-8000-0000000000d1';
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather');
select pg_temp.act_as('viewer');
select is((select array_agg(kind || ': ' || summary) from app.recent_activity()), array['appointment_booked: Visit booked: Checkup',
  'call_completed: Call completed, 61 seconds', 'hot_lead_detected: A lead is hot', 'call_completed: Call missed'], 'the newest first, of Lakeside');
select is((select count(*) from app.recent_activity(2)), 2::bigint, 'as many as asked for');
select is((select count(*) from app.recent_activity() where summary ~ 'Quill|555'), 0::bigint, 'no names');
select is((select array_agg(right(id::text, 2) || lead_status || lead_score) from app.list_leads(5)), '{d2hot90}', 'leads');
select pg_temp.act_for('a');
select throws_ok($$ select app.recent_activity() $$, '42501', null, 'webhooks look at nothing');
select * from finish();
rollback;
