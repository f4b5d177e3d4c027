begin;
\ir ../inside.psql
select plan(4);
select pg_temp.act_inside('a');
select is(app.contact_language(:'contact'), 'en', 'that of the clinic''s receptionist');
select pg_temp.owner($$ update public.agents set language = 'es-US' $$);
select is(app.contact_language(:'contact'), 'es', 'whatever it is');
select pg_temp.owner($$ update public.contacts set language = 'fr' $$);
select is(app.contact_language(:'contact'), 'fr', 'the contact''s own goes before');
select pg_temp.owner($$ delete from public.assistant_routes; delete from public.agents $$);
select pg_temp.act_inside('b');
select is(app.contact_language(:'contact'), 'en', 'English where nobody says');
select * from finish();
rollback;
