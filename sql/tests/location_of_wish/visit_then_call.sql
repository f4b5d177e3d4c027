-- A visit that moves stays where it is; a call wants what it rang; staff choose.
begin;
\ir ../inside.psql
select plan(6);

insert into public.locations (org_id, id, name, time_zone) values
  (:'lakeside', 'a0000000-0000-7000-8000-000000000011', 'North', 'America/Chicago');
insert into public.resources (org_id, id, location_id, name) values
  (:'lakeside', 'a0000000-0000-7000-8000-000000000033', 'a0000000-0000-7000-8000-000000000011', 'Drew Quillby');
insert into public.resource_services values (:'lakeside', 'a0000000-0000-7000-8000-000000000033', :'checkup');
insert into public.business_hours (org_id, location_id, weekday, opens, closes)
values (:'lakeside', 'a0000000-0000-7000-8000-000000000011', 2, '09:00', '17:00');
select pg_temp.act_inside('a');
select pg_temp.book('05 10:00', 'Ann Quillby', p_resource => 'Drew');
select is(app.location_of_wish(:'call1', null), :'main', 'what was called');
select is(app.location_of_wish(:'call1', pg_temp.at('05 10:00')), 'a0000000-0000-7000-8000-000000000011', 'where the visit stands');
select is(app.location_of_wish(null, pg_temp.at('05 10:00')), 'a0000000-0000-7000-8000-000000000011', 'also for staff');
select is(app.location_of_wish(null, null), null, 'staff who book anew say it themselves');
select is(app.location_of_wish(:'call_b', null), null, 'another tenant''s call says nothing');
select app.reschedule_appointment(pg_temp.t('05 11:00'), p_call_id => :'call1');
select is(pg_temp.diary(), array['05 11:00 Drew'], 'so a visit at North is moved within North');

select * from finish();
rollback;
