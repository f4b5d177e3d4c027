begin;
\ir ../campaigning.psql
select plan(5);
select pg_temp.act_as('viewer');
select throws_ok($$ select app.delete_template('a0000000-0000-7000-8000-000000000082') $$, 'VX403', null, 'a viewer deletes nothing');
select pg_temp.act_as('staff');
select is(app.delete_template('a0000000-0000-7000-8000-000000000082'), true, 'staff do');
select is(app.delete_template('a0000000-0000-7000-8000-000000000082'), false, 'once');
select is(app.delete_template('b0000000-0000-7000-8000-000000000081'), false, 'never another clinic''s');
select pg_temp.draft('Recall');
select throws_ok($$ select app.delete_template('a0000000-0000-7000-8000-000000000081') $$, 'VX409', null, 'not one that a draft uses');
select * from finish();
rollback;
