-- name: ListResources :many
select sqlc.embed(r), array(
  select rs.service_id from public.resource_services rs where rs.org_id = r.org_id and rs.resource_id = r.id order by rs.service_id
)::uuid[] as service_ids
from public.resources r
where r.org_id = @org_id and (sqlc.narg(location_id)::uuid is null or r.location_id = sqlc.narg(location_id))
order by r.name, r.id
limit @up_to offset @past;

-- name: CountResources :one
select count(*) from public.resources r where r.org_id = @org_id and (sqlc.narg(location_id)::uuid is null or r.location_id = sqlc.narg(location_id));

-- name: GetResource :one
select sqlc.embed(r), array(
  select rs.service_id from public.resource_services rs where rs.org_id = r.org_id and rs.resource_id = r.id order by rs.service_id
)::uuid[] as service_ids
from public.resources r
where r.org_id = @org_id and r.id = @id;

-- name: SaveResource :one
select *
from app.save_resource(p_resource_id => sqlc.narg(resource_id)::uuid, p_fields => @fields::jsonb);

-- name: DeleteResource :one
select app.delete_resource(p_resource_id => @resource_id::uuid)::boolean as deleted;
