create index provisioning_org_again on public.provisioning (org_id, created_at);
