begin;
\ir ../texting.psql
select plan(2);
create function pg_temp.remind(p_visit uuid) returns text language sql as $$
  select concat_ws(' ', d.outcome, d.reason) from app.send_reminder(p_visit, 'sms', 'k', 'twilio', '{}') d
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.visit('06 10:00') as erased \gset
update public.contacts set erased_at = app.now() where id = :'contact';
select pg_temp.act_as('staff');
select is(pg_temp.remind(:'erased'), 'blocked no_contact', 'an erased contact is none');
select is((select count(*) from public.messages), 0::bigint, 'and no row is written');
select * from finish();
rollback;
