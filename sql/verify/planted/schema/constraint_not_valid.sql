alter table public.services add constraint services_named check (name <> '') not valid;
