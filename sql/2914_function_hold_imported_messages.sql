create or replace function app.hold_imported_messages(p_org_id uuid, p_take_over boolean)
returns app.import_outcome
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_outcome app.import_outcome := (0, 0, 0, 0, 0, 0);
  v_now timestamptz := app.now();
  v_messages integer;
begin
  update public.scheduled_messages s
  set state = 'cancelled', reason = 'imported', updated_at = v_now
  where s.org_id = p_org_id and s.state = 'waiting' and (not p_take_over or s.due_at <= v_now);
  get diagnostics v_outcome.messages_held = row_count;
  -- Rows travel, jobs do not: without one nobody would look at what is due later.
  perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', s.id), s.due_at)
  from public.scheduled_messages s
  where s.org_id = p_org_id and s.state = 'waiting'
  order by s.due_at, s.id;

  update public.messages m
  set status = 'blocked', reason = 'imported', updated_at = v_now
  where m.org_id = p_org_id and m.direction = 'outbound' and m.status = 'queued' and m.handed_over_at is null;
  get diagnostics v_messages = row_count;
  v_outcome.messages_held := v_outcome.messages_held + v_messages;
  -- A worker there had it in hand: it may have left, and the account to ask with is not here.
  update public.messages m
  set status = 'unknown', reason = 'cannot_ask', updated_at = v_now
  where m.org_id = p_org_id and m.direction = 'outbound' and m.status = 'queued';

  update public.outbound_calls c
  set state = 'cancelled', reason = 'imported', ended_at = v_now, look_at = null, lease_id = null, updated_at = v_now
  where c.org_id = p_org_id and c.ended_at is null;
  get diagnostics v_outcome.calls_cancelled = row_count;

  if not p_take_over then
    update public.campaigns c
    set status = 'stopped', ended_at = v_now, updated_at = v_now
    where c.org_id = p_org_id and c.status = 'running';
    get diagnostics v_outcome.campaigns_stopped = row_count;
  end if;
  return v_outcome;
end
$$;

comment on function app.hold_imported_messages(uuid, boolean) is
  'Takes back whatever an imported clinic would send or call by itself, because the installation that it comes from may do so: texts that wait, calls, running campaigns. p_take_over: that installation does not any more; texts that are due later get their jobs here, and campaigns go on. The claims are the clinic''s, as app.begin_import sets them. For the owner of the database.';

select app.seal('app.hold_imported_messages(uuid, boolean)', null);
