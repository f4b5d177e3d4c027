-- A visit written and in conflict, one moved outside, one cancelled before anybody looked, one that waits for its job.
begin;
\ir ../../../tests/calendars.psql
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery'), pg_temp.book('05 12:00', 'Ada Quillby', p_resource => 'Avery');
select pg_temp.work(pg_temp.visit('05 10:00'));
select pg_temp.settle();
select pg_temp.book('06 10:00', 'Ben Quillon', 'c2', p_resource => 'Avery');
select pg_temp.work(pg_temp.visit('06 10:00'));
select pg_temp.settle();
select pg_temp.act_as('staff');
select app.change_appointment(pg_temp.visit('05 12:00'), p_status => 'cancelled');
select pg_temp.act_for('a');
select pg_temp.work(pg_temp.visit('05 12:00'));
select pg_temp.wait('1 second');
select pg_temp.pull();
select pg_temp.apply(array['dentist'], array['05 10:15'], array['05 10:45'], p_own => pg_temp.own(pg_temp.visit('06 10:00'), '06 14:00', '06 14:30'));
select pg_temp.book('07 10:00', 'Cleo Quillan', 'c3', p_resource => 'Avery');
select pg_temp.book('07 11:00', 'Mia Quillby', 'c3', p_resource => 'Blake');
reset role;
commit;
