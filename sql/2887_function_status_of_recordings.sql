create or replace function app.status_of_recordings(p_org_id uuid, p_now timestamptz)
returns app.area_status
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select app.judge_area(
      'recordings', p_now, '1 hour', r.copies, r.since, r.stored_at,
      case when r.failed_at > coalesce(r.stored_at, '-infinity') then 'recording_failed' end, r.failed_at)
    from (
      select count(*) filter (where x.open), min(x.created_at) filter (where x.open), max(x.stored_at), max(x.called_at) filter (where x.failed)
      from (
        select n.created_at, n.stored_at, c.updated_at as called_at, c.recording_state = 'failed' as failed,
          n.stored_at is null and n.delete_requested_at is null and c.recording_state in ('at_provider', 'copying') as open
        from (
          select o.call_id, o.created_at, o.stored_at, o.delete_requested_at
          from public.recordings o
          where o.org_id = p_org_id and o.deleted_at is null and o.created_at > p_now - interval '7 days'
          order by o.created_at desc
          limit 200
        ) n
        join public.call_logs c on c.org_id = p_org_id and c.id = n.call_id
      ) x
    ) r (copies, since, stored_at, failed_at));
end
$$;

comment on function app.status_of_recordings(uuid, timestamptz) is
  'The area recordings of app.system_status: recordings that are to be copied from the provider. recording_failed: the last could not be; the next that is copied ends it. Of the newest 200 recordings of a week.';

select app.seal('app.status_of_recordings(uuid, timestamptz)', null, 'app_writer');
