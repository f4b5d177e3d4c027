-- What an archive leaves out exists, and what sounds like a secret or a lease is left out or named here with its reason.
begin;
select plan(6);
select is_empty($$
  select x.table_name, x.column_name
  from app.archive_exclusions() x
  left join app.tenant_tables() t on t.name = x.table_name
  left join information_schema.columns c on c.table_schema = 'public' and c.table_name = x.table_name and c.column_name = x.column_name
  where t.name is null or x.column_name is not null and c.column_name is null $$, 'tables and columns that are there');
select is_empty($$
  select table_name, column_name from app.archive_exclusions() group by 1, 2 having count(*) > 1 $$, 'each once');
select is_empty($$
  select x.table_name, x.column_name from app.archive_exclusions() x where x.reason !~ '^[a-z].{10,}$' $$, 'with a reason');
select is_empty($$
  select x.table_name, x.column_name
  from app.archive_exclusions() x
  join information_schema.columns c on c.table_schema = 'public' and c.table_name = x.table_name and c.column_name = x.column_name
  where c.is_nullable = 'NO' and c.column_default is null $$, 'a row can be stored without the columns');
select results_eq($$
  select t.name || '.' || c
  from app.tenant_tables() t
  cross join unnest(t.columns) c
  where t.excuse is null and c ~ '(hash|cipher|nonce|_tag|key|token|secret|lease|url|undo|retry)'
  order by 1 $$,
  $$ values
    ('identity_codes.code_hash'), -- under a key that is not in the database
    ('knowledge_chunks.tokens'), -- a number
    ('messages.recipient_hash'), -- under org_keys
    ('messages.send_key'), -- names a wish, so that it is not carried out again
    ('opt_outs.number_hash'), -- under org_keys: who was erased stays opted out
    ('org_keys.number_key'), -- without it no opt-out of an erased number would be recognised
    ('outbound_calls.lease_id'), -- a call in hand has one; the import calls it off
    ('outbound_calls.send_key'), -- as messages.send_key
    ('recordings.storage_key') -- by which the file is found
  $$, 'nothing that sounds like a secret is exported without a reason');
select is((select count(*) from app.tenant_tables() t cross join unnest(t.columns) c where t.excuse is null and c = 'ciphertext'), 0::bigint, 'nothing sealed');
select * from finish();
rollback;
