begin;
\ir ../campaigning.psql
select plan(16);
create function pg_temp.steps(p_steps text, p_category text default 'marketing') returns uuid language sql as $$
  select pg_temp.draft('Recall', p_category, '{}', replace(replace(replace(p_steps, 'M', '"a0000000-0000-7000-8000-000000000081"'), 'F', '"a0000000-0000-7000-8000-000000000082"'), 'T', '"template_id"'))
$$;
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.draft('Recall') $$, 'VX403', null, 'a viewer drafts nothing');
select pg_temp.act_as('staff');
select throws_ok($$ select pg_temp.steps('[]') $$, 'VX400', null, 'no step');
select throws_ok($$ select pg_temp.steps((select jsonb_agg(jsonb_build_object('after_minutes', n, 'template_id', 'a0000000-0000-7000-8000-000000000081'))::text from generate_series(1, 11) n)) $$, 'VX400', null, 'eleven steps');
select throws_ok($$ select pg_temp.steps('[{"after_minutes": 5, T: M}, {"after_minutes": 5, T: M}]') $$, 'VX400', null, 'two at once');
select throws_ok($$ select pg_temp.steps('[{"after_minutes": -1, T: M}]') $$, 'VX400', null, 'before the start');
select throws_ok($$ select pg_temp.steps('[{"after_minutes": 525601, T: M}]') $$, 'VX400', null, 'after more than a year');
select throws_ok($$ select pg_temp.steps('[{"after_minutes": 0}]') $$, 'VX400', null, 'no template');
select throws_ok($$ select pg_temp.steps('[{"after_minutes": 0, T: "a0000000-0000-7000-8000-000000000083"}]') $$, 'VX400', null, 'a confirmation is no campaign');
select throws_ok($$ select pg_temp.steps('[{"after_minutes": 0, T: "b0000000-0000-7000-8000-000000000081"}]') $$, 'VX404', null, 'another clinic''s template');
select throws_ok($$ select pg_temp.steps('[{"after_minutes": 0, T: M}]', 'follow_up') $$, 'VX400', null, 'advertising needs a marketing campaign');
select throws_ok($$ select pg_temp.draft('Recall', 'marketing', '{"age": 1}') $$, 'VX400', null, 'an unknown segment');
select lives_ok($$ select pg_temp.steps('[{"after_minutes": 0, T: M}, {"after_minutes": 10, T: F}]') $$, 'a draft');
select throws_ok($$ select pg_temp.draft('Recall') $$, 'VX409', null, 'one of a name');
select is(pg_temp.draft('Recall 2', p_id => (select id from public.campaigns)), (select id from public.campaigns), 'changed');
select results_eq($$ select position::integer, after from public.campaign_steps order by position $$, $$ values (1, interval '0'), (2, interval '1 day') $$, 'with other steps');
select throws_ok($$ select pg_temp.draft('Recall', p_id => app.uuid_v7()) $$, 'VX404', null, 'no such campaign');
select * from finish();
rollback;
