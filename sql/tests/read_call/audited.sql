-- Who reads a transcript stands in the audit log; who finds none does not.
begin;
\ir ../messages.psql
select plan(8);
create function pg_temp.reads() returns text language sql security definer as $$
  select string_agg(concat_ws(' ', action, entity, right(entity_id::text, 2), right(actor_user_id::text, 2), request_id), ', ' order by id)
  from public.audit_log
$$;
grant execute on all functions in schema pg_temp to public;
update public.call_logs set status = 'ended', outcome = 'answered', contact_id = :'nora', transcript_state = 'stored',
  transcript = '[{"speaker": "caller", "text": "zanzibar-lilac", "at": 1}]' where id = :'call1';
select pg_temp.act_as('viewer');
select is((select transcript -> 0 ->> 'text' || state from app.read_call(:'call1', 'req-1')), 'zanzibar-lilaccompleted', 'read');
select is(pg_temp.reads(), 'transcript_read call c1 e4 req-1', 'audited');
select is((select count(*) from app.read_call(:'call2')), 1::bigint, 'a call without a transcript');
select is((select count(*) from app.read_call(:'call_b')), 0::bigint, 'another clinic''s call');
select pg_temp.owner($$ update public.call_logs set deleted_at = app.now() where id = 'a0000000-0000-7000-8000-0000000000c1' $$);
select is((select count(*) from app.read_call(:'call1')), 0::bigint, 'a deleted call');
select is(pg_temp.reads(), 'transcript_read call c1 e4 req-1', 'none of which was a reading');
select lives_ok($$ select app.read_call('a0000000-0000-7000-8000-0000000000c2', repeat('x', 100)) $$, 'whatever the request is called');
select pg_temp.act_for('a');
select throws_ok($$ select app.read_call('a0000000-0000-7000-8000-0000000000c2') $$, '42501', null, 'webhooks read nothing');
select * from finish();
rollback;
