-- A key may go when nothing on its way is sealed with it.
begin;
\ir ../calendars.psql
select plan(7);
create function pg_temp.under(p_key text) returns integer language plpgsql security definer as $$
begin
  return app.consents_under_other_keys(p_key);
end
$$;

select is(pg_temp.under('k2'), 0, 'nobody is connecting anything');
select pg_temp.act_as('owner');
select pg_temp.begin('s1'), pg_temp.begin('s2'), pg_temp.begin('s3');
select is(pg_temp.under('k2'), 3, 'three set out');
select is(pg_temp.under('k1'), 0, 'with this very key');
select pg_temp.take('s1'), pg_temp.take('s2');
select pg_temp.act_for('a');
select pg_temp.park('s1'), pg_temp.park('s2', 'account-2');
select pg_temp.act_as('owner');
select count(*) from app.confirm_grant(pg_temp.state('s1'));
select is(pg_temp.under('k2'), 2, 'a confirmed one is a credential, of which app.orgs_to_reseal tells');
select pg_temp.wait('11 minutes');
select is(pg_temp.under('k2'), 1, 'one that did not come back needs no key; one that nobody confirmed, to be given back');
select pg_temp.act_for('a');
select pg_temp.wait('1 day');
select is(pg_temp.under('k2'), 1, 'until');
select count(*) from app.take_old_grants();
select is(pg_temp.under('k2'), 0, 'it is forgotten');

select * from finish();
rollback;
