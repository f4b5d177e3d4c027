-- name: CountCalendarLinks :one
select count(*)::integer as connected
from public.calendar_links
where org_id = @org_id;
