-- Row security keeps "like" away from every index: a comparison that could tell of a row comes after the policy. So one role
-- looks words up without a policy's condition. It reads the searched columns, writes nothing, and owns nothing but
-- app.found_ids and app.knowledge_words, which name the tenant themselves and give ids; their rows are then read under the
-- tenant's policies.
-- app.protect_table takes these rights away: a snapshot that protects tables anew holds this file and 0120 as well, after them.
drop policy if exists searcher_finds on public.contacts;
create policy searcher_finds on public.contacts for select to app_searcher using (true);
grant select (org_id, id, name, phone, spoken_phone, email, search_text) on table public.contacts to app_searcher;

drop policy if exists searcher_finds on public.patients;
create policy searcher_finds on public.patients for select to app_searcher using (true);
grant select (org_id, id, name) on table public.patients to app_searcher;

drop policy if exists searcher_finds on public.call_logs;
create policy searcher_finds on public.call_logs for select to app_searcher using (true);
grant select (org_id, id, direction, from_number, to_number) on table public.call_logs to app_searcher;

drop policy if exists searcher_finds on public.messages;
create policy searcher_finds on public.messages for select to app_searcher using (true);
grant select (org_id, id, recipient, subject, content) on table public.messages to app_searcher;

drop policy if exists searcher_finds on public.knowledge_chunks;
create policy searcher_finds on public.knowledge_chunks for select to app_searcher using (true);
grant select (org_id, id, version_id, tsv) on table public.knowledge_chunks to app_searcher;
