-- A name that was on its way into a calendar when its person was erased does not stay there.
begin;
\ir ../calendars.psql
select plan(9);

create function pg_temp.says(p_lease integer default 1) returns text language sql as $$
  select concat_ws(' ', w.outcome, w.subject) from app.take_calendar_event(pg_temp.visit('05 10:00'), pg_temp.lease(p_lease)) w
$$;
select pg_temp.owner($$ update public.organizations set calendar_content = 'full' $$);
select pg_temp.act_as('staff');
select is(pg_temp.staff_book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery'), 'booked', 'a visit');
select pg_temp.clock('05 10:29');
select pg_temp.act_for('a');
select is(pg_temp.work(pg_temp.visit('05 10:00')), 'put 1 avery 05 10:00 g1', 'a worker writes it late');
select pg_temp.clock('05 10:30');
select pg_temp.act_as('owner');
select is(app.erase_contact(:'contact'), true, 'meanwhile its person is erased');
select pg_temp.act_for('a');
select is(pg_temp.settle(), true, 'the worker has written the name');
select is(pg_temp.says(), 'rewrite Busy – clinic appointment', 'which goes');

-- The worker died, and nobody knows whether it was written.
select pg_temp.owner($$ update public.calendar_events set state = 'none', external_id = null, synced_version = 0, lease_id = null, lease_until = null $$);
select is(pg_temp.says(2), 'rewrite Busy – clinic appointment', 'if it is there');
select is(app.settle_calendar_event((select e.id from public.calendar_events e), pg_temp.lease(2), 2, 'gone'), true, 'it was not');
select is(pg_temp.says(), 'in_step', 'nothing is left to do');
select is((select count(*) from public.busy_blocks b where to_jsonb(b)::text like '%Quill%') + (select count(*) from public.calendar_conflicts c where to_jsonb(c)::text like '%Quill%'),
  0::bigint, 'nothing else of calendars ever names anybody');

select * from finish();
rollback;
