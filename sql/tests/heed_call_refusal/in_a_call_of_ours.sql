-- Who says in a call that we made that they want no more gets none; a caller who says so of somebody else's calls does.
begin;
\ir ../outbound.psql
select plan(8);
select pg_temp.owner($$ update public.call_logs set direction = 'outbound', from_number = '+13125550100', to_number = '+13125550199'
  where id in ('a0000000-0000-7000-8000-0000000000c1', 'a0000000-0000-7000-8000-0000000000c2') $$);
select pg_temp.owner($$ insert into public.contacts (org_id, id, name, phone) values
  ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d2', 'Otis Quillby', '+13125550198') $$);
create function pg_temp.reported(p_call uuid, p_speaker text, p_text text) returns text language sql as $$
  select app.record_call_report(p_call, null, null, 60, null, null,
    jsonb_build_array(jsonb_build_object('speaker', p_speaker, 'text', p_text, 'at', 1)), null, false, '{}')
$$;
create function pg_temp.outs() returns text language sql stable security definer as $$
  select string_agg(concat_ws(' ', channel, phone, source), ', ') from public.opt_outs
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_as('staff');
select is(pg_temp.wish(p_key => 'one'), 'queued 04 08:00', 'a call waits');
select is(pg_temp.wish(p_key => 'two', p_contact => 'a0000000-0000-7000-8000-0000000000d2'), 'queued 04 08:00', 'and one for somebody else');
select pg_temp.act_for('a');
select pg_temp.reported(:'call2', 'assistant', 'Do not call me again.');
select is(pg_temp.outs(), null, 'our own words are nobody''s wish');
select pg_temp.reported(:'call1', 'caller', 'Please do not call me again.');
select is(pg_temp.outs(), 'voice +13125550199 call', 'no more calls; texts are another matter');
select results_eq($$ select state, reason, contact_id from public.outbound_calls order by contact_id $$,
  $$ values ('cancelled', 'opted_out', 'a0000000-0000-7000-8000-0000000000d1'::uuid), ('waiting', null, 'a0000000-0000-7000-8000-0000000000d2') $$,
  'what waited for the number is called off');
select pg_temp.reported(:'call1', 'caller', 'Please do not call me again.');
select is(pg_temp.rows('public.opt_outs'), 1::bigint, 'once');
select pg_temp.reported(:'call3', 'caller', 'Stop calling me.');
select is(pg_temp.rows('public.opt_outs'), 1::bigint, 'a call that came in is not one of ours');
select pg_temp.act_as('staff');
select is(pg_temp.wish(p_key => 'three'), 'refused opted_out', 'nor may staff call');
select * from finish();
rollback;
