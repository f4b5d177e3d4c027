create or replace function app.resolve_knowledge_gap(p_gap_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  perform app.require_staff();
  update public.knowledge_gaps g
  set resolved_at = coalesce(g.resolved_at, app.now()), resolved_by = coalesce(g.resolved_by, app.current_user_id())
  where g.org_id = app.require_org_id() and g.id = p_gap_id;
  return found;
end
$$;

comment on function app.resolve_knowledge_gap(uuid) is
  'Puts a question aside that is answered now, or need not be. Asked again in vain, it comes back. False: there is none. For owners, admins and staff (VX403).';

select app.seal('app.resolve_knowledge_gap(uuid)', 'app_writer', 'tenant_user');
