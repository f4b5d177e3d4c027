create or replace function app.import_rows(p_org_id uuid, p_table text, p_lines text[])
returns integer
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
as $$
declare
  v_table app.tenant_table;
  v_rows jsonb[];
  v_columns text;
  v_stored integer;
  v_constraint text;
begin
  select * into v_table from app.tenant_tables() t where t.name = p_table and t.excuse is null;
  if v_table.name is null then
    raise exception 'an archive has no rows of %', p_table using errcode = 'VX400';
  end if;
  begin
    v_rows := array(select l::jsonb from unnest(p_lines) with ordinality as u (l, n) order by n);
  exception
    when data_exception then
      raise exception 'a row of % is no JSON', p_table using errcode = 'VX400';
  end;
  if exists (
    select from unnest(v_rows) r
    where jsonb_typeof(r) <> 'object' or r ->> v_table.org_column is distinct from p_org_id::text
  ) then
    raise exception 'a row of % is not the organisation''s', p_table using errcode = 'VX400';
  elsif exists (
    select from unnest(v_rows) r
    where not r ?& v_table.columns or (select count(*) from jsonb_object_keys(r)) <> cardinality(v_table.columns)
  ) then
    raise exception 'a row of % has other columns than the table', p_table using errcode = 'VX400';
  end if;
  v_columns := (select string_agg(quote_ident(c), ', ' order by n) from unnest(v_table.columns) with ordinality as u (c, n));
  execute format('insert into public.%1$I (%2$s) select %2$s from unnest($1) l, jsonb_populate_record(null::public.%1$I, l)',
    p_table, v_columns)
  using v_rows;
  get diagnostics v_stored = row_count;
  return v_stored;
exception
  -- DETAIL would quote the row, and these words go to a terminal.
  when unique_violation or exclusion_violation then
    get stacked diagnostics v_constraint = constraint_name;
    raise exception 'what a row of % claims is taken here (%)', p_table, v_constraint using errcode = 'VX409';
  when data_exception or integrity_constraint_violation then
    raise exception 'a row of % cannot be stored (%)', p_table, sqlstate using errcode = 'VX400';
end
$$;

comment on function app.import_rows(uuid, text, text[]) is
  'Stores rows of a clinic''s archive, each a line of JSON as app.fetch_export wrote it, and returns how many. Columns that archives leave out get their default. VX400: no such part, a row of another clinic, or one that does not fit the table; VX409: it claims what is unique and taken here, such as a number. Neither quotes a row. For the owner of the database.';

select app.seal('app.import_rows(uuid, text, text[])', null);
