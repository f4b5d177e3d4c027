-- An open invitation, also an expired one, gets a new token and seven more days; what was accepted or withdrawn does not.
begin;
\ir ../booking.psql
select plan(8);
create function pg_temp.renew(p_token text) returns text language sql as $$
  select i.email || ' ' || i.role || ' ' || i.expired
  from public.invitations v
  cross join lateral app.renew_invitation(v.id, app.uuid_v7(), sha256(convert_to(p_token, 'utf8'))) i
$$;
select pg_temp.act_as('admin');
select is((select count(*) from app.invite_member('nurse@patients.example', 'viewer', app.uuid_v7(), sha256('test-secret-1'))), 1::bigint, 'invited');
select pg_temp.clock('20 08:00');
select ok((select expired from app.list_invitations()), 'it has expired');
select is(pg_temp.renew('test-secret-2'), 'nurse@patients.example viewer false', 'renewed, as the same');
reset role;
select results_eq('select token_hash from public.invitations', $$ values (sha256('test-secret-2')) $$, 'the earlier token opens nothing');
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.renew('test-secret-3') $$, 'VX403', null, 'the team is not for staff');
select pg_temp.act_as('admin');
select throws_ok($$ select app.renew_invitation(app.uuid_v7(), app.uuid_v7(), sha256('x')) $$, 'VX404', null, 'there is none');
select pg_temp.owner('update public.invitations set accepted_at = app.now()');
select throws_ok($$ select pg_temp.renew('test-secret-3') $$, 'VX404', null, 'or it was accepted');
select is((select count(*) from app.list_invitations()), 0::bigint, 'which nobody lists');
select * from finish();
rollback;
