create or replace function app.note_channel(
  p_calendar_link_id uuid,
  p_channel_id text,
  p_channel_resource_id text,
  p_token_hash bytea,
  p_expires_at timestamptz
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  update public.calendar_links l
  set channel_id = p_channel_id, channel_resource_id = p_channel_resource_id, channel_token_hash = p_token_hash,
    channel_opened_at = v_now, channel_expires_at = p_expires_at, channel_retry_at = null, updated_at = v_now
  where l.org_id = app.require_org_id() and l.id = p_calendar_link_id;
  if not found then
    return false;
  end if;
  -- Between the last reading and the channel's opening nobody told of changes.
  perform app.request_pull(p_calendar_link_id);
  return true;
end
$$;

comment on function app.note_channel(uuid, text, text, bytea, timestamptz) is
  'A push channel of a calendar is open, or its life was lengthened (then with its id and hash as before); p_token_hash is the SHA-256 of the secret that comes with its pushes. Close the former one at the provider afterwards. The calendar is read once more. False: the link is gone, close this one.';

select app.seal('app.note_channel(uuid, text, text, bytea, timestamptz)', 'app_writer', 'tenant_service');
