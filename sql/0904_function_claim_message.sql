create or replace function app.claim_message(
  p_message_id uuid
)
returns setof public.messages
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_message public.messages;
  v_now timestamptz;
begin
  perform app.lock_number(m.recipient) from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
    and m.status = 'queued' and m.handed_over_at is null
  for update;
  if v_message.id is null then
    return;
  end if;
  v_now := app.now();
  if app.is_opted_out(v_message.method, v_message.recipient) then
    update public.messages m
    set status = 'blocked', reason = 'opted_out', updated_at = v_now
    where m.org_id = v_org_id and m.id = p_message_id;
    perform app.announce('message_updated', 'message', p_message_id);
    return;
  end if;
  perform app.enqueue_job('settle_message', jsonb_build_object('message_id', p_message_id), v_now + interval '2 minutes');
  return query
  update public.messages m
  set handed_over_at = v_now, updated_at = v_now
  where m.org_id = v_org_id and m.id = p_message_id
  returning m.*;
end
$$;

comment on function app.claim_message(uuid) is
  'Hands a queued message to the one who asks, once, and puts a job in the queue that settles it if nothing more is heard. No row: somebody else has it, it is done, or the number opted out meanwhile and the message is blocked now.';

select app.seal('app.claim_message(uuid)', 'app_writer', 'tenant_service');
