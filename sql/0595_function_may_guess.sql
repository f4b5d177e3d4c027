create or replace function app.may_guess(p_call_id uuid, p_contact_id uuid)
returns boolean
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_wrong_in_call integer;
  v_wrong_today integer;
begin
  -- Parallel calls guess at one contact one after the other.
  perform pg_advisory_xact_lock(3, hashtext(p_contact_id::text));
  select count(*) filter (where v.call_id = p_call_id), count(*) filter (where v.contact_id = p_contact_id
    and v.at >= date_trunc('day', app.now() at time zone o.time_zone) at time zone o.time_zone)
  into v_wrong_in_call, v_wrong_today
  from public.caller_verifications v
  join public.organizations o on o.id = v.org_id
  where v.org_id = v_org_id and not v.succeeded and (v.call_id = p_call_id or v.contact_id = p_contact_id);
  return v_wrong_in_call < 3 and v_wrong_today < 5;
end
$$;

comment on function app.may_guess(uuid, uuid) is
  'Whether a call may try another identity factor: after three wrong ones in the call, or five in the clinic''s day for the contact, of whichever kind, only staff can help. The contact stays locked against other guesses until the transaction ends; taken after app.lock_call.';

select app.seal('app.may_guess(uuid, uuid)', null, 'app_writer');
