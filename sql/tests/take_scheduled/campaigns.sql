begin;
\ir ../scheduled.psql
select plan(9);
\set campaign a0000000-0000-7000-8000-0000000000aa
select pg_temp.owner($$
  insert into public.message_templates (org_id, id, kind, name, body) values ('a0000000-0000-7000-8000-000000000001',
    'a0000000-0000-7000-8000-0000000000a1', 'marketing', 'recall', 'Hello {first_name}, time for a checkup at {clinic}? Call {phone}.');
  insert into public.campaigns (org_id, id, name, status, started_at) values ('a0000000-0000-7000-8000-000000000001',
    'a0000000-0000-7000-8000-0000000000aa', 'Recall', 'running', '2030-03-04 13:00+00');
  insert into public.campaign_steps (org_id, id, campaign_id, position, after, template_id) values ('a0000000-0000-7000-8000-000000000001',
    'a0000000-0000-7000-8000-0000000000ab', 'a0000000-0000-7000-8000-0000000000aa', 1, '0', 'a0000000-0000-7000-8000-0000000000a1');
  insert into public.scheduled_messages (org_id, kind, contact_id, campaign_step_id, due_at) values ('a0000000-0000-7000-8000-000000000001',
    'campaign', 'a0000000-0000-7000-8000-0000000000d1', 'a0000000-0000-7000-8000-0000000000ab', '2030-03-04 13:00+00') $$);
-- told(change): what goes out after that change, which is undone.
create function pg_temp.told(p_change text default 'select') returns text language plpgsql as $$
declare
  v_said text;
begin
  perform pg_temp.owner(p_change);
  select b.outcome || coalesce(' ' || s.reason, '') into v_said
  from app.take_scheduled(pg_temp.row('campaign')) b, public.scheduled_messages s
  where s.kind = 'campaign';
  select b.outcome || coalesce(' ' || s.reason, '') into v_said
  from app.take_scheduled(pg_temp.row('campaign')) b, public.scheduled_messages s
  where s.kind = 'campaign';
  raise exception 'undo' using errcode = 'ZZ001';
exception when sqlstate 'ZZ001' then
  return v_said;
end
$$;
create function pg_temp.worded(p_body text, p_category text default 'marketing') returns text language sql as $$
  select pg_temp.owner(format('update public.message_templates set body = %L; update public.campaigns set category = %L', p_body, p_category));
  select category || ': ' || text from pg_temp.take('campaign')
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');

select results_eq($$ select outcome, kind, category, campaign_id, phone, email, text from pg_temp.take('campaign') $$,
  format($$ values ('send', 'campaign', 'marketing', %L::uuid, '+13125550199', null::text,
    'Hello Nora, time for a checkup at Lakeside Dental? Call +13125550150. Reply STOP to end.') $$, :'campaign'), 'a step, with how to end it');
select is(pg_temp.worded('Text STOP to end. {clinic}'), 'marketing: Text STOP to end. Lakeside Dental', 'which is not said twice');
select is(pg_temp.worded('How are you, {first_name}?', 'follow_up'), 'follow_up: How are you, Nora?', 'nor added to a follow-up');
select is(pg_temp.told(), 'send', 'it runs');
select is(pg_temp.told($$ update public.campaigns set status = 'stopped' $$), 'nothing stopped', 'stopped');
select is(pg_temp.told($$ update public.campaigns set status = 'done' $$), 'nothing stopped', 'done');
select is(pg_temp.told($$ update public.contacts set phone = null, spoken_phone = '+13125550177' $$), 'nothing no_recipient', 'a spoken number is no number');
select pg_temp.act_for('b');
select is((pg_temp.take('campaign')).outcome, 'nothing', 'another clinic sends nothing');
select pg_temp.act_for('a');
select app.settle_scheduled(array[pg_temp.row('campaign')], 'done');
select is((pg_temp.take('campaign')).outcome, 'nothing', 'what was sent is not sent again');
select * from finish();
rollback;
