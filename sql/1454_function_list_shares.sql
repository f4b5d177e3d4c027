create or replace function app.list_shares(
  p_call_id uuid
)
returns setof app.share_row
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
begin
  if not exists (select from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id and c.deleted_at is null) then
    raise exception 'Call not found' using errcode = 'VX404';
  end if;
  return query
  select s.id, s.recipient, s.actor_user_id, p.name, s.created_at, s.expires_at, s.revoked_at,
    app.share_state(s.revoked_at, s.expires_at, m.status, v_now), m.status, o.openings, o.visitors, o.last_at
  from public.recordings r
  join public.recording_shares s on s.org_id = r.org_id and s.recording_id = r.id
  left join public.messages m on m.org_id = s.org_id and m.id = s.message_id
  left join public.profiles p on p.org_id = s.org_id and p.user_id = s.actor_user_id
  cross join lateral (
    select count(*) filter (where x.part = 'page') as openings, count(distinct x.visitor_hash) as visitors, max(x.at) as last_at
    from public.recording_share_openings x
    where x.org_id = s.org_id and x.share_id = s.id) o
  where r.org_id = v_org_id and r.call_id = p_call_id
  order by s.created_at desc, s.id desc
  limit 100;
end
$$;

comment on function app.list_shares(uuid) is
  'The links to the recording of a call, the newest first, 100 at most, with how often and from how many places they were opened. Every member may look. VX404 for an unknown or deleted call.';

select app.seal('app.list_shares(uuid)', 'app_writer', 'tenant_user');
