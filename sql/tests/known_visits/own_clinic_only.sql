begin;
\ir ../calendars.psql
select plan(2);
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery');
create temp table v as select pg_temp.visit('05 10:00') as id;
grant select on v to public;
select is(array(select app.known_visits(array[id, app.uuid_v7(), null])), array[id], 'its own visit, no other id') from v;
select pg_temp.act_for('b');
select is(array(select app.known_visits(array[id])), '{}', 'nobody else''s') from v;
select * from finish();
rollback;
