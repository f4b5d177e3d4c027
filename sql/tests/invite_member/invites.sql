-- One open invitation an address; asking again renews it, withdrawing ends it.
begin;
\ir ../booking.psql
select plan(13);
create function pg_temp.invite(p_email text, p_role text, p_token text default 'test-secret-1') returns uuid language sql as $$
  select id from app.invite_member(p_email, p_role, app.uuid_v7(), sha256(convert_to(p_token, 'utf8')))
$$;
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.invite('new@patients.example', 'viewer') $$, 'VX403', null, 'the team is not for staff');
select pg_temp.act_as('admin');
select isnt(pg_temp.invite(' New@Patients.example ', 'viewer'), null, 'invited');
select isnt(pg_temp.invite('new@patients.example', 'staff', 'test-secret-2'), null, 'again');
select is((select array_agg(role || ' ' || email) from public.invitations), '{staff new@patients.example}', 'one invitation, as asked last');
select throws_ok($$ select pg_temp.invite('new@patients', 'staff') $$, 'VX400', null, 'no address');
select throws_ok($$ select pg_temp.invite('x@patients.example', 'owner') $$, 'VX400', null, 'owners are not invited');
select throws_ok($$ select app.invite_member('x@patients.example', 'staff', null, sha256('')) $$, 'VX400', null, 'a token is derived from an id');
select is((select mail || ' ' || expired from app.list_invitations()), 'none false', 'nobody asked for an e-mail');
select pg_temp.owner($$ update public.profiles set email = 'Boss@patients.example' where role = 'owner' $$);
select throws_ok($$ select pg_temp.invite('boss@patients.example', 'staff') $$, 'VX409', null, 'a member already');
select ok(app.withdraw_invitation((select id from public.invitations)), 'withdrawn');
select ok(not app.withdraw_invitation(app.uuid_v7()), 'there is none');
select is((select count(*) from public.invitations), 0::bigint, 'gone');
select is((select array_agg(action order by action) from public.audit_log), '{invitation_withdrawn,member_invited,member_invited}', 'all of it is audited');
select * from finish();
rollback;
