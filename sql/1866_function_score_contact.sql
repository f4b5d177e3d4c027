create or replace function app.score_contact(p_contact_id uuid, p_score integer, p_reasons text[], p_declined boolean)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz := app.now();
  v_contact public.contacts;
  v_kept boolean;
  v_score integer := p_score;
  v_reasons text[] := p_reasons;
  v_fits integer;
begin
  select * into v_contact from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id and c.erased_at is null for no key update;
  if not found then
    return null;
  end if;
  v_kept := app.is_staffs_word(v_contact.lead_status, v_contact.lead_status_by)
    -- Booked is whoever has come or will. Whose every visit was cancelled is a lead as before.
    or v_contact.lead_status = 'booked' and exists (
      select from public.appointments a
      where a.org_id = v_org_id and a.contact_id = p_contact_id and a.status in ('pending', 'confirmed', 'completed'));
  -- A short question after a good talk makes nobody a worse lead; a no does.
  if not p_declined and v_contact.lead_score > p_score and v_contact.lead_scored_at > v_now - interval '30 days' then
    v_score := v_contact.lead_score;
    v_reasons := v_contact.lead_reasons;
  end if;
  if not v_kept then
    v_contact.lead_status := case when v_score >= 80 then 'hot' when v_score >= 50 then 'warm' else 'cold' end;
    v_contact.lead_status_by := 'rules';
  end if;
  v_fits := app.score_of_status(v_contact.lead_status, v_score);
  if v_fits <> v_score then
    v_reasons := v_reasons || format('Set to %s by staff (%s)', v_contact.lead_status, to_char(v_fits - v_score, 'FMSG990'));
  end if;
  update public.contacts c
  set lead_status = v_contact.lead_status, lead_status_by = v_contact.lead_status_by, lead_score = v_fits, lead_reasons = v_reasons,
    lead_scored_at = v_now, updated_at = v_now
  where c.org_id = v_org_id and c.id = p_contact_id;
  return v_contact.lead_status;
end
$$;

comment on function app.score_contact(uuid, integer, text[], boolean) is
  'Gives a contact the score of its latest call with the reasons, unless an earlier one of the last 30 days is better and the caller did not decline (p_declined). Hot from 80 on, warm from 50. A status that staff set stays, and booked as long as a visit does that was not cancelled; the score then is the nearest that fits. Returns the status; NULL for an erased contact.';

select app.seal('app.score_contact(uuid, integer, text[], boolean)', null, 'app_writer');
