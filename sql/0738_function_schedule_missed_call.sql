create or replace function app.schedule_missed_call(
  p_call_id uuid
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_id uuid;
begin
  insert into public.scheduled_messages (org_id, kind, contact_id, call_id, due_at)
  select c.org_id, 'missed_call', c.contact_id, c.id, v_now
  from public.call_logs c
  join public.organizations o on o.id = c.org_id and o.missed_call_text
  where c.org_id = v_org_id and c.id = p_call_id
    and c.direction = 'inbound' and c.outcome in ('missed', 'failed') and c.contact_id is not null
    -- A text to a number of this platform would be answered by a robot.
    and c.from_number is not null and not app.is_our_number(c.from_number)
  on conflict (org_id, call_id) where kind = 'missed_call' do nothing
  returning id into v_id;
  if v_id is not null then
    perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), v_now);
  end if;
end
$$;

comment on function app.schedule_missed_call(uuid) is
  'Lets a caller who was not answered have one text, where the organisation wants that and the network gave the number. Once per call; the limits of follow-ups hold when it is sent.';

select app.seal('app.schedule_missed_call(uuid)', null, 'app_writer');
