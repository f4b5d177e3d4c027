-- Between 01:00 and 02:00 Chicago has every time twice on 2030-11-03: opening means the first, closing the last.
begin;
select plan(6);

select is(app.local_instant('2030-11-03 00:59', 'America/Chicago', true), '2030-11-03 05:59+00', 'before the repeated hour');
select is(app.local_instant('2030-11-03 01:30', 'America/Chicago', false), '2030-11-03 06:30+00', 'the first of two');
select is(app.local_instant('2030-11-03 01:30', 'America/Chicago', true), '2030-11-03 07:30+00', 'the last of two');
select is(app.local_instant('2030-11-03 01:00', 'America/Chicago', false), '2030-11-03 06:00+00', 'where the repeated hour begins');
select is(app.local_instant('2030-11-03 02:00', 'America/Chicago', false), '2030-11-03 08:00+00', 'where it ends there is one again');
select is(app.local_instant('2030-11-03 02:00', 'America/Chicago', true), '2030-11-03 08:00+00', 'for closing too');

select * from finish();
rollback;
