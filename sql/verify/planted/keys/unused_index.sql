create table public.fresh (org_id uuid not null, id integer, primary key (org_id, id));
insert into public.fresh select 'a0000000-0000-7000-8000-000000000001', n from generate_series(1, 60000) n;
create index fresh_id on public.fresh (id);
