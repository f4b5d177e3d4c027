create or replace function app.notify_urgent_call(p_call_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  -- Whoever has a visit, was put through or left a message is looked after already, and a hot lead is told of as one.
  if exists (
    select from public.call_logs c
    where c.org_id = app.require_org_id() and c.id = p_call_id and c.urgency = 'high' and c.hot_lead_at is null
      and c.direction = 'inbound' and c.outcome in ('answered', 'cancelled', 'failed'))
  then
    perform app.notify_staff('urgent_call', 'A caller sounded urgent', 'call', p_call_id);
  end if;
end
$$;

comment on function app.notify_urgent_call(uuid) is
  'Tells staff of a call that sounded urgent and of which nothing came that somebody looks after. Called once, with the report.';

select app.seal('app.notify_urgent_call(uuid)', null, 'app_writer');
