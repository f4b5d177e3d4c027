begin;
\ir ../scheduled.psql
select plan(13);
select pg_temp.act_for('a');
select pg_temp.book('06 09:00', 'Ann Quillby', p_resource => 'Avery');
select pg_temp.book('06 15:00', 'Ben Quillfeather', p_resource => 'Blake', p_another => true);
select pg_temp.book('07 09:00', 'Ann Quillby', p_resource => 'Avery');
select pg_temp.book('06 10:00', 'Cleo Quillby', 'c3');

select is((pg_temp.take('reminder', '06 09:00', '24:00')).not_before, pg_temp.t('05 09:00'), 'not before it is due');
select pg_temp.clock('05 09:00');
create temp table sent as select b.* from pg_temp.take('reminder', '06 09:00', '24:00') b;
select is((select text from sent), 'Lakeside Dental: Ann Wed Mar 6, 9:00 AM; Ben Wed Mar 6, 3:00 PM. Reply C to confirm, X to change, STOP to end.',
  'one contact''s visits of one day in one text, without codes');
select is((select code_subjects from sent), '{}', 'no code is derived');
select is((select max(code_version) from public.appointments), 0, 'nor counted');
select is((select array_agg(s.before || ' ' || s.appointment_id order by s.due_at) from public.scheduled_messages s, sent where s.id = any (sent.scheduled_ids)),
  array['24:00:00 ' || pg_temp.at('06 09:00'), '24:00:00 ' || pg_temp.at('06 15:00')], 'of that offset and that day only');
select is((select phone || ' ' || category || coalesce(email, '') from sent), '+13125550111 reminder', 'by text');
select app.settle_scheduled((select scheduled_ids from sent), 'done');
select pg_temp.clock('05 15:00');
select is((pg_temp.take('reminder', '06 15:00', '24:00')).outcome, 'nothing', 'the later one was told with the first');
select is((pg_temp.take('reminder', '06 10:00', '24:00')).text, 'Lakeside Dental: visit Wed Mar 6, 10:00 AM. Reply C to confirm, X to change, STOP to end.', 'another contact''s stands alone');

-- The local day decides: 23:30 and 00:30 are two days.
select pg_temp.owner($$ update public.locations set time_zone = 'Asia/Tokyo' $$);
select pg_temp.clock('06 09:00');
select is((pg_temp.take('reminder', '07 09:00', '24:00')).text, 'Lakeside Dental: visit Fri Mar 8, 12:00 AM. Reply C to confirm, X to change, STOP to end.', 'midnight there');
select is(pg_temp.planned('skipped'), '{"reminder 02:00:00 06 07:00 too_late"}', 'a visit that has begun is not reminded of');

-- A number that was only said gets its one neutral confirmation, no reminder.
select pg_temp.owner($$ update public.contacts set phone = null, spoken_phone = '+13125550177' where phone = '+13125550111' $$);
select is((pg_temp.take('reminder', '07 09:00', '24:00')).outcome, 'nothing', 'a spoken number is not reminded');
select is((select reason from public.scheduled_messages where id = pg_temp.row('reminder', '07 09:00', '24:00')), 'no_recipient', 'because there is nobody to reach');
select is((pg_temp.take('reminder', '06 15:00', '02:00')).outcome, 'wait', 'other rows wait on');
select * from finish();
rollback;
