delete from public.resource_services where service_id = 'a0000000-0000-7000-8000-000000000021';
