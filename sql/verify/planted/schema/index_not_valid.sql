update pg_catalog.pg_index set indisvalid = false where indexrelid = 'public.provisioning_org'::regclass;
