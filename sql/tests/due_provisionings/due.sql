-- What a worker left lying, of all clinics.
begin;
\ir ../provisioning.psql
select plan(13);
create function pg_temp.due() returns bigint language plpgsql security definer as $$
declare
  v_count bigint;
begin
  select count(*) into v_count from app.due_provisionings(10, 'routing-1') d where d.provisioning_id = pg_temp.run();
  return v_count;
end
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_as('owner');
select pg_temp.begin('+13125550180');
select is(pg_temp.due(), 0::bigint, 'its job is on its way');
select pg_temp.pass(6);
select is(pg_temp.due(), 1::bigint, 'or was lost');
select pg_temp.act_for('a');
select pg_temp.take();
select pg_temp.pass(80);
select is(pg_temp.due(), 0::bigint, 'a worker is at it');
select pg_temp.pass(20);
select is(pg_temp.due(), 1::bigint, 'or has died');
select pg_temp.work();
select pg_temp.pass(20);
select is(pg_temp.state(), 'active: done done done done done', 'a line that works');
select is(pg_temp.due(), 0::bigint, 'is left alone');
select pg_temp.act_for('a');
select is(app.refresh_routing(pg_temp.run(), 'routing-1', 'https://api.clinic.example/sms'), false, 'also by a worker');
select pg_temp.owner($$ update public.provisioning_steps set external_id = 'routing-0' where step = 'routing';
  update public.provisioning_steps set undo = '{"smsUrl": "https://api.clinic.example/sms"}' where step = 'messaging' $$);
select is(pg_temp.due(), 0::bigint, 'one that is routed as before');
select pg_temp.pass(600);
select is(pg_temp.due(), 1::bigint, 'is found after ten minutes');
select is(app.refresh_routing(pg_temp.run(), 'routing-1', 'https://api.clinic.example/sms'), true, 'and routed');
select is(pg_temp.take(), 'act routing', 'anew');
select pg_temp.finish('routing', 'routing-1');
select is(app.refresh_routing(pg_temp.run(), 'routing-2', 'https://moved.clinic.example/sms'), true, 'where our address is another');
select is(pg_temp.take(), 'act messaging', 'texts are directed there too');
select * from finish();
rollback;
