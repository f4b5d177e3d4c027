-- Whom a call is with: by number, and a withheld caller by the call alone.
begin;
\ir ../inside.psql
select plan(14);

insert into public.call_logs (org_id, id, vapi_call_id, location_id, direction, from_number, to_number) values
  (:'lakeside', pg_temp.call('c4'), 'call-4', :'main', 'inbound', '+13125550111', '+13125550100'),
  (:'lakeside', pg_temp.call('c5'), 'call-5', :'main', 'outbound', '+13125550100', '+13125550111'),
  (:'lakeside', pg_temp.call('c6'), 'call-6', :'main', 'inbound', null, '+13125550100'),
  (:'lakeside', pg_temp.call('c7'), 'call-7', :'main', 'inbound', '+13125550199', '+13125550100');
select pg_temp.act_inside('a');
select app.contact_of_call(:'call1') as known \gset
select results_eq(format($$ select phone, name, origin_call_id, last_contacted_at from public.contacts where id = %L $$, :'known'),
  $$ values ('+13125550111', null::text, null::uuid, '2030-03-04 14:00+00'::timestamptz) $$, 'a number that is new');
select is((select contact_id from public.call_logs where id = :'call1'), :'known', 'the call has its contact');
select is((select kind || entity_id from public.events), 'contact_updated' || :'known', 'live clients are told');
select is(app.contact_of_call(:'call1'), :'known', 'asked again');
select is((select count(*) from public.events), 1::bigint, 'there is nothing to tell');
select is(app.contact_of_call(pg_temp.call('c4')), :'known', 'the same number');
select is(app.contact_of_call(pg_temp.call('c5')), :'known', 'whom we call');
select is(app.contact_of_call(pg_temp.call('c7')), :'contact', 'a contact from before');
select results_eq($$ select name, last_contacted_at from public.contacts where phone = '+13125550199' $$, $$ values ('Nora Quillfeather', '2030-03-04 14:00+00'::timestamptz) $$, 'keeps its name');

select app.contact_of_call(:'call2') as withheld \gset
select results_eq(format($$ select phone, origin_call_id from public.contacts where id = %L $$, :'withheld'), format($$ values (null::text, %L::uuid) $$, :'call2'), 'a withheld number has the call for its key');
select isnt(app.contact_of_call(pg_temp.call('c6')), :'withheld', 'two of them are two strangers');
update public.call_logs set contact_id = null where id = :'call2';
select is(app.contact_of_call(:'call2'), :'withheld', 'and each is one, whatever happens');
select throws_ok(format('select app.contact_of_call(%L)', :'call_b'), 'VX404', null, 'another tenant''s call');
select throws_ok('select app.contact_of_call(null)', 'VX404', null, 'no call');

select * from finish();
rollback;
