-- name: ListPhoneNumbers :many
select *
from app.list_phone_numbers(p_page => @page::integer, p_limit => @page_size::integer, p_at_vapi => @at_vapi::boolean);

-- name: GetPhoneNumber :one
select *
from app.find_phone_number(p_id => @id::uuid);

-- name: FindPhoneNumber :one
select *
from app.find_phone_number(p_id => null, p_number => @number::text);

-- name: MapPhoneNumber :one
select *
from app.map_phone_number(p_phone_number_id => @phone_number_id::uuid, p_fields => @fields::jsonb);

-- name: ReleasePhoneNumber :one
select app.release_phone_number(p_phone_number_id => @phone_number_id::uuid)::uuid as provisioning_id;
