create or replace function app.lose_channel(p_calendar_link_id uuid, p_channel_id text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.calendar_links l
  set channel_id = null, channel_resource_id = null, channel_token_hash = null, channel_opened_at = null,
    channel_expires_at = null, channel_retry_at = null, updated_at = app.now()
  where l.org_id = app.require_org_id() and l.id = p_calendar_link_id and l.channel_id = p_channel_id;
  return found;
end
$$;

comment on function app.lose_channel(uuid, text) is
  'The provider ended a push channel (Graph: subscriptionRemoved): the next round opens another. False when the calendar has another one already.';

select app.seal('app.lose_channel(uuid, text)', 'app_writer', 'tenant_service');
