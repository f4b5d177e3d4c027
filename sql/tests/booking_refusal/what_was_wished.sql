begin;
\ir ../inside.psql
select plan(6);

insert into public.locations (org_id, id, name, time_zone) values (:'lakeside', 'a0000000-0000-7000-8000-000000000012', 'Coast', 'America/Los_Angeles');
insert into public.resources (org_id, id, location_id, name) values (:'lakeside', 'a0000000-0000-7000-8000-000000000034', 'a0000000-0000-7000-8000-000000000012', 'Ellis Quillby');
select pg_temp.act_inside('a');
select results_eq(format($$ select b.outcome, b.reason, b.replayed, b.appointment_id, b.service_name, b.resource_name, b.starts_at, b.ends_at, b.time_zone, b.alternatives
    from app.booking_refusal('refused', 'taken', %L, %L, '2030-03-05 16:00+00', '{2030-03-05 17:00+00}') b $$, :'checkup', :'avery'),
  $$ values ('refused', 'taken', false, null::uuid, 'Checkup', 'Dr. Avery Stone', '2030-03-05 16:00+00'::timestamptz, '2030-03-05 16:30+00'::timestamptz, 'America/Chicago', '{2030-03-05 17:00+00}'::timestamptz[]) $$, 'what was wished, and what instead');
select is((select b.time_zone from app.booking_refusal('refused', 'taken', :'checkup', 'a0000000-0000-7000-8000-000000000034') b), 'America/Los_Angeles', 'on the clock of the one who is named');
select results_eq($$ select b.outcome, b.service_name, b.resource_name, b.ends_at, b.time_zone, b.alternatives from app.booking_refusal('question', 'name_missing') b $$,
  $$ values ('question', null::text, null::text, null::timestamptz, 'America/Chicago', '{}'::timestamptz[]) $$, 'with nothing known but the clinic');
select is((select b.service_name from app.booking_refusal('refused', 'taken', 'b0000000-0000-7000-8000-000000000021') b), null, 'another tenant''s service has no name');
select is(pg_temp.rows('public.booking_attempts'), 0::bigint, 'it is an answer only');
select is((select b.time_zone from app.booking_refusal('refused', 'taken', :'checkup', 'b0000000-0000-7000-8000-000000000031') b), 'America/Chicago', 'another tenant''s practitioner has no clock');

select * from finish();
rollback;
