-- name: ListLocations :many
select *
from public.locations
where org_id = @org_id
order by name, id
limit @up_to offset @past;

-- name: CountLocations :one
select count(*) from public.locations where org_id = @org_id;

-- name: SaveLocation :one
select *
from app.save_location(p_location_id => sqlc.narg(location_id)::uuid, p_fields => @fields::jsonb);

-- name: DeleteLocation :one
select app.delete_location(p_location_id => @location_id::uuid)::boolean as deleted;

-- name: LocationZone :one
select time_zone from public.locations where org_id = @org_id and id = @location_id;
