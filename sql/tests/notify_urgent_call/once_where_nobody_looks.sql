-- A call that sounded urgent and of which nothing came is told of once; one that somebody looks after is not told of again.
begin;
\ir ../messages.psql
select plan(8);
create function pg_temp.hear(p_call uuid, p_said text) returns void language sql as $$
  select app.record_call_report(p_call, null, null, 60, 'customer-ended-call', null, jsonb_build_array(jsonb_build_object('speaker', 'caller', 'text', p_said)), null, false, '{}')
$$;
create function pg_temp.told() returns text language sql security definer as $$
  select string_agg(kind || coalesce(' ' || right(entity_id::text, 2), ''), ', ' order by id) from public.notifications where kind in ('urgent_call', 'hot_lead', 'caller_message')
$$;
create function pg_temp.again() returns void language sql as $$
  select pg_temp.owner('delete from public.notifications'), pg_temp.owner('update public.call_logs set reported_at = null')
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select pg_temp.hear(:'call1', 'Are you open today?');
select is(pg_temp.told(), null, 'a question');
select pg_temp.again();
select pg_temp.hear(:'call1', 'My gums are bleeding');
select is(pg_temp.told(), 'urgent_call c1', 'an urgent one');
select is((select title from public.notifications), 'A caller sounded urgent', 'without a word of what was said');
select pg_temp.hear(:'call1', 'My gums are bleeding');
select is(pg_temp.told(), 'urgent_call c1', 'once');
select pg_temp.again();
select pg_temp.hear(:'call2', 'My tooth is knocked out, I want to book whitening today');
select is(regexp_replace(pg_temp.told(), ' ..$', ''), 'hot_lead', 'a hot lead is told of as one');
select pg_temp.again();
select app.take_message(:'call3', 't1', 'zanzibar-lilac', p_urgent => true);
select pg_temp.hear(:'call3', 'It is urgent');
select is(regexp_replace(pg_temp.told(), ' ..$', ''), 'caller_message', 'a message has its own notice');
select pg_temp.again();
select pg_temp.owner(format('delete from public.caller_messages'));
select pg_temp.owner(format('update public.call_logs set direction = %L where id = %L', 'web', :'call3'));
select pg_temp.hear(:'call3', 'It is urgent');
select is(pg_temp.told(), null, 'who tries it out from the browser is no caller');
select pg_temp.act_as('staff');
select throws_ok(format('select app.notify_urgent_call(%L)', :'call1'), '42501', null, 'nobody calls it by hand');
select * from finish();
rollback;
