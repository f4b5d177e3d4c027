begin;
select plan(21);
\ir ../signing_up.psql
select pg_temp.sign_up('founder@patients.example', p_user_meta => '{"business_name": " Quill & Söhne Dental ", "name": "Jo Quillby", "time_zone": "Europe/Berlin"}') as founder \gset
select is(pg_temp.membership(:'founder'), 'owner of Quill & Söhne Dental', 'who signs up owns a clinic');
select org_id as org from public.profiles where user_id = :'founder' \gset
select is(pg_temp.stamp(:'founder'), :'org', 'and is stamped with it');
select results_eq(format('select time_zone, deleted_at from public.organizations where id = %L', :'org'), $$values ('Europe/Berlin', null::timestamptz)$$, 'in the zone given');
select matches((select slug from public.organizations where id = :'org'), '^quill-s-?ohne-dental-[0-9a-f]{12}$', 'with a short name');
select results_eq(format('select name, email from public.profiles where user_id = %L', :'founder'), $$values ('Jo Quillby', 'founder@patients.example')$$, 'the person is named');
select results_eq(format('select time_zone from public.locations where org_id = %L', :'org'), $$values ('Europe/Berlin')$$, 'one location');
select is((select count(*) from public.resources where org_id = :'org'), 1::bigint, 'one practitioner');
select is((select count(*) from public.services s join public.resource_services r on r.org_id = s.org_id and r.service_id = s.id where s.org_id = :'org'), 1::bigint, 'giving one service');
select is((select count(*) from public.business_hours where org_id = :'org'), 5::bigint, 'on five weekdays');
select is((select count(*) from public.agents where org_id = :'org' and is_default and role = 'inbound'), 1::bigint, 'and a receptionist');
select is(current_setting('request.jwt.claims', true), '', 'the claims are as they were');

select pg_temp.sign_up('second@patients.example', p_user_meta => '{"time_zone": "Mars/Base"}') as second \gset
select is(pg_temp.membership(:'second'), 'owner of My clinic', 'no name is no obstacle');
select is((select o.time_zone from public.organizations o join public.profiles p on p.org_id = o.id where p.user_id = :'second'), 'America/New_York', 'nor an unknown zone');
select isnt(pg_temp.stamp(:'second'), pg_temp.stamp(:'founder'), 'two people, two clinics');
select isnt(pg_temp.stamp(pg_temp.sign_up('third@patients.example', p_user_meta => '{"business_name": "Quill & Söhne Dental"}')), :'org'::uuid, 'also of one name');
select isnt(pg_temp.stamp(pg_temp.sign_up('forger@patients.example', p_app_meta => format('{"org_id": "%s"}', :'org')::jsonb)), :'org'::uuid, 'nobody names the clinic to be in');
select isnt(pg_temp.stamp(pg_temp.sign_up(null)), null, 'a person with a phone only');

-- A failure fails the sign-up as a whole.
select count(*) as people from auth.users \gset
select count(*) as orgs from public.organizations \gset
alter table public.services add constraint never check (false) not valid;
select throws_ok($$select pg_temp.sign_up('failed@patients.example')$$, '23514', null, 'a failure is loud');
select is((select count(*) from auth.users), :people::bigint, 'nobody is half-made');
select is((select count(*) from public.organizations), :orgs::bigint, 'nor is a clinic');

select set_config('request.jwt.claims', '{"app_metadata": {"org_id": "b0000000-0000-7000-8000-000000000001"}}', true);
alter table public.services drop constraint never;
select pg_temp.sign_up('fourth@patients.example');
select is(app.current_org_id(), 'b0000000-0000-7000-8000-000000000001', 'claims that were there are put back');
select * from finish();
rollback;
