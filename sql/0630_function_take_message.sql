create or replace function app.take_message(
  p_call_id uuid,
  p_tool_call_id text,
  p_body text,
  p_caller_name text default null,
  p_callback_number text default null,
  p_urgent boolean default false
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  if coalesce(btrim(p_body), '') = '' then
    raise exception 'a message needs a text' using errcode = 'VX400';
  end if;
  perform app.lock_call(p_call_id);
  insert into public.caller_messages (
    org_id, call_id, tool_call_id, contact_id, caller_name, callback_number, body, urgent)
  values (
    v_org_id, p_call_id, p_tool_call_id, app.contact_of_call(p_call_id), left(nullif(btrim(p_caller_name), ''), 100),
    p_callback_number, left((app.redact_talk(array[btrim(p_body)], array_remove(array[p_caller_name], null) || app.names_of_call(p_call_id)))[1], 2000), p_urgent)
  on conflict (org_id, call_id, tool_call_id) do nothing
  returning id into v_id;
  if v_id is null then
    return (
      select m.id from public.caller_messages m
      where m.org_id = v_org_id and m.call_id = p_call_id and m.tool_call_id = p_tool_call_id
    );
  end if;
  perform app.notify_staff('caller_message',
    case when p_urgent then 'A caller left an urgent message' else 'A caller left a message' end, 'caller_message', v_id);
  return v_id;
end
$$;

comment on function app.take_message(uuid, text, text, text, text, boolean) is
  'Keeps what a caller asked to pass on and tells the staff. The same tool call again returns the same message''s id. Numbers, addresses and identifiers in the text are redacted; the call-back number (E.164) has its own column. An empty text is VX400.';

select app.seal('app.take_message(uuid, text, text, text, text, boolean)', 'app_writer', 'tenant_service');
