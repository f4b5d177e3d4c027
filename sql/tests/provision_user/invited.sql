begin;
select plan(23);
\ir ../signing_up.psql
-- By the address alone.
select pg_temp.sign_up('Invited@Patients.Example') as alone \gset
select is(pg_temp.membership(:'alone'), null, 'an invited address alone joins nothing');
select is(pg_temp.stamp(:'alone'), null, 'has no stamp');
select is((select count(*) from public.organizations), 1::bigint, 'and founds nothing');
update auth.users set raw_user_meta_data = '{"business_name": "Mine"}' where id = :'alone';
select is(pg_temp.membership(:'alone'), null, 'nor does a later change found');

-- Confirmed, later.
update auth.users set email_confirmed_at = app.now() where id = :'alone';
select is(pg_temp.membership(:'alone'), 'staff of Harbor Skin', 'confirmed: joins in the role of the invitation');
select is(pg_temp.stamp(:'alone'), 'b0000000-0000-7000-8000-000000000001', 'with the stamp');
select isnt((select accepted_at from public.invitations), null, 'the invitation is used up');

-- Used up: somebody else with that address is no invited person any more.
delete from auth.users where id = :'alone';
select pg_temp.sign_up('invited@patients.example', true) as again \gset
select is(pg_temp.membership(:'again'), 'owner of My clinic', 'an invitation counts once');
delete from auth.users where id = :'again';

-- By the token.
update public.invitations set accepted_at = null;
select pg_temp.sign_up('invited@patients.example', p_user_meta => '{"invitation_token": "test-secret-wrong"}') as wrong \gset
select is(pg_temp.membership(:'wrong'), null, 'a wrong token joins nothing');
delete from auth.users where id = :'wrong';
select pg_temp.sign_up('other@patients.example', p_user_meta => '{"invitation_token": "test-secret-invitation"}') as stolen \gset
select is(pg_temp.membership(:'stolen'), 'owner of My clinic', 'a token opens nothing for another address');
select pg_temp.sign_up('invited@patients.example', p_user_meta => '{"invitation_token": "test-secret-invitation", "name": "Jo Quillby"}') as token \gset
select is(pg_temp.membership(:'token'), 'staff of Harbor Skin', 'the token joins at once');
select is(pg_temp.stamp(:'token'), 'b0000000-0000-7000-8000-000000000001', 'with the stamp');
select results_eq(format('select name, email from public.profiles where user_id = %L', :'token'), $$values ('Jo Quillby', 'invited@patients.example')$$, 'the person is named');
delete from auth.users where id = :'token';

-- Confirmed from the start, as an invitation mail of Supabase Auth does.
update public.invitations set accepted_at = null;
select pg_temp.sign_up('invited@patients.example', true) as confirmed \gset
select is(pg_temp.membership(:'confirmed'), 'staff of Harbor Skin', 'a confirmed address joins at once');

-- A removed member does not found a clinic by coming back.
select count(*) as orgs from public.organizations \gset
delete from public.profiles where user_id = :'confirmed';
update auth.users set phone = '+13125550122' where id = :'confirmed';
select is(pg_temp.membership(:'confirmed'), null, 'removed: no member');
select is(pg_temp.stamp(:'confirmed'), null, 'the stamp goes');
select is((select count(*) from public.organizations), :orgs::bigint, 'nothing is founded');
update public.invitations set accepted_at = null;
update auth.users set phone = '+13125550123' where id = :'confirmed';
select is(pg_temp.membership(:'confirmed'), 'staff of Harbor Skin', 'invited anew: a member again');
delete from auth.users where id = :'confirmed';

-- Expired.
update public.invitations set accepted_at = null, expires_at = app.now() - interval '1 second';
select pg_temp.sign_up('invited@patients.example', true, '{"invitation_token": "test-secret-invitation"}') as expired \gset
select is(pg_temp.membership(:'expired'), 'owner of My clinic', 'an expired invitation joins nothing; the person signs up for oneself');

-- Nobody in particular.
select pg_temp.sign_up(null, p_anonymous => true) as anonymous \gset
select is(pg_temp.membership(:'anonymous'), null, 'anonymous people join nothing');
select is(pg_temp.stamp(:'anonymous'), null, 'and found nothing');
select is(pg_temp.stamp(pg_temp.sign_up('anon@patients.example', true, p_app_meta => '{"org_id": "b0000000-0000-7000-8000-000000000001"}', p_anonymous => true)), null, 'also with a forged stamp');

-- A stamp alone makes no member, even when written past the first trigger.
alter table auth.users disable trigger voxanne_stamp;
select throws_ok($$select pg_temp.sign_up('forger@patients.example', p_app_meta => '{"org_id": "b0000000-0000-7000-8000-000000000001"}')$$, 'VX403', null, 'joining needs an invitation');
select * from finish();
rollback;
