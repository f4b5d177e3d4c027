-- A step of a campaign that is a call: consent, stops, one a day, and the words that the agent is given.
begin;
\ir ../campaigning.psql
select plan(22);
insert into public.message_templates (org_id, id, kind, name, body) values
  (:'lakeside', 'a0000000-0000-7000-8000-000000000084', 'marketing', 'Odd', E'{clinic}: {first_name}, 10% off\n[code] for “you”! {{name}} $x');
create function pg_temp.voice(p_template text default '81', p_more text default '') returns text language sql as $$
  select format('[{"after_minutes": 0, "template_id": "a0000000-0000-7000-8000-0000000000%s", "channel": "voice"}%s]', p_template, p_more)
$$;
create function pg_temp.step_of(p_contact text) returns uuid language sql stable security definer as $$
  select s.id from public.scheduled_messages s join public.contacts c on c.id = s.contact_id
  where s.kind = 'campaign' and s.state = 'waiting' and c.name like p_contact || '%' order by s.due_at limit 1
$$;
create function pg_temp.queued(p_contact text) returns text language sql as $$
  select concat_ws(' ', q.outcome, q.refusal) from app.queue_scheduled_call(pg_temp.step_of(p_contact), '{America/Chicago}', 'US') q
$$;
create function pg_temp.calls() returns text language sql stable security definer as $$
  select coalesce(string_agg(concat_ws(' ', split_part(k.name, ' ', 1), c.state, c.reason), ', ' order by k.name, c.state), '')
  from public.outbound_calls c join public.contacts k on k.id = c.contact_id
$$;
create function pg_temp.words(p_contact text) returns text language sql stable security definer as $$
  select app.words_of_call(s.campaign_step_id, s.contact_id) from public.scheduled_messages s where s.id = pg_temp.step_of(p_contact)
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_as('admin');
select throws_ok($$ select pg_temp.draft('Fax', p_steps => replace(pg_temp.voice(), 'voice', 'fax')) $$, 'VX400', null, 'no third way');
select pg_temp.draft('Recall', p_steps => pg_temp.voice()) as recall \gset
select pg_temp.draft('Odd', p_steps => pg_temp.voice('84')) as odd \gset
select pg_temp.draft('Care', 'follow_up', p_steps => pg_temp.voice('82')) as care \gset
select pg_temp.draft('Texts') as texts \gset
select results_eq($$ select c.name, s.channel from public.campaign_steps s join public.campaigns c on c.id = s.campaign_id order by 1, s.position $$,
  $$ values ('Care', 'voice'), ('Odd', 'voice'), ('Recall', 'voice'), ('Texts', 'sms'), ('Texts', 'sms') $$, 'each step has its way');
select app.start_campaign(:'recall');
select is(pg_temp.planned(), 'Ada waiting, Bo waiting', 'planned for who agreed to marketing');
select pg_temp.act_for('a');
select is(app.scheduled_channel(array[pg_temp.step_of('Ada')]), 'voice', 'a call');
select is(pg_temp.queued('Ada'), 'queued', 'it waits');
select is(pg_temp.queued('Ada'), 'replayed', 'once');
select is(pg_temp.queued('Bo'), 'queued', 'the other one too');
select is(pg_temp.calls(), 'Ada waiting, Bo waiting', 'both wait');
select is(pg_temp.words('Ada'), 'Lakeside Dental: time for a visit?', 'what the agent is to say');
select pg_temp.owner($$ select app.stop_campaigns_for('a0000000-0000-7000-8000-0000000000a1', 'reply') $$);
select is(pg_temp.calls(), 'Ada cancelled replied, Bo waiting', 'who answers is not called any more');
select pg_temp.act_as('staff');
select app.stop_campaign(:'recall');
select is(pg_temp.calls(), 'Ada cancelled replied, Bo cancelled stopped', 'nor is anybody when the campaign stops');
select pg_temp.act_as('admin');
select pg_temp.owner($$ delete from public.outbound_calls $$);
select app.start_campaign(:'odd');
select pg_temp.act_for('a');
select is(pg_temp.words('Ada'), 'Lakeside Dental: Ada, 10 off code for "you"! name x', 'plain words on one line, no sign of a template''s');
select pg_temp.owner($$ update public.message_templates set body = repeat('{clinic} ', 40) where name = 'Odd' $$);
select is(char_length(pg_temp.words('Ada')), 500, 'not longer than this');
select pg_temp.owner($$ update public.contacts set marketing_consent_at = null where name = 'Bo Quillby' $$);
select is(pg_temp.queued('Bo'), 'refused no_consent', 'who took the consent back is not called');
select pg_temp.act_as('admin');
select app.stop_campaign(:'odd');
select app.start_campaign(:'care');
select pg_temp.act_for('a');
select is(pg_temp.queued('Bo'), 'queued', 'a follow-up needs no consent to marketing');
select is(pg_temp.queued('Cy'), 'queued', 'as with texts');
select pg_temp.owner($$ update public.outbound_calls set state = 'ended', ended_at = now(), look_at = null $$);
select pg_temp.owner($$ update public.campaigns set status = 'draft' where name = 'Odd'; update public.contacts set marketing_consent_at = now() where name = 'Bo Quillby';
  delete from public.scheduled_messages where kind = 'campaign' $$);
select pg_temp.act_as('admin');
select app.start_campaign(:'odd');
select pg_temp.act_for('a');
select is(pg_temp.queued('Bo'), 'refused too_soon', 'one call a day, of whatever campaign');
select pg_temp.clock('05 09:00');
select is(pg_temp.queued('Bo'), 'queued', 'tomorrow again');
select pg_temp.owner($$ select app.stop_campaigns_for('a0000000-0000-7000-8000-0000000000a2', 'booking') $$);
select is(pg_temp.calls(), 'Bo cancelled booked, Bo ended, Cy ended', 'who books is not called');
select pg_temp.act_as('staff');
select app.opt_out('voice', '+13125550161', 'staff');
select pg_temp.act_for('a');
select is((select concat_ws(' ', q.outcome, q.refusal) from app.queue_scheduled_call((select s.id from public.scheduled_messages s where s.contact_id = 'a0000000-0000-7000-8000-0000000000a1' and s.state = 'waiting'), '{}', 'US') q), 'refused opted_out', 'who wants no calls gets none');
select is((select concat_ws(' ', q.outcome, q.refusal) from app.queue_scheduled_call((select s.id from public.scheduled_messages s where s.contact_id = 'a0000000-0000-7000-8000-0000000000a1' and s.state = 'waiting'), '{Europe/Monaco}', 'MC') q), 'refused foreign_number', 'nor does a number abroad ring up a bill');
select throws_ok($$ select app.queue_scheduled_call(gen_random_uuid(), '{}', 'US') $$, 'VX404', null, 'no such row');
select * from finish();
rollback;
