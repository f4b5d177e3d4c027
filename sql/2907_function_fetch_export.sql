-- Rows become text while they are fetched, so it is here that the session's ways of writing times and numbers must not count.
create or replace function app.fetch_export(p_bytes integer)
returns text[]
language plpgsql
volatile
set search_path = ''
set timezone = 'UTC'
set datestyle = 'ISO, YMD'
set intervalstyle = 'postgres'
set extra_float_digits = 1
set bytea_output = 'hex'
as $$
declare
  v_rows refcursor := 'exported_rows'::refcursor;
  v_line text;
  v_lines text[] := '{}'::text[];
  v_bytes bigint := 0;
begin
  while v_bytes < p_bytes loop
    fetch v_rows into v_line;
    exit when not found;
    v_lines := v_lines || v_line;
    v_bytes := v_bytes + octet_length(v_line);
  end loop;
  return v_lines;
end
$$;

comment on function app.fetch_export(integer) is
  'The next rows of what app.open_export opened, each a line of JSON, until they have p_bytes together: at most one row more than that is in memory. Empty: that was all. For the owner of the database.';

select app.seal('app.fetch_export(integer)', null);
