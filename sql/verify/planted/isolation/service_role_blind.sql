drop policy service_role_sees_all on public.services;
