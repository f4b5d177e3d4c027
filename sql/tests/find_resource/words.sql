-- Practitioners are asked for by first name, surname, with or without a title.
begin;
\ir ../booking.psql
select plan(11);

select pg_temp.act_for('a');
select is((select name from app.find_resource('Dr. Avery Stone')), 'Dr. Avery Stone', 'by full name');
select is((select name from app.find_resource('doctor stone')), 'Dr. Avery Stone', 'by title and surname');
select is((select name from app.find_resource('avery')), 'Dr. Avery Stone', 'by first name');
select is((select name from app.find_resource('Blake Reed please')), 'Blake Reed', 'within what was said');
select is((select name from app.find_resource('the hygienist')), 'Blake Reed', 'by alias');
select is((select name from app.find_resource(:'blake')), 'Blake Reed', 'by id');
select is((select name from app.find_resource('ston')), null, 'not by a part of a word');
select is((select name from app.find_resource('doctor')), null, 'a title alone is nobody');
select is((select name from app.find_resource('')), null, 'nothing said is nobody');
select is((select name from app.find_resource('Casey')), null, 'another clinic''s practitioner is nobody');
select pg_temp.owner($$ update public.resources set active = false where name = 'Blake Reed' $$);
select is((select name from app.find_resource('Blake')), null, 'nor is one who left');

select * from finish();
rollback;
