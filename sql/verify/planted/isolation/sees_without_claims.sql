create policy open on public.services for select to tenant_service using ((select app.current_org_id()) is null);
