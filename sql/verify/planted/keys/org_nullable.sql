create table public.fresh (id uuid primary key, org_id uuid);
