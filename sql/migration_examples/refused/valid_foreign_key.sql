-- refused: add it not valid
set local lock_timeout = '5s';
alter table public.contacts add constraint of_org foreign key (org_id) references public.organizations (id);
