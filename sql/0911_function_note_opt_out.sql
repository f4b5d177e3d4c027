create or replace function app.note_opt_out(
  p_channel text,
  p_number text,
  p_number_hash bytea,
  p_source text
)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  insert into public.opt_outs (org_id, channel, phone, number_hash, source, at)
  values (
    v_org_id, p_channel, case when p_number ~ '^\+[1-9][0-9]{6,14}$' then p_number end, p_number_hash, p_source, app.now())
  on conflict (org_id, channel, number_hash) where revoked_at is null do nothing
  returning id into v_id;
  if v_id is null then
    return false;
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'opted_out', 'opt_out', v_id, app.current_user_id());
  perform app.stop_campaigns_for(c.id, 'opt_out')
  from public.contacts c
  where c.org_id = v_org_id and c.phone = p_number and p_channel = 'sms';
  perform app.call_off(o.id, 'opted_out')
  from public.outbound_calls o
  where o.org_id = v_org_id and o.to_number = p_number and o.state = 'waiting' and p_channel = 'voice';
  perform app.announce('opt_out_updated', 'opt_out', v_id);
  return true;
end
$$;

comment on function app.note_opt_out(text, text, bytea, text) is
  'Writes an opt-out with its audit and event, and ends the number''s campaigns (sms) or calls off the calls that wait for it (voice); whether it is new. The hash counts: p_number may be an e-mail address or what erasure left, and is then not kept. The number''s lock is held.';

select app.seal('app.note_opt_out(text, text, bytea, text)', null, 'app_writer');
