-- What nobody confirmed is given back to the provider, unless somebody else uses the account.
begin;
\ir ../calendars.psql
select plan(10);

select pg_temp.act_as('owner');
select pg_temp.begin('s1'), pg_temp.begin('s2'), pg_temp.begin('s3'), pg_temp.begin('s4');
select pg_temp.take('s1'), pg_temp.take('s2'), pg_temp.take('s3');
select pg_temp.act_for('a');
select pg_temp.park('s1', 'account-1'), pg_temp.park('s2', 'account-2'), pg_temp.park('s3', 'account-3');
select is((select count(*) from app.take_old_grants()), 0::bigint, 'they are young');
select pg_temp.act_as('owner');
select is(app.refuse_grant(pg_temp.state('s3')), true, 'no, says the person');
select is(app.refuse_grant(pg_temp.state('s3')), false, 'once');
select pg_temp.act_for('a');
select is((select string_agg(o.shared::text, ',') from app.take_old_grants() o), 'false', 'a refused one goes at once');
select is(app.drop_grant(pg_temp.state('s3')), true, 'when it was given back');
select pg_temp.wait('11 minutes');
select is((select string_agg(o.shared::text, ',' order by o.shared) from app.take_old_grants() o), 'false,true', 'one is the clinic''s own account');
select is((select count(*) from app.take_old_grants()), 0::bigint, 'nobody else is told meanwhile');
select is(pg_temp.rows('public.oauth_states'), 2::bigint, 'what holds no tokens is gone');
select pg_temp.wait('1 day');
select is((select count(*) from app.take_old_grants()), 0::bigint, 'what the provider did not take back');
select is(pg_temp.rows('public.oauth_states'), 0::bigint, 'goes after a day');

select * from finish();
rollback;
