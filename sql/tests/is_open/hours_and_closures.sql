begin;
select plan(16);
\ir ../clinics.psql
\set at a0000000-0000-7000-8000-000000000010
insert into public.closures (org_id, location_id, resource_id, during) values
  ('a0000000-0000-7000-8000-000000000001', :'at', null, '[2030-03-06 15:00+00, 2030-03-06 17:00+00)'),
  ('a0000000-0000-7000-8000-000000000001', :'at', 'a0000000-0000-7000-8000-000000000031', '[2030-03-07 15:00+00, 2030-03-07 23:00+00)');
insert into public.business_hours (org_id, location_id, resource_id, weekday, opens, closes) values
  ('a0000000-0000-7000-8000-000000000001', :'at', null, 6, '18:00', '24:00'),
  ('a0000000-0000-7000-8000-000000000001', :'at', 'a0000000-0000-7000-8000-000000000031', 0, '09:00', '17:00');
select pg_temp.act_for('a');
select is(app.is_open(:'at', t::timestamptz), open, t || ' ' || why)
from (values
  ('2030-03-04 14:59:59+00', false, 'one second to nine'), ('2030-03-04 15:00+00', true, 'nine in Chicago'),
  ('2030-03-04 22:59:59+00', true, 'one second to five'), ('2030-03-04 23:00+00', false, 'five'),
  ('2030-03-11 14:00+00', true, 'nine, after the clock was set forward'), ('2030-03-11 13:59+00', false, 'before nine, after the change'),
  ('2030-03-09 16:00+00', false, 'Saturday morning'), ('2030-03-10 00:00+00', true, 'Saturday evening, Sunday in UTC'),
  ('2030-03-10 05:59:59+00', true, 'until midnight'), ('2030-03-10 06:00+00', false, 'and not longer'),
  ('2030-03-10 16:00+00', false, 'a practitioner''s hours do not open the doors'),
  ('2030-03-06 15:00+00', false, 'closed'), ('2030-03-06 17:00+00', true, 'until the closure ends'),
  ('2030-03-07 16:00+00', true, 'one practitioner''s day off closes nothing')
) c (t, open, why);
select is(app.is_open('b0000000-0000-7000-8000-000000000010', '2030-03-04 15:00+00'), false, 'another tenant''s doors are not seen');
select is(app.is_open(null, '2030-03-04 15:00+00'), false, 'nowhere is closed');
select * from finish();
rollback;
