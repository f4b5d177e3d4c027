-- A feed shows a resource's visits to whoever has its secret, until it is closed.
begin;
\ir ../calendars.psql
select plan(12);

create function pg_temp.feed() returns uuid language sql stable security definer as $$ select id from public.calendar_feeds $$;
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery');
select pg_temp.book('05 11:00', 'Ada Quillby', p_resource => 'Blake');
select pg_temp.act_as('staff');
select throws_ok($$ select app.add_feed('a0000000-0000-7000-8000-000000000031', sha256('test-secret-feed')) $$, 'VX403', null, 'staff open none');
select pg_temp.act_as('owner');
select throws_ok($$ select app.add_feed('b0000000-0000-7000-8000-000000000031', sha256('test-secret-feed')) $$, 'VX404', null, 'of another clinic''s none');
select isnt(app.add_feed('a0000000-0000-7000-8000-000000000031', sha256('test-secret-feed')), null, 'opened');
select throws_ok($$ select token_hash from public.calendar_feeds $$, '42501', null, 'its hash is nobody''s to read');
reset role;
set local role voxanne_login;
select is((select left(f::text, 1) from app.find_feed_tenant(sha256('test-secret-feed')) f), 'a', 'the secret says whose it is');
select is((select count(*) from app.find_feed_tenant(sha256('test-secret-other'))), 0::bigint, 'another says nothing');
reset role;
select pg_temp.act_for('a');
select is((select string_agg(f.subject || ' ' || to_char(f.starts_at at time zone 'America/Chicago', 'DD HH24:MI') || ' ' || f.pending, ',') from app.open_feed(sha256('test-secret-feed')) f),
  'Busy – clinic appointment 05 10:00 false', 'Avery''s visit, and no more of it');
select pg_temp.act_for('b');
select is((select count(*) from app.open_feed(sha256('test-secret-feed'))), 0::bigint, 'not as another clinic');
select pg_temp.act_as('owner');
select is(app.revoke_feed(pg_temp.feed()), true, 'closed');
select is(app.revoke_feed(pg_temp.feed()), false, 'once');
select pg_temp.act_for('a');
select is((select count(*) from app.open_feed(sha256('test-secret-feed'))), 0::bigint, 'it shows nothing');
reset role;
set local role voxanne_login;
select is((select count(*) from app.find_feed_tenant(sha256('test-secret-feed'))), 0::bigint, 'and is nobody''s');

select * from finish();
rollback;
