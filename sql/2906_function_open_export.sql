create or replace function app.open_export(p_org_id uuid, p_part text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_rows refcursor := 'exported_rows'::refcursor;
  v_table app.tenant_table;
begin
  if exists (select from pg_catalog.pg_cursors c where c.name = 'exported_rows') then
    close v_rows;
  end if;
  if p_part = 'members' then
    open v_rows for
      select jsonb_build_object('email', lower(coalesce(u.email, p.email)), 'name', p.name, 'role', p.role)::text
      from public.profiles p
      left join auth.users u on u.id = p.user_id
      where p.org_id = p_org_id
      order by p.created_at, p.id;
    return;
  elsif p_part = 'files' then
    open v_rows for
      select jsonb_build_object('key', r.storage_key, 'size_bytes', r.size_bytes, 'content_type', r.content_type)::text
      from public.recordings r
      where r.org_id = p_org_id and r.stored_at is not null and r.delete_requested_at is null and r.deleted_at is null
      order by r.storage_key;
    return;
  end if;
  select * into v_table from app.tenant_tables() t where t.name = p_part and t.excuse is null;
  if v_table.name is null then
    raise exception 'an archive has no part of this name' using errcode = 'VX404';
  end if;
  open v_rows for execute format(
    'select to_jsonb(r)::text from (select %s from public.%I t where t.%I = $1 order by %s) r',
    (select string_agg(format('t.%I', c), ', ' order by n) from unnest(v_table.columns) with ordinality as u (c, n)),
    v_table.name, v_table.org_column,
    (select string_agg(format('t.%I', c), ', ' order by n) from unnest(v_table.key) with ordinality as u (c, n)))
  using p_org_id;
end
$$;

comment on function app.open_export(uuid, text) is
  'Opens what app.fetch_export reads: a clinic''s rows in a table, sorted by its key; members (who belongs to it, by address); or files (what it has in the storage). Opening ends what was read before. VX404: an archive has no such part. For the owner of the database, in one repeatable-read transaction for all parts.';

select app.seal('app.open_export(uuid, text)', null);
