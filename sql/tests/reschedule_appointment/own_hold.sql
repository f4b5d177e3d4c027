-- The hold that the call took to offer the new time serves the move, and ends with it.
begin;
\ir ../booking.psql
select plan(9);

select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby', p_resource => 'Avery');
select is(pg_temp.hold('05 10:00', p_resource => 'Blake'), 'held', 'the new time is held with Blake');
select is((select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t('05 10:00'), p_call_id => :'call1', p_resource => 'Blake') b), 'rescheduled', 'the move takes it');
select is(pg_temp.diary(), array['05 10:00 Blake'], 'one row is left');
select is(pg_temp.hold('05 11:00', p_resource => 'Blake'), 'held', 'another time is held');
select is((select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t('05 12:00'), p_call_id => :'call1') b), 'rescheduled', 'and not taken');
select is(pg_temp.diary(), array['05 12:00 Blake'], 'it went back');
select is(pg_temp.hold('06 10:00', 'c2', p_resource => 'Blake'), 'held', 'another call holds a time');
select is((select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t('06 10:00'), p_call_id => :'call1', p_resource => 'Blake') b), 'refused taken', 'which is not to be had');
select is(pg_temp.diary(), array['05 12:00 Blake', '06 10:00 Blake (held)'], 'both stand');

select * from finish();
rollback;
