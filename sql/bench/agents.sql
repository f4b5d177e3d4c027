-- What `go run ./cmd/bench -only agents` saves in: five hundred clinics as signing up makes them, without agents yet.
insert into auth.users (id, email)
select gen_random_uuid(), 'bench.quill' || n || '@patients.example' from generate_series(1, 500) n;
delete from public.agents;

-- Planners know nothing of tables filled a moment ago.
analyze;
