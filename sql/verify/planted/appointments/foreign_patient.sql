insert into public.contacts (org_id, id, phone) values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d1', '+13125550199');
update public.patients set contact_id = 'a0000000-0000-7000-8000-0000000000d1';
