-- Who of many is no member: by place, so that one question serves everybody who is connected.
begin;
\ir ../booking.psql
select plan(5);
set role voxanne_login;
select is((select array_agg(p order by p) from app.lost_members(
    array[:'lakeside', 'b0000000-0000-7000-8000-000000000001', :'lakeside', :'lakeside']::uuid[],
    array['a0000000-0000-7000-8000-0000000000e1', 'a0000000-0000-7000-8000-0000000000e1',
      'a0000000-0000-7000-8000-0000000000e9', 'a0000000-0000-7000-8000-0000000000e4']::uuid[]) p),
  '{2,3}', 'another clinic''s, and nobody');
select is((select count(*) from app.lost_members('{}', '{}')), 0::bigint, 'nobody is connected');
reset role;
delete from public.profiles where user_id = 'a0000000-0000-7000-8000-0000000000e4';
set role voxanne_login;
select is((select count(*) from app.lost_members(array[:'lakeside']::uuid[], array['a0000000-0000-7000-8000-0000000000e4']::uuid[])),
  1::bigint, 'who was removed');
reset role;
update public.organizations set deleted_at = app.now() where id = :'lakeside';
set role voxanne_login;
select is((select count(*) from app.lost_members(array[:'lakeside']::uuid[], array['a0000000-0000-7000-8000-0000000000e1']::uuid[])),
  1::bigint, 'nobody stays in a deleted one');
reset role;
select pg_temp.act_as('owner');
select throws_ok($$ select app.lost_members('{}', '{}') $$, '42501', null, 'nobody else asks');
select * from finish();
rollback;
