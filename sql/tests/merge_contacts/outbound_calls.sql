-- Two contacts of one person are not both called.
begin;
\ir ../outbound.psql
select plan(4);
select pg_temp.owner($$ insert into public.contacts (org_id, id, name, phone) values ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-0000000000d2', 'Norah Quillfeather', '+13125550198') $$);
select pg_temp.act_as('staff');
select is(pg_temp.wish(), 'queued 04 08:00', 'the one');
select is(pg_temp.wish(p_contact => 'a0000000-0000-7000-8000-0000000000d2'), 'queued 04 08:00', 'the other');
select pg_temp.owner($$ insert into public.outbound_calls (org_id, kind, contact_id, to_number, due_at, until_at, look_at)
  select org_id, 'campaign', contact_id, to_number, due_at, until_at, look_at from public.outbound_calls where to_number = '+13125550198' $$);
select isnt_empty($$ select * from app.merge_contacts('a0000000-0000-7000-8000-0000000000d1', 'a0000000-0000-7000-8000-0000000000d2') $$, 'are one');
select results_eq($$ select kind, state, reason, to_number, contact_id is not null from public.outbound_calls order by 1, 2 $$, $$ values
  ('call_back', 'cancelled', 'merged', '+13125550198', true), ('call_back', 'waiting', null, '+13125550199', true),
  ('campaign', 'waiting', null, '+13125550199', true) $$, 'one call of a kind, to the number that stays');
select * from finish();
rollback;
