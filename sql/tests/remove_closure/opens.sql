-- Taking a closure back opens its time at once.
begin;
\ir ../booking.psql
select plan(8);

select pg_temp.act_as('staff');
select set_config('test.closure', (select id::text from app.add_closure(:'main', null, pg_temp.t('05 00:00'), pg_temp.t('06 00:00'))), true);
select is(pg_temp.staff_book('05 11:00', 'Ben Quillby'), 'refused closed', 'closed');
select pg_temp.act_as('viewer');
select throws_ok($$ select app.remove_closure(current_setting('test.closure')::uuid) $$, 'VX403', null, 'a viewer does not open it');
select pg_temp.act_as('staff');
select is(app.remove_closure(current_setting('test.closure')::uuid), true, 'taken back');
select is(pg_temp.staff_book('05 11:00', 'Ben Quillby'), 'booked', 'open');
select is(app.remove_closure(current_setting('test.closure')::uuid), false, 'there is none any more');
select is((select count(*) from public.events where kind = 'hours_updated'), 2::bigint, 'closing and opening are announced');
select pg_temp.owner($$
  insert into public.closures (org_id, id, location_id, during) values
    ('b0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-000000000061', 'b0000000-0000-7000-8000-000000000010', tstzrange('2030-03-05', '2030-03-06')) $$);
select is(app.remove_closure('b0000000-0000-7000-8000-000000000061'), false, 'another clinic''s is not found');
select pg_temp.act_for('b');
select is((select count(*) from public.closures), 1::bigint, 'and stays');

select * from finish();
rollback;
