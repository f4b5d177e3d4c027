-- A wish is claimed in a transaction of its own, so that its other tries see the claim at once instead of waiting for a
-- lock as long as the handler works.
create or replace function app.claim_request(
  p_method text,
  p_route text,
  p_key text,
  p_body_hash bytea,
  p_keep interval,
  p_lease interval,
  p_claim_id uuid
)
returns setof app.request_claim
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_user_id uuid := app.current_user_id();
  v_now timestamptz := app.now();
  v_row public.idempotency_keys;
begin
  if v_user_id is null then
    raise exception 'only a member''s wishes have keys' using errcode = 'VX403';
  end if;
  insert into public.idempotency_keys as k
    (org_id, user_id, method, route, key, body_hash, claim_id, lease_until, created_at, expires_at)
  values (v_org_id, v_user_id, p_method, p_route, p_key, p_body_hash, p_claim_id, v_now + p_lease, v_now, v_now + p_keep)
  on conflict (org_id, user_id, method, route, key) do update
  set body_hash = excluded.body_hash, state = 'running', claim_id = excluded.claim_id, lease_until = excluded.lease_until,
    status = null, headers = null, response = null, acted_at = null, created_at = v_now, expires_at = excluded.expires_at
  where (k.state = 'done' and k.expires_at <= v_now)
    or (k.state = 'running' and k.lease_until <= v_now
      and (k.expires_at <= v_now or (k.body_hash = excluded.body_hash and k.acted_at is null)))
  returning k.* into v_row;
  if v_row.id is not null then
    return query select 'run', null::integer, null::jsonb, null::bytea;
    return;
  end if;

  select * into v_row
  from public.idempotency_keys k
  where k.org_id = v_org_id and k.user_id = v_user_id and k.method = p_method and k.route = p_route and k.key = p_key;
  if v_row.body_hash <> p_body_hash then
    return query select 'other_body', null::integer, null::jsonb, null::bytea;
  elsif v_row.state = 'done' then
    return query select 'replay', v_row.status, v_row.headers, v_row.response;
  elsif v_row.acted_at is not null and v_row.lease_until <= v_now then
    return query select 'acted', null::integer, null::jsonb, null::bytea;
  else
    -- Also without a row: its try has just given up; the caller asks again and finds the key free.
    return query select 'running', null::integer, null::jsonb, null::bytea;
  end if;
end
$$;

comment on function app.claim_request(text, text, text, bytea, interval, interval, uuid) is
  'Asks whether the acting member''s wish under a key is to be carried out, see app.request_claim. With outcome run the key belongs to p_claim_id for p_lease, and its answer is kept until p_keep from now; app.finish_request ends it. A try that died before it changed anything (see app.note_effect) is followed by the next once its lease is over. VX403 when no member acts.';

select app.seal('app.claim_request(text, text, text, bytea, interval, interval, uuid)', 'app_writer', 'tenant_user');
