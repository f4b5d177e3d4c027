create or replace function app.list_knowledge_gaps(p_page integer, p_limit integer, p_resolved boolean default false)
returns setof app.knowledge_gap_row
language sql
stable
security definer
set search_path = ''
as $$
  select g.id, g.question, g.times_asked, g.best_score, g.last_call_id, g.first_asked_at, g.last_asked_at, g.resolved_at, count(*) over (), false
  from public.knowledge_gaps g
  where g.org_id = app.require_org_id() and (g.resolved_at is not null) = p_resolved
  order by g.times_asked desc, g.last_asked_at desc, g.id
  limit p_limit offset (p_page - 1) * p_limit
$$;

comment on function app.list_knowledge_gaps(integer, integer, boolean) is
  'A page of the questions that no document answered, those asked in most calls first; p_resolved: those that somebody settled instead.';

select app.seal('app.list_knowledge_gaps(integer, integer, boolean)', 'app_writer', 'tenant_user');
