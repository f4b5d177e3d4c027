create or replace function app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_forgotten boolean;
begin
  -- Asked of the one call, and not within the update, where PostgreSQL may ask it of all the clinic's calls.
  select app.is_forgotten(c.id) into v_forgotten
  from public.call_logs c
  where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;

  update public.webhook_deliveries d
  set answer = case when v_forgotten then '[erased]' else p_answer end
  where d.org_id = v_org_id and d.vapi_call_id = p_vapi_call_id and d.kind = p_kind and d.key = p_key;
end
$$;

comment on function app.answer_delivery(text, text, text, text) is
  'Keeps what a tool call was answered, in the transaction that acted, for the same call delivered again.';

select app.seal('app.answer_delivery(text, text, text, text)', 'app_writer', 'tenant_service');
