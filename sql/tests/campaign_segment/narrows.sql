-- Every key narrows; who cannot or must not be texted is never in it.
begin;
\ir ../campaigning.psql
select plan(17);
create function pg_temp.was_there(p_who text, p_at timestamptz, p_status text, p_ref text) returns void language sql as $$
  with patient as (
    insert into public.patients (org_id, contact_id, name, normalised_name, made_by_voice)
    select org_id, id, p_ref || ' Quillby', lower(p_ref), false from public.contacts where name = p_who || ' Quillby'
    returning *)
  insert into public.appointments (org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked, status, source, booking_ref)
  select org_id, 'a0000000-0000-7000-8000-000000000010', 'a0000000-0000-7000-8000-000000000021', 'a0000000-0000-7000-8000-000000000031', contact_id, id, p_at, '30 minutes',
    tstzrange(p_at, p_at + interval '30 minutes'), tstzrange(p_at, p_at + interval '30 minutes'), p_status, 'dashboard', p_ref from patient
$$;
select pg_temp.was_there('Ada', '2030-01-11 04:30+00', 'completed', 'AAAAAA'), pg_temp.was_there('Bo', '2030-02-10 16:00+00', 'confirmed', 'BBBBBB'),
  pg_temp.was_there('Bo', '2030-03-06 16:00+00', 'pending', 'CCCCCC'), pg_temp.was_there('Cy', '2030-01-05 16:00+00', 'cancelled', 'DDDDDD');

select pg_temp.act_as('viewer');
select is(pg_temp.segment('{}'), 'Ada Bo Cy Nora', 'all but who opted out, is erased or has only a spoken number');
select is(pg_temp.segment('{"lead_status": ["hot", "lost"]}'), 'Bo Cy Nora', 'by status');
select is(pg_temp.segment('{"lead_status": []}'), '', 'of no status: nobody');
select is(pg_temp.segment('{"service_interests": ["whitening"]}'), 'Bo', 'by interest');
select is(pg_temp.segment('{"last_visit_before": "2030-01-11"}'), 'Ada', 'in the clinic''s days: hers was on the 10th');
select is(pg_temp.segment('{"last_visit_before": "2030-01-10"}'), '', 'not on the 9th');
select is(pg_temp.segment('{"last_visit_before": "2030-03-01"}'), 'Ada Bo', 'a cancelled visit is none');
select is(pg_temp.segment('{"no_visit_ahead": true}'), 'Ada Cy Nora', 'without a visit to come');
select is(pg_temp.segment('{"no_visit_ahead": false}'), 'Ada Bo Cy Nora', 'false does not narrow');
select is(pg_temp.segment('{"last_visit_before": "2030-03-01", "no_visit_ahead": true}'), 'Ada', 'every key narrows');
select throws_like($$ select pg_temp.segment('{"age": 3}') $$, '%"age"%lead_status%', 'an unknown key is named');
select throws_ok($$ select pg_temp.segment('{"last_visit_before": "soon"}') $$, 'VX400', null, 'no date');
select throws_ok($$ select pg_temp.segment('{"last_visit_before": "2030-02-31"}') $$, 'VX400', null, 'no such date');
select throws_ok($$ select pg_temp.segment('{"lead_status": "hot"}') $$, 'VX400', null, 'no array');
select throws_ok($$ select pg_temp.segment('{"no_visit_ahead": "yes"}') $$, 'VX400', null, 'no boolean');
select throws_ok($$ select pg_temp.segment('[]') $$, 'VX400', null, 'no object');
select pg_temp.act_for('b');
select is(pg_temp.segment('{}'), '', 'another clinic has its own') from (select pg_temp.owner('grant execute on function app.campaign_segment(jsonb) to tenant_service')) g;
select * from finish();
rollback;
