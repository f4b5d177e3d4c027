create or replace function app.message_to_settle(
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
begin
  select * into v_message
  from public.messages m
  where m.org_id = v_org_id and m.id = p_message_id and m.direction = 'outbound'
    and (m.status = 'unknown' or (m.status = 'queued' and m.handed_over_at is not null))
  for update;
  if v_message.id is null then
    return;
  elsif v_message.status = 'queued' then
    perform app.conclude_message(v_message, 'unknown', null, null, null);
  end if;
  return query select m.* from public.messages m where m.org_id = v_org_id and m.id = p_message_id;
end
$$;

comment on function app.message_to_settle(uuid) is
  'The message when nobody knows what became of it: taken to the provider and never finished, or unknown. Its status is unknown from here on, so that the truth stands while the provider is asked. No row: it is settled, or still waits for its sender.';

select app.seal('app.message_to_settle(uuid)', 'app_writer', 'tenant_service');
