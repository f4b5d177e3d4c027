-- What a consent brought too late is kept until the provider has it back, also when its tokens are refreshed meanwhile.
begin;
\ir ../calendars.psql
select plan(9);

create function pg_temp.keep(p_tokens text) returns uuid language sql as $$
  select app.keep_refused_grant('google_calendar', '00000000-0000-7000-8000-000000000001', p_tokens::bytea,
    '\x000102030405060708090a0c', '\x000102030405060708090a0b0c0d0e0f', 'k1', sha256('account-9'))
$$;
create function pg_temp.renew(p_id uuid) returns boolean language sql as $$
  select app.note_refused_grant(p_id, 'newer', '\x000102030405060708090a0d', '\x000102030405060708090a0b0c0d0e0f', 'k1')
$$;
create function pg_temp.taken() returns text language sql as $$
  select string_agg(convert_from(o.ciphertext, 'UTF8') || ' ' || o.shared, ', ' order by o.ciphertext) from app.take_old_grants() o
$$;
select pg_temp.act_as('owner');
select pg_temp.begin('s1');
select pg_temp.act_for('a');
select set_config('test.late', pg_temp.keep('late')::text, true);
select isnt(pg_temp.keep('another'), current_setting('test.late')::uuid, 'two of one account are two');
select is(app.is_account_used('google_calendar', sha256('account-9')), false, 'nobody uses the account by them');
select is(pg_temp.taken(), null, 'whoever kept them gives them back');
select is(pg_temp.renew(current_setting('test.late')::uuid), true, 'their tokens change');
select is(pg_temp.renew(pg_temp.state('s1')), false, 'but not those of a consent that goes on');
select pg_temp.act_for('b');
select is(pg_temp.renew(current_setting('test.late')::uuid), false, 'nor by another clinic');
reset role;
select pg_temp.wait('3 minutes');
select pg_temp.act_for('a');
select is(pg_temp.taken(), 'another false, newer false', 'the sweep gives back what is left');
select is(app.drop_grant(current_setting('test.late')::uuid), true, 'and forgets it');
select is(pg_temp.rows('public.oauth_states'), 2::bigint, 'alone');

select * from finish();
rollback;
