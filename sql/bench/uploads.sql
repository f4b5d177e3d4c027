-- Who uploads in `go run ./cmd/bench -only documents`: one clinic as signing up makes it.
insert into auth.users (id, email) values (gen_random_uuid(), 'bench.quill@patients.example');
