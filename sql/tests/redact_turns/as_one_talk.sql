begin;
select plan(14);
select is(app.redact_turns(array['Hi, this is Renata Quill.', 'Thanks, Renata.', 'ok renata'], null),
  array['Hi, this is [name].', 'Thanks, [name].', 'ok [name]'], 'a name that one introduces goes everywhere');
select is(app.redact_turns(array['What is your date of birth?', 'It''s three five eighty-two.'], null),
  array['What is your date of birth?', 'It''s [date of birth].'], 'an answer is understood by its question');
select is(app.redact_turns(array['What is your last name?', 'Quill.'], null), array['What is your last name?', '[name].'], 'so is a name');
select is(app.redact_turns(array['three one two', 'five five five', 'See you at ten'], null),
  array['three one two', 'five five five', 'See you at ten'], 'numbers of two turns are no one number');
select is(app.redact_turns(array['Call 312 555 0111', null, '', E' two\nlines ¶ '], null),
  array['Call [phone]', null, '', E' two\nlines  '], 'as many turns as before, and the others as they were but for our mark');
select is(app.redact_turns(array['I see Tom Quillby'], '{Tom Quillby}'), array['I see [name]'], 'names that are known');
select is(app.redact_turns('{}', null), '{}', 'no turns');
select is(app.redact_turns(null, '{Tom}'), null, 'NULL');
select is(app.redact_turns(array['What is your number?', 'five five five', 'mm-hm', 'zero one four two'], null),
  array['What is your number?', '[phone]', 'mm-hm', '[phone]'], 'a number that is dictated in parts');
select is(app.redact_turns(array['three one two', 'okay', 'five five five', 'and the rest', 'oh one four two'], null),
  array['[phone]', 'okay', '[phone]', 'and the rest', '[phone]'], 'also where nobody asked');
select is(app.redact_turns(array['The email?', 'renata dot quill', 'mm-hm', 'at patients dot example'], null),
  array['The email?', '[email]', 'mm-hm', '[email]'], 'an e-mail address in parts');
select is(app.redact_turns(array['Date of birth?', 'march third', 'And the year?', 'nineteen eighty two'], null),
  array['Date of birth?', '[date of birth]', 'And the year?', '[date of birth]'], 'a date of birth in parts');
select is(app.redact_turns(array['What time?', 'ten fifteen', 'okay', 'or eleven'], null), array['What time?', 'ten fifteen', 'okay', 'or eleven'], 'times stay');
select is(app.redact_turns(array['Hi, this is Ava.', 'hi my name is renata quill', 'Thanks, Renata.'], null),
  array['Hi, this is [name].', 'hi my name is [name]', 'Thanks, [name].'], 'one speaker with capitals, the other without');
select * from finish();
rollback;
