create table public.fresh (org_id uuid not null);
