create table public.fresh (org_id uuid not null, id uuid, contact_id uuid, primary key (org_id, id),
  foreign key (org_id, contact_id) references public.contacts (org_id, id));
