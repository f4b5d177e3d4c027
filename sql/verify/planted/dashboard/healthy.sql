-- One answer kept, one wish being carried out, and an invitation with its e-mail beside one that was accepted.
begin;
\ir ../../../tests/booking.psql
select pg_temp.act_as('admin');
create function pg_temp.claim(p_key text, p_claim integer) returns text language sql as $$
  select outcome from app.claim_request('POST', 'POST /api/x', p_key, sha256('b'), '1 day', '1 minute', ('00000000-0000-7000-8000-00000000000' || p_claim)::uuid)
$$;
select pg_temp.claim('k1', 1), pg_temp.claim('k2', 2);
select app.note_effect('00000000-0000-7000-8000-000000000001'), app.finish_request('00000000-0000-7000-8000-000000000001', 200, '{}', '');
select mail from app.invite_member('nurse@patients.example', 'staff', '00000000-0000-7000-8000-000000000011', sha256('test-secret-1'), true, 'platform_smtp');
reset role;
insert into public.invitations (org_id, email, role, token_hash, expires_at, accepted_at)
values (:'lakeside', 'nurse@patients.example', 'staff', sha256('test-secret-0'), app.now(), app.now());
commit;
