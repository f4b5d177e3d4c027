-- A number that a caller only said gets one neutral text, ever, at home only, and a call names two at most.
begin;
\ir ../messages.psql
select plan(14);
select pg_temp.owner($$
  insert into public.contacts (org_id, id, spoken_phone) select 'a0000000-0000-7000-8000-000000000001',
    ('a0000000-0000-7000-8000-0000000000a' || n)::uuid, '+1312555017' || n from generate_series(1, 5) n $$);
create function pg_temp.say(p_key text, p_n text, p_call text default 'c2', p_region text default 'US') returns text language sql as $$
  select pg_temp.send('confirmation', p_key, p_contact => 'a' || p_n, p_recipient => '+1312555017' || p_n, p_call => p_call,
    p_region => p_region, p_spoken => true)
$$;
grant execute on function pg_temp.say to public;
select pg_temp.act_for('a');
select is(pg_temp.say('k1', '1', p_region => 'GB'), 'blocked foreign_number', 'not abroad');
select is(pg_temp.say('k1', '1', p_region => null), 'blocked foreign_number', 'nor nowhere');
select is(pg_temp.say('k1', '1'), 'send', 'one');
select is(pg_temp.say('k2', '1'), 'blocked spoken_limit', 'and no other');
select is(pg_temp.say('k2', '1', p_call => 'c3'), 'blocked spoken_limit', 'in no call');
select pg_temp.clock('09 08:00');
select is(pg_temp.say('k2', '1'), 'blocked spoken_limit', 'on no day');
select is(pg_temp.send('confirmation', 'k3', p_contact => 'a5', p_recipient => '+13125550171', p_call => 'c3', p_spoken => true), 'blocked spoken_limit', 'for no other contact');
select is(pg_temp.send('confirmation', 'k3', p_contact => 'a1', p_recipient => '+13125550179', p_call => 'c3', p_spoken => true), 'blocked spoken_limit', 'for no other number of the contact''s');
select is(pg_temp.say('k4', '2'), 'send', 'a second number in a call');
select is(pg_temp.say('k5', '3'), 'blocked spoken_limit', 'no third');
select is(pg_temp.say('k5', '3', p_call => 'c3'), 'send', 'in another call it is the first');
select is(pg_temp.send('confirmation', 'k6', p_call => 'c2'), 'send', 'a number on file is not concerned');
select throws_ok($$ select pg_temp.send('reminder', 'k7', p_spoken => true) $$, 'VX400', null, 'nothing but a confirmation');
select throws_ok($$ select pg_temp.send('confirmation', 'k7', p_method => 'email', p_spoken => true) $$, 'VX400', null, 'nor by e-mail');
select * from finish();
rollback;
