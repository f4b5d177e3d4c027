begin;
\ir ../booking.psql
select plan(5);

create function pg_temp.asks(p_role text) returns void language plpgsql as $$
begin
  perform pg_temp.act_as(p_role);
  perform set_config('role', 'app_writer', true);
  perform app.require_admin();
end
$$;
select lives_ok($$ select pg_temp.asks('owner') $$, 'an owner');
select lives_ok($$ select pg_temp.asks('admin') $$, 'an admin');
select throws_ok($$ select pg_temp.asks('staff') $$, 'VX403', null, 'staff do everyday work');
select throws_ok($$ select pg_temp.asks('viewer') $$, 'VX403', null, 'a viewer only reads');
select throws_ok($$ select pg_temp.act_for('a'); set role app_writer; select app.require_admin() $$, 'VX403', null, 'a webhook is nobody');

select * from finish();
rollback;
