-- How long words are kept, what is remembered, what callers may be told, and who hears of hot leads.
begin;
\ir ../booking.psql
select plan(11);
select pg_temp.act_as('admin');
create function pg_temp.set_to(p_fields jsonb) returns text language sql as $$
  select concat_ws(' ', coalesce(extract(day from o.keep_transcripts_for)::text, '-'), coalesce(extract(day from o.keep_messages_for)::text, '-'),
    extract(day from o.keep_memory_for), o.caller_memory, '"' || o.policies || '"', coalesce(o.hot_lead_phone, '-'))
  from app.set_org_settings(p_fields) o
$$;
select is(pg_temp.set_to('{"name": "Lakeside"}'), '- - 365 f "" -', 'from the start nothing expires, nothing is remembered, nobody has a text');
select is(pg_temp.set_to('{"keep_transcripts_days": 30, "keep_messages_days": 60, "keep_memory_days": 90, "caller_memory": true, "policies": " Cancel a day ahead. ", "hot_lead_phone": "+13125550188"}'),
  '30 60 90 t "Cancel a day ahead." +13125550188', 'set');
select is(pg_temp.set_to('{"name": "Lakeside Dental"}'), '30 60 90 t "Cancel a day ahead." +13125550188', 'what is left out stays');
select is(pg_temp.set_to('{"keep_transcripts_days": null, "keep_messages_days": null, "hot_lead_phone": null, "policies": "", "caller_memory": false}'), '- - 90 f "" -', 'taken back');
select throws_ok($$ select app.set_org_settings('{"keep_transcripts_days": 0}') $$, 'VX400', null, 'a day at least');
select throws_ok($$ select app.set_org_settings('{"keep_memory_days": null}') $$, 'VX400', null, 'memory has an end');
select throws_ok($$ select app.set_org_settings('{"policies": "{{clinicName}}"}') $$, 'VX400', null, 'no template');
select throws_ok($$ select app.set_org_settings('{"policies": "one\ntwo"}') $$, 'VX400', null, 'no second line');
select throws_ok($$ select app.set_org_settings('{"hot_lead_phone": "312 555 0188"}') $$, 'VX400', null, 'a whole number');
select throws_ok(format('select app.set_org_settings(%L)', jsonb_build_object('policies', repeat('x', 1001))), 'VX400', null, 'not too long');
select pg_temp.act_as('staff');
select throws_ok($$ select app.set_org_settings('{"caller_memory": true}') $$, 'VX403', null, 'not for staff');
select * from finish();
rollback;
