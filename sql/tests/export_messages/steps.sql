-- Steps of a thousand, none twice and none left out, also where many were made in one moment.
begin;
\ir ../messages.psql
select plan(8);
insert into public.messages (org_id, direction, method, category, recipient, content, status, created_at)
select :'lakeside', 'outbound', 'sms', 'reminder', '+13125550199', 'zanzibar-lilac', 'sent', pg_temp.t('03 12:00') + (n / 1500) * interval '1 minute'
from generate_series(1, 2500) n;
insert into public.messages (org_id, direction, method, category, recipient, content, status)
values ('b0000000-0000-7000-8000-000000000001', 'outbound', 'sms', 'reminder', '+13125550199', 'zanzibar-lilac', 'sent');
create temporary table exported (n integer, at timestamptz, id uuid);
grant all on exported to public;
create function pg_temp.step(p_n integer) returns bigint language sql as $$
  with step as (
    insert into exported select p_n, m.created_at, m.id
    from (values (1)) one
    left join lateral (select e.at, e.id from exported e order by e.at desc, e.id desc limit 1) last on true,
      lateral app.export_messages('2030-03-01', null, last.at, last.id, 'req-1') m
    returning 1)
  select count(*) from step
$$;
select pg_temp.act_as('staff');
select throws_ok($$ select app.export_messages(null, null) $$, 'VX403', null, 'not everyday work');
select pg_temp.act_as('admin');
select is(pg_temp.step(1), 1000::bigint, 'the first');
select is(pg_temp.step(2) + pg_temp.step(3), 1500::bigint, 'the next');
select is(pg_temp.step(4), 0::bigint, 'the end');
select is((select count(distinct id) from exported), 2500::bigint, 'each once');
select is((select count(*) from app.export_messages('2030-03-04', null)), 0::bigint, 'of a period');
select is((select string_agg(concat_ws(' ', action, request_id), ', ' order by request_id nulls last) from public.audit_log), 'messages_exported req-1, messages_exported', 'one entry for an export');
select pg_temp.act_for('a');
select throws_ok($$ select app.export_messages(null, null) $$, '42501', null, 'webhooks export nothing');
select * from finish();
rollback;
