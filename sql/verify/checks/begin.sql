-- One look at the database: a single snapshot, nothing changed but the list of findings, which ends with the transaction.
begin transaction isolation level repeatable read;
set local client_min_messages = warning;

create temporary table findings (
  "check" text not null,
  level text not null check (level in ('error', 'warning', 'info')),
  object text not null,
  detail text not null,
  remedy text not null
) on commit drop;

set transaction read only; -- temporary tables may still be written
set local row_security = off; -- a hidden row becomes an error instead of an all-clear
set local search_path = pg_catalog, pg_temp; -- names come out qualified, and nobody's function is met by chance

-- A check that cannot see the rows finds nothing wrong with them: it must fail instead.
do $$
declare
  v_hidden text;
begin
  if to_regclass('public.organizations') is null or to_regclass('river.river_job') is null then
    raise exception 'this is no migrated Voxanne database: there is no table public.organizations or river.river_job'
      using hint = 'Run voxanne migrate, or goose with the folder migrations.';
  end if;
  select string_agg(c.oid::regclass::text, ', ' order by c.oid::regclass::text) into v_hidden
  from pg_class c
  where c.relnamespace in ('public'::regnamespace, 'river'::regnamespace)
    and c.relkind in ('r', 'p')
    and (row_security_active(c.oid) or not has_table_privilege(c.oid, 'select'));
  if v_hidden is not null then
    raise exception '% cannot see every row of: %', current_user, v_hidden
      using errcode = '42501', hint = 'Connect as the owner (ADMIN_DATABASE_URL): a superuser or a role with BYPASSRLS.';
  end if;
end
$$;
