create or replace function app.schema_version()
returns bigint
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  if to_regclass('public.goose_db_version') is null then
    return null;
  end if;
  return (select max(v.version_id) from public.goose_db_version v where v.is_applied);
end
$$;

comment on function app.schema_version() is
  'The last migration that goose applied here, which a starting program compares with its own. Null: goose keeps no list in this database.';

-- Stays with the migrating role, who made goose's table and whom its row security, where Supabase turns it on, does not bind.
select app.seal('app.schema_version()', null, 'voxanne_login');
