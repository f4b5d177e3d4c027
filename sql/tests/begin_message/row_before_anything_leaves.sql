begin;
\ir ../messages.psql
select plan(22);
select pg_temp.act_for('a');
select is(pg_temp.send('reminder', 'k1', E' It\u2019s today \u2013 zanzibar-lilac\n', p_call => 'c1'), 'send', 'it may leave');
select is((pg_temp.message('k1')).status, 'queued', 'the row stands before');
select is((pg_temp.message('k1')).recipient, '+13125550199', 'to the contact''s number');
select is((pg_temp.message('k1')).content, 'It''s today - zanzibar-lilac', 'in plain text');
select is((pg_temp.message('k1')).segments, 1::smallint, 'of one segment');
select is((pg_temp.message('k1')).handed_over_at, pg_temp.t('04 08:00'), 'handed over to the caller');
select is((pg_temp.message('k1')).recipient_hash is not null, true, 'with the keyed hash');
select is((pg_temp.message('k1')).call_id, :'call1'::uuid, 'and its call');
select is(pg_temp.jobs('settle_message'), 1::bigint, 'a job settles it if nobody comes back');
select is((select array_agg(kind) from public.events where entity = 'message'), '{message_updated}', 'live clients are told');

select is(pg_temp.send('code', 'k2', p_hand_over => false), 'queued', 'or a job sends it');
select is((pg_temp.message('k2')).handed_over_at, null, 'which takes it then');
select is(pg_temp.jobs('send_message'), 1::bigint, 'from the queue');
select is(pg_temp.send('confirmation', 'k3', p_method => 'email'), 'send', 'e-mail goes to the address');
select is((pg_temp.message('k3')).recipient || coalesce((pg_temp.message('k3')).segments::text, ''), 'nora@patients.example', 'and has no segments');
select is(pg_temp.send('code', 'k4', p_recipient => '+13125550177'), 'send', 'or to the recipient that is named');
select is((pg_temp.message('k4')).recipient, '+13125550177', 'that one');

select throws_ok($$ select pg_temp.send('gossip', 'k5') $$, 'VX400', null, 'a closed list of categories');
select throws_ok($$ select pg_temp.send('code', 'k5', p_method => 'fax') $$, 'VX400', null, 'and of methods');
select throws_ok($$ select pg_temp.send('code', '') $$, 'VX400', null, 'a wish has a key');
select throws_ok($$ select * from app.begin_message('code', 'sms', 'x', 'k5', 'b0000000-0000-7000-8000-0000000000d1', 'twilio') $$, 'VX404', null, 'another clinic''s contact');
select pg_temp.act_as('owner');
select throws_ok($$ select pg_temp.send('code', 'k5') $$, '42501', null, 'people send through functions of their own');
select * from finish();
rollback;
