-- A test call that nobody opens leaves its sealed address for a day at most, also where no other test begins.
begin;
\ir ../clinics.psql
select plan(2);
insert into public.web_tests (org_id, user_id, tracking_hash, max_duration, expires_at, created_at, ended_at, end_reason)
select id, app.uuid_v7(), sha256((id::text || d)::bytea), '10 minutes', app.now(), app.now() - d * interval '25 hours', app.now(), 'lapsed'
from public.organizations, generate_series(0, 1) d;
set role voxanne_login;
select is(app.sweep_platform(null, null), 2::bigint, 'yesterday''s, of every tenant');
reset role;
select is((select count(*) from public.web_tests), 2::bigint, 'today''s stay');
select * from finish();
rollback;
