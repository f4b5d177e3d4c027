-- Why was this refused? The latest first, narrowed by every filter.
begin;
\ir ../booking.psql
select plan(12);
create function pg_temp.tries(
  p_outcome text default null, p_reason text default null, p_kind text default null, p_call uuid default null, p_from text default null,
  p_to text default null, p_page integer default 1, p_limit integer default 20, p_appointment uuid default null
) returns text language sql as $$
  select string_agg(concat_ws(' ', t.kind, t.outcome, t.reason, t.resource_name, t.actor_name, t.total), ', ' order by t.at desc, t.id desc)
  from app.list_booking_attempts(p_kind, p_outcome, p_reason, p_call, p_appointment, p_from, p_to, p_page, p_limit) t
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.owner($$ update public.profiles set name = 'Sue Quill' where role = 'staff' $$);
select pg_temp.act_for('a');
select pg_temp.book('05 10:00', 'Ann Quillby', p_resource => 'Blake');
select pg_temp.clock('04 09:00');
select pg_temp.book('05 10:00', 'Ben Quillfeather', 'c2', p_resource => 'Blake');
select pg_temp.clock('05 09:00');
select pg_temp.act_as('staff');
select app.cancel_appointment((select id::text from public.appointments));
select pg_temp.act_as('viewer');
select is(pg_temp.tries(), 'cancel cancelled Blake Reed Sue Quill 3, book refused taken Blake Reed 3, book booked Blake Reed 3', 'all');
select is(pg_temp.tries('refused'), 'book refused taken Blake Reed 1', 'refused');
select is(pg_temp.tries(p_reason => 'taken'), 'book refused taken Blake Reed 1', 'for a reason');
select is(pg_temp.tries(p_kind => 'cancel'), 'cancel cancelled Blake Reed Sue Quill 1', 'of a kind');
select is(pg_temp.tries(p_call => :'call1'), 'book booked Blake Reed 1', 'of a call');
select is(pg_temp.tries(p_appointment => (select id from public.appointments)), 'cancel cancelled Blake Reed Sue Quill 2, book booked Blake Reed 2', 'of a visit');
select is(pg_temp.tries(p_from => '2030-03-05'), 'cancel cancelled Blake Reed Sue Quill 1', 'since a day');
select is(pg_temp.tries(p_to => '2030-03-04'), 'book refused taken Blake Reed 2, book booked Blake Reed 2', 'until a day, included');
select is(pg_temp.tries(p_page => 2, p_limit => 2), 'book booked Blake Reed 3', 'the second page');
select throws_ok($$ select pg_temp.tries(p_page => 0) $$, 'VX400', null, 'pages begin at 1');
select throws_ok($$ select pg_temp.tries(p_from => 'soon') $$, 'VX400', null, 'a day is a day');
select pg_temp.act_for('a');
select throws_ok($$ select pg_temp.tries() $$, '42501', null, 'webhooks list nothing');
select * from finish();
rollback;
