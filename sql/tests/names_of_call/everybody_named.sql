-- Every name that the words of a call may hold: booked, said, on file with its contact, or left with a message.
begin;
\ir ../inside.psql
select plan(7);

update public.contacts set phone = '+13125550111' where id = :'contact';
insert into public.patients (org_id, contact_id, name, normalised_name) values
  (:'lakeside', :'contact', 'Mia Quillby', 'mia quillby'), (:'lakeside', :'contact', 'Ann Quillby', 'ann quillby');
select pg_temp.act_inside('a');
select is(app.names_of_call(:'call1'), '{}', 'a call with nobody yet');
select app.contact_of_call(:'call1');
select is(app.names_of_call(:'call1'), '{Ann Quillby,Mia Quillby,Nora Quillfeather}', 'its contact, and the contact''s patients');
select pg_temp.book('05 10:00', 'ANN QUILLBY'), pg_temp.book('05 12:00', 'Ben Quillfeather'), pg_temp.book('05 14:00', 'Cleo Quillfeather', 'c3');
select is(app.names_of_call(:'call1'), '{ANN QUILLBY,Ann Quillby,Ben Quillfeather,Mia Quillby,Nora Quillfeather}', 'whom it booked, as it was said');
select app.take_message(:'call1', 'tool-1', 'Hello', 'Dora Quillby');
select ok('Dora Quillby' = any (app.names_of_call(:'call1')), 'who left a message');
select ok(not 'Cleo Quillfeather' = any (app.names_of_call(:'call1')), 'nobody of another call');
select is(app.names_of_call(:'call2'), '{}', 'which has its own');
select pg_temp.act_inside('b');
select is(app.names_of_call(:'call1'), '{}', 'another tenant knows none of them');

select * from finish();
rollback;
