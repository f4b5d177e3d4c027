-- A change that is wished again under a new tool call id is found where the visit stood before.
begin;
\ir ../inside.psql
select plan(21);

select pg_temp.act_inside('a');
select pg_temp.book('04 10:00', 'Ann Quillby'), pg_temp.book('04 14:00', 'Ben Quillfeather');
select set_config('test.ref', booking_ref, true), set_config('test.id', id::text, true) from public.appointments where id = pg_temp.at('04 10:00');
create function pg_temp.move(p_start text, p_ref text default null, p_on date default null, p_at time default null, p_name text default null)
returns text language sql as $$
  select pg_temp.said(b) from app.reschedule_appointment(pg_temp.t(p_start), p_ref, p_on, pg_temp.call('c1'), p_at => p_at, p_patient_name => p_name) b
$$;
create function pg_temp.changed(p_kind text, p_start text default null, p_ref text default null, p_on date default null, p_at time default null, p_name text default null, p_call text default 'c1')
returns text language sql as $$
  select p.name from public.appointments a join public.patients p on p.id = a.patient_id
  where a.id = app.already_changed(p_kind, pg_temp.call(p_call), p_ref, p_on, p_at, p_name, pg_temp.t(p_start))
$$;
select is(pg_temp.changed('rescheduled', '06 10:00', p_name => 'Ann'), null, 'nothing has changed yet');
select is(pg_temp.move('06 10:00', p_on => '2030-03-04', p_at => '10:00', p_name => 'Ann'), 'rescheduled', 'Ann''s visit moves');
select is(pg_temp.changed('rescheduled', '06 10:00', p_on => '2030-03-04', p_at => '10:00', p_name => 'Ann'), 'Ann Quillby', 'the same again');
select is(pg_temp.changed('rescheduled', '06 10:00', p_name => 'Anne Quilby'), 'Ann Quillby', 'misheard');
select is(pg_temp.changed('rescheduled', '06 10:00', current_setting('test.ref')), 'Ann Quillby', 'by reference');
select is(pg_temp.changed('rescheduled', '06 11:00', p_name => 'Ann'), null, 'to another time');
select is(pg_temp.changed('rescheduled', '06 10:00', p_on => '2030-03-05'), null, 'from another day');
select is(pg_temp.changed('rescheduled', '06 10:00', p_at => '14:00'), null, 'from another time');
select is(pg_temp.changed('rescheduled', '06 10:00', p_name => 'Ben'), null, 'of somebody else');
select is(pg_temp.changed('rescheduled', '06 10:00', 'ZZZZZZ'), null, 'by another reference');
select is(pg_temp.changed('rescheduled', '06 10:00', p_name => 'Ann', p_call => 'c2'), null, 'in another call');
select is(pg_temp.changed('cancelled', p_name => 'Ann'), null, 'another kind of change');
select is(pg_temp.move('06 10:00', p_on => '2030-03-04', p_at => '10:00', p_name => 'Ann'), 'rescheduled again', 'the wish is answered as done');
select is(pg_temp.diary(), array['04 14:00 Blake', '06 10:00 Avery'], 'and nobody else''s visit is moved for it');
select is(pg_temp.move('04 10:00', p_name => 'Ann'), 'rescheduled', 'back to where it was');
select is(pg_temp.changed('rescheduled', '06 10:00', p_on => '2030-03-04', p_name => 'Ann'), null, 'a change that was undone is not done');
select is(pg_temp.move('06 10:00', p_on => '2030-03-04', p_name => 'Ann'), 'rescheduled', 'and can be made again');

create function pg_temp.cancel(p_ref text default null, p_on date default null, p_name text default null) returns text language sql as $$
  select pg_temp.said(b) from app.cancel_appointment(p_ref, p_on, pg_temp.call('c1'), p_patient_name => p_name) b
$$;
select is(pg_temp.cancel(p_on => '2030-03-06', p_name => 'Ann'), 'cancelled', 'a cancellation');
select is(pg_temp.cancel(p_on => '2030-03-06', p_name => 'Ann'), 'cancelled again', 'wished again');
select is(pg_temp.cancel(current_setting('test.id')), 'cancelled again', 'by id');
select is(pg_temp.diary(), array['04 14:00 Blake'], 'takes nobody else''s visit');

select * from finish();
rollback;
