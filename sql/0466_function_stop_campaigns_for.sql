create or replace function app.stop_campaigns_for(
  p_contact_id uuid,
  p_cause text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_reason text := case p_cause when 'reply' then 'replied' when 'booking' then 'booked' when 'opt_out' then 'opted_out' end;
begin
  if v_reason is null then
    raise exception 'campaigns stop on reply, booking or opt_out' using errcode = 'VX400';
  end if;
  perform app.call_off(o.id, v_reason)
  from public.outbound_calls o
  join public.campaign_steps t on t.org_id = o.org_id and t.id = o.campaign_step_id
  join public.campaigns c on c.org_id = t.org_id and c.id = t.campaign_id
  where o.org_id = app.require_org_id() and o.contact_id = p_contact_id and o.kind = 'campaign' and o.state = 'waiting'
    and case p_cause when 'reply' then c.stop_on_reply when 'booking' then c.stop_on_booking else true end;
  -- In order of their ids, as app.stop_campaign takes them, so that the two never wait for each other in a ring.
  with stopped as (
    select s.org_id, s.id
    from public.scheduled_messages s
    join public.campaign_steps t on t.org_id = s.org_id and t.id = s.campaign_step_id
    join public.campaigns c on c.org_id = t.org_id and c.id = t.campaign_id
    where s.org_id = app.require_org_id() and s.contact_id = p_contact_id and s.kind = 'campaign' and s.state = 'waiting'
      and case p_cause when 'reply' then c.stop_on_reply when 'booking' then c.stop_on_booking else true end
    order by s.id
    for update of s
  )
  update public.scheduled_messages s
  set state = 'cancelled', reason = v_reason, updated_at = app.now()
  from stopped
  where s.org_id = stopped.org_id and s.id = stopped.id;
end
$$;

comment on function app.stop_campaigns_for(uuid, text) is
  'The contact gets no further steps of campaigns that stop for that cause: reply, booking (each where the campaign says so) or opt_out (always). What was sent stays, a call that still waits is called off; other contacts go on. An unknown cause is VX400.';

select app.seal('app.stop_campaigns_for(uuid, text)', null, 'app_writer');
