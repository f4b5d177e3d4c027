begin;
select plan(5);
select matches(app.caller_words('[{"speaker": "assistant", "text": "Does it hurt?"}, {"speaker": "caller", "text": "I don''t know, [name] said so. It’s 3 PM"},
  {"speaker": "tool", "text": "booked"}, {"speaker": "caller", "text": "Yes!"}]'), '^ i dont know . said so . its 3 pm . yes . *$', 'the caller''s words, points between parts');
select is(btrim(app.caller_words('[{"speaker": "caller"}, {"speaker": "assistant", "text": "Hello"}, {"text": "pain"}]')), '', 'nobody else''s');
select is(btrim(app.caller_words('[]')), '', 'none');
select is(btrim(app.caller_words('{"no": "array"}')), '', 'no turns');
select is(btrim(app.caller_words(null)), '', 'nothing');
select * from finish();
rollback;
