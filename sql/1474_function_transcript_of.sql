create or replace function app.transcript_of(p_call_id uuid)
returns app.transcript_export
language plpgsql
stable
set search_path = ''
as $$
declare
  v_call public.call_logs;
  v_export app.transcript_export;
begin
  select c.* into v_call
  from public.call_logs c
  left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
  where c.org_id = app.require_org_id() and c.id = p_call_id and c.deleted_at is null and k.erased_at is null;
  if v_call.id is null then
    raise exception 'Call not found' using errcode = 'VX404';
  elsif v_call.transcript_state <> 'stored' or v_call.transcript = '[]' then
    raise exception 'This call does not have a transcript' using errcode = 'VX400';
  end if;
  select null::uuid, v_call.id, null::timestamptz, o.name, l.phone, o.country, coalesce(l.time_zone, o.time_zone), k.name,
    case v_call.direction when 'outbound' then v_call.to_number else v_call.from_number end, v_call.direction,
    app.call_state(v_call.status, v_call.outcome, v_call.ended_reason), v_call.began_at,
    v_call.duration_seconds, v_call.summary, v_call.transcript
  into strict v_export
  from public.organizations o
  left join public.locations l on l.org_id = o.id and l.id = v_call.location_id
  left join public.contacts k on k.org_id = o.id and k.id = v_call.contact_id
  where o.id = v_call.org_id;
  return v_export;
end
$$;

comment on function app.transcript_of(uuid) is
  'What an exported transcript says; message_id and exported_at are still to come. VX404 for an unknown or deleted call, or one whose contact was erased; VX400 for a call without a transcript.';

select app.seal('app.transcript_of(uuid)', null, 'app_writer');
