-- Made by hand, or out of a call whose caller may be a contact already.
begin;
\ir ../booking.psql
select plan(21);
create function pg_temp.make(p_fields jsonb, p_call uuid default null, p_source text default 'dashboard') returns text language sql as $$
  select concat_ws(' ', c.name, c.phone, c.email, c.lead_status, c.lead_score, c.source) from app.create_contact(p_fields, p_source, p_call) c
$$;
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.make('{"name": "Ada Quill"}') $$, 'VX403', null, 'a viewer makes none');
select pg_temp.act_as('staff');
select is(pg_temp.make('{"name": " Ada Quill ", "phone": "+13125550140"}'), 'Ada Quill +13125550140 warm 50 dashboard', 'warm unless said otherwise');
select is(pg_temp.make('{"email": "ben@patients.example", "lead_status": "hot", "service_interests": ["Botox"]}', null, 'import'), 'ben@patients.example hot 80 import', 'without a number');
select is((select array_agg(kind || ' ' || entity) from public.events), array['contact_updated contact', 'contact_updated contact', 'hot_lead_alert contact'], 'told to live clients');
select throws_ok($$ select pg_temp.make('{"name": "Ada Quill", "phone": "+13125550140"}') $$, 'VX409', null, 'one contact has a number');
select throws_ok($$ select pg_temp.make('{"name": " ", "phone": ""}') $$, 'VX400', null, 'nothing to know it by');
select throws_ok($$ select pg_temp.make('{"name": "Ada Quill", "phone": "312"}') $$, 'VX400', null, 'no number');
select throws_ok($$ select pg_temp.make('{"name": "Ada Quill", "org_id": "b0000000-0000-7000-8000-000000000001"}') $$, 'VX400', null, 'no such field');
select throws_ok($$ select pg_temp.make('{"name": "Ada Quill"}', null, 'rumour') $$, 'VX400', null, 'a source is one of three');
select is((select count(*) from public.contacts), 3::bigint, 'a refusal leaves nothing');

select throws_ok(format('select pg_temp.make(%L, %L)', '{"name": "Ada Quill"}', :'call_b'), 'VX404', null, 'another clinic''s call');
select is(pg_temp.make('{"name": "Cleo Quill", "phone": "+13125550111"}', :'call1', 'call'), 'Cleo Quill +13125550111 warm 50 call', 'made from a call');
select is((select c.name from public.call_logs l join public.contacts c on c.id = l.contact_id where l.id = :'call1'), 'Cleo Quill', 'which is its now');
select is(pg_temp.make('{"name": "Somebody Quill", "phone": "+13125550111", "email": "cleo@patients.example"}', :'call1', 'call'), 'Cleo Quill +13125550111 cleo@patients.example warm 50 call', 'once more: the same, with what was missing');
select is(pg_temp.make('{"name": "Somebody Quill"}', :'call1', 'call'), 'Cleo Quill +13125550111 cleo@patients.example warm 50 call', 'also without the number');
select is((select count(*) from public.contacts), 4::bigint, 'no second one');
select is(pg_temp.make('{"name": "X", "phone": "+13125550199"}', :'call3', 'call'), 'Nora Quillfeather +13125550199 cold 0 call', 'one that the number has');
select is((select contact_id from public.call_logs where id = :'call3'), :'contact'::uuid, 'gets the call');
select is(pg_temp.make('{"name": "Dan Quill", "phone": "+13125550141"}', :'call1', 'call'), 'Dan Quill +13125550141 warm 50 call', 'another number is somebody else');
select is((select c.name from public.call_logs l join public.contacts c on c.id = l.contact_id where l.id = :'call1'), 'Cleo Quill', 'and the call stays whose it was');
select pg_temp.owner($$ update public.call_logs set deleted_at = app.now() where id = 'a0000000-0000-7000-8000-0000000000c2' $$);
select throws_ok(format('select pg_temp.make(%L, %L)', '{"name": "Ada Quill"}', :'call2'), 'VX404', null, 'nothing is made from a deleted call');
select * from finish();
rollback;
