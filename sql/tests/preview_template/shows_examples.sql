begin;
\ir ../booking.psql
select plan(5);
select pg_temp.act_as('viewer');
select is(app.preview_template('marketing', 'en', '{first_name}, {clinic} is open. Call {phone}.'), 'Robin, Example Clinic is open. Call +13125550100.', 'made-up values');
select is(app.preview_template('confirmation', 'en', '{date} {time}, {code}'), 'Tue Mar 5 2:30 PM, 123456', 'a day, a time, a code');
select is(app.preview_template('confirmation', 'de', '{date} {time}'), 'Di 5. März 14:30', 'in its language');
select unalike((select string_agg(app.preview_template(k, 'en', (select string_agg('{' || f || '}', ' ') from unnest(app.template_fields(k)) f)), ' ')
  from unnest(array['confirmation', 'neutral_confirmation', 'reminder', 'missed_call', 'code', 'follow_up', 'marketing']) k), '%{%', 'every field has an example');
select throws_ok($$ select app.preview_template('marketing', 'en', '{code}') $$, 'VX400', null, 'the same fields as when it is saved');
select * from finish();
rollback;
