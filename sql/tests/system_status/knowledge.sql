-- Documents, and whom the page is for.
begin;
\ir ../booking.psql
select plan(7);
create function pg_temp.knowledge() returns text language plpgsql as $$
begin
  perform pg_temp.act_as('viewer');
  return (select concat_ws(' ', s.state, s.waiting, s.problem) from app.system_status() s where s.area = 'knowledge');
end
$$;
create function pg_temp.version(p_n integer, p_state text) returns void language sql as $$
  select pg_temp.owner(format($f$
    insert into public.knowledge_versions (org_id, document_id, version, kind, size_bytes, state, error)
    select d.org_id, d.id, %1$s, 'txt', 1, %2$L, case when %2$L = 'failed' then 'unreadable' end from public.knowledge_documents d $f$, p_n, p_state));
  select pg_temp.owner('update public.knowledge_documents set latest_version = ' || p_n)
$$;
insert into public.knowledge_documents (org_id, filename, checksum) values (:'lakeside', 'prices.txt', sha256('1'));
grant execute on all functions in schema pg_temp to public;

select pg_temp.version(1, 'reading');
select is(pg_temp.knowledge(), 'working 1', 'a document is read');
select pg_temp.owner($$ update public.knowledge_versions set state = 'failed', error = 'unreadable' $$);
select is(pg_temp.knowledge(), 'failing 0 document_failed', 'it could not be');
select pg_temp.version(2, 'ready');
select is(pg_temp.knowledge(), 'ok 0', 'the next version can');
select pg_temp.version(3, 'failed');
select pg_temp.owner('update public.knowledge_documents set deleted_at = app.now()');
select is(pg_temp.knowledge(), 'ok 0', 'a deleted document is nobody''s trouble');

select pg_temp.act_for('b');
select throws_ok('select app.system_status()', '42501', null, 'jobs do not ask');
select throws_ok('select app.status_of_messages(app.current_org_id(), app.now())', '42501', null, 'nor does anybody ask for one area past the door');
select set_config('request.jwt.claims', '', true), set_config('role', 'tenant_user', true);
select throws_ok('select app.system_status()', 'VX401', null, 'without a clinic nothing is told');

select * from finish();
rollback;
