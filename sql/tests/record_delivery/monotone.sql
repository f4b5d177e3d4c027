-- Reports come in any order and repeat; a message only ever goes on.
begin;
\ir ../messages.psql
select plan(32);
create function pg_temp.report(p_key text, p_status text, p_external text default 'SM1', p_error text default null) returns text language sql as $$
  select coalesce(app.record_delivery((pg_temp.message(p_key)).id, p_external, p_status, p_error), 'nothing')
$$;
-- after(status, reported): the status that stands when a report meets a message in that status.
create function pg_temp.after(p_status text, p_reported text) returns text language plpgsql as $$
begin
  perform pg_temp.owner(format('update public.messages set status = %L, reason = null, external_message_id = null where send_key = %L', p_status, 'k1'));
  return pg_temp.report('k1', p_reported);
end
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select pg_temp.send('follow_up', 'k1');
select is(pg_temp.after(s.status, r.reported), case
    when s.status in ('delivered', 'failed', 'blocked') then s.status
    else r.reported
  end, s.status || ' then ' || r.reported)
from unnest(array['queued', 'unknown', 'sent', 'delivered', 'failed', 'blocked']) s (status), unnest(array['sent', 'delivered', 'failed']) r (reported);
select is(pg_temp.after('queued', 'sent'), 'sent', 'a report settles what its sender never came back from');
select is((pg_temp.message('k1')).external_message_id || ' ' || ((pg_temp.message('k1')).sent_at is not null), 'SM1 true', 'with the id and the time');
select set_config('test.events', pg_temp.rows('public.events')::text, true);
select is(pg_temp.report('k1', 'sent'), 'sent', 'a duplicate');
select is(pg_temp.rows('public.events')::text, current_setting('test.events'), 'is no news');
select is(pg_temp.report('k1', 'delivered', 'SM2'), 'nothing', 'another message''s id');
select pg_temp.send('reply', 'k2');
select is(pg_temp.report('k2', 'delivered', 'SM1'), 'nothing', 'an id that another row has');
select is((pg_temp.message('k2')).status, 'queued', 'changes nothing');
select app.finish_message((pg_temp.message('k2')).id, 'failed', p_reason => 'never_accepted');
select is(pg_temp.report('k2', 'delivered', 'SM2'), 'delivered', 'the provider knows better than our conclusion');
select pg_temp.send('confirmation', 'k3');
select is(pg_temp.report('k3', 'failed', 'SM3', '21610'), 'failed', 'the carrier refuses');
select is((pg_temp.message('k3')).reason || ' ' || pg_temp.send('code', 'k4'), 'opted_out blocked opted_out', 'who opted out');
select is((select array_agg(title) from public.notifications), '{"A confirmation could not be sent"}', 'staff are told of a confirmation');
select throws_ok($$ select pg_temp.report('k1', 'read') $$, 'VX400', null, 'a closed list');
select set_config('test.id', (pg_temp.message('k1')).id::text, true);
select pg_temp.act_for('b');
select is(app.record_delivery(current_setting('test.id')::uuid, 'SM1', 'delivered'), null, 'another clinic''s message');
select is((pg_temp.message('k1')).status, 'sent', 'is not touched');
select * from finish();
rollback;
