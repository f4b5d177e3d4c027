-- A location's week, or one resource's, is replaced as a whole; visits already booked stay.
begin;
\ir ../booking.psql
select plan(17);

select pg_temp.act_for('a');
select pg_temp.book('04 16:00', 'Ann Quillby', p_resource => 'Avery');
select pg_temp.act_as('staff');
select is(app.set_business_hours(:'main', null, '{1,1,2}', '{09:00,13:00,10:00}', '{12:00,15:00,11:00}'), 3, 'three spans');
select is(pg_temp.staff_book('04 15:00', 'Ben Quillby'), 'refused outside_hours', 'the old hours are not booked any more');
select is(pg_temp.staff_book('04 13:00', 'Ben Quillby'), 'booked', 'the new ones are');
select is(pg_temp.staff_book('06 10:00', 'Ben Quillby'), 'refused outside_hours', 'a day that was not named is closed');
select is((pg_temp.diary())[2], '04 16:00 Avery', 'what was booked stays');
select is(app.set_business_hours(:'main', :'blake', '{6}', '{09:00}', '{10:00}'), 1, 'Blake gets a week of his own');
select is(pg_temp.staff_book('09 09:00', 'Ben Quillby'), 'booked', 'Saturday with Blake');
select is(app.set_business_hours(:'main', :'blake', '{}', '{}', '{}'), 0, 'and loses it');
select is(pg_temp.staff_book('05 10:00', 'Ben Quillby', p_resource => 'Blake'), 'booked', 'he keeps the location''s again');
select is((select count(*) from public.audit_log where action = 'hours_changed'), 3::bigint, 'each change is audited');
select is((select count(*) from public.events where kind = 'hours_updated'), 3::bigint, 'and announced');
select throws_ok($$ select app.set_business_hours('a0000000-0000-7000-8000-000000000010', null, '{1,2}', '{09:00}', '{10:00}') $$, 'VX400', null, 'uneven arrays');
select throws_ok($$ select app.set_business_hours('a0000000-0000-7000-8000-000000000010', null, '{1}', '{10:00}', '{09:00}') $$, 'VX400', null, 'a span that ends before it begins');
select throws_ok($$ select app.set_business_hours('b0000000-0000-7000-8000-000000000010', null, '{1}', '{09:00}', '{10:00}') $$, 'VX404', null, 'another clinic''s location');
select is((select count(*) from public.business_hours), 3::bigint, 'the refused ones changed nothing');
select pg_temp.act_as('viewer');
select throws_ok($$ select app.set_business_hours('a0000000-0000-7000-8000-000000000010', null, '{}', '{}', '{}') $$, 'VX403', null, 'a viewer changes no hours');
select pg_temp.act_for('a');
select throws_ok($$ select app.set_business_hours('a0000000-0000-7000-8000-000000000010', null, '{}', '{}', '{}') $$, '42501', null, 'nor does a webhook');

select * from finish();
rollback;
