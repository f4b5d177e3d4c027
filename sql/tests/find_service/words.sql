-- Callers and models say services in many ways; the words must lead to one service of this clinic or to none.
begin;
\ir ../booking.psql
select plan(15);

select pg_temp.owner($$
  insert into public.services (org_id, name, duration, active) values
    ('a0000000-0000-7000-8000-000000000001', 'Old Treatment', '30 minutes', false),
    ('a0000000-0000-7000-8000-000000000001', 'Checkup for children', '20 minutes', true),
    ('a0000000-0000-7000-8000-000000000001', 'Crème peel', '20 minutes', true) $$);
select pg_temp.act_for('a');
select is((select name from app.find_service('Checkup')), 'Checkup', 'by name, before a longer name that contains it');
select is((select name from app.find_service('  CHECK-UP for children ')), null, 'another spelling is not guessed at');
select is((select name from app.find_service('CHECKUP  for children!')), 'Checkup for children', 'case, blanks and signs do not matter');
select is((select name from app.find_service('creme peel')), 'Crème peel', 'nor do accents');
select is((select name from app.find_service('exam')), 'Checkup', 'by alias');
select is((select name from app.find_service('a whitening please')), 'Whitening', 'within what was said');
select is((select name from app.find_service('children')), 'Checkup for children', 'by a whole word of it');
select is((select name from app.find_service('check')), null, 'not by a part of a word');
select is((select name from app.find_service(:'whitening')), 'Whitening', 'by id');
select is((select name from app.find_service('Old Treatment')), null, 'an inactive service is none');
select is((select name from app.find_service('Consultation')), null, 'another clinic''s service is none');
select is((select name from app.find_service('%')), null, 'a pattern is no name');
select is((select name from app.find_service(' ')), null, 'nothing said, several to choose from: none');
select is((select name from app.find_service(null)), null, 'nor for nothing at all');
select pg_temp.act_for('b');
select is((select name from app.find_service(null)), 'Consultation', 'nothing said and one service only: that one');

select * from finish();
rollback;
