-- Erasing a contact takes the words out of kept answers, of all users, and lets nothing be carried out twice.
begin;
\ir ../messages.psql
select plan(16);
create function pg_temp.claim(p_claim integer, p_key text) returns text language sql as $$
  select c.outcome || coalesce(' ' || convert_from(c.response, 'utf8'), '') from app.claim_request('PATCH', 'PATCH /api/x', p_key, sha256('b'), '1 day', '1 minute',
    ('00000000-0000-7000-8000-00000000000' || p_claim)::uuid) c
$$;
create function pg_temp.finish(p_claim integer) returns boolean language sql as $$
  select app.finish_request(('00000000-0000-7000-8000-00000000000' || p_claim)::uuid, 200, '{"Etag": "Nora Quillfeather"}', 'Nora Quillfeather')
$$;
insert into public.idempotency_keys (org_id, user_id, method, route, key, body_hash, claim_id, lease_until, expires_at, state, status, headers, response)
values ('b0000000-0000-7000-8000-000000000001', app.uuid_v7(), 'PATCH', 'x', 'theirs', sha256('b'), app.uuid_v7(), app.now(), app.now() + interval '1 day', 'done', 200, '{}', 'Hugo');
select pg_temp.act_as('staff');
select is(pg_temp.claim(1, 'done'), 'run', 'a wish');
select ok(pg_temp.finish(1), 'with its answer');
select is(pg_temp.claim(2, 'done'), 'replay Nora Quillfeather', 'which others get');
select is(pg_temp.claim(3, 'late'), 'run', 'another');
select ok(app.note_effect('00000000-0000-7000-8000-000000000003'), 'which acted and has not answered');
select pg_temp.act_as('owner');
select is(pg_temp.claim(4, 'erasure'), 'run', 'the erasure''s own');
select is(app.erase_contact(:'nora'), true, 'erased');
select ok(app.note_effect('00000000-0000-7000-8000-000000000004'), 'may be noted');
select ok(pg_temp.finish(4), 'and finished');
select is(pg_temp.claim(5, 'erasure'), 'replay Nora Quillfeather', 'it has seen the contact erased: its answer is kept');
select pg_temp.act_as('staff');
select is(pg_temp.claim(6, 'done'), 'acted', 'the wish of before acts no second time');
select ok(pg_temp.finish(3), 'the late one is done');
select is(pg_temp.claim(7, 'late'), 'acted', 'and leaves no words either');
reset role;
select is((select array_agg(key || ' ' || status || headers::text || length(response) order by key) from public.idempotency_keys where key in ('done', 'late')),
  array['done 200{}0', 'late 200{}0'], 'nothing is left of them');
select is((select convert_from(response, 'utf8') from public.idempotency_keys where key = 'theirs'), 'Hugo', 'another clinic keeps its own');
select pg_temp.act_as('staff');
select pg_temp.clock('05 08:02');
select is(pg_temp.claim(8, 'done') || ' ' || pg_temp.finish(8) || ' ' || pg_temp.claim(9, 'done'), 'run true replay Nora Quillfeather', 'a day later the key begins anew');
select * from finish();
rollback;
