-- The clinics of `go run ./cmd/bench -only dashboard`: one with bench.rows rows of every kind and bench.calls calls, among
-- four neighbours with a tenth of that. history.sql fills them. Run once as a superuser.
create schema bench;
create table bench.clinics as
select n, ('00000000-0000-7000-9000-00000000000' || n)::uuid as org_id,
  current_setting('bench.rows')::integer / case n when 1 then 1 else 10 end as rows,
  current_setting('bench.calls')::integer / case n when 1 then 1 else 10 end as calls,
  current_setting('bench.rows')::integer / case n when 1 then 1 else 10 end as messages
from generate_series(1, 5) n;
