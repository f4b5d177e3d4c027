-- Pushes say that something happened; a job looks what. Of a former channel nothing is believed.
begin;
\ir ../calendars.psql
select plan(16);

create function pg_temp.push(p_kind text, p_channel text default 'one') returns boolean language sql as $$
  select app.note_push('a0000000-0000-7000-8000-000000000071', p_channel, p_kind)
$$;
create function pg_temp.channel() returns text language sql stable security definer as $$
  select coalesce(l.channel_id, 'none') from public.calendar_links l where l.id = 'a0000000-0000-7000-8000-000000000071'
$$;
select pg_temp.act_for('a');
select is(app.note_channel(:'link', 'one', null, sha256('test-secret-channel'), app.now() + interval '6 days'), true, 'a channel is open');
select pg_temp.wait('2 minutes');
select is(pg_temp.push('changed'), true, 'a change: it is read');
select is(pg_temp.push('missed'), false, 'another: that reading will see it');
select is(pg_temp.jobs('pull_calendar'), 2::bigint, 'once for the channel, once for the change');
select is((select outcome from app.take_channel(:'link')), 'not_due', 'the channel is new');
select is(pg_temp.push('ending', 'other'), false, 'of another channel nothing is believed');
select is(pg_temp.push('ending'), true, 'it is to be renewed');
select is(pg_temp.jobs('watch_calendar'), 1::bigint, 'by a job');
select is(pg_temp.push('ending'), false, 'which one is enough');
select is((select outcome || ' ' || channel_id from app.take_channel(:'link')), 'open one', 'that finds it due');
select is(pg_temp.push('ended', 'other'), false, 'the end of another is nothing');
select pg_temp.wait('2 minutes');
select is(pg_temp.push('ended'), true, 'its own end');
select is(pg_temp.channel() || ' ' || pg_temp.jobs('watch_calendar') || ' ' || pg_temp.jobs('pull_calendar'), 'none 2 3', 'another is opened, and what was missed is read');
select throws_ok($$ select pg_temp.push('moved') $$, 'VX400', null, 'no such push');
select pg_temp.act_for('b');
select is(pg_temp.push('changed'), false, 'not as another clinic');
select pg_temp.act_as('owner');
select throws_ok($$ select pg_temp.push('changed') $$, '42501', null, 'no member says that a push came');

select * from finish();
rollback;
