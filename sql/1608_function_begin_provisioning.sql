create or replace function app.begin_provisioning(
  p_number text,
  p_ciphertext bytea,
  p_nonce bytea,
  p_auth_tag bytea,
  p_key_id text,
  p_account_ref text,
  p_account_changed boolean,
  p_routing text default null
)
returns setof app.provisioning_status
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_number public.phone_numbers;
  v_run public.provisioning;
begin
  perform app.require_admin();
  if p_routing not in ('dynamic', 'fixed') then
    raise exception 'routing is dynamic or fixed' using errcode = 'VX400';
  elsif not exists (
    select from public.agents a where a.org_id = v_org_id and a.role = 'inbound' and a.is_default and a.deleted_at is null) then
    raise exception 'save an inbound agent first: somebody has to answer the number' using errcode = 'VX409';
  elsif exists (select from public.locations l where l.org_id = v_org_id and l.phone = p_number) then
    raise exception 'this is a location''s own line, where callers go when we cannot answer: give that location another line first'
      using errcode = 'VX409';
  end if;
  -- Claims the number as well: of two organisations that want it, the second waits here and is refused.
  perform app.save_credential('twilio', p_ciphertext, p_nonce, p_auth_tag, p_key_id, p_account_ref, p_number);
  select * into v_number from public.phone_numbers n where n.org_id = v_org_id and n.number = p_number for update;
  select * into v_run
  from public.provisioning p
  where p.org_id = v_org_id and p.number = p_number and p.state not in ('undone', 'released')
  for update;
  v_now := app.now();
  if v_run.state in ('undoing', 'releasing') and p_account_changed then
    -- Giving it back may wait for nothing but a token that Twilio accepts.
    update public.provisioning p set account_ref = p_account_ref where p.org_id = v_org_id and p.id = v_run.id;
    perform app.start_provisioning(v_run.id);
    return query select * from app.provisioning_status(v_run.id);
    return;
  elsif v_run.state in ('undoing', 'releasing') then
    raise exception 'this number is being given back at this moment: try again when that is done' using errcode = 'VX409';
  elsif coalesce(p_routing, v_number.routing) = 'fixed' and not exists (
    select from public.assistant_routes r
    join public.agents a on a.org_id = r.org_id and a.id = r.agent_id and a.deleted_at is null
    where r.org_id = v_org_id and (a.id = v_number.agent_id or v_number.agent_id is null and a.role = 'inbound' and a.is_default)) then
    raise exception 'the agent has no assistant at Vapi yet: try again in a moment' using errcode = 'VX409';
  end if;
  if v_run.id is null then
    insert into public.provisioning (org_id, number, account_ref, started_by)
    values (v_org_id, p_number, p_account_ref, app.current_user_id())
    returning * into v_run;
    insert into public.provisioning_steps (org_id, provisioning_id, position, step, undo)
    select v_org_id, v_run.id, s.position, s.step, case s.step when 'check' then app.left_at_twilio(p_number) end
    from unnest(array['check', 'credential', 'import', 'messaging', 'routing']) with ordinality s (step, position);
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'number_set_up', 'phone_number', v_number.id, app.current_user_id());
    perform app.start_provisioning(v_run.id);
  elsif p_account_changed or v_run.state = 'active' and v_run.error is not null or coalesce(p_routing, v_number.routing) <> v_number.routing then
    -- Everything is gone through again; each step finds what it made before.
    update public.provisioning p
    set state = 'running', account_ref = p_account_ref, error = null, updated_at = v_now
    where p.org_id = v_org_id and p.id = v_run.id;
    update public.provisioning_steps s
    set state = 'waiting', attempts = 0, error = null, updated_at = v_now
    where s.org_id = v_org_id and s.provisioning_id = v_run.id;
    perform app.start_provisioning(v_run.id);
  end if;
  update public.phone_numbers n
  set routing = coalesce(p_routing, n.routing), updated_at = v_now
  where n.org_id = v_org_id and n.id = v_number.id and n.routing is distinct from coalesce(p_routing, n.routing);
  return query select * from app.provisioning_status(v_run.id);
end
$$;

comment on function app.begin_provisioning(text, bytea, bytea, bytea, text, text, boolean, text) is
  'Begins giving the tenant a number (E.164) of the Twilio account that was just verified and sealed, or goes on with the run it has: claims the number, keeps the account, writes the run and its steps, puts the job in. The same again changes nothing; after a failure, with another token (p_account_changed) or another routing every step is gone through again. p_routing NULL: as it is, at first dynamic. Owner or admin only (VX403). VX400: no number; VX409: the number is another organisation''s or the clinic''s own line, there is no inbound agent (or, for fixed, no assistant), or the number is being given back. With another token that goes on with it at once, and the state returned is undoing or releasing.';

select app.seal('app.begin_provisioning(text, bytea, bytea, bytea, text, text, boolean, text)', 'app_writer', 'tenant_user');
