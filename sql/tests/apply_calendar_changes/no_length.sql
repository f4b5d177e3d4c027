-- An event without length, or that ends before it begins, is told like any that was moved and keeps nobody from reading on.
begin;
\ir ../calendars.psql
select plan(6);

select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Nora Quillfeather', p_resource => 'Avery');
create temp table v as select pg_temp.visit('05 10:00') as id;
grant select on v to public;
select pg_temp.work(id) from v;
select pg_temp.settle();
select pg_temp.wait('1 second');
select pg_temp.pull();
select is(pg_temp.apply(p_own => pg_temp.own(id, '05 14:00', '05 14:00')), 'applied 0 0 0 1', 'no length') from v;
select is(pg_temp.busy(), '', 'takes no time');
select pg_temp.pull();
select is(pg_temp.apply(p_own => pg_temp.own(id, '05 14:00', '05 14:00')), 'applied 0 0 0 0', 'told once') from v;
select pg_temp.pull();
select is(pg_temp.apply(p_own => pg_temp.own(id, '05 15:00', '05 14:00')), 'applied 0 0 0 1', 'ends before it begins') from v;
select pg_temp.owner($$ update public.organizations set calendar_changes = 'follow' $$);
select pg_temp.act_for('a');
select pg_temp.pull();
select is(pg_temp.apply(p_own => pg_temp.own(id, '05 16:00', '05 16:00')), 'applied 0 0 0 1', 'nothing to follow') from v;
select is(pg_temp.diary(), array['05 10:00 Avery'], 'the visit stands');

select * from finish();
rollback;
