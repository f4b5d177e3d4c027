-- name: ListServices :many
select *
from public.services
where org_id = @org_id and (sqlc.narg(active)::boolean is null or active = sqlc.narg(active))
order by name, id
limit @up_to offset @past;

-- name: CountServices :one
select count(*) from public.services where org_id = @org_id and (sqlc.narg(active)::boolean is null or active = sqlc.narg(active));

-- name: SaveService :one
select *
from app.save_service(p_service_id => sqlc.narg(service_id)::uuid, p_fields => @fields::jsonb);

-- name: DeleteService :one
select app.delete_service(p_service_id => @service_id::uuid)::boolean as deleted;
