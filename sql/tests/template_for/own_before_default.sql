begin;
\ir ../inside.psql
select plan(7);
select pg_temp.owner($$ insert into public.message_templates (org_id, kind, name, language, subject, body, active) values
  ('a0000000-0000-7000-8000-000000000001', 'reminder', 'ours', 'en', 'Soon', 'Soon: {visits}', true),
  ('a0000000-0000-7000-8000-000000000001', 'reminder', 'old', 'en', null, 'Old: {visits}', false),
  ('a0000000-0000-7000-8000-000000000001', 'code', 'ours', 'en', null, 'Code {code}', true),
  ('a0000000-0000-7000-8000-000000000001', 'confirmation', 'off', 'en', null, 'Off: {visits}', false) $$);
select pg_temp.act_inside('a');
select is(app.template_for('reminder', 'en'), array['Soon', 'Soon: {visits}'], 'the clinic''s own wording');
select is(app.template_for('code', 'en'), array[(app.default_template('code', 'en'))[1], 'Code {code}'], 'with our subject where it has none');
select is(app.template_for('reminder', 'de'), app.default_template('reminder', 'de'), 'another language is ours');
select is(app.template_for('reminder', 'pt'), app.default_template('reminder', 'en'), 'a language that nobody has is English');
select is(app.template_for('confirmation', 'en'), app.default_template('confirmation', 'en'), 'one that is not active does not count');
select is(app.template_for('marketing', 'en'), null, 'and for marketing there is nothing');
select pg_temp.act_inside('b');
select is(app.template_for('reminder', 'en'), app.default_template('reminder', 'en'), 'another clinic''s wording is not used');
select * from finish();
rollback;
