create or replace function app.take_channel(p_calendar_link_id uuid)
returns setof app.calendar_channel
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_link public.calendar_links;
  v_now timestamptz;
  v_outcome text;
begin
  select * into v_link
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id
  for no key update;
  v_now := app.now();
  v_outcome := case
    when v_link.id is null then 'gone'
    when v_link.health = 'needs_reconnect' then 'needs_reconnect'
    when v_link.channel_retry_at > v_now then 'not_due'
    when v_link.channel_expires_at is not null
      and v_now < v_link.channel_opened_at + (v_link.channel_expires_at - v_link.channel_opened_at) / 2 then 'not_due'
    else 'open'
  end;
  if v_outcome = 'open' then
    update public.calendar_links l
    set channel_retry_at = v_now + interval '5 minutes'
    where l.org_id = v_org_id and l.id = p_calendar_link_id;
  end if;
  return next (
    v_outcome, v_link.provider, v_link.external_calendar_id, v_link.channel_id, v_link.channel_resource_id,
    v_link.channel_expires_at)::app.calendar_channel;
end
$$;

comment on function app.take_channel(uuid) is
  'Whether a push channel is to be opened or renewed for a calendar now, see app.calendar_channel; for five minutes nobody else is told so, which is also the pause after a failure.';

select app.seal('app.take_channel(uuid)', 'app_writer', 'tenant_service');
