-- Whoever answers, books or says STOP gets no further step; others go on.
begin;
\ir ../campaigning.psql
select plan(10);
create function pg_temp.text(p_body text, p_from text) returns text language sql as $$
  select outcome from app.record_inbound_message('twilio', gen_random_uuid()::text, p_from, '+13125550100', p_body) $$;
create function pg_temp.waiting(p_who text) returns text language sql stable security definer as $$
  select coalesce(string_agg(c.name || ' ' || n, ', ' order by c.name), '') from (
    select t.campaign_id, count(*) filter (where s.state = 'waiting') as n
    from public.scheduled_messages s join public.campaign_steps t on t.id = s.campaign_step_id join public.contacts k on k.id = s.contact_id
    where k.name = p_who || ' Quillby' group by t.campaign_id) w join public.campaigns c on c.id = w.campaign_id $$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_as('owner');
select status from app.start_campaign(pg_temp.draft('Both'));
select status from app.start_campaign(pg_temp.draft('Neither', p_reply => false, p_booking => false));
select is(pg_temp.waiting('Ada'), 'Both 2, Neither 2', 'to begin with');
select pg_temp.act_for('a');
select is(pg_temp.text('who is this?', '+13125550161'), 'stored', 'a reply');
select is(pg_temp.waiting('Ada'), 'Both 0, Neither 2', 'stops what stops on replies');
select is(pg_temp.waiting('Bo'), 'Both 2, Neither 2', 'for that contact');
select pg_temp.owner($$ update public.call_logs set from_number = '+13125550162' where vapi_call_id = 'call-1' $$);
select is(pg_temp.book('05 10:00', 'Bo Quillby'), 'booked', 'a booking');
select is(pg_temp.waiting('Bo'), 'Both 0, Neither 2', 'stops what stops on bookings');
select is((select string_agg(distinct reason, ' ' order by reason) from public.scheduled_messages where kind = 'campaign'), 'booked replied', 'and says why');
select is(pg_temp.text('STOP', '+13125550161'), 'opted_out', 'STOP');
select is(pg_temp.waiting('Ada'), 'Both 0, Neither 0', 'stops all');
select pg_temp.owner('grant execute on function app.stop_campaigns_for(uuid, text) to tenant_service');
select throws_ok($$ select app.stop_campaigns_for(null, 'mood') $$, 'VX400', null, 'a closed list of causes');
select * from finish();
rollback;
