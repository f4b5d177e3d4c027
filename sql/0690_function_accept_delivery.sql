-- Vapi has no delivery id. A second delivery waits here for the first one's transaction, then finds its answer.
create or replace function app.accept_delivery(
  p_vapi_call_id text,
  p_kind text,
  p_key text,
  p_body_hash bytea
)
returns setof public.webhook_deliveries
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_row public.webhook_deliveries;
begin
  insert into public.webhook_deliveries (org_id, vapi_call_id, kind, key, body_hash)
  values (v_org_id, p_vapi_call_id, p_kind, p_key, p_body_hash)
  on conflict (org_id, vapi_call_id, kind, key) do nothing
  returning * into v_row;
  if v_row.id is not null then
    return;
  end if;
  return query
  select d.*
  from public.webhook_deliveries d
  where d.org_id = v_org_id and d.vapi_call_id = p_vapi_call_id and d.kind = p_kind and d.key = p_key;
end
$$;

comment on function app.accept_delivery(text, text, text, bytea) is
  'Marks a webhook as being acted on. No row: it is new, act on it in this transaction. A row: it was acted on before, and this is what was answered.';

select app.seal('app.accept_delivery(text, text, text, bytea)', 'app_writer', 'tenant_service');
