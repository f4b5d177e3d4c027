create or replace function app.opt_in(
  p_channel text,
  p_number text,
  p_source text
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_hash bytea;
  v_id uuid;
begin
  if app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if coalesce(p_number, '') = '' or p_channel is null or p_channel not in ('sms', 'voice', 'email')
    or p_source is null or p_source not in ('reply', 'carrier', 'staff')
    or (p_source = 'staff') <> (app.current_user_id() is not null)
  then
    raise exception 'nobody can be opted in so: channel %, source %', p_channel, p_source using errcode = 'VX400';
  end if;
  perform app.lock_number(p_number);
  v_hash := app.number_hash(p_number);
  update public.opt_outs o
  set revoked_at = app.now(), revoked_by = p_source
  where o.org_id = v_org_id and o.channel = p_channel and o.number_hash = v_hash and o.revoked_at is null
  returning o.id into v_id;
  if v_id is null then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'opted_in', 'opt_out', v_id, app.current_user_id());
  perform app.announce('opt_out_updated', 'opt_out', v_id);
  return true;
end
$$;

comment on function app.opt_in(text, text, text) is
  'Takes an opt-out back: the number or address may be reached again on that channel. p_source: reply, carrier, or staff, which is what a member does (VX403 for viewers). Returns whether there was one. VX400 for an unknown channel or source, or one that is not who acts.';

select app.seal('app.opt_in(text, text, text)', 'app_writer', 'tenant_user', 'tenant_service', 'app_writer');
