-- Wording is checked when it is saved: a field that the kind has not never goes out as braces.
begin;
\ir ../booking.psql
select plan(24);
create function pg_temp.save(p_kind text, p_body text, p_name text default 'Ours', p_id uuid default null, p_active boolean default true, p_subject text default null)
returns uuid language sql as $$ select id from app.save_template(p_id, p_kind, p_name, 'en', p_body, p_subject, p_active) $$;

select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.save('marketing', 'Hello') $$, 'VX403', null, 'a viewer saves nothing');
select pg_temp.act_as('staff');
select throws_like($$ select pg_temp.save('marketing', 'Hello {frist_name}') $$, '%{frist_name}%{clinic}, {first_name}%', 'an unknown field is named, and those there are');
select throws_ok($$ select pg_temp.save('marketing', 'Hello {code}') $$, 'VX400', null, 'a field of another kind');
select throws_ok($$ select pg_temp.save('marketing', 'Hello', p_subject => 'For {patient}') $$, 'VX400', null, 'in the subject too');
select throws_ok($$ select pg_temp.save('code', 'Your code') $$, 'VX400', null, 'a code text without its code');
select throws_ok($$ select pg_temp.save('code', 'Your code', p_subject => '{code}') $$, 'VX400', null, 'which the subject is no place for');
select throws_ok($$ select pg_temp.save('gossip', 'Hello') $$, 'VX400', null, 'an unknown kind');
select throws_ok($$ select pg_temp.save('confirmation', '{visits}', p_subject => 'Your visit on {date}') $$, 'VX400', null, 'nor for anything but the clinic');
select throws_ok($$ select pg_temp.save('marketing', repeat('x', 161)) $$, 'VX400', null, 'longer than such a text may be');
select lives_ok($$ select pg_temp.save('marketing', repeat('x', 158) || ' {clinic}', 'Long', p_subject => 'From {clinic}') $$, 'fields aside, which may be short');
select throws_ok($$ select pg_temp.save('reminder', repeat('x', 481)) $$, 'VX400', null, 'or than any other');
select lives_ok($$ select pg_temp.save('reminder', repeat('x', 480), 'Long') $$, 'as long as one');
select throws_ok($$ select pg_temp.save('marketing', '  ') $$, 'VX400', null, 'no words');
select throws_ok($$ select pg_temp.save('marketing', repeat('x', 1001)) $$, 'VX400', null, 'too many');
select throws_ok($$ select pg_temp.save('marketing', 'Hello', '') $$, 'VX400', null, 'no name');
select throws_ok($$ select app.save_template(null, 'marketing', 'x', 'EN', 'Hello') $$, 'VX400', null, 'no language');
select lives_ok($$ select pg_temp.save('confirmation', 'Hello, {clinic} here: {visits}') $$, 'the code is no must in a confirmation');
select throws_ok($$ select pg_temp.save('confirmation', 'Another', 'Second') $$, 'VX409', null, 'one active wording of what goes out by itself');
select lives_ok($$ select pg_temp.save('confirmation', 'Another', 'Second', p_active => false) $$, 'another one may wait');
select throws_ok($$ select pg_temp.save('confirmation', 'Another', 'Second', p_active => false) $$, 'VX409', null, 'under a name of its own');
select is((select body from app.save_template((select id from public.message_templates where name = 'Second'), 'confirmation', 'Second', 'en', ' Changed ', null, false)), 'Changed', 'changed');
select throws_ok($$ select pg_temp.save('marketing', 'Hello', p_id => app.uuid_v7()) $$, 'VX404', null, 'no such template');
select is((select count(*) from public.message_templates), 4::bigint, 'four in the end');
select pg_temp.owner('update public.message_templates set org_id = ''b0000000-0000-7000-8000-000000000001''');
select throws_ok($$ select pg_temp.save('marketing', 'Hello', p_id => pg_temp.other()) $$, 'VX404', null, 'another clinic''s') from (select pg_temp.owner($f$ create function pg_temp.other() returns uuid language sql security definer as 'select id from public.message_templates limit 1' $f$)) g;
select * from finish();
rollback;
