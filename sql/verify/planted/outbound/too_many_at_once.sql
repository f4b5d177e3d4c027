insert into public.outbound_calls (org_id, kind, to_number, due_at, until_at, state, look_at, lease_id, taken_at)
select org_id, 'test', '+1312555300' || n, app.now(), app.now(), 'placing', app.now() + interval '1 minute', gen_random_uuid(), app.now()
from public.outbound_shares, generate_series(1, 5) n;
