-- One worker at a time, in order; what may have acted is undone in the opposite order.
begin;
\ir ../provisioning.psql
select plan(25);
select pg_temp.act_as('owner');
select pg_temp.begin('+13125550180');
select pg_temp.act_for('a');
select is(pg_temp.take(), 'act check', 'the first step');
select is(pg_temp.state(), 'running: intended waiting waiting waiting waiting', 'that it is about to act is written before it does');
select is(pg_temp.take(2), 'busy 90', 'another worker waits');
select is(pg_temp.finish('check', 'PN1', p_lease => 2), false, 'and writes nothing');
select is(pg_temp.finish('check', 'PN1', '{"sms": 1}'), true, 'done');
select is(pg_temp.take(), 'act credential', 'the next');
select is(pg_temp.finish('credential', p_skipped => true), true, 'the provider has no such door');
select is(pg_temp.take(), 'act import', 'the next');
select pg_temp.pass(91);
select is(pg_temp.take(2), 'act import', 'a dead worker''s step is taken over');
select is(pg_temp.finish('import', 'late'), false, 'the dead one writes nothing any more');
select is(pg_temp.finish('import', 'vapi-9', p_lease => 2), true, 'the living one does');
select is((select concat_ws(' ', number_sid, earlier::text, vapi_number_id, known_vapi_id, own_line, vapi_assistant_id, attempts)
  from app.take_provisioning_step(pg_temp.run(), 'a0000000-0000-7000-8000-0000000001f1')), 'PN1 {"sms": 1} vapi-9 vapi-9 +13125550150 assistant-a 1', 'a worker is told what the steps before found');
select is(app.undo_provisioning(pg_temp.run()), true, 'undone in the middle of a step');
select is(pg_temp.finish('messaging'), false, 'whose worker writes nothing');
select is(pg_temp.take(), 'undo messaging', 'what may have acted goes first');
select is(pg_temp.finish('messaging'), true, 'undone');
select is(pg_temp.take(), 'undo import', 'then what came before');
select is(pg_temp.finish('import'), true, 'undone');
select is(pg_temp.take(), 'over', 'a step that was skipped has nothing to undo');
select is(pg_temp.state(), 'undone: done skipped undone undone waiting', 'the end');
select is((select vapi_phone_number_id from public.phone_numbers where number = '+13125550180'), null, 'the number is the clinic''s still, to text from');
select is((select sender from app.read_credential('twilio')), '+13125550180', 'and the account is kept');
select is(app.undo_provisioning(pg_temp.run()), false, 'once');
select pg_temp.act_as('owner');
select is(pg_temp.begin('+13125550180'), 'running check dynamic', 'it may be tried again');
select is(pg_temp.rows('public.provisioning'), 2::bigint, 'in a new run');
select * from finish();
rollback;
