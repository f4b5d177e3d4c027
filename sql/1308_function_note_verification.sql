create or replace function app.note_verification(
  p_provider text,
  p_updated_at timestamptz,
  p_problem text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  perform app.require_admin();
  -- updated_at stays: it says when the account was last written, and questions about messages go by it.
  update public.org_credentials c
  set last_verified_at = case when p_problem is null then app.now() else c.last_verified_at end,
    verification_error = left(p_problem, 200)
  where c.org_id = v_org_id and c.provider = p_provider and c.updated_at = p_updated_at
  returning c.id into v_id;
  if v_id is null then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, case when p_problem is null then 'credential_verified' else 'credential_refused' end, 'credential', v_id, app.current_user_id());
  return true;
end
$$;

comment on function app.note_verification(text, timestamptz, text) is
  'Keeps what a provider said about the account that stood at p_updated_at: accepted (p_problem NULL), or why not, in our words. False when the account was replaced or removed meanwhile. Owner and admin only (VX403).';

select app.seal('app.note_verification(text, timestamptz, text)', 'app_writer', 'tenant_user');
