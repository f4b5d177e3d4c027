-- A number that calls use stays the clinic's: known to Vapi, with a receptionist, or from another provider.
begin;
\ir ../messages.psql
select plan(3);
insert into public.phone_numbers (org_id, number, location_id, provider, agent_id)
select :'lakeside', u.number, l.id, u.provider, case when u.agent then (select a.id from public.agents a where a.org_id = :'lakeside' limit 1) end
from (values ('+13125550181', 'twilio', true), ('+13125550182', 'vapi', false), ('+13125550183', 'twilio', false)) u (number, provider, agent),
  (select id from public.locations where org_id = :'lakeside' order by created_at, id limit 1) l;
create function pg_temp.kept(p_number text) returns text language sql volatile as $$
  select app.release_number(p_number);
  select coalesce((select 'kept' from public.phone_numbers n where n.number = p_number), 'given up')
$$;
select pg_temp.act_inside('a');
select is(pg_temp.kept('+13125550181'), 'kept', 'a receptionist answers it');
select is(pg_temp.kept('+13125550182'), 'kept', 'it is another provider''s');
select is(pg_temp.kept('+13125550183'), 'given up', 'texts only');
select * from finish();
rollback;
