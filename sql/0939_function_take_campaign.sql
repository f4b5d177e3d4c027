create or replace function app.take_campaign(p_row public.scheduled_messages)
returns app.scheduled_bundle
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_bundle app.scheduled_bundle;
  v_campaign public.campaigns;
  v_template public.message_templates;
  v_contact public.contacts;
  v_stopped boolean;
begin
  select k.* into v_contact from public.contacts k where k.org_id = (p_row).org_id and k.id = (p_row).contact_id;
  select c.* into v_campaign
  from public.campaign_steps s
  join public.campaigns c on c.org_id = s.org_id and c.id = s.campaign_id
  where s.org_id = (p_row).org_id and s.id = (p_row).campaign_step_id;
  select t.* into v_template
  from public.campaign_steps s
  join public.message_templates t on t.org_id = s.org_id and t.id = s.template_id
  where s.org_id = (p_row).org_id and s.id = (p_row).campaign_step_id;

  v_stopped := v_campaign.status <> 'running';
  if v_stopped or v_contact.phone is null then
    perform app.settle_scheduled(array[(p_row).id], 'skipped', case when v_stopped then 'stopped' else 'no_recipient' end);
    return null;
  end if;

  v_bundle := app.start_bundle(p_row, v_campaign.category);
  v_bundle.campaign_id := v_campaign.id;
  v_bundle.text := app.render_text(v_template.body, jsonb_build_object('clinic', v_bundle.clinic_name,
    'first_name', split_part(coalesce(v_contact.name, ''), ' ', 1), 'phone', coalesce(v_bundle.clinic_phone, '')));
  if v_campaign.category = 'marketing' then
    v_bundle.text := app.with_stop_hint(v_bundle.text, v_template.language);
  end if;
  return v_bundle;
end
$$;

comment on function app.take_campaign(public.scheduled_messages) is
  'The bundle of one step of a campaign for one contact. NULL, and the row skipped: the campaign does not run (stopped), or there is no number (no_recipient). Contacts who answered, booked or opted out have no waiting rows, see app.stop_campaigns_for.';

select app.seal('app.take_campaign(public.scheduled_messages)', null, 'app_writer');
