-- name: ListLeads :many
select *
from app.list_leads(p_limit => @page_limit::integer);

-- name: RecentActivity :many
select *
from app.recent_activity();
