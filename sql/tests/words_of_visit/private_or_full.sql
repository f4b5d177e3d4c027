-- Calendars are told nothing of whom and what for, unless the clinic wants it, and never of an erased person.
begin;
\ir ../calendars.psql
select plan(9);

create function pg_temp.words(p_start text) returns text language plpgsql as $$
declare
  v_work app.calendar_event_work;
begin
  select * into v_work from app.take_calendar_event(pg_temp.visit(p_start), pg_temp.lease(1));
  if v_work.event_id is not null then
    perform app.settle_calendar_event(v_work.event_id, pg_temp.lease(1), v_work.version, 'there', 'event', 'etag');
  end if;
  return concat_ws('|', v_work.subject, regexp_replace(v_work.details, '[A-Z0-9]{6}$', 'REF'), v_work.place);
end
$$;
select pg_temp.act_as('staff');
select is(pg_temp.staff_book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery'), 'booked', 'a visit');
select pg_temp.act_for('a');
select is(pg_temp.words('05 10:00'), 'Busy – clinic appointment', 'private');
select pg_temp.act_as('owner');
select throws_ok($$ select * from app.set_org_settings('{"calendar_content": "loud"}') $$, 'VX400', null, 'private or full');
select is((select calendar_content || ' ' || calendar_changes from app.set_org_settings('{"calendar_content": "full", "calendar_changes": "follow"}')), 'full follow', 'set');
select pg_temp.act_for('a');
select is(pg_temp.words('05 10:00'), 'Checkup – Nora Quillfeather|Dr. Avery Stone, reference REF|Main', 'is written anew, in full');
select is(pg_temp.words('05 10:00'), '', 'once');
select pg_temp.clock('06 10:00');
select pg_temp.act_as('owner');
select is(app.erase_contact('a0000000-0000-7000-8000-0000000000d1'), true, 'the person is erased');
select pg_temp.act_for('a');
select is((select outcome || ' ' || subject from app.take_calendar_event(pg_temp.visit('05 10:00'), pg_temp.lease(1))), 'rewrite Busy – clinic appointment',
  'and with them the name in the calendar, if the event is still there');
select throws_ok($$ select app.words_of_visit('a0000000-0000-7000-8000-000000000071') $$, '42501', null, 'words are for functions');

select * from finish();
rollback;
