create policy open on public.services for select to tenant_user using (org_id = any (array['a0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-000000000001']::uuid[]));
