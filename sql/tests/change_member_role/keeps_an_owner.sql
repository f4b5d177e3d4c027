-- Admins manage the team, owners the owners, and the last owner stays.
begin;
\ir ../booking.psql
select plan(11);
\set owner a0000000-0000-7000-8000-0000000000e1
\set admin a0000000-0000-7000-8000-0000000000e2
\set staff a0000000-0000-7000-8000-0000000000e3
select pg_temp.act_as('staff');
select throws_ok($$ select app.change_member_role('a0000000-0000-7000-8000-0000000000e4', 'staff') $$, 'VX403', null, 'the team is not for staff');
select throws_ok($$ select app.remove_member('a0000000-0000-7000-8000-0000000000e4') $$, 'VX403', null, 'neither way');
select pg_temp.act_as('admin');
select is((select role from app.change_member_role(:'staff', 'viewer')), 'viewer', 'an admin gives roles');
select throws_ok($$ select app.change_member_role('a0000000-0000-7000-8000-0000000000e2', 'owner') $$, 'VX403', null, 'but makes no owner');
select throws_ok($$ select app.change_member_role('a0000000-0000-7000-8000-0000000000e1', 'staff') $$, 'VX403', null, 'and unmakes none');
select throws_ok($$ select app.remove_member('a0000000-0000-7000-8000-0000000000e1') $$, 'VX403', null, 'nor removes one');
select throws_ok($$ select app.change_member_role('a0000000-0000-7000-8000-0000000000e3', 'king') $$, 'VX400', null, 'no such role');
select throws_ok($$ select app.change_member_role('b0000000-0000-7000-8000-0000000000e3', 'staff') $$, 'VX404', null, 'no such member');
select pg_temp.act_as('owner');
select throws_ok($$ select app.change_member_role('a0000000-0000-7000-8000-0000000000e1', 'admin') $$, 'VX409', null, 'the last owner stays one');
select throws_ok($$ select app.remove_member('a0000000-0000-7000-8000-0000000000e1') $$, 'VX409', null, 'and stays');
select app.change_member_role(:'admin', 'owner');
select lives_ok($$ select app.remove_member('a0000000-0000-7000-8000-0000000000e1') $$, 'one of two may go');
select * from finish();
rollback;
