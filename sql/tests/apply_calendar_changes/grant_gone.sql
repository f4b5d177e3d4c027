-- A reading that ends after its grant was revoked is believed, and heals nothing: only a new consent does.
begin;
\ir ../calendars.psql
select plan(4);

select pg_temp.act_for('a');
select pg_temp.pull();
select is(app.note_grant_revoked('google_calendar', 1), true, 'the grant is revoked while the last page comes');
select is(pg_temp.apply('{a}', '{"05 09:00"}', '{"05 10:00"}', p_whole => true), 'applied 1 0 0 0', 'what was read counts');
select is((select health || ' ' || error_code from public.calendar_links), 'needs_reconnect grant_revoked', 'the calendar waits for people all the same');
select is(pg_temp.pull(), 'needs_reconnect whole', 'and is not asked in vain');

select * from finish();
rollback;
