-- Between 02:00 and 03:00 there is no local time in Chicago on 2030-03-10: all of it is the moment of the change.
begin;
select plan(8);

select is(app.local_instant('2030-03-10 01:59', 'America/Chicago', false), '2030-03-10 07:59+00', 'just before');
select is(app.local_instant('2030-03-10 02:00', 'America/Chicago', false), '2030-03-10 08:00+00', 'the first minute that is skipped');
select is(app.local_instant('2030-03-10 02:30', 'America/Chicago', false), '2030-03-10 08:00+00', 'an opening within the gap');
select is(app.local_instant('2030-03-10 02:30', 'America/Chicago', true), '2030-03-10 08:00+00', 'a closing within the gap');
select is(app.local_instant('2030-03-10 03:00', 'America/Chicago', false), '2030-03-10 08:00+00', 'the first minute after it');
select is(app.local_instant('2030-03-10 09:00', 'America/Chicago', false), '2030-03-10 14:00+00', 'the same day, later: summer time');
select is(app.local_instant('2030-03-09 09:00', 'America/Chicago', false), '2030-03-09 15:00+00', 'the day before: winter time');
select is(app.local_instant('2011-12-30 12:00', 'Pacific/Apia', false), '2011-12-30 10:00+00', 'a day that a zone left out altogether');

select * from finish();
rollback;
