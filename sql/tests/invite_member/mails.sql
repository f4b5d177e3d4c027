-- The e-mail of an invitation is a row with its job; the token stands in neither. Each renewal is mailed anew, at most
-- three times an hour, and the last link that was mailed goes on working.
begin;
\ir ../booking.psql
select plan(18);
create function pg_temp.invite(p_n integer, p_platform text default 'platform_smtp') returns text language sql as $$
  select i.mail || coalesce(' ' || i.mail_reason, '')
  from app.invite_member('nurse@patients.example', 'staff', ('00000000-0000-7000-8000-00000000000' || p_n)::uuid,
    sha256(convert_to('test-secret-' || p_n, 'utf8')), true, p_platform, 'req_1') i
$$;
create function pg_temp.carried(p_n integer) returns boolean language sql security definer as $$
  select exists (select from public.invitations i join public.messages m on m.org_id = i.org_id and m.id = i.message_id
    where m.send_key = 'invitation:00000000-0000-7000-8000-00000000000' || p_n)
$$;
select pg_temp.owner($$ update public.organizations set name = 'Lake[side]' where slug = 'lakeside';
  update public.profiles set name = 'Ada Quillby' where role = 'admin' $$);
select pg_temp.act_as('admin');
select is(pg_temp.invite(1, null), 'none', 'nobody can mail it');
select is(pg_temp.rows('public.messages'), 0::bigint, 'so there is no row');
select is(pg_temp.invite(2), 'queued', 'by the platform');
select is((select array[m.category, m.method, m.recipient, m.service_provider, m.subject, m.request_id, m.actor_user_id::text] from public.messages m),
  array['invitation', 'email', 'nurse@patients.example', 'platform_smtp', 'Join Lake(side)', 'req_1', 'a0000000-0000-7000-8000-0000000000e2'], 'the row');
select is((select m.content from public.messages m), E'Ada Quillby invites you to join the team of Lake(side) as staff.\nOpen this link to sign up or to sign in:\n[link]\n'
  'It is meant for this address only and works until Mon Mar 11, 9:00 AM. If you did not expect it, you need not do anything.', 'its words');
reset role;
select results_eq($$ select kind, array(select jsonb_object_keys(args) order by 1) from river.river_job $$,
  $$ values ('send_message', array['message_id', 'org_id']) $$, 'the job knows ids only');
select pg_temp.act_as('admin');
select ok(pg_temp.carried(2), 'the e-mail belongs to the invitation');
select pg_temp.owner($$ insert into public.org_credentials (org_id, provider, ciphertext, nonce, auth_tag, key_id, sender)
  values ('a0000000-0000-7000-8000-000000000001', 'resend', '\x01', decode(repeat('00', 12), 'hex'), decode(repeat('00', 16), 'hex'), 'k1', 'hello@patients.example') $$);
select is(pg_temp.invite(3, null), 'queued', 'by the clinic''s own account');
select is((select array_agg(service_provider order by service_provider) from public.messages), '{platform_smtp,resend}', 'which goes before the platform''s');
select ok(pg_temp.carried(3) and not pg_temp.carried(2), 'the renewed token has the new e-mail');
select is(pg_temp.invite(4), 'queued', 'the third');
select throws_ok($$ select pg_temp.invite(5) $$, 'VX409', null, 'three an hour');
select ok(pg_temp.carried(4), 'the last one mailed stays');
select is((select count(*) from public.messages), 3::bigint, 'and nothing was written');
select pg_temp.clock('04 09:01');
select is(pg_temp.invite(5), 'queued', 'and again an hour later');
select is((select array_agg(distinct expires_at) from app.list_invitations()), array[pg_temp.t('11 10:01')], 'seven days from then, of 24 hours');
select pg_temp.clock('04 12:00');
select pg_temp.owner($$ update public.organizations set messages_per_day = 0 $$);
select is(pg_temp.invite(6), 'blocked daily_cap', 'a rule that forbids it leaves its row');
select is((select count(*) from app.list_invitations()), 1::bigint, 'and the invitation stands');
select * from finish();
rollback;
