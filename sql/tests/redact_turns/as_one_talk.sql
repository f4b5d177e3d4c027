begin;
select plan(8);
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
select * from finish();
rollback;
