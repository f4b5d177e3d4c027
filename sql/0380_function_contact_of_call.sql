-- A withheld number must not lump strangers together, and a repeated tool call must not make a second contact: without
-- a number the call itself is the key.
create or replace function app.contact_of_call(p_call_id uuid)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_contact_id uuid;
  v_number text;
begin
  select * into v_call
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id;
  if not found then
    raise exception 'there is no such call' using errcode = 'VX404';
  elsif app.is_forgotten(p_call_id) then
    raise exception 'who calls was erased' using errcode = 'VX409';
  elsif v_call.contact_id is not null then
    return v_call.contact_id;
  end if;

  v_number := case when v_call.direction = 'outbound' then v_call.to_number else v_call.from_number end;
  if v_number is not null then
    insert into public.contacts (org_id, phone, last_contacted_at)
    values (v_org_id, v_number, app.now())
    on conflict (org_id, phone) do update set last_contacted_at = excluded.last_contacted_at, updated_at = app.now()
    returning id into v_contact_id;
  else
    insert into public.contacts (org_id, origin_call_id, last_contacted_at)
    values (v_org_id, p_call_id, app.now())
    on conflict (org_id, origin_call_id) do update set last_contacted_at = excluded.last_contacted_at, updated_at = app.now()
    returning id into v_contact_id;
  end if;

  update public.call_logs c
  set contact_id = v_contact_id, updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;
  perform app.announce('contact_updated', 'contact', v_contact_id);
  return v_contact_id;
end
$$;

comment on function app.contact_of_call(uuid) is
  'The contact a call belongs to, made where it is missing: by the calling number, or one of its own for a caller without a number. VX404 when the call is not the tenant''s, VX409 when it was deleted or its contact erased: nothing more is stored of it.';

select app.seal('app.contact_of_call(uuid)', null, 'app_writer');
