-- Every way in which a membership can fail to fit together, and those that are nobody's fault.
begin;
select plan(12);
\ir ../signing_up.psql
create function pg_temp.fault(p_user uuid) returns text language sql as $$
  select string_agg(concat_ws(' ', kind, repair, org_slug), '; ') from app.membership_faults(p_user)
$$;
select pg_temp.sign_up('good@patients.example') as good \gset
select is(pg_temp.fault(:'good'), null, 'a sign-up fits together');
select pg_temp.sign_up('looks@patients.example', p_anonymous => true) as nobody \gset
select is(pg_temp.fault(:'nobody'), null, 'people without an account have no clinic');
select pg_temp.sign_up('invited@patients.example') as waiting \gset
select is(pg_temp.fault(:'waiting'), null, 'an invitation that is not proven waits');

alter table auth.users disable trigger user;
update auth.users set raw_app_meta_data = '{"org_id": "b0000000-0000-7000-8000-000000000001"}' where id = :'good';
select is(left(pg_temp.fault(:'good'), 17), 'wrong_stamp stamp', 'another clinic''s stamp');
update auth.users set raw_app_meta_data = null where id = :'good';
select is(left(pg_temp.fault(:'good'), 17), 'wrong_stamp stamp', 'no stamp');
select pg_temp.sign_up('never@patients.example') as never \gset
select is(pg_temp.fault(:'never'), 'no_organization found', 'signed up while nothing listened');
update auth.users set raw_app_meta_data = '{"org_id": "b0000000-0000-7000-8000-000000000001"}' where id = :'never';
select is(pg_temp.fault(:'never'), 'lost_profile none harbor', 'a clinic''s stamp without a profile: people decide');
insert into public.audit_log (org_id, action, entity, entity_id) values ('b0000000-0000-7000-8000-000000000001', 'member_removed', 'user', :'never');
select is(pg_temp.fault(:'never'), 'stale_stamp unstamp harbor', 'somebody who was removed');
update auth.users set raw_app_meta_data = '{}' where id = :'never';
select is(pg_temp.fault(:'never'), null, 'who was removed belongs nowhere');
update auth.users set email_confirmed_at = app.now() where id = :'waiting';
select is(pg_temp.fault(:'waiting'), 'not_joined join', 'proven, and not a member');
set local session_replication_role = replica;
insert into public.profiles (org_id, user_id, role) values ('b0000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000dead', 'staff');
set local session_replication_role = origin;
select is(pg_temp.fault('00000000-0000-7000-8000-00000000dead'), 'orphan_profile remove harbor', 'a member who does not exist');
select is((select string_agg(kind, ' ' order by kind) from app.membership_faults()), 'not_joined orphan_profile wrong_stamp', 'all at once');
select * from finish();
rollback;
