-- The accounts of a deleted clinic go back to their provider.
begin;
\ir ../calendars.psql
select plan(8);

create function pg_temp.orgs() returns bigint language plpgsql as $$
declare
  v_orgs bigint;
begin
  set local role voxanne_login;
  v_orgs := (select count(*) from app.orgs_with_old_grants());
  reset role;
  return v_orgs;
end
$$;
select is(pg_temp.orgs(), 0::bigint, 'nothing to give back');
select pg_temp.act_for('a');
select is((select count(*) from app.take_old_grants()), 0::bigint, 'nor to take');
select is(pg_temp.rows('public.org_credentials'), 1::bigint, 'a clinic that is there keeps its account');
select pg_temp.owner($$ update public.organizations set deleted_at = app.now() where id = 'a0000000-0000-7000-8000-000000000001' $$);
reset role;
select is(pg_temp.orgs(), 1::bigint, 'it is deleted');
select pg_temp.act_for('a');
select is((select string_agg(o.provider || ' ' || convert_from(o.ciphertext, 'UTF8') || ' ' || o.shared, ',') from app.take_old_grants() o),
  'google_calendar test-secret-1 false', 'its tokens are to be given back');
select is(pg_temp.rows('public.org_credentials') + pg_temp.rows('public.calendar_links'), 0::bigint, 'nothing is connected or linked');
select is((select count(*) from app.take_old_grants()), 0::bigint, 'by one worker');
reset role;
select pg_temp.wait('1 day');
select pg_temp.act_for('a');
select app.take_old_grants();
select is(pg_temp.rows('public.oauth_states'), 0::bigint, 'and are gone');

select * from finish();
rollback;
