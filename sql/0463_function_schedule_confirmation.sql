create or replace function app.schedule_confirmation(p_visit public.appointments, p_call_id uuid, p_now timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  -- What one call books within two minutes is told in one text.
  v_due_at timestamptz := case when p_call_id is null then p_now else p_now + interval '2 minutes' end;
  v_id uuid;
begin
  insert into public.scheduled_messages (org_id, kind, contact_id, appointment_id, call_id, due_at)
  values ((p_visit).org_id, 'confirmation', (p_visit).contact_id, (p_visit).id, p_call_id, v_due_at)
  on conflict (org_id, appointment_id) where kind = 'confirmation' and state = 'waiting'
  do update set contact_id = excluded.contact_id, call_id = excluded.call_id, due_at = excluded.due_at, updated_at = p_now
  returning id into v_id;
  perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_id), v_due_at);
end
$$;

comment on function app.schedule_confirmation(public.appointments, uuid, timestamptz) is
  'Lets a visit be confirmed to its contact: two minutes from now for what a call did, at once for the dashboard. A confirmation that still waits is put off instead of repeated.';

select app.seal('app.schedule_confirmation(public.appointments, uuid, timestamptz)', null, 'app_writer');
