create or replace function app.channels_to_renew(p_limit integer)
returns setof app.calendar_ref
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  return query
  select l.org_id, l.id
  from public.calendar_links l
  where l.health <> 'needs_reconnect' and coalesce(l.channel_retry_at, v_now) <= v_now
    and (l.channel_expires_at is null or v_now >= l.channel_opened_at + (l.channel_expires_at - l.channel_opened_at) / 2)
    and exists (select from public.organizations o where o.id = l.org_id and o.deleted_at is null)
  order by l.channel_expires_at nulls first, l.id
  limit p_limit;
end
$$;

comment on function app.channels_to_renew(integer) is
  'Calendars, of all clinics, without a push channel or with one past half its life, unless one is being opened or failed just now.';

select app.seal('app.channels_to_renew(integer)', 'app_definer', 'voxanne_login');
