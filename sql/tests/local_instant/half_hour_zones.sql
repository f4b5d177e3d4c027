-- Offsets of half hours, and a change of half an hour.
begin;
select plan(6);

select is(app.local_instant('2030-03-04 09:00', 'Asia/Kolkata', false), '2030-03-04 03:30+00', 'Kolkata, never changes');
select is(app.local_instant('2030-10-06 02:15', 'Australia/Lord_Howe', false), '2030-10-05 15:30+00', 'Lord Howe skips half an hour');
select is(app.local_instant('2030-10-06 02:30', 'Australia/Lord_Howe', false), '2030-10-05 15:30+00', 'and goes on at half past two');
select is(app.local_instant('2030-04-07 01:45', 'Australia/Lord_Howe', false), '2030-04-06 14:45+00', 'Lord Howe repeats half an hour: the first');
select is(app.local_instant('2030-04-07 01:45', 'Australia/Lord_Howe', true), '2030-04-06 15:15+00', 'and the last');
select is(app.local_instant('2030-04-07 01:15', 'Australia/Lord_Howe', true), '2030-04-06 14:15+00', 'a quarter past one is there once');

select * from finish();
rollback;
