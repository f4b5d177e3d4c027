create or replace function app.finish_request(
  p_claim_id uuid,
  p_status integer,
  p_headers jsonb,
  p_response bytea
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  update public.idempotency_keys k
  set state = 'done', status = p_status, headers = case when k.answer_kept then p_headers else '{}' end,
    response = case when k.answer_kept then p_response else '' end
  where k.org_id = v_org_id and k.user_id = app.current_user_id() and k.claim_id = p_claim_id and k.state = 'running';
  return found;
end
$$;

comment on function app.finish_request(uuid, integer, jsonb, bytea) is
  'Keeps the answer (2xx) of a claimed wish for those who repeat it; of one that acted before a contact was erased (see app.forget_answers) only that it was carried out. False when the claim is not p_claim_id''s any more: it took too long and another try has it.';

select app.seal('app.finish_request(uuid, integer, jsonb, bytea)', 'app_writer', 'tenant_user');
