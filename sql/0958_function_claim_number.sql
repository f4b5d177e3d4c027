create or replace function app.claim_number(p_number text)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_location_id uuid := (
    select l.id from public.locations l where l.org_id = v_org_id order by l.created_at, l.id limit 1);
begin
  if v_location_id is null then
    raise exception 'a number belongs to a location; add one first' using errcode = 'VX409';
  end if;
  insert into public.phone_numbers (org_id, number, location_id, provider)
  values (v_org_id, p_number, v_location_id, 'twilio')
  on conflict (number) do nothing;
  -- Another tenant's row is invisible here; that ours is missing says enough.
  if not exists (select from public.phone_numbers n where n.org_id = v_org_id and n.number = p_number) then
    raise exception 'this number is in use by another organization' using errcode = 'VX409';
  end if;
end
$$;

comment on function app.claim_number(text) is
  'Makes a number (E.164) the tenant''s, at its first location, so that texts to it find the clinic. A number it already has stays as it is. VX409: another organisation has it, or there is no location.';

select app.seal('app.claim_number(text)', null, 'app_writer');
