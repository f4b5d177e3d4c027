begin;
select plan(6);
select is(app.sentiment_label(score), label, coalesce(score::text, 'unknown'))
from (values (0.0, 'negative'), (0.39, 'negative'), (0.4, 'neutral'), (0.6, 'neutral'), (0.61, 'positive'), (null, null)) s (score, label);
select * from finish();
rollback;
