-- A clinic's rows can be stored table by table, and every table of clinics is among them.
begin;
select plan(7);
select set_eq($$ select t.name from app.tenant_tables() t $$,
  $$ select c.table_name::text from information_schema.columns c
     where c.table_schema = 'public' and (c.column_name = 'org_id' or c.table_name = 'organizations' and c.column_name = 'id') $$, 'all');
select is((select t.place from app.tenant_tables() t where t.name = 'organizations'), 0, 'the clinic comes first');
select cmp_ok((select max(t.place) from app.tenant_tables() t), '<', 99, 'no ring: give one of its keys deferrable');
select is_empty($$
  select k.conname
  from pg_constraint k
  join app.tenant_tables() a on k.conrelid = format('public.%I', a.name)::regclass
  join app.tenant_tables() b on k.confrelid = format('public.%I', b.name)::regclass
  where k.contype = 'f' and not k.condeferrable and a.place <= b.place $$, 'who is named comes before');
select is_empty($$
  select t.name from app.tenant_tables() t
  join pg_attribute a on a.attrelid = format('public.%I', t.name)::regclass and a.attidentity <> ''
  where t.excuse is null $$, 'no exported row is named by a number of this database');
select is_empty($$ select t.name from app.tenant_tables() t where t.name in ('members', 'files') $$, 'the other parts of an archive keep their names');
create table public.quills (org_id uuid primary key references public.organizations (id), n integer generated always as (1) stored);
select results_eq($$ select t.place, t.org_column, t.columns, t.key, t.excuse from app.tenant_tables() t where t.name = 'quills' $$,
  $$ values (1, 'org_id', '{org_id}'::text[], '{org_id}'::text[], null::text) $$, 'a new table is among them without being named');
select * from finish();
rollback;
