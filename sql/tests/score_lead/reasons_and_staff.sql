-- A score follows from what the caller said, says why, and leaves what staff decided alone.
begin;
\ir ../messages.psql
select plan(32);
create function pg_temp.hear(p_said text, p_call uuid default 'a0000000-0000-7000-8000-0000000000c1', p_agent text default 'Hello', p_reason text default 'customer-ended-call')
returns text language plpgsql as $$
begin
  perform pg_temp.owner(format('update public.call_logs set reported_at = null where id = %L', p_call));
  perform app.record_call_report(p_call, null, null, 60, p_reason, null,
    jsonb_build_array(jsonb_build_object('speaker', 'assistant', 'text', p_agent), jsonb_build_object('speaker', 'caller', 'text', p_said)), null, false, '{}');
  return (
    select concat_ws(' ', k.lead_status, k.lead_score)
    from public.call_logs c join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.id = p_call);
end
$$;
create function pg_temp.hot() returns text language sql security definer as $$
  select (select count(*) from public.notifications where kind = 'hot_lead') || ' notifications, '
    || (select count(*) from public.events where kind = 'hot_lead_alert') || ' events, '
    || (select count(*) from public.messages where category = 'alert') || ' texts'
$$;
grant execute on function pg_temp.hot to public;
\set all '''It hurts, I want to book whitening today'''
select pg_temp.act_for('a');
select is(pg_temp.hear('Are you open today?'), 'cold 0', 'a question');
select is(pg_temp.hear('Yes', p_agent => 'It hurts, I want to book whitening today'), 'cold 0', 'what the agent says counts nothing');
select is(pg_temp.hear('It hurts, can I get in?'), 'warm 70', 'a wish');
select is((select lead_reasons from public.contacts where phone = '+13125550111'), '{"Asked for a visit (+35)","Has pain or something broken (+35)"}', 'with its reasons');
select is(pg_temp.hear('Are you open today?'), 'warm 70', 'a question later is no step back');
select is((select lead_score || ' ' || lead_reasons::text from public.call_logs where id = :'call1'), '0 {}', 'the call has its own score');
select is(pg_temp.hear('I am just looking'), 'cold 0', 'a no is');
select is((select lead_reasons from public.contacts where phone = '+13125550111'), '{"Is not interested (-40)"}', 'and says so');
select is(pg_temp.hot(), '0 notifications, 0 events, 0 texts', 'nobody was told');
select is(pg_temp.hear(:all), 'hot 100', 'everything at once');
select is((select lead_reasons from public.contacts where phone = '+13125550111'),
  '{"Asked for a visit (+35)","Has pain or something broken (+35)","Wants it soon (+20)","Is ready to go ahead (+15)","Spoke of Whitening (+15)"}', 'each thing once');
select is(pg_temp.hot(), '1 notifications, 1 events, 0 texts', 'people are told');
select is(pg_temp.hear(:all), 'hot 100', 'the same call again');
select is(pg_temp.hot(), '1 notifications, 1 events, 0 texts', 'is told of once');
select is((select entity || ' ' || (entity_id = (select id from public.contacts where phone = '+13125550111')) || ' ' || title from public.notifications where kind = 'hot_lead'),
  'contact true A caller is a hot lead', 'without a name');

select pg_temp.owner(format('update public.organizations set hot_lead_phone = %L where id = %L', '+13125550188', :'lakeside'));
select pg_temp.owner(format('update public.call_logs set from_number = %L where id = %L', '+13125550111', :'call3'));
select is(pg_temp.hear(:all, :'call3'), 'hot 100', 'another call of the same person, who called before');
select is(pg_temp.hot(), '2 notifications, 2 events, 0 texts', 'is told of; no account can send a text');
select pg_temp.owner('update public.call_logs set hot_lead_at = null where vapi_call_id = ''call-3''');
select pg_temp.owner(format('insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, account_ref, sender)
  values (%L, ''twilio'', ''test-secret-x'', ''\x000102030405060708090a0b'', ''\x000102030405060708090a0b0c0d0e0f'', ''k1'', ''AC12'', ''+13125550100'')', :'lakeside'));
select is(pg_temp.hear(:all, :'call3'), 'hot 100', 'with an account');
select is(pg_temp.hot(), '3 notifications, 3 events, 1 texts', 'by text as well');
select is((select recipient || ' ' || status || ' ' || content from public.messages where category = 'alert'),
  '+13125550188 queued Lakeside Dental: a caller looks like a hot lead (100 of 100). Who and why stands on the dashboard.', 'to the number of the clinic''s choice, without a name');
select is(pg_temp.hear(:all, :'call3'), 'hot 100', 'once more');
select is(pg_temp.hot(), '3 notifications, 3 events, 1 texts', 'once');

-- Staff's word.
create function pg_temp.decide(p_status text) returns void language plpgsql as $$
begin
  perform pg_temp.act_as('staff');
  perform app.change_contact((select id from public.contacts where phone = '+13125550111'), jsonb_build_object('lead_status', p_status));
  perform pg_temp.act_for('a');
end
$$;
select pg_temp.decide('cold');
select pg_temp.owner('update public.call_logs set hot_lead_at = null');
select is(pg_temp.hear(:all), 'cold 49', 'staff''s word stands');
select is((select lead_reasons[cardinality(lead_reasons)] from public.contacts where phone = '+13125550111'), 'Set to cold by staff (-51)', 'and is one of the reasons');
select pg_temp.decide('lost');
select is(pg_temp.hear(:all), 'lost 100', 'a lead that is lost');
select is(pg_temp.hot(), '3 notifications, 3 events, 1 texts', 'alarms nobody');
select pg_temp.decide('hot');
select is(pg_temp.hear('Just looking'), 'hot 80', 'hot because staff said so');
select pg_temp.owner(format('update public.contacts set lead_status = %L, lead_status_by = null where phone = %L', 'lost', '+13125550111'));
select is(pg_temp.hear(:all), 'lost 100', 'a status from before it was noted who gave it is staff''s');

select is((select lead_score from public.call_logs where id = :'call2'), null, 'not scored yet');
select pg_temp.hear('Press one about your business listing, book a visit', :'call2');
select is((select lead_score from public.call_logs where id = :'call2'), null, 'a robot is no lead');
select pg_temp.owner('update public.call_logs set reported_at = null');
select app.record_call_report(:'call2', null, null, 2, 'customer-ended-call', null, '[]', null, false, '{}');
select is((select lead_score from public.call_logs where id = :'call2'), null, 'nor who hung up');
select pg_temp.act_as('staff');
select throws_ok(format('select app.score_lead(%L)', :'call1'), '42501', null, 'nobody scores by hand');
select * from finish();
rollback;
