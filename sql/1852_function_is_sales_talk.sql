create or replace function app.is_sales_talk(p_words text)
returns boolean
language sql
immutable
strict
parallel safe
set search_path = ''
as $$
  select coalesce(sum(s.weight) filter (where position(' ' || s.phrase || ' ' in p_words) > 0), 0) >= 2
  from (values
    ('cars extended warranty', 2), ('extended warranty', 2), ('vehicles warranty', 2), ('this is a recorded message', 2),
    ('this is not a sales call', 2), ('to be removed from our list', 2), ('to be placed on our do not call list', 2),
    ('lower your interest rate', 2), ('your google business listing', 2), ('your google listing', 1), ('business listing', 1),
    ('press one', 1), ('press 1', 1), ('press two', 1), ('press 2', 1), ('press nine', 1), ('press 9', 1), ('final notice', 1),
    ('search engine', 1), ('seo', 1), ('first page of google', 1), ('credit card processing', 1), ('merchant services', 1),
    ('merchant account', 1), ('business loan', 1), ('business funding', 1), ('working capital', 1), ('pre approved', 1),
    ('business owner', 1), ('owner of the business', 1), ('limited time offer', 1), ('we help clinics', 1), ('i help clinics', 1), ('we help practices', 1), ('marketing agency', 1),
    ('lead generation', 1), ('more patients', 1), ('your website', 1), ('online reviews', 1), ('decision maker', 1), ('quick demo', 1), ('solar panels', 1), ('you have been selected', 1)
  ) s (phrase, weight)
$$;

comment on function app.is_sales_talk(text) is
  'Whether words from app.caller_words are those of a robot caller or of somebody who sells to clinics. One thing that a patient may say too is not enough.';

select app.seal('app.is_sales_talk(text)', null, 'app_writer');
