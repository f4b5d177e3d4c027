-- Who becomes somebody later, and whose invitation has lost its clinic.
begin;
select plan(6);
\ir ../signing_up.psql

select pg_temp.sign_up(null, p_anonymous => true) as id \gset
select is(pg_temp.stamp(:'id'), null, 'an anonymous person has no clinic');
update auth.users set email = 'later@patients.example', is_anonymous = false where id = :'id';
select is(pg_temp.membership(:'id'), 'owner of My clinic', 'and founds one when they give an address');
select isnt(pg_temp.stamp(:'id'), null, 'which is stamped');
update auth.users set email_confirmed_at = app.now() where id = :'id';
select is((select count(*) from public.organizations where name = 'My clinic'), 1::bigint, 'once');

update public.organizations set deleted_at = app.now() where slug = 'harbor';
select pg_temp.sign_up('invited@patients.example', true) as invited \gset
select is(pg_temp.membership(:'invited'), 'owner of My clinic', 'an invitation of a clinic that left is none');
select is((select count(*) from public.profiles where org_id = 'b0000000-0000-7000-8000-000000000001'), 0::bigint, 'nobody joins it');
select * from finish();
rollback;
