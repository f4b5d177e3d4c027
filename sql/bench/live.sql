-- Who watches in `go run ./cmd/bench -only live`: ten clinics with twenty members each.
insert into auth.users (id, email)
select gen_random_uuid(), 'bench.quill' || n || '@patients.example' from generate_series(1, 10) n;
alter table auth.users disable trigger user; -- signing up would found a clinic for each
with joined as (
  insert into auth.users (id, email)
  select gen_random_uuid(), 'bench.quill' || n || '@patients.example' from generate_series(11, 200) n
  returning id, substring(email from '[0-9]+')::integer as n
)
insert into public.profiles (org_id, user_id, role)
select o.id, j.id, 'staff'
from joined j
join (select id, row_number() over (order by id) as n from public.organizations) o on o.n = j.n % 10 + 1;
alter table auth.users enable trigger user;
analyze;
