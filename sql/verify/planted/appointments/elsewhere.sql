insert into public.locations (org_id, id, name, time_zone)
values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000011', 'Annex', 'America/Chicago');
update public.resources set location_id = 'a0000000-0000-7000-8000-000000000011' where org_id = 'a0000000-0000-7000-8000-000000000001';
