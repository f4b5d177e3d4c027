create or replace function app.status_of_retention(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'retention', p_now, '2 days', count(*), min(e.at), (
        select max(l.at)
        from public.audit_log l
        where l.org_id = p_org_id and l.at > p_now - interval '30 days' and l.entity = 'organization'
          and l.action in ('words_expired', 'messages_expired', 'leftovers_expired', 'recordings_expired')),
      null, null)
    from app.overdue_erasures(p_org_id, p_now) e (at));
end
$$;

comment on function app.status_of_retention(uuid, timestamptz) is
  'The area retention of app.system_status: what the clinic keeps no longer and is still here. It goes at night, so two nights may pass. The last success is when something was let go of, within a month.';

select app.seal('app.status_of_retention(uuid, timestamptz)', null, 'app_writer');
