-- Each repair, by itself and with the triggers in place; what people have to decide is left.
begin;
select plan(17);
\ir ../signing_up.psql
create function pg_temp.repair(p_user uuid) returns text language sql as $$
  select concat_ws(' ', repair, org_slug, role) from app.repair_membership(p_user)
$$;
alter table auth.users disable trigger user;
select pg_temp.sign_up('never@patients.example', p_user_meta => '{"business_name": "Quillby Skin", "time_zone": "Europe/London"}') as never \gset
select pg_temp.sign_up('invited@patients.example', true) as invited \gset
select pg_temp.sign_up('removed@patients.example', p_app_meta => '{"plan": "x", "org_id": "b0000000-0000-7000-8000-000000000001"}') as removed \gset
insert into public.audit_log (org_id, action, entity, entity_id) values ('b0000000-0000-7000-8000-000000000001', 'member_removed', 'user', :'removed');
select pg_temp.sign_up('lost@patients.example', p_app_meta => '{"org_id": "b0000000-0000-7000-8000-000000000001"}') as lost \gset

select throws_ok(format('select pg_temp.repair(%L)', :'invited'), 'VX409', null, 'without the triggers nobody joins');
select is(pg_temp.membership(:'invited'), null, 'and nothing was changed');
alter table auth.users enable trigger user;

select matches(pg_temp.repair(:'never'), '^found quillby-skin-[0-9a-f]+ owner$', 'founded as the sign-up would have');
select is(pg_temp.membership(:'never'), 'owner of Quillby Skin', 'with a profile');
select is((select count(*) from public.agents a join public.profiles p on p.org_id = a.org_id where p.user_id = :'never'), 1::bigint, 'and what a first booking needs');
select is(pg_temp.stamp(:'never'), (select org_id from public.profiles where user_id = :'never'), 'and the stamp');
select is((select action from public.audit_log where entity_id = :'never'), 'membership_repaired', 'audited');
select is_empty(format('select app.repair_membership(%L)', :'never'), 'once');
select is(pg_temp.repair(:'invited'), 'join harbor staff', 'joined in the role of the invitation');
select is(pg_temp.membership(:'invited'), 'staff of Harbor Skin', 'a member');
select is(pg_temp.repair(:'removed'), 'unstamp harbor', 'the stamp goes');
select is((select raw_app_meta_data from auth.users where id = :'removed'), '{"plan": "x"}', 'the rest is kept');
select is_empty(format('select app.repair_membership(%L)', :'lost'), 'a lost profile is for people to decide');

alter table auth.users disable trigger user;
update auth.users set raw_app_meta_data = '{"org_id": "b0000000-0000-7000-8000-000000000001"}' where id = :'never';
select matches(pg_temp.repair(:'never'), '^stamp quillby-skin', 'stamped without the triggers');
select is(pg_temp.stamp(:'never'), (select org_id from public.profiles where user_id = :'never'), 'with the profile''s clinic');
set local session_replication_role = replica;
insert into public.profiles (org_id, user_id, role) values ('b0000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000dead', 'staff');
set local session_replication_role = origin;
select is(pg_temp.repair('00000000-0000-7000-8000-00000000dead'), 'remove harbor staff', 'nobody''s profile goes');
select is((select count(*) from public.profiles where user_id = '00000000-0000-7000-8000-00000000dead'), 0::bigint, 'for good');
select * from finish();
rollback;
