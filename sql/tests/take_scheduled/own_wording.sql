begin;
\ir ../scheduled.psql
select plan(9);
create function pg_temp.wording(p_body text) returns text language plpgsql as $$
declare
  v_bundle app.scheduled_bundle;
begin
  perform pg_temp.owner(format($o$ delete from public.message_templates; insert into public.message_templates (org_id, kind, name, body)
    values ('a0000000-0000-7000-8000-000000000001', 'confirmation', 'ours', %L) $o$, p_body));
  v_bundle := pg_temp.take('confirmation', '05 14:00');
  return v_bundle.text || ' | ' || cardinality(v_bundle.code_subjects);
end
$$;
grant execute on all functions in schema pg_temp to public;
select pg_temp.act_for('a');
select pg_temp.book('05 14:00', 'Ann Quillby', p_resource => 'Avery');
select pg_temp.clock('04 08:03');
select pg_temp.hang_up();
select is(pg_temp.wording('{clinic}, {place}, {phone}: {first_name} {date} {time} {service} {practitioner} {code}'),
  'Lakeside Dental, Main, +13125550150: Ann Tue Mar 5 2:00 PM Checkup Dr. Avery Stone [code] | 1', 'every field');
select is(pg_temp.wording('{date} {time}'), 'Tue Mar 5 2:00 PM | 0', 'without a code');
select is(pg_temp.wording('{visits} {code}'), 'visit Tue Mar 5, 2:00 PM [code] | 1', 'the code only where it was put');
select is(pg_temp.wording('{code} {code}'), '[code] [code] | 2', 'or put twice');
select is(pg_temp.wording('{date} [code]'), 'Tue Mar 5  | 0', 'the letters [code] are no place for one');
select pg_temp.owner($$ update public.organizations set name = 'A [code] B' where slug = 'lakeside' $$);
select is(pg_temp.wording('{clinic} {visits}'), 'A  B visit Tue Mar 5, 2:00 PM. Code [code] | 1', 'not in a name either');

select pg_temp.book('05 14:30', '{code}[code] Quillby', p_resource => 'Blake', p_another => true);
select pg_temp.clock('04 08:06');
select is(pg_temp.wording('See you: {visits}'), 'See you: Ann Tue Mar 5, 2:00 PM (code [code]); codecode Tue Mar 5, 2:30 PM (code [code]) | 2', 'several visits');
select ok(pg_temp.wording('See you {date}') like '%; %[code]%| 2', 'a wording with room for one gives way to ours');
select ok(pg_temp.wording('{visits}, {code}') like '%; %[code]%| 2', 'also one with a single code');
select * from finish();
rollback;
