create or replace function app.calendar_counts()
returns setof app.calendar_count
language plpgsql
stable
security definer
set search_path = ''
as $$
begin
  return query
  select l.ok, l.failing, l.to_reconnect, e.behind, coalesce(extract(epoch from app.now() - e.since), 0)::bigint
  from (
    select count(*) filter (where x.health = 'ok') as ok, count(*) filter (where x.health = 'failing') as failing,
      count(*) filter (where x.health = 'needs_reconnect') as to_reconnect
    from public.calendar_links x
  ) l
  cross join (
    select count(*) as behind, min(x.updated_at) as since
    from public.calendar_events x
    where x.synced_version < x.desired_version
  ) e;
end
$$;

comment on function app.calendar_counts() is 'How the calendars of all clinics do, in numbers, for operators'' metrics.';

select app.seal('app.calendar_counts()', 'app_definer', 'voxanne_login');
