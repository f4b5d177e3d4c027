-- A number that is only said may be anybody's: without these limits a caller could have us text strangers, or expensive
-- foreign numbers, over and over.
create or replace function app.spoken_refusal(
  p_contact_id uuid,
  p_call_id uuid,
  p_recipient_hash bytea,
  p_number_region text
)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  if p_number_region is distinct from (select o.country from public.organizations o where o.id = v_org_id) then
    return 'foreign_number';
  end if;
  -- One for the whole tenant: two jobs at once must not both find the one text that is allowed still to come.
  perform pg_advisory_xact_lock(5, hashtext(v_org_id::text));
  if exists (
    select from public.messages m
    left join public.contacts c on c.org_id = m.org_id and c.id = m.contact_id
    where m.org_id = v_org_id and (m.contact_id = p_contact_id or m.recipient_hash = p_recipient_hash)
      and m.direction = 'outbound' and m.method = 'sms' and m.category = 'confirmation'
      and m.status in ('queued', 'sent', 'delivered', 'unknown')
      and c.phone is distinct from m.recipient)
    or (
      select count(distinct m.recipient_hash)
      from public.messages m
      where m.org_id = v_org_id and m.call_id = p_call_id
        and m.direction = 'outbound' and m.method = 'sms' and m.category = 'confirmation'
        and m.status in ('queued', 'sent', 'delivered', 'unknown')
        and m.recipient_hash <> p_recipient_hash) >= 2
  then
    return 'spoken_limit';
  end if;
  return null;
end
$$;

comment on function app.spoken_refusal(uuid, uuid, bytea, text) is
  'Why a number that a caller only said may not be texted: foreign_number when its region (ISO 3166, NULL when unknown) is not the clinic''s country, spoken_limit when this contact or number had its one text, or when the call had two other numbers texted. NULL: it may.';

select app.seal('app.spoken_refusal(uuid, uuid, bytea, text)', null, 'app_writer');
