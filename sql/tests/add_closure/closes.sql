-- A closure is for staff to make; it shuts at once and moves nobody.
begin;
\ir ../booking.psql
select plan(11);

select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Ann Quillby', p_resource => 'Avery');
select pg_temp.act_as('staff');
select is((select during from app.add_closure(:'main', null, pg_temp.t('05 00:00'), pg_temp.t('06 00:00'), 'holiday')),
  tstzrange(pg_temp.t('05 00:00'), pg_temp.t('06 00:00')), 'a day');
select is(pg_temp.staff_book('05 11:00', 'Ben Quillby'), 'refused closed', 'is closed');
select is(pg_temp.diary(), array['05 10:00 Avery'], 'what was booked stays for the staff to move');
select is((select resource_id from app.add_closure(:'main', :'avery', pg_temp.t('06 09:00'), pg_temp.t('06 12:00'))), :'avery'::uuid, 'one practitioner''s absence');
select is(pg_temp.staff_book('06 10:00', 'Ben Quillby', p_resource => 'Avery'), 'refused closed', 'closes that one');
select is(pg_temp.staff_book('06 10:00', 'Ben Quillby'), 'booked', 'and no other');
select is((select count(*) from public.events where kind = 'hours_updated'), 2::bigint, 'both are announced');
select throws_ok($$ select app.add_closure('a0000000-0000-7000-8000-000000000010', null, pg_temp.t('06 00:00'), pg_temp.t('06 00:00')) $$, 'VX400', null, 'none that ends as it begins');
select throws_ok($$ select app.add_closure('b0000000-0000-7000-8000-000000000010', null, pg_temp.t('06 00:00'), pg_temp.t('07 00:00')) $$, 'VX404', null, 'none for another clinic');
select pg_temp.act_as('viewer');
select throws_ok($$ select app.add_closure('a0000000-0000-7000-8000-000000000010', null, pg_temp.t('06 00:00'), pg_temp.t('07 00:00')) $$, 'VX403', null, 'none by a viewer');
select pg_temp.act_for('a');
select throws_ok($$ select app.add_closure('a0000000-0000-7000-8000-000000000010', null, pg_temp.t('06 00:00'), pg_temp.t('07 00:00')) $$, '42501', null, 'none by a webhook');

select * from finish();
rollback;
