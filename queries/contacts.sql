-- name: GetContact :one
select *
from public.contacts
where org_id = @org_id and id = @id;

-- name: EraseContact :one
select app.erase_contact(p_contact_id => @contact_id::uuid)::boolean as erased;
