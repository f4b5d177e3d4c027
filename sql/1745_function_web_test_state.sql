create or replace function app.web_test_state(p_tracking_hash bytea)
returns setof app.web_test_view
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  perform app.require_admin();
  return query
  select case
      when t.ended_at is not null or (t.opened_at is null and t.expires_at <= app.now()) then 'ended'
      when t.opened_at is not null then 'in_progress'
      when t.call_id is not null then 'ready'
      else 'starting'
    end,
    t.call_id, c.vapi_call_id, t.opened_at, t.ended_at,
    coalesce(t.end_reason, case when t.opened_at is null and t.expires_at <= app.now() then 'lapsed' end)
  from public.web_tests t
  left join public.call_logs c on c.org_id = t.org_id and c.id = t.call_id
  where t.org_id = app.require_org_id() and t.tracking_hash = p_tracking_hash and t.user_id = app.current_user_id();
end
$$;

comment on function app.web_test_state(bytea) is
  'How a test call stands, for the member who began it; no row for others. VX403 for others than owners and admins.';

select app.seal('app.web_test_state(bytea)', 'app_writer', 'tenant_user');
