create or replace function app.replace_busy_blocks(
  p_calendar_link_id uuid,
  p_whole boolean,
  p_removed text[],
  p_series text[],
  p_window tstzrange,
  p_external_ids text[],
  p_series_ids text[],
  p_starts timestamptz[],
  p_ends timestamptz[]
)
returns text[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_changed text[];
begin
  with given as materialized (
    select distinct s.external_id, nullif(s.series_id, '') as series_id, s.starts_at, s.ends_at
    from unnest(p_external_ids, p_series_ids, p_starts, p_ends) s(external_id, series_id, starts_at, ends_at)
    where s.ends_at > s.starts_at and tstzrange(s.starts_at, s.ends_at) && p_window
  ),
  -- What stays as it was is not touched: reading the whole again changes little, and bookings wait meanwhile.
  removed as (
    delete from public.busy_blocks b
    where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id
      -- Those of app.mirror_outside are no concern of what was read, and their visits' changes may hold them.
      and b.external_id not like 'visit:%'
      and (p_whole or b.external_id = any (p_removed || p_external_ids) or b.series_id = any (p_series || p_removed)
        or b.ends_at <= lower(p_window))
      and not exists (
        select from given g
        where g.external_id = b.external_id and g.starts_at = b.starts_at and g.ends_at = b.ends_at
          and g.series_id is not distinct from b.series_id)
    returning b.external_id, b.starts_at, b.ends_at
  ),
  added as (
    insert into public.busy_blocks (org_id, resource_id, calendar_link_id, external_id, series_id, starts_at, ends_at)
    select l.org_id, l.resource_id, l.id, g.external_id, g.series_id, g.starts_at, g.ends_at
    from given g
    join public.calendar_links l on l.org_id = v_org_id and l.id = p_calendar_link_id
    where not exists (
      select from public.busy_blocks b
      where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id and b.external_id = g.external_id
        and b.starts_at = g.starts_at and b.ends_at = g.ends_at and b.series_id is not distinct from g.series_id)
    returning external_id, starts_at, ends_at
  )
  select array_agg(distinct a.external_id) into v_changed
  from added a
  where not exists (
    select from removed r where r.external_id = a.external_id and r.starts_at = a.starts_at and r.ends_at = a.ends_at);
  return coalesce(v_changed, '{}');
end
$$;

comment on function app.replace_busy_blocks(uuid, boolean, text[], text[], tstzrange, text[], text[], timestamptz[], timestamptz[]) is
  'Takes out of a calendar''s mirror all (p_whole) but what app.mirror_outside keeps, or what these events and series took, and what lies before the window; then puts in the given times that touch the window. Series ids are '''' for single events. Returns the events that are new or have another time than before. The caller has locked the resource.';

select app.seal('app.replace_busy_blocks(uuid, boolean, text[], text[], tstzrange, text[], text[], timestamptz[], timestamptz[])', null, 'app_writer');
