-- name: SystemStatus :many
select *
from app.system_status();
