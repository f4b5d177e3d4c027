create or replace function app.take_scheduled(
  p_scheduled_id uuid
)
returns setof app.scheduled_bundle
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_row public.scheduled_messages;
  v_now timestamptz;
  v_not_before timestamptz;
  v_bundle app.scheduled_bundle;
begin
  select * into v_row from public.scheduled_messages s where s.org_id = v_org_id and s.id = p_scheduled_id;
  -- The same locks as app.begin_message's, so that nothing of one group goes out twice. Then visits before their rows: a
  -- booking locks them in that order.
  perform app.lock_contact(v_row.contact_id);
  perform from public.appointments a
  where a.org_id = v_org_id and a.id in (
    select s.appointment_id from public.scheduled_messages s
    where s.org_id = v_org_id and s.contact_id = v_row.contact_id and s.state = 'waiting')
  order by a.id
  for no key update;
  perform from public.scheduled_messages s
  where s.org_id = v_org_id and s.contact_id = v_row.contact_id and s.state = 'waiting'
  order by s.id
  for update;

  v_now := app.now();
  select * into v_row from public.scheduled_messages s where s.org_id = v_org_id and s.id = p_scheduled_id;
  if v_row.state = 'waiting' then
    -- A call that still runs may book another visit, or change this one.
    v_not_before := case
      when v_row.due_at > v_now then v_row.due_at
      when v_row.kind = 'confirmation' and exists (
        select from public.call_logs c
        where c.org_id = v_org_id and c.id = v_row.call_id and c.ended_at is null and c.status <> 'ended'
          and c.created_at > v_now - interval '30 minutes') then v_now + interval '1 minute'
    end;
    if v_not_before is not null then
      v_bundle.outcome := 'wait';
      v_bundle.not_before := v_not_before;
      v_bundle.scheduled_ids := array[v_row.id];
    else
      v_bundle := case
        when v_row.kind in ('confirmation', 'reminder') then app.take_visits(v_row, v_now)
        when v_row.kind = 'campaign' then app.take_campaign(v_row)
        else app.take_answer(v_row, v_now)
      end;
    end if;
  end if;
  v_bundle.outcome := coalesce(v_bundle.outcome, 'nothing');
  v_bundle.spoken := coalesce(v_bundle.spoken, false);
  return next v_bundle;
end
$$;

comment on function app.take_scheduled(uuid) is
  'What is to be sent now for a scheduled message, with everything that is merged into it; the rows stay locked until the transaction ends, which must settle them (app.settle_scheduled). outcome wait: its time has not come, or its call still runs (asked again every minute, for half an hour); nothing: done, cancelled or skipped, also when there is no such row.';

select app.seal('app.take_scheduled(uuid)', 'app_writer', 'tenant_service');
