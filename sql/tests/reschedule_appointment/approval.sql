-- Moving is no approval: what waits goes on waiting, and a clinic that approves sees the new time.
begin;
\ir ../booking.psql
select plan(6);

select pg_temp.owner($$ update public.organizations set approval_required = true $$);
select pg_temp.act_for('a');
select pg_temp.book('04 10:00', 'Ann Quillby');
select is((select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t('04 11:00'), p_call_id => :'call1') b), 'rescheduled', 'a pending visit moves');
select is(pg_temp.diary(), array['04 11:00 Avery (pending)'], 'and stays pending');
select pg_temp.act_as('staff');
select app.approve_appointment((select id from public.appointments));
select pg_temp.act_for('a');
select is((select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t('04 12:00'), p_call_id => :'call1') b), 'rescheduled', 'an approved one moves');
select is(pg_temp.diary(), array['04 12:00 Avery (pending)'], 'and waits again');
select pg_temp.owner($$ update public.organizations set approval_required = false $$);
select is((select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t('04 13:00'), p_call_id => :'call1') b), 'rescheduled', 'the clinic stops approving');
select is(pg_temp.diary(), array['04 13:00 Avery (pending)'], 'what waited still waits');

select * from finish();
rollback;
