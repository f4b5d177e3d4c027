-- Whoever belongs to an imported clinic is recognised by a confirmed address only.
begin;
select plan(8);
\ir ../signing_up.psql
insert into public.organizations (id, name, slug) values ('a0000000-0000-7000-8000-000000000001', 'Quillby Dental', 'quillby');
select pg_temp.sign_up('elsewhere@patients.example', true) as elsewhere \gset
select pg_temp.sign_up('free@patients.example', true) as free \gset
select pg_temp.sign_up('unproven@patients.example') as unproven \gset
delete from public.profiles where user_id in (:'free', :'unproven');
select is((
  select app.import_members('a0000000-0000-7000-8000-000000000001', array[
    '{"email": "Free@patients.example", "name": "Flo Quillby", "role": "owner"}',
    '{"email": "elsewhere@patients.example", "name": null, "role": "staff"}',
    '{"email": "unproven@patients.example", "name": null, "role": "viewer"}',
    '{"email": "new@patients.example", "name": null, "role": "owner"}',
    '{"email": null, "name": "Ann Quillby", "role": "staff"}'])::text), '(1,2,1,0,0,0)', 'one joined, two are invited, one is elsewhere');
select is(pg_temp.membership(:'free'), 'owner of Quillby Dental', 'in the role that they had');
select is(pg_temp.stamp(:'free'), 'a0000000-0000-7000-8000-000000000001', 'and stamped');
select isnt(pg_temp.stamp(:'elsewhere'), 'a0000000-0000-7000-8000-000000000001', 'nobody is taken out of another clinic');
select is(pg_temp.membership(:'unproven'), null, 'an address that nobody confirmed proves nothing');
select set_eq($$ select email || ' ' || role from public.invitations where org_id = 'a0000000-0000-7000-8000-000000000001' $$,
  array['unproven@patients.example viewer', 'new@patients.example admin'], 'invited, an owner as admin');
select is(pg_temp.membership(pg_temp.sign_up('new@patients.example', true)), 'admin of Quillby Dental', 'and joins by signing up');
select is((select count(*) from public.messages), 0::bigint, 'nobody is written to');
select * from finish();
rollback;
