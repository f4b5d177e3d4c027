-- Days are the clinic's; the one on which the clock is set forward has 23 hours.
begin;
\ir ../messages.psql
select plan(11);
create function pg_temp.stats(p_from date, p_to date) returns text[] language sql as $$
  select array_agg(concat_ws(' ', to_char(s.day, 'DD'), s.method, s.category, s.sent, s.delivered, s.failed, s.unknown, s.blocked, s.received, s.segments)
    order by s.day, s.method, s.category) from app.message_stats(p_from, p_to) s
$$;
create function pg_temp.row(p_at text, p_status text, p_sent boolean default true, p_direction text default 'outbound', p_org text default 'a') returns void
language sql security definer as $$
  insert into public.messages (org_id, direction, method, category, recipient, content, status, sent_at, segments, created_at)
  values ((p_org || '0000000-0000-7000-8000-000000000001')::uuid, p_direction, 'sms', case p_direction when 'inbound' then 'reply' else 'reminder' end,
    '+13125550199', 'zanzibar-lilac', p_status, case when p_sent then pg_temp.t(p_at) end, 2, pg_temp.t(p_at))
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.row('09 23:59:59', 'sent'), pg_temp.row('10 00:00', 'sent'), pg_temp.row('10 12:00', 'delivered'), pg_temp.row('10 12:00', 'failed'),
  pg_temp.row('10 12:00', 'failed', false), pg_temp.row('10 12:00', 'unknown', false), pg_temp.row('10 12:00', 'blocked', false),
  pg_temp.row('10 23:59:59', 'queued', false), pg_temp.row('10 13:00', 'sent', false, 'inbound'), pg_temp.row('11 00:00', 'sent'),
  pg_temp.row('10 12:00', 'sent', p_org => 'b');
select pg_temp.act_as('viewer');
select is(pg_temp.stats('2030-03-10', '2030-03-10'), '{"10 sms reminder 3 1 2 1 1 0 6","10 sms reply 0 0 0 0 0 1 0"}', 'a day, seen by any member');
select is((pg_temp.stats('2030-03-09', '2030-03-11'))[1], '09 sms reminder 1 0 0 0 0 0 2', 'both days are included');
select is((pg_temp.stats('2030-03-09', '2030-03-11'))[4], '11 sms reminder 1 0 0 0 0 0 2', 'the last one too');
select is(pg_temp.stats('2030-03-12', '2030-03-13'), null, 'days without messages have no row');
select lives_ok($$ select pg_temp.stats('2030-01-01', '2031-01-01') $$, '366 days');
select throws_ok($$ select pg_temp.stats('2030-01-01', '2031-01-02') $$, 'VX400', null, 'no more');
select throws_ok($$ select pg_temp.stats('2030-01-02', '2030-01-01') $$, 'VX400', null, 'in order');
select throws_ok($$ select pg_temp.stats(null, '2030-01-01') $$, 'VX400', null, 'from when');
select throws_ok($$ select pg_temp.stats('2030-01-01', null) $$, 'VX400', null, 'until when');
select throws_ok($$ select pg_temp.stats('-infinity', 'infinity') $$, null, null, 'for ever');
select pg_temp.act_for('a');
select throws_ok($$ select pg_temp.stats('2030-03-10', '2030-03-10') $$, '42501', null, 'webhooks count nothing');
select * from finish();
rollback;
