create or replace function app.sweep_platform(p_events_before timestamptz, p_deliveries_before timestamptz)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_events bigint;
  v_deliveries bigint;
  v_answers bigint;
  v_tickets bigint;
  v_tests bigint;
  v_swept_xid xid8;
begin
  if p_events_before > app.now() - interval '1 hour' or p_deliveries_before > app.now() - interval '1 hour' then
    raise exception 'live clients and repeated webhooks need the last hour' using errcode = 'VX400';
  end if;
  with swept as (
    delete from public.events e where e.at < p_events_before returning e.xid
  )
  select count(*), max(s.xid) filter (where s.xid < pg_snapshot_xmax(pg_current_snapshot())) -- not those of a restored dump
  into v_events, v_swept_xid
  from swept s;
  update public.event_sweeps w set swept_xid = v_swept_xid where w.swept_xid < v_swept_xid;
  delete from public.webhook_deliveries d where d.received_at < p_deliveries_before;
  get diagnostics v_deliveries = row_count;
  delete from public.idempotency_keys k where k.expires_at < app.now();
  get diagnostics v_answers = row_count;
  delete from public.event_tickets t where t.expires_at <= app.now();
  get diagnostics v_tickets = row_count;
  -- The longest talks for an hour: none of yesterday is open, also where nobody began another since.
  delete from public.web_tests t where t.created_at < app.now() - interval '1 day';
  get diagnostics v_tests = row_count;
  delete from public.calendar_pace p where p.account <> '' and p.next_at < app.now() - interval '1 day';
  return v_events + v_deliveries + v_answers + v_tickets + v_tests;
end
$$;

comment on function app.sweep_platform(timestamptz, timestamptz) is
  'Deletes live events and webhook deliveries, of all tenants, that are older than the given instants: both are memory for a short time, the truth stands elsewhere. Answers kept for repeated wishes and tickets go when they have expired, test calls from the browser after a day, and so does the pace of a calendar''s account that was left alone. How far events went is written down, so that a client that was away for longer hears of it. The last hour cannot be deleted (VX400). Returns how many rows went.';

select app.seal('app.sweep_platform(timestamptz, timestamptz)', 'app_definer', 'voxanne_login');
