create or replace function app.note_effect(p_claim_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if pg_current_xact_id_if_assigned() is null then
    return true; -- it has only read
  end if;
  update public.idempotency_keys k
  set acted_at = coalesce(k.acted_at, app.now())
  where k.org_id = v_org_id and k.user_id = app.current_user_id() and k.claim_id = p_claim_id and k.state = 'running';
  return found;
end
$$;

comment on function app.note_effect(uuid) is
  'Called last in a transaction of a claimed wish: says, together with what it changed, that it acted. False when the claim is not p_claim_id''s any more, because it took too long and another try has it: the transaction must then be given up.';

select app.seal('app.note_effect(uuid)', 'app_writer', 'tenant_user');
