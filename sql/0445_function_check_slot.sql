create or replace function app.check_slot(
  p_call_id uuid,
  p_service text,
  p_starts_at timestamptz,
  p_resource text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
  v_service_id uuid := (select id from app.find_service(p_service));
  v_resource_id uuid := (select id from app.find_resource(p_resource));
  v_slot app.free_slot;
begin
  perform app.require_org_id();
  if v_service_id is null then
    return next app.booking_refusal('refused', 'unknown_service');
    return;
  elsif v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
    return next app.booking_refusal('refused', 'unknown_resource', v_service_id);
    return;
  end if;

  select * into v_slot
  from app.choose_slot(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
  if v_slot.resource_id is not null then
    return next app.booking_refusal('free', null, v_service_id, v_slot.resource_id, p_starts_at);
  else
    return next app.slot_refusal(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
  end if;
end
$$;

comment on function app.check_slot(uuid, text, timestamptz, text) is
  'Whether a start is free for a call, without holding it: outcome free with the resource that would take it, or refused with a reason as app.book_appointment would give and up to three alternatives.';

select app.seal('app.check_slot(uuid, text, timestamptz, text)', 'app_writer', 'tenant_service');
