-- The same number is recognised within a clinic, and nowhere else.
begin;
\ir ../inside.psql
select plan(10);

create function pg_temp.hash_of(p_org text, p_number text) returns bytea language plpgsql as $$
begin
  perform pg_temp.act_inside(p_org);
  return app.number_hash(p_number);
end
$$;
select is((select count(*) from public.org_keys), 0::bigint, 'no key before it is needed');
select set_config('test.a', encode(pg_temp.hash_of('a', '+13125550199'), 'hex'), true);
select is(octet_length(pg_temp.hash_of('a', '+13125550199')), 32, 'a hash');
select is(encode(pg_temp.hash_of('a', '+13125550199'), 'hex'), current_setting('test.a'), 'the same one every time');
select isnt(encode(pg_temp.hash_of('a', '+13125550198'), 'hex'), current_setting('test.a'), 'another number''s differs');
select isnt(encode(pg_temp.hash_of('b', '+13125550199'), 'hex'), current_setting('test.a'), 'so does another clinic''s');
select is(pg_temp.hash_of('a', 'Nora@Patients.example'), pg_temp.hash_of('a', 'nora@patients.example'), 'addresses in any case');
select is(pg_temp.hash_of('a', null), null, 'of nothing, nothing');
reset role;
select is((select count(*) from public.org_keys), 2::bigint, 'one key each');
select is(sha256(k.number_key || sha256(k.number_key || '+13125550199'::bytea)), decode(current_setting('test.a'), 'hex'), 'nested, with the key')
from public.org_keys k where k.org_id = :'lakeside';
select pg_temp.act_for('a');
select throws_ok($$ select app.number_hash('+13125550199') $$, '42501', null, 'nobody else asks for hashes');

select * from finish();
rollback;
