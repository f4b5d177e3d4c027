begin;
select plan(7);
\ir ../signing_up.psql
select pg_temp.sign_up('made@patients.example', p_app_meta => '{"provider": "email", "org_id": "b0000000-0000-7000-8000-000000000001"}') as made \gset
select org_id as org from public.profiles where user_id = :'made' \gset
select isnt(:'org'::text, 'b0000000-0000-7000-8000-000000000001', 'a forged stamp is replaced');
select is((select raw_app_meta_data from auth.users where id = :'made'), format('{"provider": "email", "org_id": "%s"}', :'org')::jsonb, 'the rest is kept');

-- The admin endpoint writes its own metadata again after the insert.
update auth.users set raw_app_meta_data = '{"provider": "email", "plan": "x"}' where id = :'made';
select is((select raw_app_meta_data from auth.users where id = :'made'), format('{"provider": "email", "plan": "x", "org_id": "%s"}', :'org')::jsonb, 'a lost stamp is restored');
update auth.users set raw_app_meta_data = null where id = :'made';
select is(pg_temp.stamp(:'made'), :'org', 'also when all is lost');
update auth.users set raw_app_meta_data = '{"org_id": "b0000000-0000-7000-8000-000000000001"}' where id = :'made';
select is(pg_temp.stamp(:'made'), :'org', 'a changed one is put right');
delete from public.profiles where user_id = :'made';
update auth.users set phone = null where id = :'made';
select is(pg_temp.stamp(:'made'), null, 'a removed member''s goes');
select is((select raw_app_meta_data from auth.users where id = :'made'), '{}', 'and leaves nothing of ours');
select * from finish();
rollback;
