-- What is named changes, an empty text takes away, the rest stays.
begin;
\ir ../messages.psql
select plan(26);
create function pg_temp.change(p_change jsonb, p_contact text default 'd1') returns text language sql as $$
  select concat_ws(' ', c.name, c.phone, c.email, c.lead_status, c.lead_score)
  from app.change_contact(('a0000000-0000-7000-8000-0000000000' || p_contact)::uuid, p_change) c
$$;
select pg_temp.act_as('viewer');
select throws_ok($$ select pg_temp.change('{"name": "Ada Quill"}') $$, 'VX403', null, 'a viewer changes nothing');
select pg_temp.act_as('staff');
select is(pg_temp.change('{}'), 'Nora Quillfeather +13125550199 nora@patients.example cold 0', 'nothing named, nothing changed');
select is(pg_temp.change('{"name": "Nora Quill", "phone": "+13125550142"}'), 'Nora Quill +13125550142 nora@patients.example cold 0', 'name and number');
select is(pg_temp.change('{"email": "", "phone": ""}'), 'Nora Quill cold 0', 'taken away');
select is(pg_temp.change('{"lead_status": "hot"}'), 'Nora Quill hot 80', 'the score follows the status');
select is(pg_temp.change('{"lead_status": "lost"}'), 'Nora Quill lost 80', 'a lost one keeps it');
select is(pg_temp.change('{"lead_status": "warm"}'), 'Nora Quill warm 79', 'down');
select is(pg_temp.change('{"lead_status": "cold"}'), 'Nora Quill cold 49', 'and further');
select is((select concat_ws(' ', c.notes, c.language, c.time_zone, c.service_interests::text) from app.change_contact(:'nora',
  '{"notes": "zanzibar-lilac", "language": "es", "time_zone": "Europe/Madrid", "service_interests": ["Botox", "Peel"]}') c), 'zanzibar-lilac es Europe/Madrid {Botox,Peel}', 'the rest of it');
select is((select marketing_consent_at from app.change_contact(:'nora', '{"marketing_consent": true}')), pg_temp.t('04 08:00'), 'consent has a time');
select pg_temp.clock('05 09:00');
select is((select marketing_consent_at from app.change_contact(:'nora', '{"marketing_consent": true}')), pg_temp.t('04 08:00'), 'which stays');
select is((select marketing_consent_at from app.change_contact(:'nora', '{"marketing_consent": false}')), null, 'until it is taken back');
select is((select updated_at from public.contacts where id = :'nora'), pg_temp.t('05 09:00'), 'changed then');
select is((select count(*) from public.events where kind = 'contact_updated' and entity_id = :'nora'), 11::bigint, 'every change is told');

select throws_ok($$ select pg_temp.change('{"phone": "+13125550198"}') $$, 'VX409', null, 'another contact''s number');
select throws_ok($$ select pg_temp.change('{"phone": "5550198"}') $$, 'VX400', null, 'no E.164');
select throws_ok($$ select pg_temp.change('{"lead_status": "tepid"}') $$, 'VX400', null, 'no status');
select throws_ok($$ select pg_temp.change('{"language": "Spanish"}') $$, 'VX400', null, 'no language');
select throws_ok($$ select pg_temp.change('{"time_zone": "Mars/Base"}') $$, 'VX400', null, 'no zone');
select throws_ok($$ select pg_temp.change('{"marketing_consent": "perhaps"}') $$, 'VX400', null, 'neither yes nor no');
select throws_ok($$ select pg_temp.change('{"service_interests": "Botox"}') $$, 'VX400', null, 'no list');
select throws_like($$ select pg_temp.change('{"erased_at": null}') $$, '%erased_at%', 'no field of theirs, and it is named');
select throws_ok($$ select pg_temp.change('{}', 'ff') $$, 'VX404', null, 'no such contact');
select throws_ok($$ select app.change_contact('b0000000-0000-7000-8000-0000000000d1', '{"name": "Ada Quill"}') $$, 'VX404', null, 'another clinic''s');
select pg_temp.owner($$ update public.contacts set erased_at = app.now() where id = 'a0000000-0000-7000-8000-0000000000d1' $$);
select throws_ok($$ select pg_temp.change('{}') $$, 'VX404', null, 'an erased one');
reset role;
select is((select name from public.contacts where id = 'b0000000-0000-7000-8000-0000000000d1'), 'Hugo Quillby', 'untouched');
select * from finish();
rollback;
