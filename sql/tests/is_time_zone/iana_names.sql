begin;
select plan(16);
select is(app.is_time_zone(zone), ok, zone)
from (values
  ('America/Chicago', true), ('Europe/London', true), ('America/Argentina/Buenos_Aires', true), ('Asia/Kathmandu', true), ('UTC', true), ('Etc/GMT+5', true),
  ('CST', false), ('EST5EDT', false), ('+05:00', false), ('-5', false), ('Chicago', false), ('America/Nowhere', false), ('america/chicago', false), ('America/Chicago; drop', false), ('', false)
) c (zone, ok);
select is(app.is_time_zone(null), null, 'NULL stays NULL');
select * from finish();
rollback;
