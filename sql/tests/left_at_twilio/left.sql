-- What could not be put back is not taken for the clinic's when the number is set up again.
begin;
\ir ../provisioning.psql
select plan(5);
create function pg_temp.remembered() returns jsonb language sql stable security definer as $$
  select undo from public.provisioning_steps where provisioning_id = pg_temp.run() and step = 'check'
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_as('owner');
select pg_temp.begin('+13125550180');
select pg_temp.act_for('a');
select pg_temp.take(), pg_temp.finish('check', 'PN1', '{"smsUrl": "theirs", "voiceUrl": "theirs"}');
select pg_temp.take(), pg_temp.finish('credential', 'cred-1');
select pg_temp.take(), pg_temp.finish('import', 'vapi-1', '{"calls": {"voiceUrl": "vapi"}}');
select pg_temp.take(), pg_temp.finish('messaging', 'PN1', '{"smsUrl": "ours"}');
select pg_temp.take(), pg_temp.finish('routing', 'routing-1');
select app.undo_provisioning(pg_temp.run());
select pg_temp.take();
select pg_temp.owner($$ update public.provisioning_steps set attempts = 20 where step = 'messaging' $$);
select pg_temp.fail('messaging', 'twilio_suspended', true);
select pg_temp.take(), pg_temp.finish('import');
select pg_temp.take(), pg_temp.finish('credential');
select is(pg_temp.take(), 'over', 'undone as far as it could be');
select is(pg_temp.told(), 'number_active number_left', 'which staff are told');
select pg_temp.pass(1);
select pg_temp.act_as('owner');
select pg_temp.begin('+13125550180');
select is(pg_temp.remembered(), '{"smsUrl": "theirs", "voiceUrl": "theirs", "set": {"calls": {"voiceUrl": "vapi"}, "texts": {"smsUrl": "ours"}}}', 'what was before, and what was set since');
select pg_temp.pass(1);
select pg_temp.begin('+13125550181');
select is(pg_temp.remembered(), null, 'of another number nothing is known');
select pg_temp.act_for('a');
select app.undo_provisioning(id) from (select pg_temp.run() as id) r;
select pg_temp.take();
select pg_temp.pass(1);
select pg_temp.act_as('owner');
select pg_temp.begin('+13125550181');
select is(pg_temp.remembered(), null, 'nor of one that was put back');
select * from finish();
rollback;
