-- Whether a start is free, and for whom, without taking it.
begin;
\ir ../booking.psql
select plan(15);

create function pg_temp.check(p_start text, p_service text default 'Checkup', p_resource text default null, p_call text default 'c1')
returns text language sql as $$
  select pg_temp.said(b) || coalesce(' ' || b.resource_name, '') from app.check_slot(('a0000000-0000-7000-8000-0000000000' || p_call)::uuid, p_service, pg_temp.t(p_start), p_resource) b
$$;
select pg_temp.act_for('a');
select is(pg_temp.check('04 10:00'), 'free Dr. Avery Stone', 'free, with who would take it');
select is(pg_temp.check('04 10:00', p_resource => 'Blake'), 'free Blake Reed', 'by name');
select results_eq($$ select service_name, starts_at, ends_at, time_zone, appointment_id, alternatives
    from app.check_slot('a0000000-0000-7000-8000-0000000000c1', 'exam', '2030-03-04 16:00+00') $$,
  $$ values ('Checkup', '2030-03-04 16:00+00'::timestamptz, '2030-03-04 16:30+00'::timestamptz, 'America/Chicago', null::uuid, '{}'::timestamptz[]) $$, 'with what can be said of it');
select is(pg_temp.check('04 10:00', 'Botox'), 'refused unknown_service', 'an unknown service');
select is(pg_temp.check('04 10:00', p_resource => 'Nobody'), 'refused unknown_resource', 'an unknown practitioner');
select is(pg_temp.check('04 10:00', 'Whitening', 'Blake'), 'refused no_resource Blake Reed', 'who does not give it');
select is(pg_temp.check('04 10:05'), 'refused off_step', 'a crooked start');
select is((select alternatives from app.check_slot(:'call1', 'Checkup', pg_temp.t('04 10:05'))), array[pg_temp.t('04 09:45'), pg_temp.t('04 10:00'), pg_temp.t('04 10:15')], 'with what is near');
select is(pg_temp.rows('public.appointments') + pg_temp.rows('public.booking_attempts') + pg_temp.rows('public.contacts'), 1::bigint, 'nothing is written: one contact is the fixture''s');

select pg_temp.hold('04 10:00', p_resource => 'Blake');
select is(pg_temp.check('04 10:00'), 'free Blake Reed', 'what the call holds is free to it, with whom it holds');
select is(pg_temp.check('04 10:00', p_call => 'c2'), 'free Dr. Avery Stone', 'another call gets who is left');
select is(pg_temp.check('04 10:00', p_resource => 'Blake', p_call => 'c2'), 'refused taken Blake Reed', 'and not who is held');
select pg_temp.clock('04 08:10');
select is(pg_temp.check('04 10:00', p_resource => 'Blake', p_call => 'c2'), 'free Blake Reed', 'until the hold has run out');
select pg_temp.act_for('b');
select is(pg_temp.check('04 10:00'), 'refused unknown_service', 'another tenant has other services');
select set_config('request.jwt.claims', '', true);
select throws_ok($$ select pg_temp.check('04 10:00') $$, 'VX401', null, 'no tenant');

select * from finish();
rollback;
