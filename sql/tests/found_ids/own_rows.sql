-- Only the tenant's rows, any case, no wildcards; NULL where rows are better compared one by one.
begin;
\ir ../booking.psql
select plan(17);
insert into public.contacts (org_id, id, name, phone, email) values
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000e1', 'Ada Quillfinch', '+13125550191', 'ada@patients.example'),
  ('b0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-0000000000e1', 'Ada Quillfinch', '+13125550191', 'ada@patients.example');
insert into public.patients (org_id, id, contact_id, name, normalised_name) values
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000e2', 'a0000000-0000-7000-8000-0000000000e1', 'Bea Quillfinch', 'bea quillfinch'),
  ('b0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-0000000000e2', 'b0000000-0000-7000-8000-0000000000e1', 'Bea Quillfinch', 'bea quillfinch');
insert into public.call_logs (org_id, id, vapi_call_id, direction, from_number, to_number) values
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000e3', 'found-1', 'outbound', '+13125550100', '+13125550191'),
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000e4', 'found-2', 'inbound', '+13125550100', '+13125550191'),
  ('b0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-0000000000e3', 'found-3', 'outbound', '+13125550100', '+13125550191');
insert into public.messages (org_id, id, direction, method, category, recipient, subject, content) values
  (:'lakeside', 'a0000000-0000-7000-8000-0000000000e5', 'outbound', 'email', 'reply', 'ada@patients.example', 'Finchtime', '100% zanzibar-lilac'),
  ('b0000000-0000-7000-8000-000000000001', 'b0000000-0000-7000-8000-0000000000e5', 'outbound', 'email', 'reply', 'ada@patients.example', 'Finchtime', '100% zanzibar-lilac');
create function pg_temp.found(p_what text, p_search text) returns text language sql as $$
  select string_agg(right(i::text, 2), ' ' order by i) from unnest(app.found_ids(p_what, p_search)) i
$$;
select pg_temp.act_as('viewer');
select is(pg_temp.found('contact', 'QUILLFIN'), 'e1', 'a contact by its name');
select is(pg_temp.found('contact', '(312) 555-0191'), 'e1', 'by its number');
select is(pg_temp.found('contact', 'ada@'), 'e1', 'by its address');
select is(pg_temp.found('visitor', 'quillFIN'), 'e1', 'a visitor by name');
select is(pg_temp.found('visitor', '0191'), 'e1', 'by number');
select is(pg_temp.found('caller', 'quillfin'), 'e1', 'a caller by name');
select is(pg_temp.found('caller', 'ada@'), null, 'and by nothing else');
select is(pg_temp.found('patient', 'Bea Q'), 'e2', 'a patient');
select is(pg_temp.found('call', '0191'), 'e3', 'a call by the other side''s number');
select is(pg_temp.found('message', 'finchTIME 100% zan'), 'e5', 'a message by subject and text');
select is(app.found_ids('message', '1_0%'), null, 'too short between signs');
select is(app.found_ids('message', '%zanzibar'), '{}', 'no wildcards');
select is(app.found_ids('message', 'nobody'), '{}', 'nothing found is known to be nothing');
select is(app.found_ids('contact', 'qu'), null, 'two letters: no index helps');
select is(app.found_ids('contact', null), null, 'nothing asked for');
select set_config('request.jwt.claims', '{}', true);
select throws_ok($$select app.found_ids('contact', 'quill')$$, 'VX401', null, 'no tenant, no search');
reset role;
select is(
  array(select p.polrelid::regclass::text from pg_policy p where p.polroles = array['app_searcher'::regrole::oid] and p.polcmd = 'r' order by 1),
  '{call_logs,contacts,knowledge_chunks,messages,patients}', 'the role reads five tables');
select * from finish();
rollback;
