-- A number's region may span several zones. The clinic's own, where it is one of them, is where its patients live; else
-- it must be day in all. Zones too far apart to share a day leave the clinic's.
create or replace function app.next_sending_time(
  p_contact_id uuid,
  p_number_zones text[],
  p_at timestamptz
)
returns timestamptz
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org public.organizations;
  v_zones text[];
  v_at timestamptz := p_at;
  v_later timestamptz;
begin
  select * into strict v_org from public.organizations o where o.id = app.require_org_id();
  select array[c.time_zone] into v_zones
  from public.contacts c
  where c.org_id = v_org.id and c.id = p_contact_id and c.time_zone is not null;
  if v_zones is null then
    v_zones := array(select z from unnest(p_number_zones) z where app.is_time_zone(z));
    if v_zones = '{}' or v_org.time_zone = any (v_zones) then
      v_zones := array[v_org.time_zone];
    end if;
  end if;

  loop
    select max(app.night_end(v_at, z, v_org.quiet_from, v_org.quiet_until)) into v_later from unnest(v_zones) z;
    exit when v_later is null;
    if v_later > p_at + interval '48 hours' then
      return coalesce(app.night_end(p_at, v_org.time_zone, v_org.quiet_from, v_org.quiet_until), p_at);
    end if;
    v_at := v_later;
  end loop;
  return v_at;
end
$$;

comment on function app.next_sending_time(uuid, text[], timestamptz) is
  'The first instant from p_at on that is outside the clinic''s quiet hours where the recipient is: in the contact''s zone when staff know it, else in all zones of the number''s region (only the clinic''s, when it is among them), else in the clinic''s. p_at itself when it is day there. Zones that share no time of day within two days leave the clinic''s zone; names that are no zone are passed over.';

select app.seal('app.next_sending_time(uuid, text[], timestamptz)', null, 'app_writer');
