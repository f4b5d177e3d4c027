create or replace function app.abandon_request(p_claim_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  delete from public.idempotency_keys k
  where k.org_id = v_org_id and k.user_id = app.current_user_id() and k.claim_id = p_claim_id and k.state = 'running';
  return found;
end
$$;

comment on function app.abandon_request(uuid) is
  'Gives the key of a claimed wish back: it was refused or failed, so the same wish may be tried again at once. False when the claim is not p_claim_id''s any more.';

select app.seal('app.abandon_request(uuid)', 'app_writer', 'tenant_user');
