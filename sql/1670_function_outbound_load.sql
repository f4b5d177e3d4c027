create or replace function app.outbound_load()
returns app.outbound_load
language sql
stable
security definer
set search_path = ''
as $$
  select count(*) filter (where c.state <> 'waiting'), count(*) filter (where c.state = 'waiting' and c.due_at <= clock.now),
    count(*) filter (where c.state = 'waiting')
  from (select app.now() as now) clock
  left join public.outbound_calls c on c.state in ('waiting', 'placing', 'under_way')
$$;

comment on function app.outbound_load() is
  'How busy the account''s slots are and how many calls wait, of all tenants together: for gauges that name nobody.';

select app.seal('app.outbound_load()', 'app_definer', 'voxanne_login');
