-- The e-mail of a token that opens nothing any more has nothing to say.
begin;
\ir ../booking.psql
select plan(7);
create function pg_temp.asked(p_org text default 'a') returns bigint language plpgsql as $$
declare
  v_found bigint;
begin
  perform pg_temp.act_for(p_org);
  select count(*) into v_found from app.invitation_of_message(current_setting('test.message')::uuid) i where i.token_hash = sha256('test-secret-1');
  reset role;
  return v_found;
end
$$;
select pg_temp.act_as('admin');
select is((select mail from app.invite_member('nurse@patients.example', 'staff', app.uuid_v7(), sha256('test-secret-1'), true, 'platform_smtp')), 'queued', 'mailed');
select throws_ok($$ select app.invitation_of_message(app.uuid_v7()) $$, '42501', null, 'not for people');
reset role;
select set_config('test.message', id::text, true) from public.messages \g /dev/null
select is(pg_temp.asked(), 1::bigint, 'the invitation of the e-mail');
select is(pg_temp.asked('b'), 0::bigint, 'another clinic does not find it');
update public.invitations set accepted_at = app.now();
select is(pg_temp.asked(), 0::bigint, 'accepted');
update public.invitations set accepted_at = null, expires_at = app.now();
select is(pg_temp.asked(), 0::bigint, 'expired');
update public.invitations set expires_at = app.now() + interval '1 day', message_id = null;
select is(pg_temp.asked(), 0::bigint, 'renewed');
select * from finish();
rollback;
