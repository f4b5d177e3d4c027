drop policy tenant_reads on public.services;
