begin;
select plan(4);
\ir ../signing_up.psql
select pg_temp.sign_up('Ada.Quillby@patients.example') as ada \gset
select is(app.find_user('ada.quillby@PATIENTS.example'), :'ada', 'by the address, however it is written');
select is(app.find_user(upper(:'ada')), :'ada', 'by the id');
select is(app.find_user('ben.quillby@patients.example'), null, 'nobody');
set local session_replication_role = replica;
insert into public.profiles (org_id, user_id, role) values ('b0000000-0000-7000-8000-000000000001', '00000000-0000-7000-8000-00000000dead', 'staff');
select is(app.find_user('00000000-0000-7000-8000-00000000dead'), '00000000-0000-7000-8000-00000000dead', 'one of whom only a profile is left');
select * from finish();
rollback;
