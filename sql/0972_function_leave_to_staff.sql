create or replace function app.leave_to_staff(p_inbound public.messages)
returns app.inbound_answer
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_entity text := case when (p_inbound).contact_id is null then 'message' else 'contact' end;
begin
  -- Ten texts in a row are one conversation to look at, not ten notifications.
  if not exists (
    select from public.notifications n
    left join public.messages m on m.org_id = n.org_id and n.entity = 'message' and m.id = n.entity_id
    where n.org_id = (p_inbound).org_id and n.kind = 'message_received' and n.read_at is null
      and ((n.entity = 'contact' and n.entity_id = (p_inbound).contact_id) or m.recipient_hash = (p_inbound).recipient_hash)
  ) then
    perform app.notify_staff('message_received', 'A text came in that people should read', v_entity,
      coalesce((p_inbound).contact_id, (p_inbound).id));
  end if;
  return ('stored', (p_inbound).id, (p_inbound).contact_id, null)::app.inbound_answer;
end
$$;

comment on function app.leave_to_staff(public.messages) is
  'A received text that asks nothing of us: staff are told, once until they have read it per contact (per number where there is no contact). outcome stored.';

select app.seal('app.leave_to_staff(public.messages)', null, 'app_writer');
