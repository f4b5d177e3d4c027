create or replace function app.write_cancellation(
  p_old public.appointments,
  p_reason text,
  p_call_id uuid,
  p_message_id uuid default null
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
begin
  update public.appointments a
  set status = 'cancelled', cancelled_at = v_now, cancel_reason = left(nullif(btrim(p_reason), ''), 200), updated_at = v_now
  where a.org_id = app.require_org_id() and a.id = (p_old).id;
  perform app.note_change('cancelled', (p_old).id, p_old, p_call_id, p_message_id);
end
$$;

comment on function app.write_cancellation(public.appointments, text, uuid, uuid) is
  'Cancels a visit and keeps its history, whoever asked: staff (neither id), a call, or a text. p_old is the row as read for update by the caller, who has decided that it may be cancelled.';

select app.seal('app.write_cancellation(public.appointments, text, uuid, uuid)', null, 'app_writer');
