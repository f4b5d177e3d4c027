-- Questions go with the words of calls; notifications and replaced files go from every organisation. The log says how many.
begin;
\ir ../messages.psql
select plan(12);
create function pg_temp.left_over(p_org text) returns text language sql security definer as $$
  select (select count(*) from public.knowledge_gaps g where g.org_id = p_org::uuid) || ' gaps '
    || (select count(*) from public.notifications n where n.org_id = p_org::uuid) || ' notifications '
    || (select coalesce(string_agg(convert_from(f.content, 'UTF8'), ' ' order by f.content), 'no files') from public.knowledge_files f where f.org_id = p_org::uuid)
$$;
create function pg_temp.logged() returns text language sql security definer as $$
  select coalesce(string_agg(action || ' ' || affected, ', ' order by affected desc, action), '') from public.audit_log where action like '%_expired'
    and org_id = app.current_org_id()
$$;
grant execute on function pg_temp.left_over, pg_temp.logged to public;
insert into public.knowledge_gaps (org_id, topic, question, last_asked_at)
select o.id, t, t, app.now() - t::interval from public.organizations o, unnest(array['3 days', '1 day']) t;
insert into public.notifications (org_id, kind, title, created_at)
select o.id, 'missed_call', 'A call was missed', app.now() - t from public.organizations o, unnest(array['1 year', '364 days']::interval[]) t;
-- A document of three versions, of which the second answers and the third is being read, and a deleted one.
insert into public.knowledge_documents (org_id, id, filename, checksum, latest_version, deleted_at)
select o.id, ('a0000000-0000-7000-8000-00000000051' || n)::uuid, 'f', sha256(n::text::bytea), v, d
from public.organizations o, (values (1, 3, null), (2, 1, app.now() - interval '30 days'), (3, 1, app.now() - interval '29 days')) x (n, v, d);
insert into public.knowledge_versions (org_id, id, document_id, version, kind, size_bytes, state, updated_at)
select o.id, ('a0000000-0000-7000-8000-00000000052' || n)::uuid, ('a0000000-0000-7000-8000-00000000051' || d)::uuid, v, 'txt', 1, s, app.now() - interval '31 days'
from public.organizations o, (values (1, 1, 1, 'superseded'), (2, 1, 2, 'ready'), (3, 1, 3, 'failed'), (4, 2, 1, 'ready'), (5, 3, 1, 'ready')) x (n, d, v, s)
where s <> 'failed';
update public.knowledge_documents set current_version_id = 'a0000000-0000-7000-8000-000000000522' where id = 'a0000000-0000-7000-8000-000000000511';
insert into public.knowledge_files (org_id, version_id, content)
select v.org_id, v.id, convert_to(case v.version when 1 then 'old' else 'current' end || right(v.id::text, 1), 'UTF8') from public.knowledge_versions v;
update public.organizations set keep_transcripts_for = '2 days' where id = :'lakeside';

select pg_temp.act_for('a');
select is(pg_temp.left_over(:'lakeside'), '2 gaps 2 notifications current2 old1 old4 old5', 'what there is');
select is(app.apply_retention(100), 4::bigint, 'a question, a notification, two files');
select is(pg_temp.left_over(:'lakeside'), '1 gaps 1 notifications current2 old5', 'went');
select is(pg_temp.logged(), 'leftovers_expired 3, words_expired 1', 'and how many is written');
select is(app.apply_retention(100), 0::bigint, 'once');
select is(pg_temp.left_over('b0000000-0000-7000-8000-000000000001'), '2 gaps 2 notifications current2 old1 old4 old5', 'another organisation''s is its own');
select pg_temp.act_for('b');
select is(app.apply_retention(1), 2::bigint, 'one that limits nothing lets one of each go');
select is(app.apply_retention(1), 1::bigint, 'then the other file');
select is(pg_temp.left_over('b0000000-0000-7000-8000-000000000001'), '2 gaps 1 notifications current2 old5', 'but keeps its questions');
select is(pg_temp.logged(), 'leftovers_expired 2, leftovers_expired 1', 'a row for each time');
select pg_temp.act_as('admin');
select results_eq($$ select action, affected, actor_user_id from app.list_audit_log(1, 20, p_action => 'words_expired') $$,
  $$ values ('words_expired', 1, null::uuid) $$, 'which the dashboard shows');
select is((select count(*) from public.audit_log where action = 'contact_erased'), 0::bigint, 'control: nobody was erased');
select * from finish();
rollback;
