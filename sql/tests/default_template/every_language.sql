begin;
select plan(10);
create temp table made as
select k, l, app.default_template(k, l) as t, app.template_fields(k) as fields
from unnest('{confirmation,neutral_confirmation,reminder,missed_call,code}'::text[]) k, unnest('{en,es,fr,de}'::text[]) l;

select is((select count(*) from made where cardinality(t) = 2), 20::bigint, 'a subject and a body for each kind and language');
select is((select count(distinct t[2]) from made where k = 'confirmation'), 4::bigint, 'each language has its own');
select is(app.default_template('confirmation', 'pt'), app.default_template('confirmation', 'en'), 'any other language is English');
select is(app.default_template('marketing', 'en'), null, 'no wording of ours for marketing');
select is_empty($$ select * from made where t[2] !~ '^[]A-Za-z0-9 .,:;{}_''?!éèùìòÇØøÅåÄÖÑÜäöñüà]+$' $$, 'every letter is in GSM-7');
select is_empty($$
  select k, l, f from made, regexp_matches(t[1] || t[2], '[{]([a-z_]+)[}]', 'g') f where not f <@ fields
$$, 'every field is one that the kind may name');
select is_empty($$ select * from made where k <> 'code' and t[2] !~ '\mSTOP\M' $$, 'each says how to end it, but a code that was asked for');
select is_empty($$ select * from made where k in ('confirmation', 'reminder') and not (t[2] ~ '\mC\M' and t[2] ~ '\mX\M') $$, 'C and X stay in every language');
select is_empty($$
  select * from made where k = 'missed_call' and length(app.render_text(t[2], '{"clinic": "Quillfeather Family Dental Care of Lake"}')) > 160
$$, 'a missed call is answered in 160 letters');
select is(app.template_fields('other'), null, 'no such kind');
select * from finish();
rollback;
