-- What the running call booked can be changed by its reference: any of service, start, practitioner, name.
begin;
\ir ../booking.psql
select plan(12);

select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery');
select set_config('test.ref', (select booking_ref from public.appointments), true);
create function pg_temp.amend(p_start text, p_service text default null, p_resource text default null, p_name text default null, p_tool text default null)
returns text language sql as $$
  select pg_temp.said(b) from app.amend_appointment('a0000000-0000-7000-8000-0000000000c1', current_setting('test.ref'), p_service, pg_temp.t(p_start),
    p_resource, p_name, p_tool) b
$$;
select is(pg_temp.amend('04 14:00', p_tool => 'tool-1'), 'amended', 'another start');
select is(pg_temp.diary(), array['04 14:00 Avery'], 'the practitioner stays');
select is(pg_temp.amend('04 15:00', p_tool => 'tool-1'), 'amended again', 'the same tool call again');
select is(pg_temp.diary(), array['04 14:00 Avery'], 'is not done again');
select is(pg_temp.amend(null, p_resource => 'Blake'), 'amended', 'another practitioner');
select is(pg_temp.diary(), array['04 14:00 Blake'], 'the start stays');
select is(pg_temp.amend(null, p_service => 'Whitening'), 'amended', 'another treatment');
select is(pg_temp.diary(), array['04 14:00 Avery'], 'with who gives it');
select is((select (duration, during, blocked)::text from public.appointments),
  (select (interval '1 hour', d, d)::text from tstzrange(pg_temp.t('04 14:00'), pg_temp.t('04 15:00')) d), 'and as long as it lasts');
select is(pg_temp.amend(null), 'amended', 'nothing to change');
select is((select array_agg(kind order by kind) from public.appointment_changes), '{amended,amended,amended,booked}', 'is no change; the others are');
select is((select pg_temp.said(b) from app.amend_appointment(:'call1', regexp_replace(lower(current_setting('test.ref')), '(...)', '\1-'), p_starts_at => pg_temp.t('05 10:00')) b),
  'amended', 'the reference as it is spoken');

select * from finish();
rollback;
