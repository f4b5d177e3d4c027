-- The clinics of `go run ./cmd/bench -only whole`: at a bench.scale of 1 a thousand, with a million visits, a million calls and
-- two million messages, of which the largest clinic has a tenth. history.sql fills them. Run once as a superuser.
create schema bench;
create table bench.clinics as
select c.n, ('00000000-0000-7000-9000-' || lpad(c.n::text, 12, '0'))::uuid as org_id, c.rows, c.rows as calls, 2 * c.rows as messages
from (
  select n, (1000000 * s.scale * case n when 1 then 0.1 else 0.9 / (s.clinics - 1) end)::integer as rows
  from (
    select v.scale, greatest(20, 1000 * v.scale)::integer as clinics
    from (values (current_setting('bench.scale')::numeric)) v (scale)
  ) s
  cross join generate_series(1, s.clinics) n
) c;
