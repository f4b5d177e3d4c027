-- A deleted clinic sends nothing, and a missed call from abroad earns no text.
begin;
\ir ../messages.psql
select plan(7);
select pg_temp.act_for('a');
select is(pg_temp.send('follow_up', 'k1', p_call => 'c1', p_region => 'GB'), 'blocked foreign_number', 'a missed call from abroad');
select is(pg_temp.send('follow_up', 'k2', p_call => 'c1'), 'send', 'one from home is answered');
select is(pg_temp.send('reminder', 'k3', p_region => 'GB'), 'send', 'patients from abroad have their reminders');
select pg_temp.act_as('staff');
select is((select pg_temp.decided(b) from app.send_follow_up('a0000000-0000-7000-8000-0000000000d2', 'zanzibar-lilac', 'k4', '{}', 'GB', null) b), 'send', 'and what staff write');
select pg_temp.owner($$ update public.organizations set deleted_at = app.now() where id = 'a0000000-0000-7000-8000-000000000001' $$);
select pg_temp.act_for('a');
select is(pg_temp.send('reminder', 'k5', p_contact => 'd2'), 'blocked clinic_deleted', 'a deleted clinic reminds nobody');
select is(pg_temp.send('code', 'k6', p_contact => 'd2'), 'blocked clinic_deleted', 'nor sends codes');
select is((select status || ' ' || reason from public.messages where category = 'code'), 'blocked clinic_deleted', 'and the row says so');
select * from finish();
rollback;
