-- A visit's event waits for its account, then for the app; a turn is not taken twice.
begin;
\ir ../calendars.psql
select plan(14);
create function pg_temp.turn(p_start text, p_app integer default 240) returns integer language sql as $$
  select app.take_event_turn(pg_temp.visit(p_start), 1, 24, p_app)
$$;
create function pg_temp.app_turns() returns numeric language sql security definer as $$
  select round(extract(epoch from p.next_at - app.now()) * 1000) from public.calendar_pace p where p.provider = 'google' and p.account = ''
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery');
select pg_temp.book('05 11:00', 'Ada Quillby', p_resource => 'Avery');
select pg_temp.book('05 12:00', 'Ida Quillon', p_resource => 'Avery');
select is(app.take_event_turn(app.uuid_v7(), 1, 24, 240), 0, 'nothing waits for nothing');
select is(pg_temp.turn('05 10:00'), 0, 'the first at once');
select is(pg_temp.turn('05 10:00'), 0, 'asked again: still');
select is(pg_temp.turn('05 11:00'), 0, 'the second at once, too');
select is(pg_temp.turn('05 12:00'), 2500, 'the third waits');
select is(pg_temp.turn('05 12:00'), 2500, 'asked again, no longer');
select is(pg_temp.app_turns(), -2000::numeric, 'it has taken no turn of the app yet: 2 of 240 a minute, 2.5 s saved up');
select pg_temp.wait('2600 milliseconds');
select is(pg_temp.turn('05 12:00'), 0, 'its turn has come');
select is(pg_temp.app_turns(), -2250::numeric, 'now of the app, too');
select pg_temp.owner($$ update public.calendar_pace set next_at = app.now() + interval '7 seconds' where account = '' $$);
select pg_temp.owner($$ update public.calendar_events set turn = 'account' where turn_at = (select max(turn_at) from public.calendar_events) $$);
select is(pg_temp.turn('05 12:00'), 7000, 'the app is busy');
select pg_temp.owner($$ update public.calendar_pace set next_at = app.now() + interval '1 hour' where account = '' $$);
select pg_temp.wait('7 seconds');
select is(pg_temp.turn('05 12:00'), 0, 'but a turn that was given holds');
select pg_temp.owner($$ update public.calendar_pace set next_at = app.now() where account = '' $$);
select pg_temp.owner($$ update public.calendar_pace set next_at = app.now() + interval '30 seconds' where account <> '' $$);
select pg_temp.wait('11 seconds');
select is(pg_temp.turn('05 12:00'), 19000, 'a turn that passed unused is taken anew');
select pg_temp.work(pg_temp.visit('05 12:00'));
select is((select turn_at from public.calendar_events where lease_id is not null), null, 'it is used up by writing');
select pg_temp.owner($$ update public.calendar_links set health = 'needs_reconnect', failing_since = app.now() $$);
select is(pg_temp.turn('05 12:00'), 0, 'who must reconnect takes no turn');
select * from finish();
rollback;
