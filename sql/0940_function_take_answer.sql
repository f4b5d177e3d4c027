create or replace function app.take_answer(p_row public.scheduled_messages, p_now timestamptz)
returns app.scheduled_bundle
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_bundle app.scheduled_bundle := app.start_bundle(p_row, case (p_row).kind when 'code' then 'code' else 'follow_up' end);
  v_language text := app.contact_language((p_row).contact_id);
  v_called public.call_logs;
  v_skipped text;
begin
  select * into v_called from public.call_logs c where c.org_id = (p_row).org_id and c.id = (p_row).call_id;
  v_skipped := case
    when v_bundle.phone is null then 'no_recipient'
    when (p_row).kind = 'code' and not exists (
      select from public.identity_codes c
      where c.org_id = (p_row).org_id and c.id = (p_row).code_id and c.expires_at > p_now) then 'too_late'
    when (p_row).kind = 'missed_call' and exists (
      select from public.call_logs c
      where c.org_id = (p_row).org_id and c.contact_id = (p_row).contact_id and c.created_at > v_called.created_at
        and coalesce(c.outcome, '') not in ('missed', 'failed')) then 'called_again'
  end;
  if v_skipped is not null then
    perform app.settle_scheduled(array[(p_row).id], 'skipped', v_skipped);
    return null;
  end if;

  v_bundle.text := app.render_text((app.template_for((p_row).kind, v_language))[2], jsonb_build_object(
    'clinic', replace(v_bundle.clinic_name, '[code]', ''), 'phone', coalesce(v_called.to_number, v_bundle.clinic_phone, ''),
    'code', '[code]'));
  if (p_row).kind = 'code' then
    v_bundle.code_subjects := array_fill((p_row).code_id, array[
      (length(v_bundle.text) - length(replace(v_bundle.text, '[code]', ''))) / length('[code]')]);
    v_bundle.code_versions := array_fill(1, array[cardinality(v_bundle.code_subjects)]);
  end if;
  return v_bundle;
end
$$;

comment on function app.take_answer(public.scheduled_messages, timestamptz) is
  'The bundle of what answers a call: the code that it asked for, or the text to a caller who was missed. NULL, and the row skipped: too_late (the code has expired), called_again (the caller was answered or is calling), no_recipient.';

select app.seal('app.take_answer(public.scheduled_messages, timestamptz)', null, 'app_writer');
