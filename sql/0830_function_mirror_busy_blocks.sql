create or replace function app.mirror_busy_blocks(
  p_calendar_link_id uuid,
  p_from timestamptz,
  p_to timestamptz,
  p_external_ids text[],
  p_starts timestamptz[],
  p_ends timestamptz[]
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_resource_id uuid;
  v_blocks integer;
begin
  select l.resource_id into v_resource_id
  from public.calendar_links l
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  if v_resource_id is null then
    raise exception 'there is no such calendar link' using errcode = 'VX404';
  end if;
  perform app.lock_resources(array[v_resource_id]);
  delete from public.busy_blocks b
  where b.org_id = v_org_id and b.calendar_link_id = p_calendar_link_id and b.starts_at < p_to and b.ends_at > p_from;
  insert into public.busy_blocks (org_id, resource_id, calendar_link_id, external_id, starts_at, ends_at)
  select v_org_id, v_resource_id, p_calendar_link_id, s.external_id, s.starts_at, s.ends_at
  from unnest(p_external_ids, p_starts, p_ends) s(external_id, starts_at, ends_at);
  get diagnostics v_blocks = row_count;
  update public.calendar_links l
  set last_synced_at = app.now(), updated_at = app.now()
  where l.org_id = v_org_id and l.id = p_calendar_link_id;
  return v_blocks;
end
$$;

comment on function app.mirror_busy_blocks(uuid, timestamptz, timestamptz, text[], timestamptz[], timestamptz[]) is
  'Replaces what the mirror of an outside calendar says about [p_from, p_to) and marks it fresh. Locks the resource, so that a booking sees the old mirror or the new one. VX404 when the link is not the tenant''s. Returns the number of busy blocks.';

select app.seal('app.mirror_busy_blocks(uuid, timestamptz, timestamptz, text[], timestamptz[], timestamptz[])', 'app_writer', 'tenant_service');
