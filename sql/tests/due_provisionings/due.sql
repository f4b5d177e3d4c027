-- What a worker left lying, of all clinics.
begin;
\ir ../provisioning.psql
select plan(6);
create function pg_temp.due() returns bigint language plpgsql security definer as $$
declare
  v_count bigint;
begin
  select count(*) into v_count from app.due_provisionings(10) d where d.provisioning_id = pg_temp.run();
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
select * from finish();
rollback;
