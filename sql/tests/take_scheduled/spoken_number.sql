-- A number that was only said hears the clinic and the times: no name, no code, not what for.
begin;
\ir ../scheduled.psql
select plan(9);
select pg_temp.act_for('a');
select app.book_appointment('Checkup', pg_temp.t('05 14:00'), 'Ann Quillby', :'call2', 't1', p_spoken_phone => '+13125550177', p_email => 'ann@patients.example');
select app.book_appointment('Checkup', pg_temp.t('05 15:00'), 'Ben Quillfeather', :'call2', 't2', p_another_person => true);
select pg_temp.clock('04 08:03');
select pg_temp.hang_up();
create temp table sent as select b.* from pg_temp.take('confirmation', '05 14:00') b;
select is((select text from sent), 'Lakeside Dental: Tue Mar 5, 2:00 PM; Tue Mar 5, 3:00 PM. Reply STOP to end.', 'clinic, dates and times');
select results_eq('select phone, spoken, kind, category from sent', $$ values ('+13125550177', true, 'confirmation', 'confirmation') $$, 'said to be spoken, so that its limits hold');
select is((select code_subjects from sent), '{}', 'no codes');
select is((select email from sent), 'ann@patients.example', 'an address that was said');
select unalike((select email_text || array_to_string(summaries, ',') from sent), '%Checkup%', 'learns as little');
select unalike((select email_text from sent), '%Ann%', 'and no name');
select pg_temp.owner($$ insert into public.message_templates (org_id, kind, name, body) values
  ('a0000000-0000-7000-8000-000000000001', 'confirmation', 'ours', '{first_name}: {visits} {code}') $$);
select unalike((pg_temp.take('confirmation', '05 14:00')).text, '%Ann%', 'the clinic''s full wording is for numbers that called');

select pg_temp.owner($$ update public.contacts set spoken_phone = null $$);
select is((select phone || coalesce(b.text, '') from pg_temp.take('confirmation', '05 14:00') b), null, 'an address alone gets no text');
select pg_temp.owner($$ update public.contacts set email = null $$);
select is((pg_temp.take('confirmation', '05 14:00')).outcome, 'nothing', 'and without any way there is nothing to send');
select * from finish();
rollback;
