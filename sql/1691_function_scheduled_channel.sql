create or replace function app.scheduled_channel(p_scheduled_ids uuid[])
returns text
language sql
stable
security definer
set search_path = ''
as $$
  select case
    when s.kind = 'campaign' then t.channel
    when s.kind <> 'reminder' then 'sms'
    -- A call is about one visit; the text lists them all.
    when o.reminder_channel = 'voice' and cardinality(p_scheduled_ids) > 1 then 'both'
    else o.reminder_channel
  end
  from public.scheduled_messages s
  join public.organizations o on o.id = s.org_id
  left join public.campaign_steps t on t.org_id = s.org_id and t.id = s.campaign_step_id
  where s.org_id = app.require_org_id() and s.id = p_scheduled_ids[1]
$$;

comment on function app.scheduled_channel(uuid[]) is
  'How the rows of a bundle of app.take_scheduled reach who has a phone: sms, voice (a call; a reminder is texted where the call is refused) or both. A reminder is what the clinic wishes, of several visits a text in any case; a step of a campaign what it says; all else a text. NULL: there is no such row.';

select app.seal('app.scheduled_channel(uuid[])', 'app_writer', 'tenant_service');
