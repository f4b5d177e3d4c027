begin;
select plan(2);
\ir ../clinics.psql
select pg_temp.act_for('a');
select app.enqueue_job('release_hold', '{"n": 1}');
select set_config('app.traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01', true);
select app.enqueue_job('release_hold', '{"n": 2}');
select set_config('app.traceparent', 'Ms Quillfeather', true);
select app.enqueue_job('release_hold', '{"n": 3}');
reset role;
select results_eq('select metadata from river.river_job order by id',
  $$values ('{}'::jsonb), ('{"traceparent": "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"}'), ('{}')$$,
  'a job knows the trace of its transaction, and nothing that is none');
select is((select count(*) from river.river_job where args ? 'traceparent'), 0::bigint, 'arguments are ids only');
select * from finish();
rollback;
