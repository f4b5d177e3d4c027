begin;
select plan(5);
select is(app.with_stop_hint('Time for a checkup?', 'en'), 'Time for a checkup? Reply STOP to end.', 'appended');
select is(app.with_stop_hint('Call us. Text STOP to end', 'en'), 'Call us. Text STOP to end', 'not twice');
select is(app.with_stop_hint('Stop by, nonSTOP!', 'en'), 'Stop by, nonSTOP! Reply STOP to end.', 'another word is not the word');
select is(app.with_stop_hint('Zeit? ', 'de'), 'Zeit? STOP zum Abmelden.', 'in the wording''s language');
select is(app.with_stop_hint('Tijd?', 'nl'), 'Tijd? Reply STOP to end.', 'else in English');
select * from finish();
rollback;
