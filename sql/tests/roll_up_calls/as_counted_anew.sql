-- Whatever happens to calls, the zone and the clock, in whatever order: the statistics are what counting all calls anew gives.
begin;
\ir ../messages.psql
select plan(5);

-- anew(): the statistics from the calls alone, one clause for each number, whoever asks.
create function pg_temp.anew() returns text language sql stable security definer as $$
  select concat_ws(' ', count(*), count(*) filter (where direction = 'inbound'), count(*) filter (where direction = 'outbound'),
    count(*) filter (where app.call_state(status, outcome, ended_reason) = 'completed'),
    count(*) filter (where app.call_state(status, outcome, ended_reason) = 'missed'),
    count(*) filter (where app.call_state(status, outcome, ended_reason) = 'transferred'),
    count(*) filter (where app.call_state(status, outcome, ended_reason) = 'failed'),
    count(*) filter (where (coalesce(started_at, l.created_at) at time zone o.time_zone)::date >= d.today),
    count(*) filter (where (coalesce(started_at, l.created_at) at time zone o.time_zone)::date >= d.today - 6),
    count(*) filter (where (coalesce(started_at, l.created_at) at time zone o.time_zone)::date >= date_trunc('month', d.today)::date),
    coalesce(round(avg(duration_seconds) filter (where status = 'ended')), 0), coalesce(round((avg(round(sentiment_score * 100)) / 100)::numeric, 2), 0)::double precision,
    count(sentiment_score), coalesce(sum(cost_micros), 0))
  from public.organizations o
  cross join lateral (select (app.now() at time zone o.time_zone)::date as today) d
  left join public.call_logs l on l.org_id = o.id
  where o.id = 'a0000000-0000-7000-8000-000000000001'
  group by o.id, d.today
$$;
create function pg_temp.told() returns text language sql stable as $$
  select concat_ws(' ', total_calls, inbound_calls, outbound_calls, completed_calls, missed_calls, transferred_calls, failed_calls,
    calls_today, calls_this_week, calls_this_month, average_seconds, average_sentiment, felt, cost_micros)
  from app.call_stats()
$$;

-- act(n): one thing that happens, drawn. A call is heard of, its status or report comes (late too, and with a start that puts
-- it on another day), it is deleted, someone corrects a row by hand, the clinic moves, the clock goes on, days are rolled up.
create function pg_temp.act(n integer) returns text language plpgsql as $$
declare
  v_what integer := floor(random() * 12);
  v_call uuid;
  v_at timestamptz := app.now() - random() * random() * interval '40 days';
begin
  perform set_config('role', 'none', true);
  select id into v_call from public.call_logs where org_id = 'a0000000-0000-7000-8000-000000000001' order by random() limit 1;
  perform pg_temp.act_for('a');
  case
    when v_what < 3 then
      perform app.ensure_call('drawn-' || n, (array['inbound', 'outbound', 'web'])[1 + n % 3], null, null, null, null);
    when v_what = 3 then
      perform app.record_call_event(v_call, (array['in-progress', 'ended'])[1 + n % 2], v_at, (array['pipeline-error', 'busy'])[1 + n % 2]);
    when v_what < 6 then
      perform app.record_call_report(v_call, v_at, null, (random() * 300)::integer,
        (array['customer-ended-call', 'pipeline-error', 'assistant-forwarded-call', null])[1 + n % 4], '', '[]', n * 1001, false, '{}',
        p_analysis => jsonb_build_object('sentiment_score', round(random()::numeric, 3)));
    when v_what = 6 then
      perform pg_temp.act_as('admin');
      begin
        perform app.delete_call(v_call);
      exception when sqlstate 'VX404' or sqlstate 'VX409' then
        null; -- deleted before, or going on
      end;
    when v_what = 7 then
      perform set_config('role', 'service_role', true);
      if n % 3 = 0 then
        delete from public.call_logs l where l.org_id = 'a0000000-0000-7000-8000-000000000001' and l.vapi_call_id = 'drawn-' || (n / 2);
      else
        update public.call_logs set started_at = v_at, outcome = 'missed' where id = v_call;
      end if;
    when v_what = 8 then
      perform pg_temp.act_as('owner');
      perform app.set_org_settings(jsonb_build_object('time_zone',
        (array['America/Chicago', 'Pacific/Kiritimati', 'America/Chicago', 'Asia/Kathmandu'])[1 + n % 4]));
    when v_what = 9 then
      perform set_config('role', 'none', true);
      update app.test_clock set at = at + random() * interval '40 hours';
    else
      perform app.roll_up_calls(1 + n % 20);
  end case;
  return v_what;
end
$$;

create temp table steps (n integer, what text, told text, anew text, days bigint);
do $$
declare
  v_what text;
  v_told text;
begin
  perform setseed(0.26);
  for n in 1..400 loop
    v_what := pg_temp.act(n);
    perform pg_temp.act_as('viewer');
    v_told := pg_temp.told();
    perform set_config('role', 'none', true);
    insert into steps values (n, v_what, v_told, pg_temp.anew(), pg_temp.rows('public.call_days'));
  end loop;
end
$$;
select is((select string_agg(concat_ws(': ', n, what, told, anew), e'\n' order by n) from steps where told <> anew), null, 'told as it is');
select cmp_ok((select count(*) from steps where days > 0), '>', 200::bigint, 'control: mostly with days rolled up');
select cmp_ok((select count(distinct what) from steps), '=', 12::bigint, 'control: of everything something happened');
select cmp_ok((select count(*) from steps s join steps b on b.n = s.n - 1 where s.days < b.days), '>', 20::bigint, 'control: days were taken away');
update public.call_days set calls = calls + 1 where org_id = :'lakeside';
select pg_temp.act_for('a');
select app.roll_up_calls(1000);
select pg_temp.owner($$ update public.call_days set calls = calls + 1 where calls > 0 $$);
select pg_temp.act_as('viewer');
select isnt(pg_temp.told(), pg_temp.anew(), 'control: what is told comes from the days');
select * from finish();
rollback;
