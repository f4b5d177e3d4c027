-- What a calendar says about a window replaces what it said before about that window, and nothing else.
begin;
\ir ../booking.psql
select plan(10);

select pg_temp.owner($$
  insert into public.calendar_links (org_id, id, resource_id, provider, external_calendar_id) values
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000071', 'a0000000-0000-7000-8000-000000000031', 'google', 'avery'),
    ('a0000000-0000-7000-8000-000000000001', 'a0000000-0000-7000-8000-000000000072', 'a0000000-0000-7000-8000-000000000031', 'microsoft', 'avery') $$);
select pg_temp.act_for('a');
create function pg_temp.mirror(p_link text, p_from text, p_to text, p_starts text[], p_ends text[]) returns integer language sql as $$
  select app.mirror_busy_blocks(('a0000000-0000-7000-8000-0000000000' || p_link)::uuid, pg_temp.t(p_from), pg_temp.t(p_to), p_starts,
    array(select pg_temp.t(s) from unnest(p_starts) with ordinality u(s, n) order by n), array(select pg_temp.t(s) from unnest(p_ends) with ordinality u(s, n) order by n))
$$;
create function pg_temp.busy() returns text language sql stable as $$
  select string_agg(to_char(starts_at at time zone 'America/Chicago', 'DD HH24:MI'), ', ' order by starts_at) from public.busy_blocks
$$;
select is(pg_temp.mirror('71', '04 00:00', '06 00:00', '{"04 09:00","05 09:00"}', '{"04 10:00","05 10:00"}'), 2, 'two blocks');
select is(pg_temp.mirror('72', '04 00:00', '06 00:00', '{"04 15:00"}', '{"04 16:00"}'), 1, 'one of another calendar of the same practitioner');
select is(pg_temp.mirror('71', '04 00:00', '05 00:00', '{"04 11:00"}', '{"04 12:00"}'), 1, 'the first day anew');
select is(pg_temp.busy(), '04 11:00, 04 15:00, 05 09:00', 'only that day of that calendar is replaced');
select is(pg_temp.mirror('71', '05 09:30', '05 09:45', '{}', '{}'), 0, 'an empty window');
select is(pg_temp.busy(), '04 11:00, 04 15:00', 'clears what touches it');
select is((select array_agg(distinct last_synced_at) from public.calendar_links), array[pg_temp.t('04 08:00')], 'the links are fresh');
select is(pg_temp.tried(pg_temp.t('04 11:00'), p_resource => 'Avery'), 'refused calendar_busy', 'and the blocks count');
select pg_temp.act_for('b');
select throws_ok($$ select pg_temp.mirror('71', '04 00:00', '06 00:00', '{}', '{}') $$, 'VX404', null, 'another clinic''s link is none');
select pg_temp.act_as('owner');
select throws_ok($$ select pg_temp.mirror('71', '04 00:00', '06 00:00', '{}', '{}') $$, '42501', null, 'members do not mirror');

select * from finish();
rollback;
