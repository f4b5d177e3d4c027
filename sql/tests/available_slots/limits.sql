-- What is asked for is bounded, and unknown words give nothing rather than something.
begin;
\ir ../booking.psql
select plan(13);

select pg_temp.act_for('a');
select is((select count(*) from app.available_slots('Checkup', pg_temp.t('04 00:00'), pg_temp.t('30 00:00'))), 100::bigint, 'a hundred rows unless more are wanted');
select is((select count(*) from app.available_slots('Checkup', pg_temp.t('04 00:00'), pg_temp.t('30 00:00'), null, 3)), 3::bigint, 'or fewer');
select is((select min(starts_at) from app.available_slots('Checkup', pg_temp.t('04 00:00'), pg_temp.t('30 00:00'), null, 3)), pg_temp.t('04 09:00'), 'the first ones');
select is((select count(*) from app.available_slots('Checkup', pg_temp.t('04 00:00'), pg_temp.t('30 00:00'), null, -1)), 0::bigint, 'a limit below nothing is nothing');
select is((select count(*) from app.available_slots('Botox', pg_temp.t('04 00:00'), pg_temp.t('30 00:00'))), 0::bigint, 'an unknown service has none');
select is((select count(*) from app.available_slots('Checkup', pg_temp.t('04 00:00'), pg_temp.t('30 00:00'), 'Nobody')), 0::bigint, 'nor an unknown practitioner');
select is((select count(*) from app.available_slots('Whitening', pg_temp.t('04 00:00'), pg_temp.t('30 00:00'), 'Blake')), 0::bigint, 'nor one who does not give the service');
select is((select count(*) from app.available_slots('Checkup', pg_temp.t('05 00:00'), pg_temp.t('04 00:00'))), 0::bigint, 'nor a window that ends before it begins');
select throws_ok($$ select * from app.available_slots('Checkup', '2030-03-04', '2030-06-04') $$, 'VX400', null, 'three months at once are refused');
select throws_ok($$ select * from app.available_slots('Checkup', '2030-03-04', 'infinity') $$, 'VX400', null, 'and so is eternity');
select throws_ok($$ select * from app.available_slots('Checkup', '2030-03-04', null) $$, 'VX400', null, 'and a window without an end');
select pg_temp.act_for('b');
select is((select count(*) from app.available_slots('Checkup', pg_temp.t('04 00:00'), pg_temp.t('30 00:00'))), 0::bigint, 'another clinic''s service has none');
select isnt((select count(*) from app.available_slots('Consultation', pg_temp.t('04 00:00'), pg_temp.t('30 00:00'))), 0::bigint, 'one''s own has');

select * from finish();
rollback;
