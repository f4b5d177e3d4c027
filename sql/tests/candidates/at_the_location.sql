-- Anybody means anybody of the location; a name may stand elsewhere, where the clock says the same.
begin;
\ir ../inside.psql
select plan(16);

insert into public.locations (org_id, id, name, time_zone) values
  (:'lakeside', 'a0000000-0000-7000-8000-000000000011', 'North', 'America/Chicago'),
  (:'lakeside', 'a0000000-0000-7000-8000-000000000012', 'Coast', 'America/Los_Angeles');
insert into public.resources (org_id, id, location_id, name) values
  (:'lakeside', 'a0000000-0000-7000-8000-000000000033', 'a0000000-0000-7000-8000-000000000011', 'Drew Quillby'),
  (:'lakeside', 'a0000000-0000-7000-8000-000000000034', 'a0000000-0000-7000-8000-000000000012', 'Ellis Quillby');
insert into public.resource_services (org_id, resource_id, service_id)
select org_id, id, :'checkup' from public.resources where name like '% Quillby';
insert into public.business_hours (org_id, location_id, weekday, opens, closes)
select org_id, id, 2, '09:00', '17:00' from public.locations where name <> 'Main' and org_id = :'lakeside';
\set drew a0000000-0000-7000-8000-000000000033
\set ellis a0000000-0000-7000-8000-000000000034
\set harbor_main b0000000-0000-7000-8000-000000000010
create function pg_temp.who(p_resource uuid, p_location uuid, p_service uuid default 'a0000000-0000-7000-8000-000000000021')
returns text language sql as $$
  select string_agg(split_part(replace(r.name, 'Dr. ', ''), ' ', 1), ' ' order by r.id)
  from app.candidates(p_service, p_resource, p_location) c join public.resources r on r.id = c
$$;
select pg_temp.act_inside('a');
select is(pg_temp.who(null, :'main'), 'Avery Blake', 'anybody of the location');
select is(pg_temp.who(null, 'a0000000-0000-7000-8000-000000000011'), 'Drew', 'of the other one');
select is(pg_temp.who(null, null), 'Avery Blake Drew Ellis', 'anywhere');
select is(pg_temp.who(:'blake', :'main'), 'Blake', 'one by name');
select is(pg_temp.who(:'drew', :'main'), 'Drew', 'by name at another location');
select is(pg_temp.who(:'ellis', :'main'), null, 'but not where ten o''clock is another hour');
select is(pg_temp.who(:'ellis', null), 'Ellis', 'staff say where');
select is(pg_temp.who(null, :'main', :'whitening'), 'Avery', 'who gives the service');
select is(pg_temp.who(:'blake', :'main', :'whitening'), null, 'and who does not');
select is(pg_temp.who(null, null, 'b0000000-0000-7000-8000-000000000021'), null, 'another tenant''s service is nobody''s');
select is(pg_temp.who(:'avery', :'harbor_main'), null, 'another tenant''s location is nowhere');

select is(pg_temp.tried(pg_temp.t('05 10:00'), p_resource => 'Drew'), 'booked', 'a call books Drew at North');
select is(pg_temp.tried(pg_temp.t('05 13:00'), p_resource => 'Ellis'), 'refused no_resource', 'and not Ellis on the coast');
select is(pg_temp.offered('05 00:00', '05 09:15', p_resource => 'Ellis', p_call => 'c1'), '', 'whom it is not offered either');
select is((select pg_temp.said(b) from app.book_appointment('Checkup', pg_temp.t('05 10:00'), 'Zoe Quillfeather', :'call1') b), 'booked', 'a call for anybody');
select pg_temp.owner($$ update public.resources set active = false where name = 'Blake Reed' $$);
select is(pg_temp.who(null, :'main'), 'Avery', 'whoever left is not among them');

select * from finish();
rollback;
