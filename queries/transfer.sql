-- A clinic leaves one installation and arrives in another; asked as the owner of the database.

-- name: TenantTables :many
select *
from app.tenant_tables();

-- name: ArchiveExclusions :many
select *
from app.archive_exclusions();

-- name: BeginExport :exec
select app.begin_export(p_org_id => @org_id::uuid);

-- name: ArchiveHead :one
-- No row: there is no such clinic.
select *
from app.archive_head(p_org_id => @org_id::uuid);

-- name: OpenExport :exec
select app.open_export(p_org_id => @org_id::uuid, p_part => @part::text);

-- name: FetchExport :one
-- Empty: that was all.
select app.fetch_export(p_bytes => @bytes::integer)::text[] as lines;

-- name: BeginImport :exec
select app.begin_import(p_org_id => @org_id::uuid, p_slug => @slug::text, p_schema_version => @schema_version::bigint);

-- name: ImportRows :one
select app.import_rows(p_org_id => @org_id::uuid, p_table => @table_name::text, p_lines => @lines::text[])::integer as stored;

-- name: FinishImport :one
select *
from app.finish_import(p_org_id => @org_id::uuid, p_members => @members::text[], p_take_over => @take_over::boolean);
