create or replace function app.settle_scheduled(
  p_scheduled_ids uuid[],
  p_outcome text,
  p_reason text default null,
  p_message_id uuid default null,
  p_not_before timestamptz default null
)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_id uuid;
begin
  if p_outcome is null or p_outcome not in ('done', 'skipped', 'wait') or (p_outcome = 'wait' and p_not_before is null) then
    raise exception 'a scheduled message is done, skipped or waits until a time' using errcode = 'VX400';
  elsif p_outcome = 'wait' then
    -- A row that is due only later keeps its own time and its own job.
    for v_id in
      update public.scheduled_messages s
      set due_at = p_not_before, reason = p_reason, updated_at = v_now
      where s.org_id = v_org_id and s.id = any (p_scheduled_ids) and s.state = 'waiting' and s.due_at < p_not_before
      returning s.id
    loop
      perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), p_not_before);
    end loop;
  else
    update public.scheduled_messages s
    set state = p_outcome, reason = p_reason, message_id = p_message_id, updated_at = v_now
    where s.org_id = v_org_id and s.id = any (p_scheduled_ids) and s.state = 'waiting';
  end if;
end
$$;

comment on function app.settle_scheduled(uuid[], text, text, uuid, timestamptz) is
  'Says what became of the rows of a bundle: done (p_message_id: by which message), skipped (p_reason: why) or wait: looked at again at p_not_before. Rows that wait no more are left alone. VX400 for another outcome.';

select app.seal('app.settle_scheduled(uuid[], text, text, uuid, timestamptz)', 'app_writer', 'tenant_service');
