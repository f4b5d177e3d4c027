-- Some zones change at midnight, so that a day has no 00:00, or an evening has 23:00 to 24:00 twice.
begin;
select plan(9);

select is(app.local_instant('2018-11-04 00:00', 'America/Sao_Paulo', false), '2018-11-04 03:00+00', 'São Paulo has no midnight: the day begins at the change');
select is(app.local_instant('2018-11-04 00:30', 'America/Sao_Paulo', true), '2018-11-04 03:00+00', 'nor half past');
select is(app.local_instant('2018-11-04 01:00', 'America/Sao_Paulo', false), '2018-11-04 03:00+00', 'one o''clock is that moment');
select is(app.local_instant('2018-02-17 23:30', 'America/Sao_Paulo', false), '2018-02-18 01:30+00', 'an evening twice: the first');
select is(app.local_instant('2018-02-17 23:30', 'America/Sao_Paulo', true), '2018-02-18 02:30+00', 'and the last');
select is(app.local_instant('2018-02-18 00:00', 'America/Sao_Paulo', true), '2018-02-18 03:00+00', 'midnight itself is there once');
select is(app.local_instant('2024-04-26 00:00', 'Africa/Cairo', false), '2024-04-25 22:00+00', 'Cairo has no midnight in spring');
select is(app.local_instant('2024-10-31 23:30', 'Africa/Cairo', false), '2024-10-31 20:30+00', 'Cairo''s repeated evening: the first');
select is(app.local_instant('2024-10-31 23:30', 'Africa/Cairo', true), '2024-10-31 21:30+00', 'and the last');

select * from finish();
rollback;
