create or replace function app.request_code(
  p_call_id uuid,
  p_number text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_caller_id uuid;
  v_contact_id uuid;
  v_code_id uuid;
  v_scheduled_id uuid;
begin
  perform app.lock_call(p_call_id);
  v_caller_id := app.contact_of_call(p_call_id);
  if 3 <= (select count(*) from public.identity_codes c where c.org_id = v_org_id and c.call_id = p_call_id) then
    return 'locked';
  end if;

  -- Whom this call itself introduced, no code has to open.
  select k.id into v_contact_id
  from public.contacts k
  where k.org_id = v_org_id and k.phone is not null
    and case when p_number is null then k.id = v_caller_id else k.phone = p_number end
    and exists (
      select from public.patients p
      where p.org_id = k.org_id and p.contact_id = k.id and p.origin_call_id is distinct from p_call_id);
  perform pg_advisory_xact_lock(3, hashtext(v_contact_id::text));
  v_now := app.now();
  if 3 <= (
    select count(*) from public.identity_codes c
    where c.org_id = v_org_id and c.contact_id = v_contact_id and c.kind = 'texted'
      and c.expires_at > c.created_at and c.created_at > v_now - interval '1 hour')
  then
    v_contact_id := null;
  end if;

  -- An ask that sends nothing is written down too, as expired: it counts for the call, and for nobody's hour.
  insert into public.identity_codes (org_id, kind, contact_id, call_id, created_at, expires_at)
  values (v_org_id, 'texted', coalesce(v_contact_id, v_caller_id), p_call_id, v_now,
    case when v_contact_id is null then v_now else v_now + interval '10 minutes' end)
  returning id into v_code_id;
  if v_contact_id is not null then
    insert into public.scheduled_messages (org_id, kind, contact_id, call_id, code_id, due_at)
    values (v_org_id, 'code', v_contact_id, p_call_id, v_code_id, v_now)
    returning id into v_scheduled_id;
    perform app.enqueue_job('send_scheduled', jsonb_build_object('scheduled_id', v_scheduled_id), v_now);
  end if;
  return 'maybe_sent';
end
$$;

comment on function app.request_code(uuid, text) is
  'Lets a code go to the number on file: p_number as the caller says it (E.164), NULL for the number that calls. maybe_sent whether or not anybody has that number, and also when the contact has had three codes within the hour; locked after three asks in the call. The code opens that contact''s patients to this call for ten minutes. VX404 when the call is not the tenant''s.';

select app.seal('app.request_code(uuid, text)', 'app_writer', 'tenant_service');
