create or replace function app.note_push(p_calendar_link_id uuid, p_channel_id text, p_kind text)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  if p_kind is null or p_kind not in ('changed', 'missed', 'ended', 'ending') then
    raise exception 'there is no such push' using errcode = 'VX400';
  end if;
  if p_kind = 'ended' and not app.lose_channel(p_calendar_link_id, p_channel_id) then
    return false;
  elsif p_kind = 'ending' then
    -- Past its half, so that app.take_channel has it renewed.
    update public.calendar_links l
    set channel_opened_at = v_now - greatest(l.channel_expires_at - v_now, interval '1 second'), updated_at = v_now
    where l.org_id = app.require_org_id() and l.id = p_calendar_link_id and l.channel_id = p_channel_id
      and v_now < l.channel_opened_at + (l.channel_expires_at - l.channel_opened_at) / 2;
    if not found then
      return false;
    end if;
  end if;
  if p_kind in ('ended', 'ending') then
    perform app.enqueue_job('watch_calendar', jsonb_build_object('calendar_link_id', p_calendar_link_id));
  end if;
  return p_kind = 'ending' or app.request_pull(p_calendar_link_id);
end
$$;

comment on function app.note_push(uuid, text, text) is
  'What a genuine push of a channel brings about. changed, missed: the calendar is read (app.request_pull); ended: the provider ended the channel (app.lose_channel), another is opened and the calendar read; ending: the provider wants the channel renewed at once. False: nothing to do, or the channel is a former one, or somebody is at it. VX400: another kind.';

select app.seal('app.note_push(uuid, text, text)', 'app_writer', 'tenant_service');
