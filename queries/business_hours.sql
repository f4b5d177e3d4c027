-- name: ListHours :many
select location_id, resource_id, weekday, opens, closes
from public.business_hours
where org_id = @org_id and location_id = @location_id
order by resource_id nulls first, weekday, opens;

-- name: SetBusinessHours :one
select app.set_business_hours(
  p_location_id => @location_id::uuid,
  p_resource_id => sqlc.narg(resource_id)::uuid,
  p_weekdays => @weekdays::integer[],
  p_opens => cast(@opens::text[] as time[]),
  p_closes => cast(@closes::text[] as time[])
)::integer as spans;

-- name: ListClosures :many
select id, location_id, resource_id, lower(during)::timestamptz as starts_at, upper(during)::timestamptz as ends_at, reason, created_at
from public.closures
where org_id = @org_id and location_id = @location_id and (@with_past::boolean or upper(during) > app.now())
order by during, id
limit @up_to offset @past;

-- name: CountClosures :one
select count(*)
from public.closures
where org_id = @org_id and location_id = @location_id and (@with_past::boolean or upper(during) > app.now());

-- name: AddClosure :one
select id, location_id, resource_id, lower(during)::timestamptz as starts_at, upper(during)::timestamptz as ends_at, reason, created_at
from app.add_closure(
  p_location_id => @location_id::uuid,
  p_resource_id => sqlc.narg(resource_id)::uuid,
  p_starts_at => @starts_at::timestamptz,
  p_ends_at => @ends_at::timestamptz,
  p_reason => sqlc.narg(reason)::text
);

-- name: RemoveClosure :one
select app.remove_closure(p_closure_id => @closure_id::uuid)::boolean as removed;
