begin;
\ir ../booking.psql
select plan(7);

create function pg_temp.asks(p_role text) returns void language plpgsql as $$
begin
  perform pg_temp.act_as(p_role);
  perform set_config('role', 'app_writer', true);
  perform app.require_staff();
end
$$;
select lives_ok($$ select pg_temp.asks('owner') $$, 'an owner');
select lives_ok($$ select pg_temp.asks('admin') $$, 'an admin');
select lives_ok($$ select pg_temp.asks('staff') $$, 'staff');
select throws_ok($$ select pg_temp.asks('viewer') $$, 'VX403', null, 'a viewer only reads');
select throws_ok($$ select pg_temp.act_for('a'); set role app_writer; select app.require_staff() $$, 'VX403', null, 'a webhook is no staff');
select throws_ok($$ select pg_temp.asks('nobody') $$, 'VX403', null, 'nor is nobody');
select pg_temp.owner($$ update public.profiles set role = 'viewer' where role = 'owner' $$);
select throws_ok($$ select pg_temp.asks('owner') $$, 'VX403', null, 'what the database says now counts, not the token');

select * from finish();
rollback;
