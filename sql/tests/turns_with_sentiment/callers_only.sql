begin;
select plan(4);
select is(app.turns_with_sentiment('[{"speaker": "assistant", "text": "Great, thanks!", "at": 1}, {"speaker": "caller", "text": "This is unacceptable", "at": 2},
    {"speaker": "caller", "text": "Wonderful"}, {"speaker": "caller", "text": "On Monday"}, {"speaker": "caller", "text": "..."}]'),
  '[{"speaker": "assistant", "text": "Great, thanks!", "at": 1, "sentiment": null}, {"speaker": "caller", "text": "This is unacceptable", "at": 2, "sentiment": "negative"},
    {"speaker": "caller", "text": "Wonderful", "sentiment": "positive"}, {"speaker": "caller", "text": "On Monday", "sentiment": "neutral"},
    {"speaker": "caller", "text": "...", "sentiment": null}]'::jsonb, 'each of the caller''s turns, in order');
select is(app.turns_with_sentiment('[]'), '[]'::jsonb, 'no turns');
select is(app.turns_with_sentiment(null), '[]'::jsonb, 'no transcript');
select is(app.turns_with_sentiment('{"no": "array"}'), '[]'::jsonb, 'no list');
select * from finish();
rollback;
