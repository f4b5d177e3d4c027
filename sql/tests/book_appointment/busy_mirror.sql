-- Outside calendars: what they say is busy is refused, and a mirror too old to be believed makes a booking wait.
begin;
\ir ../booking.psql
select plan(10);

select pg_temp.owner($$
  insert into public.calendar_links (org_id, id, resource_id, provider, external_calendar_id, last_synced_at) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000071', 'a0000000-0000-7000-8000-000000000031', 'google', 'avery', app.now()) $$);
select pg_temp.owner($$
  insert into public.busy_blocks (org_id, resource_id, calendar_link_id, external_id, starts_at, ends_at) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000031', 'a0000000-0000-7000-8000-000000000071', 'x',
      pg_temp.t('04 10:00'), pg_temp.t('04 11:00')) $$);
select pg_temp.act_for('a');
select is(pg_temp.tried(pg_temp.t('04 10:30'), p_resource => 'Avery'), 'refused calendar_busy', 'busy');
select is(pg_temp.tried(pg_temp.t('04 09:30'), p_resource => 'Avery'), 'booked', 'up to its begin it is free');
select is(pg_temp.tried(pg_temp.t('04 11:00'), p_resource => 'Avery'), 'booked', 'and from its end');
select is(pg_temp.book('04 10:30', 'Ann Quillby', 'c1'), 'booked', 'any practitioner: the other calendar is not concerned');
select is(pg_temp.book('04 12:00', 'Ben Quillby', 'c2', p_resource => 'Avery'), 'booked', 'fresh mirror');
select pg_temp.clock('04 08:15');
select is(pg_temp.book('04 13:00', 'Ben Quillby', 'c2', p_resource => 'Avery'), 'booked', 'a quarter of an hour old: just fresh');
select pg_temp.clock('04 08:16');
select is(pg_temp.book('04 14:00', 'Ben Quillby', 'c2', p_resource => 'Avery'), 'booked', 'older');
select is(pg_temp.book('04 15:00', 'Ben Quillby', 'c2', p_resource => 'Blake'), 'booked', 'Blake has no calendar to be stale');
select is(pg_temp.diary(), array['04 10:30 Blake', '04 12:00 Avery', '04 13:00 Avery', '04 14:00 Avery (pending)', '04 15:00 Blake'],
  'under a stale mirror it waits for the staff');
select pg_temp.owner($$ update public.organizations set buffer_before = '30 minutes' $$);
select is(pg_temp.tried(pg_temp.t('04 11:15'), p_resource => 'Avery'), 'refused calendar_busy', 'buffers keep their distance from busy times too');

select * from finish();
rollback;
