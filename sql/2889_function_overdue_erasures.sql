-- One statement for each kind, and none for what the clinic keeps for ever: as one, the planner read every message to find none.
create or replace function app.overdue_erasures(p_org_id uuid, p_now timestamptz)
returns setof timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_words_before timestamptz;
  v_messages_before timestamptz;
  v_recordings_before timestamptz;
begin
  select * into strict v_org from public.organizations o where o.id = p_org_id;
  v_words_before := p_now - v_org.keep_transcripts_for;
  v_messages_before := p_now - v_org.keep_messages_for;
  v_recordings_before := p_now - v_org.keep_recordings_for;
  if v_words_before is not null then
    return query
    select c.began_at + v_org.keep_transcripts_for
    from public.call_logs c
    where c.org_id = v_org.id and (c.transcript_state = 'stored' or c.summary is not null) and c.began_at <= v_words_before
    order by c.began_at
    limit 500;
  end if;
  if v_messages_before is not null then
    return query
    select m.created_at + v_org.keep_messages_for
    from public.messages m
    where m.org_id = v_org.id and m.content not in ('[erased]', '[expired]') and m.status <> 'queued' and m.created_at <= v_messages_before
    order by m.created_at
    limit 500;
  end if;
  if v_recordings_before is not null then
    return query
    select r.created_at + v_org.keep_recordings_for
    from public.recordings r
    where r.org_id = v_org.id and r.deleted_at is null and r.created_at <= v_recordings_before
    order by r.created_at
    limit 500;
  end if;
  -- Files of erased contacts are among the newest; whatever else waits to be deleted is old, and counted above.
  return query
  select r.delete_requested_at
  from (
    select n.delete_requested_at, n.created_at
    from public.recordings n
    where n.org_id = v_org.id and n.deleted_at is null
    order by n.created_at desc
    limit 500
  ) r
  where r.delete_requested_at is not null and (r.created_at <= v_recordings_before) is not true;
end
$$;

comment on function app.overdue_erasures(uuid, timestamptz) is
  'When each thing of the clinic should have been let go of that is still here: words of calls, texts and recordings that are older than the clinic keeps them, and files whose deletion was asked for. 500 of each kind at most, which is enough to say that it does not work.';

select app.seal('app.overdue_erasures(uuid, timestamptz)', null, 'app_writer');
