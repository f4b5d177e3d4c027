-- Asked every few seconds: it must cost the same however long the queue is.
create or replace function app.outbound_load()
returns app.outbound_load
language sql
stable
security definer
set search_path = ''
as $$
  select (select count(*) from public.outbound_calls c where c.state in ('placing', 'under_way')),
    (
      select count(*)
      from (
        select
        from app.clinics_due(clock.now) d (org_id)
        join public.outbound_calls c on c.org_id = d.org_id and c.state = 'waiting' and c.due_at <= clock.now
        limit 10000
      ) due
    ),
    (select count(*) from (select from public.outbound_calls c where c.state = 'waiting' limit 10000) waiting)
  from (select app.now() as now) clock
$$;

comment on function app.outbound_load() is
  'How busy the account''s slots are and how many calls wait, counted up to 10 000, of all tenants together: for gauges that name nobody.';

select app.seal('app.outbound_load()', 'app_definer', 'voxanne_login');
