begin;
select plan(18);
\ir ../clinics.psql
\set call1 a0000000-0000-7000-8000-0000000000c1
select pg_temp.act_for('a');
select app.take_message(:'call1', 'tool-1', '  Please call me, my card is 4242 4242 4242 4242, mail jo@patients.example  ', ' Jo Quillby ', '+13125550188', true) as id \gset
select results_eq('select id, body, caller_name, callback_number, urgent, handled_at from public.caller_messages',
  format($$values (%L::uuid, 'Please call me, my card is [card], mail [email]', 'Jo Quillby', '+13125550188', true, null::timestamptz)$$, :'id'),
  'kept, without identifiers, with the call-back number in its column');
select results_eq('select phone, name from public.contacts', $$values ('+13125550111', null::text)$$, 'the contact is the calling number''s, not the spoken one''s');
select is((select contact_id from public.caller_messages), (select id from public.contacts), 'and has the message');
select results_eq('select kind, title, entity, entity_id from public.notifications',
  format($$values ('caller_message', 'A caller left an urgent message', 'caller_message', %L::uuid)$$, :'id'), 'the staff are told, without names');
select is((select array_agg(kind order by id) from public.events), '{contact_updated,notification}', 'live clients too');

select is(app.take_message(:'call1', 'tool-1', 'Something else'), :'id', 'the same tool call again is the same message');
select is((select count(*) from public.caller_messages), 1::bigint, 'kept once');
select is((select count(*) from public.notifications), 1::bigint, 'told once');
select isnt(app.take_message(:'call1', 'tool-2', 'And another'), :'id', 'another tool call is another message');
select is((select array_agg(title order by title desc) from public.notifications), '{A caller left an urgent message,A caller left a message}', 'not every one is urgent');
select isnt(app.take_message('a0000000-0000-7000-8000-0000000000c2', 'tool-1', 'Hello'), :'id', 'the same tool call id in another call is another message');
select is((select count(*) from public.contacts where phone is null and origin_call_id = 'a0000000-0000-7000-8000-0000000000c2'), 1::bigint, 'a withheld caller has a contact of its own');
select app.take_message(:'call1', 'tool-3', repeat('so long ', 900));
select is((select char_length(body) from public.caller_messages where tool_call_id = 'tool-3'), 2000, 'as long as it fits');

select throws_ok(format('select app.take_message(%L, %L, %L)', :'call1', 'tool-4', '  '), 'VX400', null, 'nothing said');
select throws_ok(format('select app.take_message(%L, %L, null)', :'call1', 'tool-4'), 'VX400', null, 'no text');
select throws_ok($$select app.take_message('b0000000-0000-7000-8000-0000000000c1', 'tool-4', 'Hello')$$, 'VX404', null, 'another tenant''s call');
select is((select count(*) from public.caller_messages where tool_call_id = 'tool-4'), 0::bigint, 'leaves nothing');
select pg_temp.act_for('b');
select is((select count(*) from public.caller_messages), 0::bigint, 'another tenant sees none');
select * from finish();
rollback;
