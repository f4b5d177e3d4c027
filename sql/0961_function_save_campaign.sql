create or replace function app.save_campaign(
  p_campaign_id uuid,
  p_name text,
  p_category text,
  p_segment jsonb,
  p_steps jsonb,
  p_stop_on_reply boolean default true,
  p_stop_on_booking boolean default true
)
returns setof public.campaigns
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := btrim(coalesce(p_name, ''));
  v_campaign public.campaigns;
begin
  perform app.require_staff();
  if char_length(v_name) not between 1 and 80 or coalesce(p_category, '') not in ('marketing', 'follow_up') then
    raise exception 'a campaign needs a name of up to 80 characters and a category: marketing or follow_up' using errcode = 'VX400';
  end if;
  perform app.check_segment(p_segment);
  perform app.check_steps(p_category, p_steps);

  if p_campaign_id is null then
    insert into public.campaigns (org_id, name, category, segment, stop_on_reply, stop_on_booking)
    values (v_org_id, v_name, p_category, p_segment, coalesce(p_stop_on_reply, true), coalesce(p_stop_on_booking, true))
    returning * into v_campaign;
  else
    select * into v_campaign from public.campaigns c where c.org_id = v_org_id and c.id = p_campaign_id for update;
    if v_campaign.id is null then
      raise exception 'there is no such campaign' using errcode = 'VX404';
    elsif v_campaign.status <> 'draft' then
      raise exception 'a campaign that was started stays as it is' using errcode = 'VX409';
    end if;
    update public.campaigns c
    set name = v_name, category = p_category, segment = p_segment, stop_on_reply = coalesce(p_stop_on_reply, true),
      stop_on_booking = coalesce(p_stop_on_booking, true), updated_at = app.now()
    where c.org_id = v_org_id and c.id = p_campaign_id
    returning * into v_campaign;
    delete from public.campaign_steps s where s.org_id = v_org_id and s.campaign_id = p_campaign_id;
  end if;

  insert into public.campaign_steps (org_id, campaign_id, position, after, template_id, channel)
  select v_org_id, v_campaign.id, e.position, make_interval(mins => (e.step ->> 'after_minutes')::integer),
    (e.step ->> 'template_id')::uuid, coalesce(e.step ->> 'channel', 'sms')
  from jsonb_array_elements(p_steps) with ordinality e (step, position);
  return next v_campaign;
exception when unique_violation then
  raise exception 'another campaign has this name' using errcode = 'VX409';
end
$$;

comment on function app.save_campaign(uuid, text, text, jsonb, jsonb, boolean, boolean) is
  'Makes (p_campaign_id NULL) or replaces a draft with its steps, [{"after_minutes": 0, "template_id": "…", "channel": "sms"}], and returns it. Staff only (VX403). VX400 as app.check_segment and app.check_steps say; VX404: no such campaign or template; VX409: it was started, or the name is taken.';

select app.seal('app.save_campaign(uuid, text, text, jsonb, jsonb, boolean, boolean)', 'app_writer', 'tenant_user');
