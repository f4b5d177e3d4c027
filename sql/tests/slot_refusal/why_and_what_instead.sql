begin;
\ir ../inside.psql
select plan(7);

select pg_temp.act_inside('a');
select pg_temp.book('05 10:00', 'Ann Quillby', p_service => 'Whitening');
create function pg_temp.refusal(p_start text, p_resource uuid, p_override boolean default false) returns app.booking_result language sql as $$
  select app.slot_refusal('a0000000-0000-7000-8000-000000000022', p_resource, pg_temp.t(p_start), app.now(), pg_temp.call('c2'), null, p_override)
$$;
select is(pg_temp.said(pg_temp.refusal('05 10:15', null)), 'refused taken', 'why');
select is((pg_temp.refusal('05 10:15', null)).alternatives, array[pg_temp.t('05 09:00'), pg_temp.t('05 11:00'), pg_temp.t('05 11:15')], 'and what is near');
select is(pg_temp.said(pg_temp.refusal('05 10:05', null)), 'refused off_step', 'by the rules');
select is(pg_temp.said(pg_temp.refusal('05 10:05', null, true)), 'refused taken', 'with an override only other visits count');
select is(pg_temp.said(pg_temp.refusal('05 10:05', :'blake', true)), 'refused no_resource', 'and who gives the service');
select is((pg_temp.refusal('05 10:05', :'blake', true)).alternatives, '{}', 'without whom there is nothing instead');
select is((select array[r.service_name, r.resource_name, r.time_zone] from pg_temp.refusal('05 10:05', :'avery') r), '{Whitening,Dr. Avery Stone,America/Chicago}', 'it says what was wished');

select * from finish();
rollback;
