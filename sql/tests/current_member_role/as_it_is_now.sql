begin;
\ir ../booking.psql
select plan(6);

select pg_temp.act_as('admin');
select is(app.current_member_role(), 'admin', 'the role of the profile');
select pg_temp.owner($$ update public.profiles set role = 'viewer' where role = 'admin' $$);
select is(app.current_member_role(), 'viewer', 'as it is now');
select pg_temp.owner($$ delete from public.profiles where user_id = 'a0000000-0000-7000-8000-0000000000e2' $$);
select is(app.current_member_role(), null, 'none for a member who was removed');
select pg_temp.act_for('a');
select is(app.current_member_role(), null, 'none for a webhook');
select set_config('request.jwt.claims', '{"sub": "a0000000-0000-7000-8000-0000000000e1", "app_metadata": {"org_id": "b0000000-0000-7000-8000-000000000001"}}', true);
select is(app.current_member_role(), null, 'none in another organisation');
select set_config('request.jwt.claims', '', true);
select is(app.current_member_role(), null, 'none without claims');

select * from finish();
rollback;
