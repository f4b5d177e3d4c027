begin;
\ir ../booking.psql
select plan(7);
create function pg_temp.named(p_said text) returns text language sql as $$
  select coalesce(string_agg(right(i::text, 2), ' ' order by i), '')
  from unnest(app.services_named(app.caller_words(jsonb_build_array(jsonb_build_object('speaker', 'caller', 'text', p_said))))) i
$$;
select set_config('request.jwt.claims', '{"app_metadata": {"org_id": "a0000000-0000-7000-8000-000000000001"}}', true);
select is(pg_temp.named('A checkup and whitening, a checkup'), '21 22', 'by name, once');
select is(pg_temp.named('A Cleaning please'), '21', 'by alias');
select is(pg_temp.named('I am examined'), '', 'whole words');
select is(pg_temp.named('no whitening'), '', 'not what somebody does not want');
select is(pg_temp.named('a consultation'), '', 'nor another clinic''s');
update public.services set active = false where id = :'whitening';
select is(pg_temp.named('whitening'), '', 'nor what is given no more');
select is(pg_temp.named(''), '', 'nothing said');
select * from finish();
rollback;
