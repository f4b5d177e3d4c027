-- Only this call's own active booking, and only to what is free.
begin;
\ir ../booking.psql
select plan(11);

select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery'), pg_temp.book('04 12:00', 'Ben Quillfeather', 'c2', p_resource => 'Avery');
select set_config('test.ref', (select booking_ref from public.appointments where call_id = :'call1'), true);
create function pg_temp.amend(p_call text, p_ref text, p_start text, p_service text default null, p_resource text default null)
returns text language sql as $$
  select pg_temp.said(b) from app.amend_appointment(('a0000000-0000-7000-8000-0000000000' || p_call)::uuid, p_ref, p_service, pg_temp.t(p_start), p_resource) b
$$;
select is(pg_temp.amend('c1', 'ZZZZZZ', '04 14:00'), 'refused not_found', 'no such reference');
select is(pg_temp.amend('c1', null, '04 14:00'), 'refused not_found', 'none at all');
select is(pg_temp.amend('c2', current_setting('test.ref'), '04 14:00'), 'refused not_found', 'another call''s: not even said to exist');
select is(pg_temp.amend('c1', current_setting('test.ref'), '04 14:00', 'Botox'), 'refused unknown_service', 'unknown service');
select is(pg_temp.amend('c1', current_setting('test.ref'), '04 14:00', null, 'Nobody'), 'refused unknown_resource', 'unknown practitioner');
select is(pg_temp.amend('c1', current_setting('test.ref'), '04 12:00', null, 'Avery'), 'refused taken', 'a taken time');
select is(pg_temp.amend('c1', current_setting('test.ref'), null, 'Whitening', 'Blake'), 'refused no_resource', 'who does not give it');
select is((select alternatives from app.amend_appointment(:'call1', current_setting('test.ref'), p_starts_at => pg_temp.t('04 08:00'))),
  '{}'::timestamptz[] || array[pg_temp.t('04 09:00'), pg_temp.t('04 09:15'), pg_temp.t('04 09:30')], 'with alternatives');
select is(pg_temp.diary(), array['04 10:00 Avery', '04 12:00 Avery'], 'all is as it was');
select app.cancel_appointment(p_call_id => :'call1');
select is(pg_temp.amend('c1', current_setting('test.ref'), '04 14:00'), 'refused not_active', 'a cancelled one');
select pg_temp.act_for('b');
select throws_ok($$ select * from app.amend_appointment('a0000000-0000-7000-8000-0000000000c1', current_setting('test.ref')) $$, '23503', null, 'another clinic reaches nothing');

select * from finish();
rollback;
