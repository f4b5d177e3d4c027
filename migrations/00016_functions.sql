-- Written by make snapshot.

-- +goose Up
-- +goose StatementBegin
do $$ begin
  if not pg_has_role(current_user, 'app_writer', 'usage') then execute format('grant app_writer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_definer', 'usage') then execute format('grant app_definer to %I', current_user); end if;
end $$;
grant create on schema app to app_writer, app_definer;
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0100_function_protect_table.sql
-- Every tenant table gets the same shape from one place: a table that forgot a policy would be a leak nobody sees.
create or replace function app.protect_table(p_table regclass, p_org_column text default 'org_id')
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_role text;
  v_sequence regclass;
  v_same_org text := format('%I = (select app.current_org_id())', p_org_column);
begin
  execute format('alter table %s enable row level security', p_table);
  execute format('alter table %s force row level security', p_table);

  execute format('revoke all on table %s from public', p_table);
  for v_role in
    select rolname from pg_catalog.pg_roles
    where rolname in ('anon', 'authenticated', 'service_role', 'voxanne_login',
      'tenant_user', 'tenant_service', 'app_writer', 'app_definer')
  loop
    execute format('revoke all on table %s from %I', p_table, v_role);
    -- Identity columns need no right on their sequence; old Supabase projects open it to every browser.
    for v_sequence in
      select d.objid::regclass
      from pg_catalog.pg_depend d
      join pg_catalog.pg_class s on s.oid = d.objid and s.relkind = 'S'
      where d.classid = 'pg_catalog.pg_class'::regclass and d.refclassid = d.classid and d.refobjid = p_table
    loop
      execute format('revoke all on sequence %s from %I', v_sequence, v_role);
    end loop;
  end loop;

  execute format('drop policy if exists tenant_reads on %s', p_table);
  execute format('drop policy if exists writer_writes on %s', p_table);
  execute format('drop policy if exists service_role_sees_all on %s', p_table);
  execute format(
    'create policy tenant_reads on %s for select to tenant_user, tenant_service using (%s)', p_table, v_same_org);
  execute format(
    'create policy writer_writes on %s for all to app_writer using (%s) with check (%s)', p_table, v_same_org, v_same_org);
  -- On plain PostgreSQL nobody but a superuser can make a BYPASSRLS role, so service_role sees all by policy.
  execute format(
    'create policy service_role_sees_all on %s for all to service_role using (true) with check (true)', p_table);

  execute format('grant select on table %s to tenant_user, tenant_service', p_table);
  execute format('grant select, insert, update, delete on table %s to app_writer, service_role', p_table);
end
$$;

comment on function app.protect_table(regclass, text) is
  'Gives a tenant table its row security: tenants read their own rows, only app_writer''s functions write, service_role sees all, everyone else has no rights. Reappliable.';

select app.seal('app.protect_table(regclass, text)', null);
-- end of sql/0100_function_protect_table.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0110_policy_tenant_tables.sql
-- The write matrix: tenant roles read, functions of app_writer write. Rows that cross tenants are listed below.
select app.protect_table('public.organizations', 'id');
select app.protect_table('public.locations');
select app.protect_table('public.departments');
select app.protect_table('public.profiles');
select app.protect_table('public.invitations');
select app.protect_table('public.agents');
select app.protect_table('public.assistant_routes');
select app.protect_table('public.phone_numbers');
select app.protect_table('public.services');
select app.protect_table('public.resources');
select app.protect_table('public.resource_services');
select app.protect_table('public.business_hours');
select app.protect_table('public.closures');
select app.protect_table('public.calendar_links');
select app.protect_table('public.busy_blocks');
select app.protect_table('public.contacts');
select app.protect_table('public.call_logs');
select app.protect_table('public.patients');
select app.protect_table('public.caller_verifications');
select app.protect_table('public.caller_messages');
select app.protect_table('public.messages');
select app.protect_table('public.appointments');
select app.protect_table('public.appointment_changes');
select app.protect_table('public.booking_attempts');
select app.protect_table('public.agent_tools');
select app.protect_table('public.org_tools');
select app.protect_table('public.notifications');
select app.protect_table('public.events');
select app.protect_table('public.webhook_deliveries');
select app.protect_table('public.audit_log');

-- Sent messages and the audit log are never rewritten or removed by a function that works inside a tenant.
revoke delete on table public.messages, public.audit_log from app_writer;
revoke update on table public.audit_log from app_writer;
-- The service key sees all; what was sent and who did what it cannot rewrite either.
revoke insert, update, delete on table public.messages, public.audit_log from service_role;

-- Token hashes are for functions, not for the dashboard.
revoke select on table public.invitations from tenant_user, tenant_service;
grant select (org_id, id, email, role, invited_by, expires_at, accepted_at, created_at)
  on table public.invitations to tenant_user, tenant_service;
-- end of sql/0110_policy_tenant_tables.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0120_policy_crossing_tables.sql
-- app_definer's functions cross tenants: finding the clinic of a call, founding one at sign-up, naming orgs for jobs.
-- It never reaches patients, appointments, messages or call_logs.
drop policy if exists definer_crosses on public.organizations;
create policy definer_crosses on public.organizations for all to app_definer using (true) with check (true);
grant select, insert on table public.organizations to app_definer;

drop policy if exists definer_crosses on public.profiles;
create policy definer_crosses on public.profiles for all to app_definer using (true) with check (true);
grant select, insert on table public.profiles to app_definer;

drop policy if exists definer_crosses on public.invitations;
create policy definer_crosses on public.invitations for all to app_definer using (true) with check (true);
grant select, update (accepted_at) on table public.invitations to app_definer;

drop policy if exists definer_crosses on public.assistant_routes;
create policy definer_crosses on public.assistant_routes for select to app_definer using (true);
grant select on table public.assistant_routes to app_definer;

drop policy if exists definer_crosses on public.phone_numbers;
create policy definer_crosses on public.phone_numbers for select to app_definer using (true);
grant select on table public.phone_numbers to app_definer;

drop policy if exists definer_crosses on public.events;
create policy definer_crosses on public.events for all to app_definer using (true) with check (true);
grant select, delete on table public.events to app_definer;

drop policy if exists definer_crosses on public.webhook_deliveries;
create policy definer_crosses on public.webhook_deliveries for all to app_definer using (true) with check (true);
grant select (received_at), delete on table public.webhook_deliveries to app_definer;

-- The tool registry belongs to no tenant; its functions come with the tool sync.
alter table public.vapi_tools enable row level security;
alter table public.vapi_tools force row level security;
revoke all on table public.vapi_tools from public, anon, authenticated, service_role, tenant_user, tenant_service, app_writer, app_definer;
drop policy if exists registry_reads on public.vapi_tools;
create policy registry_reads on public.vapi_tools for select to tenant_service, app_definer using (true);
grant select on table public.vapi_tools to tenant_service, app_definer;
drop policy if exists service_role_sees_all on public.vapi_tools;
create policy service_role_sees_all on public.vapi_tools for all to service_role using (true) with check (true);
grant select, insert, update, delete on table public.vapi_tools to service_role;

-- Jobs are put in the queue by app.enqueue_job only; workers run as the login role.
grant select, insert, update, delete on all tables in schema river to voxanne_login;
grant usage, select on all sequences in schema river to voxanne_login;
grant execute on all functions in schema river to voxanne_login;
grant select, insert on table river.river_job to app_definer;
grant usage on sequence river.river_job_id_seq to app_definer;
-- end of sql/0120_policy_crossing_tables.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0140_function_require_org_id.sql
create or replace function app.require_org_id()
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
  v_org_id uuid := app.current_org_id();
begin
  if v_org_id is null then
    raise exception 'no organisation in the request''s claims' using errcode = 'VX401';
  end if;
  return v_org_id;
end
$$;

comment on function app.require_org_id() is
  'The tenant of the running request, or VX401 where there is none: a function that writes never runs without a tenant.';

select app.seal('app.require_org_id()', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer');
-- end of sql/0140_function_require_org_id.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0150_function_current_member_role.sql
create or replace function app.current_member_role()
returns text
language sql
stable
set search_path = ''
as $$
  select p.role
  from public.profiles p
  where p.org_id = app.current_org_id()
    and p.user_id = app.current_user_id()
$$;

comment on function app.current_member_role() is
  'The running request''s role in its organisation as the database has it now: owner, admin, staff or viewer; NULL when no member acts (webhooks, jobs).';

select app.seal('app.current_member_role()', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0150_function_current_member_role.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0160_function_require_staff.sql
create or replace function app.require_staff()
returns void
language plpgsql
stable
set search_path = ''
as $$
begin
  if app.current_member_role() is distinct from 'owner'
    and app.current_member_role() is distinct from 'admin'
    and app.current_member_role() is distinct from 'staff'
  then
    raise exception 'this needs a member of the staff' using errcode = 'VX403';
  end if;
end
$$;

comment on function app.require_staff() is
  'Raises VX403 unless an owner, admin or staff member is acting. Viewers only read; webhooks are no staff.';

select app.seal('app.require_staff()', null, 'app_writer');
-- end of sql/0160_function_require_staff.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0170_function_normalise_name.sql
-- Speech recognition spells one name several ways: case, accents, hyphens and apostrophes must not make two patients.
-- ICU's collation knows the letters of all scripts also where the database was made with locale C.
-- A standard body is bound to what it names when it is made: safe without a search path, and so it can be inlined.
create or replace function app.normalise_name(p_name text)
returns text
language sql
immutable
strict
parallel safe
begin atomic
  select btrim(regexp_replace(
    regexp_replace(normalize(lower(p_name collate "und-x-icu"), nfkd), '[\u0300-\u036f''’`.]', '', 'g'),
    '[^[:alnum:]]+', ' ', 'g'));
end;

comment on function app.normalise_name(text) is
  'The form in which names are compared: lower case, no accents, apostrophes or dots, other signs as one blank. Empty when nothing is left.';

select app.seal('app.normalise_name(text)', null, 'tenant_user', 'tenant_service', 'app_writer', 'app_definer');
-- end of sql/0170_function_normalise_name.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0175_function_name_distance.sql
create or replace function app.name_distance(p_said text, p_names text[])
returns integer
language plpgsql
immutable
set search_path = ''
as $$
declare
  v_said text := app.normalise_name(coalesce(p_said, ''));
begin
  if v_said = '' then
    return 0;
  end if;
  return (
    select min(case
      when n.name = v_said or n.name like v_said || ' %' then 0
      when extensions.levenshtein_less_equal(left(n.name, 100), left(v_said, 100), 2) <= 2 then 1
    end)
    from (select app.normalise_name(unnest(p_names)) as name) n
  );
end
$$;

comment on function app.name_distance(text, text[]) is
  'How well a name that was said fits somebody''s names: 0 as it was said, or nothing was said (the first name will do), 1 at most two edits away, NULL another name.';

select app.seal('app.name_distance(text, text[])', null, 'app_writer');
-- end of sql/0175_function_name_distance.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0180_function_local_instant.sql
-- A clock that is set forward skips local times, one set back repeats them. Opening takes the first instant that
-- matches, closing the last that an earlier local time leads up to: where the clock is set back to exactly the closing
-- time (from two to one, closed at one), what is repeated lies after closing. A skipped time means the moment of the change.
create or replace function app.local_instant(p_local timestamp, p_zone text, p_last boolean)
returns timestamptz
language plpgsql
stable
strict
parallel safe
set search_path = ''
as $$
declare
  v_guess timestamptz := p_local at time zone p_zone;
  v_day_before timestamptz := v_guess - interval '24 hours';
  v_day_after timestamptz := v_guess + interval '24 hours';
  v_offset_before interval := (v_day_before at time zone p_zone) - (v_day_before at time zone 'UTC');
  v_offset_after interval := (v_day_after at time zone p_zone) - (v_day_after at time zone 'UTC');
  v_old timestamptz;
  v_new timestamptz;
  v_old_matches boolean;
  v_new_matches boolean;
begin
  if v_offset_before = v_offset_after then
    return v_guess;
  end if;
  v_old := (p_local - v_offset_before) at time zone 'UTC';
  v_new := (p_local - v_offset_after) at time zone 'UTC';
  v_old_matches := (v_old at time zone p_zone) = p_local;
  v_new_matches := (v_new at time zone p_zone) = p_local;
  if v_old_matches and v_new_matches then
    return case
      when p_last and ((greatest(v_old, v_new) - interval '1 second') at time zone p_zone) < p_local then greatest(v_old, v_new)
      else least(v_old, v_new)
    end;
  elsif v_old_matches then
    return v_old;
  elsif v_new_matches then
    return v_new;
  end if;
  return (
    select min(t)
    from generate_series(least(v_old, v_new), greatest(v_old, v_new), interval '1 minute') t
    where (t at time zone p_zone) >= p_local
  );
end
$$;

comment on function app.local_instant(timestamp, text, boolean) is
  'The instant of a local time in an IANA zone. Where the clock repeats it: the first, or with p_last the last one that an earlier local time leads up to; where the clock skips it: the moment the clock is set forward.';

select app.seal('app.local_instant(timestamp, text, boolean)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0180_function_local_instant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0200_function_open_spans.sql
create or replace function app.open_spans(p_resource_ids uuid[], p_from timestamptz, p_to timestamptz)
returns setof app.open_span
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
begin
  return query
  with week as (
    select r.id as resource_id, r.location_id, l.time_zone, h.weekday, h.opens, h.closes
    from public.resources r
    join public.locations l on l.org_id = r.org_id and l.id = r.location_id
    join public.business_hours h on h.org_id = r.org_id and h.location_id = r.location_id
    where r.org_id = app.current_org_id()
      and r.id = any (p_resource_ids)
      and h.resource_id is not distinct from (
        select o.resource_id from public.business_hours o
        where o.org_id = r.org_id and o.resource_id = r.id
        limit 1
      )
  ),
  spans as (
    select w.resource_id, w.location_id,
      app.local_instant(d.day + w.opens, w.time_zone, false) as opens_at,
      app.local_instant(d.day + w.closes, w.time_zone, true) as closes_at
    from week w
    cross join lateral (
      select g::date as day
      from generate_series(
        (p_from at time zone w.time_zone)::date::timestamp,
        (p_to at time zone w.time_zone)::date::timestamp,
        interval '1 day') g
    ) d
    where w.weekday = extract(dow from d.day)
  )
  select s.resource_id, s.location_id, s.opens_at, s.closes_at
  from spans s
  where s.closes_at > s.opens_at
    and s.closes_at > p_from
    and s.opens_at < p_to;
end
$$;

comment on function app.open_spans(uuid[], timestamptz, timestamptz) is
  'The opening hours of resources as instants, for every local day that touches [p_from, p_to). A resource with hours of its own keeps those, others their location''s. Closures are not taken out.';

select app.seal('app.open_spans(uuid[], timestamptz, timestamptz)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0200_function_open_spans.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0205_function_match_rank.sql
create or replace function app.match_rank(p_words text, p_names text[])
returns integer
language plpgsql
immutable
set search_path = ''
as $$
begin
  return (
    -- "Doctor" and "Dr." are how callers say a title, not part of who is meant.
    with said as (
      select regexp_replace(app.normalise_name(coalesce(p_words, '')), '^(dr|doctor|dra|doctora) ', '') as words
    ), known as (
      select regexp_replace(app.normalise_name(unnest(p_names)), '^(dr|doctor|dra|doctora) ', '') as name
    )
    select min(case
      when k.name = s.words then 1
      when ' ' || k.name || ' ' like '% ' || s.words || ' %' then 2
      when ' ' || s.words || ' ' like '% ' || k.name || ' %' then 3
    end)
    from said s, known k
    where s.words <> '' and k.name <> ''
  );
end
$$;

comment on function app.match_rank(text, text[]) is
  'How well words that were said fit the best of some names, titles left aside: 1 equal, 2 the words stand in the name as whole words, 3 the name stands in the words; NULL when nothing fits or nothing was said.';

select app.seal('app.match_rank(text, text[])', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0205_function_match_rank.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0210_function_find_service.sql
create or replace function app.find_service(p_words text)
returns setof public.services
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select s.*
  from public.services s
  cross join lateral (
    select case
      when s.id::text = lower(btrim(p_words)) then 0
      when app.normalise_name(coalesce(p_words, '')) <> '' then app.match_rank(p_words, array[s.name] || s.aliases)
      -- Nothing said is only clear where there is nothing to choose.
      when (select count(*) from public.services o where o.org_id = s.org_id and o.active) = 1 then 4
    end as rank
  ) m
  where s.org_id = app.current_org_id()
    and s.active
    and m.rank is not null
  order by m.rank, char_length(s.name), s.id
  limit 1;
end
$$;

comment on function app.find_service(text) is
  'The active service that the words mean: its id, name or alias, or one that contains them as whole words or is contained in them. No row when nothing fits; without words only the single service of an organisation that has one.';

select app.seal('app.find_service(text)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0210_function_find_service.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0220_function_find_resource.sql
create or replace function app.find_resource(p_words text)
returns setof public.resources
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select r.*
  from public.resources r
  cross join lateral (
    select case
      when r.id::text = lower(btrim(p_words)) then 0
      else app.match_rank(p_words, array[r.name] || r.aliases)
    end as rank
  ) m
  where r.org_id = app.current_org_id()
    and r.active
    and m.rank is not null
  order by m.rank, char_length(r.name), r.id
  limit 1;
end
$$;

comment on function app.find_resource(text) is
  'The active resource that the words mean: its id, name or alias, titles left aside, or one that contains them as whole words. No row when nothing fits.';

select app.seal('app.find_resource(text)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0220_function_find_resource.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0225_function_location_of_wish.sql
create or replace function app.location_of_wish(p_call_id uuid, p_appointment_id uuid)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
begin
  return coalesce(
    (select a.location_id from public.appointments a where a.org_id = app.current_org_id() and a.id = p_appointment_id),
    (select c.location_id from public.call_logs c where c.org_id = app.current_org_id() and c.id = p_call_id));
end
$$;

comment on function app.location_of_wish(uuid, uuid) is
  'Where a visit is wanted: where the visit stands that is to be moved, else the location whose number was called. NULL for staff, who choose themselves.';

select app.seal('app.location_of_wish(uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0225_function_location_of_wish.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0230_function_candidates.sql
create or replace function app.candidates(p_service_id uuid, p_resource_id uuid, p_location_id uuid)
returns setof uuid
language plpgsql
stable
set search_path = ''
as $$
begin
  return query
  select r.id
  from public.resource_services rs
  join public.resources r on r.org_id = rs.org_id and r.id = rs.resource_id
  join public.locations l on l.org_id = r.org_id and l.id = r.location_id
  where rs.org_id = app.current_org_id()
    and rs.service_id = p_service_id
    and r.active
    and (p_resource_id is null or r.id = p_resource_id)
    and (p_location_id is null or r.location_id = p_location_id
      -- Somebody asked for by name may work elsewhere, as long as the time that was said means the same there.
      or (p_resource_id is not null and l.time_zone = (
        select w.time_zone from public.locations w where w.org_id = r.org_id and w.id = p_location_id)));
end
$$;

comment on function app.candidates(uuid, uuid, uuid) is
  'The active resources that can give a service. p_resource_id NULL: any of the location; else that one, at the location or at another in the same time zone. p_location_id NULL: anywhere.';

select app.seal('app.candidates(uuid, uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0230_function_candidates.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0240_function_free_slots.sql
-- Offering and booking ask this one function, so what is offered can be booked and what is refused was not free.
-- Visits are found through scheduled_at: durations end at 12 hours and buffers at 4, hence the margins.
create or replace function app.free_slots(
  p_service_id uuid,
  p_resource_id uuid,
  p_from timestamptz,
  p_to timestamptz,
  p_now timestamptz,
  p_call_id uuid default null,
  p_ignore_appointment_id uuid default null
)
returns setof app.free_slot
language plpgsql
stable
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id)));
  v_first timestamptz;
  v_last timestamptz;
  v_duration interval;
  v_before interval;
  v_after interval;
  v_step interval;
begin
  select greatest(p_from, p_now + o.min_notice), least(p_to, p_now + o.max_advance), s.duration,
    coalesce(s.buffer_before, o.buffer_before), coalesce(s.buffer_after, o.buffer_after), o.slot_step
  into v_first, v_last, v_duration, v_before, v_after, v_step
  from public.services s
  join public.organizations o on o.id = s.org_id
  where s.org_id = app.current_org_id()
    and s.id = p_service_id
    and s.active;
  if v_first is null or v_first >= v_last then
    return;
  end if;

  return query
  with spans as materialized (
    select * from app.open_spans(v_candidates, v_first, v_last + v_duration)
  ),
  open as (
    -- Spans that touch are one: a visit may lie over midnight, or over the hour at which two spans meet.
    select s.resource_id, range_agg(tstzrange(s.opens_at, s.closes_at)) as ranges
    from spans s
    group by s.resource_id
  ),
  starts as (
    select distinct o.resource_id, o.location_id, t as starts_at
    from spans o
    cross join lateral generate_series(
      -- The step counts from the opening; starts before the window are skipped by arithmetic, not one by one.
      o.opens_at + v_step * greatest(0, ceil(extract(epoch from v_first - o.opens_at) / extract(epoch from v_step))),
      least(o.closes_at, v_last),
      v_step) t
    where t >= v_first
      and t < v_last
      and t < o.closes_at
  ),
  taken as (
    select a.resource_id, range_agg(a.blocked) as ranges, count(*) filter (where a.status <> 'held') as load
    from public.appointments a
    where a.org_id = app.current_org_id()
      and a.resource_id = any (v_candidates)
      and a.scheduled_at > v_first - interval '24 hours'
      and a.scheduled_at < v_last + v_duration + interval '24 hours'
      and a.status in ('held', 'pending', 'confirmed')
      and not (a.status = 'held' and (a.held_until <= p_now or a.call_id is not distinct from p_call_id))
      and a.id is distinct from p_ignore_appointment_id
    group by a.resource_id
  ),
  busy as (
    select b.resource_id, range_agg(tstzrange(b.starts_at, b.ends_at)) as ranges
    from public.busy_blocks b
    where b.org_id = app.current_org_id()
      and b.resource_id = any (v_candidates)
      and b.ends_at > v_first - v_before
      and b.starts_at < v_last + v_duration + v_after
    group by b.resource_id
  ),
  closed as (
    select r.id as resource_id, range_agg(c.during) as ranges
    from public.resources r
    join public.closures c on c.org_id = r.org_id and c.location_id = r.location_id
      and (c.resource_id is null or c.resource_id = r.id)
    where r.org_id = app.current_org_id()
      and r.id = any (v_candidates)
      and c.during && tstzrange(v_first, v_last + v_duration)
    group by r.id
  )
  select s.resource_id, s.location_id, v.during, v.blocked, coalesce(t.load, 0)
  from starts s
  cross join lateral (
    select tstzrange(s.starts_at, s.starts_at + v_duration) as during,
      tstzrange(s.starts_at - v_before, s.starts_at + v_duration + v_after) as blocked
  ) v
  join open w on w.resource_id = s.resource_id and v.during <@ w.ranges
  left join taken t on t.resource_id = s.resource_id
  left join busy b on b.resource_id = s.resource_id
  left join closed c on c.resource_id = s.resource_id
  where not v.blocked && coalesce(t.ranges, '{}')
    and not v.blocked && coalesce(b.ranges, '{}')
    and not v.during && coalesce(c.ranges, '{}');
end
$$;

comment on function app.free_slots(uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, uuid) is
  'Every start in [p_from, p_to) at which a resource of the service is free by all rules: hours, closures, buffers, other visits, live holds of other calls, busy calendars, notice and horizon. p_resource_id NULL: any. p_call_id: that call''s own hold does not count. p_ignore_appointment_id: the visit being moved does not stand in its own way.';

select app.seal('app.free_slots(uuid, uuid, timestamptz, timestamptz, timestamptz, uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0240_function_free_slots.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0250_function_available_slots.sql
create or replace function app.available_slots(
  p_service text,
  p_from timestamptz,
  p_to timestamptz,
  p_resource text default null,
  p_limit integer default 100,
  p_call_id uuid default null
)
returns setof app.slot
language plpgsql
volatile
set search_path = ''
as $$
#variable_conflict use_column
declare
  v_service public.services;
  v_resource_id uuid;
begin
  if not coalesce(isfinite(p_from) and isfinite(p_to) and p_to <= p_from + interval '62 days', false) then
    raise exception 'ask for at most 62 days of slots at a time' using errcode = 'VX400';
  end if;
  select * into v_service from app.find_service(p_service);
  if coalesce(btrim(p_resource), '') <> '' then
    select id into v_resource_id from app.find_resource(p_resource);
    if v_resource_id is null then
      return;
    end if;
  end if;

  return query
  select best.starts_at, best.ends_at, r.id, r.name, v_service.name, l.time_zone
  from (
    select distinct on (lower(f.during))
      lower(f.during) as starts_at, upper(f.during) as ends_at, f.resource_id, f.location_id
    from app.free_slots(v_service.id, v_resource_id, p_from, p_to, app.now(), p_call_id) f
    order by lower(f.during), f.load, f.resource_id
    limit least(greatest(p_limit, 0), 5000)
  ) best
  join public.resources r on r.org_id = app.current_org_id() and r.id = best.resource_id
  join public.locations l on l.org_id = app.current_org_id() and l.id = best.location_id
  order by best.starts_at;
end
$$;

comment on function app.available_slots(text, timestamptz, timestamptz, text, integer, uuid) is
  'Free starts in [p_from, p_to) in order of time, one row a start, with the resource that an "any" booking would take. Service and resource by id, name or alias; a resource not given means any; one that is unknown gives no rows. At most 62 days (else VX400), at most p_limit rows.';

select app.seal('app.available_slots(text, timestamptz, timestamptz, text, integer, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0250_function_available_slots.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0260_function_next_alternatives.sql
create or replace function app.next_alternatives(
  p_service_id uuid,
  p_resource_id uuid,
  p_around timestamptz,
  p_call_id uuid default null,
  p_ignore_appointment_id uuid default null
)
returns timestamptz[]
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
  -- A wish in the past or beyond the horizon gets what is nearest to it that can be booked at all.
  v_around timestamptz := (
    select greatest(v_now + o.min_notice, least(p_around, v_now + o.max_advance))
    from public.organizations o
    where o.id = app.current_org_id()
  );
  v_reach interval;
  v_starts timestamptz[];
begin
  -- Nearly always the same or the next days have something: only a full diary pays for the wide search.
  foreach v_reach in array array[interval '36 hours', interval '7 days', interval '30 days'] loop
    select array_agg(n.starts_at order by n.starts_at)
    into v_starts
    from (
      select distinct lower(f.during) as starts_at, abs(extract(epoch from lower(f.during) - v_around)) as distance
      from app.free_slots(
        p_service_id, p_resource_id, v_around - v_reach, v_around + v_reach, v_now, p_call_id, p_ignore_appointment_id) f
      order by distance, starts_at
      limit 3
    ) n;
    exit when cardinality(v_starts) = 3;
  end loop;
  return coalesce(v_starts, '{}');
end
$$;

comment on function app.next_alternatives(uuid, uuid, timestamptz, uuid, uuid) is
  'Up to three free starts nearest to the wished one, in order of time, within 30 days either way. Empty when there is none.';

select app.seal('app.next_alternatives(uuid, uuid, timestamptz, uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0260_function_next_alternatives.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0270_function_refusal_reason.sql
create or replace function app.refusal_reason(
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_now timestamptz,
  p_call_id uuid default null,
  p_ignore_appointment_id uuid default null
)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id)));
  v_min_notice interval;
  v_max_advance interval;
  v_visit tstzrange;
  v_blocked tstzrange;
  v_step interval;
  v_open boolean;
  v_not_closed boolean;
  v_on_step boolean;
  v_not_taken boolean;
  v_active boolean;
begin
  select s.active, o.min_notice, o.max_advance, o.slot_step, tstzrange(p_starts_at, p_starts_at + s.duration),
    tstzrange(p_starts_at - coalesce(s.buffer_before, o.buffer_before),
      p_starts_at + s.duration + coalesce(s.buffer_after, o.buffer_after))
  into v_active, v_min_notice, v_max_advance, v_step, v_visit, v_blocked
  from public.services s
  join public.organizations o on o.id = s.org_id
  where s.org_id = app.current_org_id()
    and s.id = p_service_id;

  if cardinality(v_candidates) = 0 or not v_active then
    return 'no_resource';
  elsif p_starts_at <= p_now then
    return 'past';
  elsif p_starts_at < p_now + v_min_notice then
    return 'too_soon';
  elsif p_starts_at >= p_now + v_max_advance then
    return 'too_far';
  end if;

  -- The reason is that of the candidate that came furthest: with one of two practitioners away and the other booked,
  -- the slot is taken, not closed.
  select bool_or(c.is_open), bool_or(c.is_open and c.not_closed), bool_or(c.is_open and c.not_closed and c.on_step),
    bool_or(c.is_open and c.not_closed and c.on_step and c.not_taken)
  into v_open, v_not_closed, v_on_step, v_not_taken
  from (
    select
      coalesce(v_visit <@ o.ranges, false) as is_open,
      not exists (
        select from public.closures x
        where x.org_id = r.org_id
          and x.location_id = r.location_id
          and (x.resource_id is null or x.resource_id = r.id)
          and x.during && v_visit
      ) as not_closed,
      coalesce(o.on_step, false) as on_step,
      not exists (
        select from public.appointments a
        where a.org_id = r.org_id
          and a.resource_id = r.id
          and a.scheduled_at > p_starts_at - interval '24 hours'
          and a.scheduled_at < p_starts_at + interval '24 hours'
          and a.status in ('held', 'pending', 'confirmed')
          and not (a.status = 'held' and (a.held_until <= p_now or a.call_id is not distinct from p_call_id))
          and a.id is distinct from p_ignore_appointment_id
          and a.blocked && v_blocked
      ) as not_taken
    from public.resources r
    left join (
      -- Spans that touch are one; the step counts from the opening of the span in which the visit starts.
      select w.resource_id, range_agg(tstzrange(w.opens_at, w.closes_at)) as ranges,
        bool_or(p_starts_at >= w.opens_at and p_starts_at < w.closes_at
          and mod(extract(epoch from p_starts_at - w.opens_at), extract(epoch from v_step)) = 0) as on_step
      from app.open_spans(v_candidates, lower(v_visit), upper(v_visit)) w
      group by w.resource_id
    ) o on o.resource_id = r.id
    where r.org_id = app.current_org_id()
      and r.id = any (v_candidates)
  ) c;

  return case
    when not v_open then 'outside_hours'
    when not v_not_closed then 'closed'
    when not v_on_step then 'off_step'
    when not v_not_taken then 'taken'
    else 'calendar_busy'
  end;
end
$$;

comment on function app.refusal_reason(uuid, uuid, timestamptz, timestamptz, uuid, uuid) is
  'Why a start that app.free_slots does not give is not free. Closed list: no_resource, past, too_soon, too_far, outside_hours, closed, off_step, taken, calendar_busy; of several candidates the one that came furthest decides.';

select app.seal('app.refusal_reason(uuid, uuid, timestamptz, timestamptz, uuid, uuid)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0270_function_refusal_reason.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0272_function_booking_refusal.sql
create or replace function app.booking_refusal(
  p_outcome text,
  p_reason text,
  p_service_id uuid default null,
  p_resource_id uuid default null,
  p_starts_at timestamptz default null,
  p_alternatives timestamptz[] default '{}'
)
returns app.booking_result
language plpgsql
stable
set search_path = ''
as $$
declare
  v_row app.booking_result;
begin
  select p_outcome, p_reason, false, null::uuid, null, null, null, s.id, s.name, r.id, r.name, p_starts_at,
    p_starts_at + s.duration, coalesce(l.time_zone, o.time_zone), p_alternatives
  into v_row
  from public.organizations o
  left join public.services s on s.org_id = o.id and s.id = p_service_id
  left join public.resources r on r.org_id = o.id and r.id = p_resource_id
  left join lateral (
    select x.time_zone
    from public.locations x
    where x.org_id = o.id
    order by x.id is distinct from r.location_id, x.created_at, x.id
    limit 1
  ) l on true
  where o.id = app.current_org_id();
  return v_row;
end
$$;

comment on function app.booking_refusal(text, text, uuid, uuid, timestamptz, timestamptz[]) is
  'The result of a booking function that changed nothing: outcome refused or question, with its reason and what to offer instead.';

select app.seal('app.booking_refusal(text, text, uuid, uuid, timestamptz, timestamptz[])', null, 'app_writer');
-- end of sql/0272_function_booking_refusal.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0275_function_slot_refusal.sql
create or replace function app.slot_refusal(
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_now timestamptz,
  p_call_id uuid,
  p_ignore_appointment_id uuid,
  p_override boolean
)
returns app.booking_result
language plpgsql
volatile
set search_path = ''
as $$
begin
  return app.booking_refusal(
    'refused',
    case
      when p_override and exists (
        select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id))) then 'taken'
      else app.refusal_reason(p_service_id, p_resource_id, p_starts_at, p_now, p_call_id, p_ignore_appointment_id) end,
    p_service_id, p_resource_id, p_starts_at,
    app.next_alternatives(p_service_id, p_resource_id, p_starts_at, p_call_id, p_ignore_appointment_id));
end
$$;

comment on function app.slot_refusal(uuid, uuid, timestamptz, timestamptz, uuid, uuid, boolean) is
  'The answer to a wish for a start that app.choose_slot found not to be free: why, and up to three alternatives. An override is refused by other visits only.';

select app.seal('app.slot_refusal(uuid, uuid, timestamptz, timestamptz, uuid, uuid, boolean)', null, 'app_writer');
-- end of sql/0275_function_slot_refusal.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0286_function_redact_emails.sql
create or replace function app.redact_emails(p_text text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  -- Spoken: "j dot quill at patients dot example", letter by letter too, and half-written "j.quill at patients.example".
  v_part constant text := '[[:alnum:]_+-]+';
  v_join constant text := '(?:\s*\.\s*|\s+(?:dot|period|point|underscore|dash|hyphen|plus)\s+)';
begin
  p_text := regexp_replace(p_text, '[[:alnum:]._%+-]+@[[:alnum:].-]+\.[[:alpha:]]{2,}', '[email]', 'gi');
  return regexp_replace(p_text,
    '\m(?:[[:alnum:]][\s-]+)*(?:' || v_part || v_join || ')*' || v_part || '\s+(?:at|\(at\)|@)\s+'
      || '(?:[[:alnum:]][\s-]+)*' || v_part || '(?:' || v_join || v_part || ')*(?:\s+(?:dot|period|point)\s+|\.)[[:alpha:]]{2,}\M',
    '[email]', 'gi');
end
$$;

comment on function app.redact_emails(text) is
  'The text with every e-mail address, written or spoken ("j dot quill at patients dot example"), replaced by [email].';

select app.seal('app.redact_emails(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0286_function_redact_emails.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0287_function_redact_birth_dates.sql
-- A visit lies in the present, a birth rarely does: what is said to be a date of birth goes, and so does every full
-- date in a year too long ago for a visit. The limit is a constant because the function is immutable.
create or replace function app.redact_birth_dates(p_text text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_month constant text := '(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?';
  v_unit constant text := '(?:zero|oh|one|two|three|four|five|six|seven|eight|nine)';
  v_teen constant text := '(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen)';
  v_tens constant text := '(?:twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety)';
  v_day constant text := '(?:\d{1,2}(?:st|nd|rd|th)?|(?:(?:twenty|thirty)[\s-]+)?(?:first|second|third|fourth|fifth|sixth|seventh|eighth|ninth)'
    || '|tenth|eleventh|twelfth|[a-z]+teenth|twentieth|thirtieth|(?:(?:twenty|thirty)[\s-]+)?' || v_unit || '|' || v_teen || '|twenty|thirty)';
  v_below_100 constant text := '(?:' || v_tens || '(?:[\s-]+' || v_unit || ')?|' || v_teen || '|' || v_unit || '(?:\s+' || v_unit || ')?)';
  v_past constant text := '(?:18\d\d|19\d\d|200\d|201\d|202[0-4])';
  v_past_words constant text := '(?:(?:eighteen|nineteen)(?:\s+hundred)?(?:\s+and)?[\s-]+' || v_below_100
    || '|two\s+thousand(?:\s+and)?(?:[\s-]+' || v_below_100 || ')?|twenty[\s-]+(?:oh[\s-]+' || v_unit || '|' || v_teen || '))';
  v_any_year constant text := '(?:''?\d\d|(?:18|19|20)\d\d|' || v_past_words || '|' || v_below_100 || ')';
  v_cue constant text := '\m(?:born|birth\s?days?|birth\s?dates?|date\s+of\s+birth|d\.?o\.?b\M\.?)';
  -- At most a few words lie between the cue and the date: "my date of birth, let me see, it's the ...".
  v_gap constant text := '(?:[\s:,.?-]+|\m(?:on|is|was|it|it''s|its|in|the|a|uh|um|let|me|see|would|be|[a-z]+day)\M|''s)*';
begin
  p_text := regexp_replace(p_text, '(' || v_cue || v_gap || ')(?:'
    || '\m' || v_month || '\s+(?:the\s+)?' || v_day || '(?:,?\s+(?:of\s+)?' || v_any_year || ')?\M'
    || '|\m' || v_day || '(?:\s+of)?\s+' || v_month || '(?:,?\s+(?:of\s+)?' || v_any_year || ')?\M'
    || '|\m\d{1,4}\s?[-/. ]\s?\d{1,2}(?:\s?[-/. ]\s?\d{1,4})?\M|\m\d{6,8}\M'
    || '|\m(?:' || v_below_100 || '|' || v_past_words || ')(?:[\s,/-]+(?:' || v_past_words || '|' || v_below_100 || ')){1,4}\M)',
    '\1[date of birth]', 'gi');
  p_text := regexp_replace(p_text,
    '\m(?:' || v_month || '\s+(?:the\s+)?' || v_day || '|' || v_day || '(?:\s+of)?\s+' || v_month || '),?\s+(?:of\s+)?'
      || '(?:' || v_past || '|' || v_past_words || ')\M',
    '[date of birth]', 'gi');
  p_text := regexp_replace(p_text, '\m' || v_past || '\s?[-/.]\s?\d{1,2}\s?[-/.]\s?\d{1,2}\M', '[date of birth]', 'g');
  -- A two-digit year from 40 on is the last century's.
  return regexp_replace(p_text, '\m\d{1,2}\s?[-/.]\s?\d{1,2}\s?[-/.]\s?(?:' || v_past || '|[4-9]\d)\M', '[date of birth]', 'g');
end
$$;

comment on function app.redact_birth_dates(text) is
  'The text with dates of birth replaced by [date of birth]: any date that is said to be one, in digits or words, and every full date before 2025. Dates of visits stay.';

select app.seal('app.redact_birth_dates(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0287_function_redact_birth_dates.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0288_function_redact_numbers.sql
-- Seven digits in a row, however they are grouped or spelled, are a number somebody could be found by. Dates, times and
-- prices stand next to each other in scheduling talk: a mark that no rule crosses keeps them from adding up to one.
create or replace function app.redact_numbers(p_text text)
returns text
language plpgsql
immutable
strict
parallel safe
set search_path = ''
as $$
declare
  v_mark constant text := U&'\E000';
  v_digit constant text := '(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple|\d)';
  v_number constant text := '(?:ten|eleven|twelve|thirteen|fourteen|fifteen|sixteen|seventeen|eighteen|nineteen'
    || '|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|\d\d)';
  v_between constant text := '[\s,.-]+';
  v_month constant text := '(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*\.?';
begin
  p_text := replace(p_text, v_mark, '');
  p_text := regexp_replace(p_text, '\m(20[2-9]\d)([-./])(\d{1,2})\2(\d{1,2})\M',
    v_mark || '\1' || v_mark || '\2\3\2\4' || v_mark, 'g');
  p_text := regexp_replace(p_text, '\m(\d{1,2})([-./])(\d{1,2})\2(20[2-9]\d)\M',
    v_mark || '\1\2\3' || v_mark || '\2\4' || v_mark, 'g');
  p_text := regexp_replace(p_text, '\m(' || v_month || '\s+\d{1,2}(?:st|nd|rd|th)?|\d{1,2}\s+' || v_month || ')(,?\s+)(20[2-9]\d)\M',
    '\1\2' || v_mark || '\3' || v_mark, 'gi');
  p_text := regexp_replace(p_text, '\m(\d{1,2}:\d\d)\M', v_mark || '\1' || v_mark, 'g');
  p_text := regexp_replace(p_text, '([$£€]\s?\d+(?:,\d{3})*(?:\.\d\d)?)\M', v_mark || '\1' || v_mark, 'g');

  p_text := regexp_replace(p_text, '\m\d{3}\s?[- .]\s?\d{2}\s?[- .]\s?\d{4}\M', '[ssn]', 'g');
  p_text := regexp_replace(p_text, '\m((?:social security|ssn|social)(?:\s+\w+){0,3}?[\s:]+)\d{9}\M', '\1[ssn]', 'gi');
  p_text := regexp_replace(p_text, '\m\d(?:[ .-]{0,2}\d){12,18}\M', '[card]', 'g');
  p_text := regexp_replace(p_text, '\+?\(?\m\d{3}[\s().,/-]{0,3}\d{3}[\s.,/-]{0,3}\d{4}\M', '[number]', 'g');
  p_text := regexp_replace(p_text, '\+?\(?\m\d(?:[\s().-]{0,3}\d){6,}\M', '[number]', 'g');
  p_text := regexp_replace(p_text, '\m' || v_digit || '(?:' || v_between || v_digit || '){6,}\M', '[number]', 'gi');
  -- "five five five, twelve thirty-four": three single digits, then pairs.
  p_text := regexp_replace(p_text, '\m' || v_digit || '(?:' || v_between || v_digit || '){2,}(?:' || v_between
    || '(?:' || v_digit || '|' || v_number || ')){3,}\M', '[number]', 'gi');
  return replace(p_text, v_mark, '');
end
$$;

comment on function app.redact_numbers(text) is
  'The text with social security numbers ([ssn]), card numbers ([card]) and phone and other long numbers ([number]) replaced, also when spelled out. Dates from 2020 on, times and prices stay.';

select app.seal('app.redact_numbers(text)', null, 'tenant_service', 'app_writer');
-- end of sql/0288_function_redact_numbers.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0289_function_redact_names.sql
create or replace function app.redact_names(p_text text, p_names text[])
returns text
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
  v_word text;
begin
  for v_word in
    select distinct f.form
    from unnest(p_names) n(name)
    cross join lateral regexp_split_to_table(btrim(n.name), '[\s-]+') w(word)
    -- Speech recognition writes accents and apostrophes as it likes: both spellings go.
    cross join lateral (values (w.word), (replace(app.normalise_name(w.word), ' ', ''))) f(form)
    where char_length(f.form) > 1
  loop
    p_text := regexp_replace(p_text,
      '\m' || regexp_replace(v_word, '([][\\.^$*+?(){}|])', '\\\1', 'g') || '\M', '[name]', 'gi');
  end loop;
  return regexp_replace(p_text, '\[name\](?:[\s-]+\[name\])+', '[name]', 'g');
end
$$;

comment on function app.redact_names(text, text[]) is
  'The text with every word of the given names replaced by [name], whatever its case; one placeholder for a full name. A name that is also a word (May, Will) takes that word with it.';

select app.seal('app.redact_names(text, text[])', null, 'tenant_service', 'app_writer');
-- end of sql/0289_function_redact_names.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0290_function_redact_phi.sql
-- It errs towards taking out too much of a number and leaves visit dates readable, because that is what staff read a
-- transcript for. Addresses first: their digits are part of them. Names last: they may stand in an address.
create or replace function app.redact_phi(p_text text, p_names text[])
returns text
language sql
immutable
parallel safe
set search_path = ''
as $$
  select app.redact_names(app.redact_numbers(app.redact_birth_dates(app.redact_emails(p_text))), p_names)
$$;

comment on function app.redact_phi(text, text[]) is
  'The text without identifiers: social security and card numbers, phone numbers (also spelled out), e-mail addresses, dates of birth and the given names'' words, each replaced by a placeholder in brackets. Dates of visits stay. NULL stays NULL.';

select app.seal('app.redact_phi(text, text[])', null, 'tenant_service', 'app_writer');
-- end of sql/0290_function_redact_phi.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0300_function_announce.sql
-- No NOTIFY here: it takes a global lock at commit and cut throughput to a third when measured. The relay polls.
create or replace function app.announce(p_kind text, p_entity text, p_entity_id uuid)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  insert into public.events (org_id, kind, entity, entity_id)
  values (app.require_org_id(), p_kind, p_entity, p_entity_id);
end
$$;

comment on function app.announce(text, text, uuid) is
  'Tells live clients of the tenant that something changed: the kind of change, the entity''s table name in the singular and its id. Part of the changing transaction, so nothing is announced that did not happen.';

select app.seal('app.announce(text, text, uuid)', 'app_writer', 'tenant_service');
-- end of sql/0300_function_announce.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0310_function_enqueue_job.sql
-- The only place that knows River's tables; a test puts a job in through it and works it with the pinned River.
create or replace function app.enqueue_job(p_kind text, p_args jsonb, p_run_at timestamptz default null)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_id bigint;
  v_run_at timestamptz := coalesce(p_run_at, app.now());
begin
  if p_kind is null or p_kind not in ('release_hold', 'fetch_call_report') then
    raise exception 'there is no job of kind %', p_kind using errcode = 'VX400';
  end if;
  insert into river.river_job (kind, args, max_attempts, queue, priority, scheduled_at, state)
  values (
    p_kind,
    p_args || jsonb_build_object('org_id', app.require_org_id()),
    8, 'default', 1, v_run_at,
    case when v_run_at > app.now() then 'scheduled' else 'available' end::river.river_job_state
  )
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.enqueue_job(text, jsonb, timestamptz) is
  'Puts a job of a known kind (release_hold, fetch_call_report) in River''s queue, as part of the calling transaction. Arguments are ids only; the organisation always comes from the claims. p_run_at NULL: now. An unknown kind is VX400.';

select app.seal('app.enqueue_job(text, jsonb, timestamptz)', 'app_definer', 'tenant_service', 'app_writer');
-- end of sql/0310_function_enqueue_job.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0320_function_lock_call.sql
-- Models repeat a wish in parallel. Everything one call books, holds or moves happens one after the other, and before
-- any resource is locked, so two tries of one call can never wait for each other in a ring.
create or replace function app.lock_call(p_call_id uuid)
returns void
language sql
volatile
set search_path = ''
as $$
  select pg_advisory_xact_lock(1, hashtext(p_call_id::text))
$$;

comment on function app.lock_call(uuid) is
  'Serialises what one call does, until the transaction ends. Taken before app.lock_resources, never after.';

select app.seal('app.lock_call(uuid)', null, 'app_writer');
-- end of sql/0320_function_lock_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0330_function_lock_resources.sql
-- Inserting straight into a contended exclusion constraint deadlocks: half the transactions died when measured, none
-- with this lock. The order is that of the lock's key rather than of the id, because two ids may share one key.
create or replace function app.lock_resources(p_resource_ids uuid[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_key integer;
begin
  for v_key in
    select distinct hashtext(r::text)
    from unnest(p_resource_ids) r
    order by 1
  loop
    perform pg_advisory_xact_lock(2, v_key);
  end loop;
end
$$;

comment on function app.lock_resources(uuid[]) is
  'Locks resources against every other booking and every change of their hours, until the transaction ends; always in one order, so that no two transactions wait for each other.';

select app.seal('app.lock_resources(uuid[])', null, 'app_writer');
-- end of sql/0330_function_lock_resources.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0340_function_note_attempt.sql
create or replace function app.note_attempt(
  p_kind text,
  p_result app.booking_result,
  p_call_id uuid,
  p_tool_call_id text,
  p_starts_at timestamptz,
  p_said_date text,
  p_said_time text
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.booking_attempts (
    org_id, kind, call_id, tool_call_id, said_date, said_time, service_id, resource_id, starts_at,
    outcome, reason, appointment_id, actor_user_id)
  values (
    app.current_org_id(), p_kind, p_call_id, p_tool_call_id, left(p_said_date, 32), left(p_said_time, 32),
    (p_result).service_id, (p_result).resource_id, coalesce(p_starts_at, (p_result).starts_at),
    (p_result).outcome, (p_result).reason, (p_result).appointment_id, app.current_user_id());
end
$$;

comment on function app.note_attempt(text, app.booking_result, uuid, text, timestamptz, text, text) is
  'Leaves the trace of a try in booking_attempts, whatever came of it.';

select app.seal('app.note_attempt(text, app.booking_result, uuid, text, timestamptz, text, text)', null, 'app_writer');
-- end of sql/0340_function_note_attempt.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0350_function_booking_answer.sql
create or replace function app.booking_answer(
  p_outcome text,
  p_appointment_id uuid,
  p_reason text default null,
  p_replayed boolean default false
)
returns app.booking_result
language plpgsql
stable
set search_path = ''
as $$
declare
  v_row app.booking_result;
begin
  select p_outcome, p_reason, p_replayed, a.id, a.booking_ref, a.status, coalesce(a.said_name, p.name), s.id, s.name, r.id, r.name,
    a.scheduled_at, a.scheduled_at + a.duration, l.time_zone, '{}'::timestamptz[]
  into v_row
  from public.appointments a
  join public.services s on s.org_id = a.org_id and s.id = a.service_id
  join public.resources r on r.org_id = a.org_id and r.id = a.resource_id
  join public.locations l on l.org_id = a.org_id and l.id = a.location_id
  left join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
  where a.org_id = app.current_org_id()
    and a.id = p_appointment_id;
  return v_row;
end
$$;

comment on function app.booking_answer(text, uuid, text, boolean) is
  'The result of a booking function about an appointment as it stands now. The patient is named as the booking call said, not as on file: the answer must not tell a stranger''s wish from a known patient''s.';

select app.seal('app.booking_answer(text, uuid, text, boolean)', null, 'app_writer');
-- end of sql/0350_function_booking_answer.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0370_function_new_booking_ref.sql
create or replace function app.new_booking_ref()
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  -- No I, O, 0 or 1: they are misheard and misread.
  v_alphabet constant text := 'ABCDEFGHJKLMNPQRSTUVWXYZ23456789';
  v_ref text;
begin
  loop
    select string_agg(substr(v_alphabet, 1 + (get_byte(b.bytes, i) % 32), 1), '')
    into v_ref
    from (select uuid_send(gen_random_uuid()) as bytes) b, generate_series(10, 15) i;
    exit when not exists (
      select from public.appointments a
      where a.org_id = app.current_org_id() and a.booking_ref = v_ref
    );
  end loop;
  return v_ref;
end
$$;

comment on function app.new_booking_ref() is
  'Six letters and digits that name one booking of the organisation; easy to say and to hear.';

select app.seal('app.new_booking_ref()', null, 'app_writer');
-- end of sql/0370_function_new_booking_ref.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0380_function_contact_of_call.sql
-- A withheld number must not lump strangers together, and a repeated tool call must not make a second contact: without
-- a number the call itself is the key.
create or replace function app.contact_of_call(p_call_id uuid)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_contact_id uuid;
  v_number text;
begin
  select * into v_call
  from public.call_logs c
  where c.org_id = v_org_id and c.id = p_call_id;
  if not found then
    raise exception 'there is no such call' using errcode = 'VX404';
  elsif v_call.contact_id is not null then
    return v_call.contact_id;
  end if;

  v_number := case when v_call.direction = 'outbound' then v_call.to_number else v_call.from_number end;
  if v_number is not null then
    insert into public.contacts (org_id, phone, last_contacted_at)
    values (v_org_id, v_number, app.now())
    on conflict (org_id, phone) do update set last_contacted_at = excluded.last_contacted_at, updated_at = app.now()
    returning id into v_contact_id;
  else
    insert into public.contacts (org_id, origin_call_id, last_contacted_at)
    values (v_org_id, p_call_id, app.now())
    on conflict (org_id, origin_call_id) do update set last_contacted_at = excluded.last_contacted_at, updated_at = app.now()
    returning id into v_contact_id;
  end if;

  update public.call_logs c
  set contact_id = v_contact_id, updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;
  perform app.announce('contact_updated', 'contact', v_contact_id);
  return v_contact_id;
end
$$;

comment on function app.contact_of_call(uuid) is
  'The contact a call belongs to, made where it is missing: by the calling number, or one of its own for a caller without a number. VX404 when the call is not the tenant''s.';

select app.seal('app.contact_of_call(uuid)', null, 'app_writer');
-- end of sql/0380_function_contact_of_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0390_function_patient_of_contact.sql
create or replace function app.patient_of_contact(
  p_contact_id uuid,
  p_name text,
  p_date_of_birth date,
  p_call_id uuid
)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := app.normalise_name(p_name);
  v_patient_id uuid;
begin
  -- A row the staff made wins over one that a voice made: it is the one with the history.
  select p.id into v_patient_id
  from public.patients p
  where p.org_id = v_org_id and p.contact_id = p_contact_id and p.normalised_name = v_name
  order by p.made_by_voice, p.created_at, p.id
  limit 1;
  if v_patient_id is not null then
    return v_patient_id;
  end if;

  insert into public.patients (org_id, contact_id, name, normalised_name, date_of_birth, made_by_voice, origin_call_id)
  values (v_org_id, p_contact_id, p_name, v_name, p_date_of_birth, p_call_id is not null, p_call_id)
  on conflict (org_id, contact_id, normalised_name) where made_by_voice do nothing
  returning id into v_patient_id;
  if v_patient_id is null then
    select p.id into v_patient_id
    from public.patients p
    where p.org_id = v_org_id and p.contact_id = p_contact_id and p.normalised_name = v_name and p.made_by_voice;
  end if;
  return v_patient_id;
end
$$;

comment on function app.patient_of_contact(uuid, text, date, uuid) is
  'The contact''s patient of that name, made where it is missing. What is stored about a known patient is left as it is: a caller could be anyone. p_call_id NULL: made by staff.';

select app.seal('app.patient_of_contact(uuid, text, date, uuid)', null, 'app_writer');
-- end of sql/0390_function_patient_of_contact.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0400_function_choose_slot.sql
-- Called with the candidates locked; from here to the write nothing can change what is free.
create or replace function app.choose_slot(
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_now timestamptz,
  p_call_id uuid,
  p_ignore_appointment_id uuid,
  p_override boolean
)
returns setof app.free_slot
language plpgsql
stable
set search_path = ''
as $$
declare
  v_preferred_id uuid;
begin
  if not p_override then
    -- What the call holds is what it was offered, a moved visit stays with its practitioner; among the rest the least
    -- busy one keeps days even.
    select a.resource_id into v_preferred_id
    from public.appointments a
    where a.org_id = app.current_org_id()
      and (a.id = p_ignore_appointment_id or (a.call_id = p_call_id and a.status = 'held'))
    order by a.id = p_ignore_appointment_id desc nulls last
    limit 1;
    return query
    select f.*
    from app.free_slots(p_service_id, p_resource_id, p_starts_at, p_starts_at + interval '1 second', p_now,
      p_call_id, p_ignore_appointment_id) f
    where lower(f.during) = p_starts_at
    order by f.resource_id is not distinct from v_preferred_id desc, f.load, f.resource_id
    limit 1;
    return;
  end if;

  return query
  select r.id, r.location_id, v.during, v.blocked, 0::bigint
  from public.services s
  join public.organizations o on o.id = s.org_id
  cross join lateral (
    select tstzrange(p_starts_at, p_starts_at + s.duration) as during,
      tstzrange(p_starts_at - coalesce(s.buffer_before, o.buffer_before),
        p_starts_at + s.duration + coalesce(s.buffer_after, o.buffer_after)) as blocked
  ) v
  join public.resources r on r.org_id = s.org_id and r.id in (
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_ignore_appointment_id)))
  where s.org_id = app.current_org_id()
    and s.id = p_service_id
    and not exists (
      select from public.appointments a
      where a.org_id = r.org_id
        and a.resource_id = r.id
        and a.scheduled_at > p_starts_at - interval '24 hours'
        and a.scheduled_at < p_starts_at + interval '24 hours'
        and a.status in ('held', 'pending', 'confirmed')
        and not (a.status = 'held' and a.held_until <= p_now)
        and a.id is distinct from p_ignore_appointment_id
        and a.blocked && v.blocked
    )
  order by r.id
  limit 1;
end
$$;

comment on function app.choose_slot(uuid, uuid, timestamptz, timestamptz, uuid, uuid, boolean) is
  'The resource that takes a visit at exactly p_starts_at, or no row when none is free. With p_override only other visits count, not hours, closures, notice, horizon, step or calendars.';

select app.seal('app.choose_slot(uuid, uuid, timestamptz, timestamptz, uuid, uuid, boolean)', null, 'app_writer');
-- end of sql/0400_function_choose_slot.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0410_function_starting_status.sql
create or replace function app.starting_status(p_resource_id uuid, p_now timestamptz, p_override boolean)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select case
      when p_override then 'confirmed'
      when o.approval_required then 'pending'
      when exists (
        select from public.calendar_links c
        where c.org_id = o.id
          and c.resource_id = r.id
          and (c.last_synced_at is null or c.last_synced_at < p_now - l.calendar_stale_after)
      ) then 'pending'
      else 'confirmed'
    end
    from public.organizations o
    join public.resources r on r.org_id = o.id and r.id = p_resource_id
    join public.locations l on l.org_id = o.id and l.id = r.location_id
    where o.id = app.current_org_id()
  );
end
$$;

comment on function app.starting_status(uuid, timestamptz, boolean) is
  'pending where the organisation approves bookings or the resource''s calendar mirror is too old to be believed, else confirmed. What staff book with an override is confirmed.';

select app.seal('app.starting_status(uuid, timestamptz, boolean)', null, 'app_writer');
-- end of sql/0410_function_starting_status.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0420_function_drop_expired_holds.sql
create or replace function app.drop_expired_holds(p_resource_ids uuid[], p_now timestamptz)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  delete from public.appointments a
  where a.org_id = app.current_org_id()
    and a.resource_id = any (p_resource_ids)
    and a.status = 'held'
    and a.held_until <= p_now;
end
$$;

comment on function app.drop_expired_holds(uuid[], timestamptz) is
  'Deletes the holds that have run out on resources the caller has locked: the no-overlap constraint cannot look at the clock.';

select app.seal('app.drop_expired_holds(uuid[], timestamptz)', null, 'app_writer');
-- end of sql/0420_function_drop_expired_holds.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0430_function_release_hold.sql
create or replace function app.release_hold(p_call_id uuid)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_released integer;
begin
  perform app.lock_call(p_call_id);
  delete from public.appointments a
  where a.org_id = app.require_org_id()
    and a.call_id = p_call_id
    and a.status = 'held';
  get diagnostics v_released = row_count;
  return v_released;
end
$$;

comment on function app.release_hold(uuid) is
  'Gives back what a call still holds: when it ends, or when another slot is chosen. Returns how many holds there were, 0 or 1.';

select app.seal('app.release_hold(uuid)', 'app_writer', 'tenant_service');
-- end of sql/0430_function_release_hold.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0435_function_expire_hold.sql
create or replace function app.expire_hold(p_appointment_id uuid)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_expired integer;
begin
  delete from public.appointments a
  where a.org_id = app.require_org_id()
    and a.id = p_appointment_id
    and a.status = 'held'
    and a.held_until <= app.now();
  get diagnostics v_expired = row_count;
  return v_expired;
end
$$;

comment on function app.expire_hold(uuid) is
  'Deletes one hold whose time has run out; the job that every hold puts in the queue calls it. Returns 1 when it was still there. A hold that became a booking, or was prolonged, is left alone.';

select app.seal('app.expire_hold(uuid)', 'app_writer', 'tenant_service');
-- end of sql/0435_function_expire_hold.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0436_function_holds_left.sql
-- Counted without a lock: calls that hold at the same instant may pass the cap by as many as they are. The cap stops a
-- runaway, it is no quota.
create or replace function app.holds_left(p_now timestamptz)
returns integer
language plpgsql
stable
set search_path = ''
as $$
begin
  return (
    select o.holds_per_day - (
      select count(*)::integer
      from public.booking_attempts t
      where t.org_id = o.id
        and t.kind = 'hold'
        and t.outcome = 'held'
        and t.at >= date_trunc('day', p_now at time zone o.time_zone) at time zone o.time_zone
    )
    from public.organizations o
    where o.id = app.current_org_id()
  );
end
$$;

comment on function app.holds_left(timestamptz) is
  'How many holds the organisation may still take on its local day of p_now.';

select app.seal('app.holds_left(timestamptz)', null, 'app_writer');
-- end of sql/0436_function_holds_left.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0440_function_hold_slot.sql
create or replace function app.hold_slot(
  p_call_id uuid,
  p_service text,
  p_starts_at timestamptz,
  p_resource text default null,
  p_tool_call_id text default null,
  p_said_date text default null,
  p_said_time text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_service_id uuid := (select id from app.find_service(p_service));
  v_resource_id uuid := (select id from app.find_resource(p_resource));
  v_candidates uuid[];
  v_slot app.free_slot;
  v_id uuid;
  v_held_until timestamptz;
  v_result app.booking_result;
begin
  perform app.lock_call(p_call_id);
  if v_service_id is null then
    v_result := app.booking_refusal('refused', 'unknown_service');
  elsif v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
    v_result := app.booking_refusal('refused', 'unknown_resource', v_service_id);
  end if;
  if v_result.outcome is null then
    v_candidates := array(
      select app.candidates(v_service_id, v_resource_id, app.location_of_wish(p_call_id, null)));
    perform app.lock_resources(v_candidates);
    v_now := app.now();
    perform app.drop_expired_holds(v_candidates, v_now);

    select * into v_slot
    from app.choose_slot(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
    if v_slot.resource_id is null then
      v_result := app.slot_refusal(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
    elsif app.holds_left(v_now) <= 0 then
      v_result := app.booking_refusal('refused', 'hold_cap', v_service_id, v_slot.resource_id, p_starts_at);
    else
      -- One hold per call: what was held before goes back.
      delete from public.appointments a
      where a.org_id = v_org_id and a.call_id = p_call_id and a.status = 'held';
      insert into public.appointments (
        org_id, location_id, service_id, resource_id, scheduled_at, duration, during, blocked,
        status, held_until, source, call_id)
      select v_org_id, v_slot.location_id, v_service_id, v_slot.resource_id, p_starts_at, s.duration,
        v_slot.during, v_slot.blocked, 'held', v_now + o.hold_ttl, 'voice', p_call_id
      from public.services s
      join public.organizations o on o.id = s.org_id
      where s.org_id = v_org_id and s.id = v_service_id
      returning id, held_until into v_id, v_held_until;
      perform app.enqueue_job('release_hold', jsonb_build_object('appointment_id', v_id), v_held_until + interval '1 second');
      v_result := app.booking_answer('held', v_id);
    end if;
  end if;

  perform app.note_attempt('hold', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.hold_slot(uuid, text, timestamptz, text, text, text, text) is
  'Holds a slot for a call while the caller decides: one per call, for the organisation''s hold_ttl, at most holds_per_day a day. outcome held, or refused with reason unknown_service, unknown_resource, hold_cap or one of app.refusal_reason, and alternatives. A booking of the same call converts the hold in place.';

select app.seal('app.hold_slot(uuid, text, timestamptz, text, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0440_function_hold_slot.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0445_function_check_slot.sql
create or replace function app.check_slot(
  p_call_id uuid,
  p_service text,
  p_starts_at timestamptz,
  p_resource text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz := app.now();
  v_service_id uuid := (select id from app.find_service(p_service));
  v_resource_id uuid := (select id from app.find_resource(p_resource));
  v_slot app.free_slot;
begin
  perform app.require_org_id();
  if v_service_id is null then
    return next app.booking_refusal('refused', 'unknown_service');
    return;
  elsif v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
    return next app.booking_refusal('refused', 'unknown_resource', v_service_id);
    return;
  end if;

  select * into v_slot
  from app.choose_slot(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
  if v_slot.resource_id is not null then
    return next app.booking_refusal('free', null, v_service_id, v_slot.resource_id, p_starts_at);
  else
    return next app.slot_refusal(v_service_id, v_resource_id, p_starts_at, v_now, p_call_id, null, false);
  end if;
end
$$;

comment on function app.check_slot(uuid, text, timestamptz, text) is
  'Whether a start is free for a call, without holding it: outcome free with the resource that would take it, or refused with a reason as app.book_appointment would give and up to three alternatives.';

select app.seal('app.check_slot(uuid, text, timestamptz, text)', 'app_writer', 'tenant_service');
-- end of sql/0445_function_check_slot.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0450_function_replayed_attempt.sql
create or replace function app.replayed_attempt(p_kind text, p_call_id uuid, p_tool_call_id text)
returns app.booking_result
language plpgsql
stable
set search_path = ''
as $$
declare
  v_attempt public.booking_attempts;
begin
  select * into v_attempt
  from public.booking_attempts t
  where t.org_id = app.current_org_id()
    and t.call_id = p_call_id
    and t.tool_call_id = p_tool_call_id
    and t.kind = p_kind
    and t.appointment_id is not null
    and t.outcome not in ('refused', 'question')
  order by t.at
  limit 1;
  if not found then
    return null;
  end if;
  return app.booking_answer(v_attempt.outcome, v_attempt.appointment_id, v_attempt.reason, true);
end
$$;

comment on function app.replayed_attempt(text, uuid, text) is
  'The answer to a tool call that already succeeded once, about the appointment as it stands now; NULL when it is new. Looked up under app.lock_call, so that parallel repeats see each other.';

select app.seal('app.replayed_attempt(text, uuid, text)', null, 'app_writer');
-- end of sql/0450_function_replayed_attempt.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0460_function_own_booking.sql
-- Models repeat a wish under a new tool call id, callers change their mind, and parents book two children: what an
-- overlapping booking of the same call means depends on whose name it carries.
create or replace function app.own_booking(
  p_call_id uuid,
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_patient_name text,
  p_date_of_birth date,
  p_another_person boolean,
  out verdict text,
  out appointment_id uuid
)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_name text := app.normalise_name(p_patient_name);
  v_visit tstzrange := (
    select tstzrange(p_starts_at, p_starts_at + s.duration)
    from public.services s
    where s.org_id = app.current_org_id() and s.id = p_service_id
  );
  v_own record;
begin
  for v_own in
    select a.id, a.service_id, a.resource_id, a.scheduled_at, p.normalised_name, a.said_date_of_birth
    from public.appointments a
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    where a.org_id = app.current_org_id()
      and a.call_id = p_call_id
      and a.status in ('pending', 'confirmed')
      and a.during && v_visit
    order by p.normalised_name = v_name desc, a.created_at
  loop
    if v_own.normalised_name = v_name then
      verdict := case
        when v_own.service_id = p_service_id and v_own.scheduled_at = p_starts_at
          and (p_resource_id is null or p_resource_id = v_own.resource_id) then 'replay'
        else 'amend'
      end;
      appointment_id := v_own.id;
      return;
    elsif not p_another_person
      and extensions.levenshtein_less_equal(left(v_own.normalised_name, 100), left(v_name, 100), 2) <= 2
      and not coalesce(v_own.said_date_of_birth <> p_date_of_birth, false)
    then
      verdict := 'question';
      appointment_id := v_own.id;
      return;
    end if;
  end loop;
end
$$;

comment on function app.own_booking(uuid, uuid, uuid, timestamptz, text, date, boolean) is
  'What a wish means beside the visits that the same call booked for an overlapping time. replay: the same wish again; amend: the same patient, otherwise; question: a name at most two edits away, and nothing that tells two people apart; NULL: somebody else, or no overlap.';

select app.seal('app.own_booking(uuid, uuid, uuid, timestamptz, text, date, boolean)', null, 'app_writer');
-- end of sql/0460_function_own_booking.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0470_function_note_change.sql
create or replace function app.note_change(
  p_kind text,
  p_appointment_id uuid,
  p_old public.appointments,
  p_call_id uuid
)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  insert into public.appointment_changes (
    org_id, appointment_id, kind, old_during, new_during, old_resource_id, new_resource_id, call_id, actor_user_id)
  select a.org_id, a.id, p_kind, (p_old).during, a.during, (p_old).resource_id, a.resource_id, p_call_id, app.current_user_id()
  from public.appointments a
  where a.org_id = app.current_org_id() and a.id = p_appointment_id;
  perform app.announce(
    case when p_kind = 'booked' then 'appointment_created' else 'appointment_updated' end, 'appointment', p_appointment_id);
end
$$;

comment on function app.note_change(text, uuid, public.appointments, uuid) is
  'Keeps the history of an appointment and tells live clients. p_old is the row before the change, NULL for a new booking.';

select app.seal('app.note_change(text, uuid, public.appointments, uuid)', null, 'app_writer');
-- end of sql/0470_function_note_change.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0480_function_notify_staff.sql
create or replace function app.notify_staff(p_kind text, p_title text, p_entity text, p_entity_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_id uuid;
begin
  insert into public.notifications (org_id, kind, title, entity, entity_id)
  values (app.require_org_id(), p_kind, p_title, p_entity, p_entity_id)
  returning id into v_id;
  perform app.announce('notification', 'notification', v_id);
end
$$;

comment on function app.notify_staff(text, text, text, uuid) is
  'Puts a notification before the clinic''s staff. The title names no person: it points at the entity that does.';

select app.seal('app.notify_staff(text, text, text, uuid)', null, 'app_writer');
-- end of sql/0480_function_notify_staff.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0490_function_write_booking.sql
create or replace function app.write_booking(
  p_slot app.free_slot,
  p_service_id uuid,
  p_contact_id uuid,
  p_patient_id uuid,
  p_call_id uuid,
  p_said_name text,
  p_said_date_of_birth date,
  p_notes text,
  p_now timestamptz,
  p_override boolean
)
returns uuid
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_status text := app.starting_status((p_slot).resource_id, p_now, p_override);
  v_ref text := app.new_booking_ref();
  v_overridden_by uuid := case when p_override then app.current_user_id() end;
  v_id uuid;
begin
  update public.appointments a
  set status = v_status, held_until = null, booking_ref = v_ref, contact_id = p_contact_id, patient_id = p_patient_id,
    said_name = p_said_name, said_date_of_birth = p_said_date_of_birth, notes = p_notes, updated_at = app.now()
  where a.org_id = v_org_id
    and a.call_id = p_call_id
    and a.status = 'held'
    and a.service_id = p_service_id
    and a.resource_id = (p_slot).resource_id
    and a.during = (p_slot).during
    and a.blocked = (p_slot).blocked
  returning a.id into v_id;
  if v_id is not null then
    return v_id;
  end if;

  delete from public.appointments a
  where a.org_id = v_org_id and a.call_id = p_call_id and a.status = 'held';
  insert into public.appointments (
    org_id, location_id, service_id, resource_id, contact_id, patient_id, scheduled_at, duration, during, blocked,
    status, source, call_id, booking_ref, said_name, said_date_of_birth, notes, overridden_by)
  values (
    v_org_id, (p_slot).location_id, p_service_id, (p_slot).resource_id, p_contact_id, p_patient_id,
    lower((p_slot).during), upper((p_slot).during) - lower((p_slot).during), (p_slot).during, (p_slot).blocked,
    v_status, case when p_call_id is null then 'dashboard' else 'voice' end, p_call_id, v_ref,
    p_said_name, p_said_date_of_birth, p_notes, v_overridden_by)
  returning id into v_id;
  return v_id;
end
$$;

comment on function app.write_booking(app.free_slot, uuid, uuid, uuid, uuid, text, date, text, timestamptz, boolean) is
  'Writes a booking into a slot whose resource is locked: turns the call''s own hold of it into the booking, else gives back what the call holds and inserts a row. Returns the appointment''s id.';

select app.seal('app.write_booking(app.free_slot, uuid, uuid, uuid, uuid, text, date, text, timestamptz, boolean)', null, 'app_writer');
-- end of sql/0490_function_write_booking.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0500_function_place_booking.sql
create or replace function app.place_booking(
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_call_id uuid,
  p_contact_id uuid,
  p_patient_name text,
  p_date_of_birth date,
  p_email text,
  p_spoken_phone text,
  p_notes text,
  p_override boolean
)
returns app.booking_result
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, null)));
  v_now timestamptz;
  v_slot app.free_slot;
  v_contact_id uuid;
  v_patient_id uuid;
  v_id uuid;
  v_result app.booking_result;
begin
  perform app.lock_resources(v_candidates);
  v_now := app.now();
  perform app.drop_expired_holds(v_candidates, v_now);

  select * into v_slot
  from app.choose_slot(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, null, p_override);
  if v_slot.resource_id is not null then
    begin
      -- Contact and patient only now: a refused try leaves nobody behind.
      v_contact_id := coalesce(p_contact_id, app.contact_of_call(p_call_id));
      v_patient_id := app.patient_of_contact(v_contact_id, p_patient_name, p_date_of_birth, p_call_id);
      v_id := app.write_booking(v_slot, p_service_id, v_contact_id, v_patient_id, p_call_id,
        case when p_call_id is not null then p_patient_name end, case when p_call_id is not null then p_date_of_birth end,
        left(p_notes, 2000), v_now, p_override);
    exception when exclusion_violation then
      -- Somebody wrote past the locks (a DBA, a restore). The constraint held; the caller gets an honest refusal.
      v_slot := null;
    end;
  end if;

  if v_slot.resource_id is null then
    return app.slot_refusal(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, null, p_override);
  end if;

  -- An address said on the phone is kept only for a contact that this call made: a stranger must not add theirs to
  -- somebody known, who would then get none of the confirmations.
  update public.contacts c
  set name = coalesce(c.name, p_patient_name), lead_status = 'booked', updated_at = v_now,
    email = case when k.is_new then coalesce(c.email, p_email) else c.email end,
    spoken_phone = case when k.is_new then coalesce(c.spoken_phone, p_spoken_phone) else c.spoken_phone end
  from (
    select exists (
      select from public.call_logs l
      join public.contacts n on n.org_id = l.org_id and n.id = v_contact_id
      where l.org_id = v_org_id and l.id = p_call_id and n.created_at >= l.created_at
    ) as is_new
  ) k
  where c.org_id = v_org_id and c.id = v_contact_id;
  perform app.note_change('booked', v_id, null, p_call_id);
  v_result := app.booking_answer('booked', v_id);
  if p_call_id is not null then
    perform app.notify_staff(
      case when v_result.status = 'pending' then 'approval_needed' else 'appointment_booked' end,
      case when v_result.status = 'pending' then 'A booking waits for approval' else 'The receptionist booked a visit' end,
      'appointment', v_id);
  end if;
  return v_result;
end
$$;

comment on function app.place_booking(uuid, uuid, timestamptz, uuid, uuid, text, date, text, text, text, boolean) is
  'The decision itself: lock every candidate resource, look at the rules with a fresh clock, write under the no-overlap constraint. Called by book_appointment once it is clear that the wish is a new visit.';

select app.seal('app.place_booking(uuid, uuid, timestamptz, uuid, uuid, text, date, text, text, text, boolean)', null, 'app_writer');
-- end of sql/0500_function_place_booking.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0510_function_move_appointment.sql
create or replace function app.move_appointment(
  p_kind text,
  p_appointment_id uuid,
  p_service_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_call_id uuid,
  p_override boolean
)
returns app.booking_result
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_candidates uuid[] := array(
    select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, p_appointment_id)));
  v_now timestamptz;
  v_old public.appointments;
  v_slot app.free_slot;
begin
  perform app.lock_resources(v_candidates);
  v_now := app.now();
  perform app.drop_expired_holds(v_candidates, v_now);

  -- Read again under the lock: staff may have cancelled or moved it meanwhile.
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id
  for update;
  if v_old.status is null or v_old.status not in ('pending', 'confirmed') then
    return app.booking_refusal('refused', 'not_active', p_service_id, p_resource_id, p_starts_at);
  end if;

  if v_old.service_id = p_service_id and v_old.scheduled_at = p_starts_at
    and coalesce(p_resource_id, v_old.resource_id) = v_old.resource_id
  then
    return app.booking_answer(p_kind, p_appointment_id);
  end if;

  select * into v_slot
  from app.choose_slot(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, p_appointment_id, p_override);
  if v_slot.resource_id is not null then
    begin
      -- A hold of this call on the new slot has served its purpose; it goes first, or it would stand in the way.
      delete from public.appointments a
      where a.org_id = v_org_id and a.call_id = p_call_id and a.status = 'held';
      update public.appointments a
      set location_id = v_slot.location_id, service_id = p_service_id, resource_id = v_slot.resource_id,
        scheduled_at = lower(v_slot.during), duration = upper(v_slot.during) - lower(v_slot.during),
        during = v_slot.during, blocked = v_slot.blocked,
        -- Moving does not approve; it can bring a confirmed visit under a stale calendar back to pending.
        status = case when a.status = 'pending' and not p_override then 'pending'
          else app.starting_status(v_slot.resource_id, v_now, p_override) end,
        overridden_by = case when p_override then app.current_user_id() else a.overridden_by end,
        confirmation_sent = false, updated_at = v_now
      where a.org_id = v_org_id and a.id = p_appointment_id;
    exception
      when exclusion_violation then
        v_slot := null;
      when unique_violation then
        -- The same patient has just this visit already, booked by the same call.
        return app.booking_refusal('question', 'own_booking', p_service_id, v_slot.resource_id, p_starts_at);
    end;
  end if;
  if v_slot.resource_id is null then
    return app.slot_refusal(p_service_id, p_resource_id, p_starts_at, v_now, p_call_id, p_appointment_id, p_override);
  end if;

  perform app.note_change(p_kind, p_appointment_id, v_old, p_call_id);
  return app.booking_answer(p_kind, p_appointment_id);
end
$$;

comment on function app.move_appointment(text, uuid, uuid, uuid, timestamptz, uuid, boolean) is
  'Moves one row to another time, resource or service in one statement: both or nothing, with its history kept. p_kind says what it is called (amended, rescheduled). The resource it has is preferred where any will do.';

select app.seal('app.move_appointment(text, uuid, uuid, uuid, timestamptz, uuid, boolean)', null, 'app_writer');
-- end of sql/0510_function_move_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0515_function_rename_patient.sql
create or replace function app.rename_patient(p_appointment_id uuid, p_name text, p_call_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_visit public.appointments;
  v_patient public.patients;
begin
  select * into v_visit from public.appointments a where a.org_id = v_org_id and a.id = p_appointment_id;
  select * into v_patient from public.patients p where p.org_id = v_org_id and p.id = v_visit.patient_id;
  update public.appointments a
  set said_name = p_name
  where a.org_id = v_org_id and a.id = p_appointment_id and a.said_name is distinct from p_name;
  if v_patient.normalised_name = app.normalise_name(p_name) then
    return;
  end if;

  -- A spelling corrected within the call that first named the patient; anybody else's row is left alone.
  if v_patient.origin_call_id = p_call_id
    and not exists (
      select from public.appointments a
      where a.org_id = v_org_id and a.patient_id = v_patient.id and a.id <> p_appointment_id)
    and not exists (
      select from public.patients p
      where p.org_id = v_org_id and p.contact_id = v_patient.contact_id
        and p.normalised_name = app.normalise_name(p_name))
  then
    update public.patients p
    set name = p_name, normalised_name = app.normalise_name(p_name), updated_at = app.now()
    where p.org_id = v_org_id and p.id = v_patient.id;
  else
    update public.appointments a
    set patient_id = app.patient_of_contact(v_visit.contact_id, p_name, null, p_call_id), updated_at = app.now()
    where a.org_id = v_org_id and a.id = p_appointment_id;
  end if;
end
$$;

comment on function app.rename_patient(uuid, text, uuid) is
  'Puts a booking of the running call under another name: corrects the patient that this call made, else attaches the contact''s patient of that name.';

select app.seal('app.rename_patient(uuid, text, uuid)', null, 'app_writer');
-- end of sql/0515_function_rename_patient.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0520_function_amend_appointment.sql
create or replace function app.amend_appointment(
  p_call_id uuid,
  p_booking_ref text,
  p_service text default null,
  p_starts_at timestamptz default null,
  p_resource text default null,
  p_patient_name text default null,
  p_tool_call_id text default null,
  p_said_date text default null,
  p_said_time text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_service_id uuid;
  v_resource_id uuid;
  v_result app.booking_result;
begin
  perform app.lock_call(p_call_id);
  v_result := app.replayed_attempt('amend', p_call_id, p_tool_call_id);
  if v_result.outcome is not null then
    return next v_result;
    return;
  end if;

  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id
    and a.call_id = p_call_id
    and a.booking_ref = upper(regexp_replace(p_booking_ref, '[^A-Za-z0-9]', '', 'g'));
  v_service_id := case when coalesce(btrim(p_service), '') = '' then v_old.service_id
    else (select id from app.find_service(p_service)) end;
  v_resource_id := (select id from app.find_resource(p_resource));

  if v_old.id is null then
    v_result := app.booking_refusal('refused', 'not_found');
  elsif v_service_id is null then
    v_result := app.booking_refusal('refused', 'unknown_service');
  elsif v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
    v_result := app.booking_refusal('refused', 'unknown_resource', v_service_id);
  elsif v_old.status not in ('pending', 'confirmed') then
    v_result := app.booking_refusal('refused', 'not_active', v_service_id);
  else
    begin
      v_result := app.move_appointment('amended', v_old.id, v_service_id, v_resource_id,
        coalesce(p_starts_at, v_old.scheduled_at), p_call_id, false);
      if v_result.outcome = 'amended' and app.normalise_name(coalesce(p_patient_name, '')) <> '' then
        perform app.rename_patient(v_old.id, p_patient_name, p_call_id);
        v_result := app.booking_answer('amended', v_old.id);
      end if;
    exception when unique_violation then
      -- Under the new name or time it would be a visit that this call has booked already: nothing is changed.
      v_result := app.booking_refusal('question', 'own_booking', v_service_id, v_resource_id, p_starts_at);
    end;
  end if;

  perform app.note_attempt('amend', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.amend_appointment(uuid, text, text, timestamptz, text, text, text, text, text) is
  'Changes a booking that this very call made, named by its booking_ref: service, start, resource or the patient''s name; what is NULL or blank stays, but for the resource: without a name it stays where it is free, else another takes the visit. outcome amended, or refused: not_found (of another call, or none), not_active, unknown_service, unknown_resource or one of app.refusal_reason with alternatives.';

select app.seal('app.amend_appointment(uuid, text, text, timestamptz, text, text, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0520_function_amend_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0525_function_blocked_by_own.sql
create or replace function app.blocked_by_own(p_call_id uuid, p_service_id uuid, p_resource_id uuid, p_starts_at timestamptz)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
begin
  return exists (
    select
    from public.appointments a
    join public.services s on s.org_id = a.org_id and s.id = p_service_id
    join public.organizations o on o.id = a.org_id
    where a.org_id = app.current_org_id()
      and a.call_id = p_call_id
      and a.resource_id in (select app.candidates(p_service_id, p_resource_id, app.location_of_wish(p_call_id, null)))
      and a.status in ('pending', 'confirmed')
      and a.blocked && tstzrange(
        p_starts_at - coalesce(s.buffer_before, o.buffer_before),
        p_starts_at + s.duration + coalesce(s.buffer_after, o.buffer_after))
  );
end
$$;

comment on function app.blocked_by_own(uuid, uuid, uuid, timestamptz) is
  'Whether a booking of the same call, buffers included, lies on a resource that could have taken the wished start.';

select app.seal('app.blocked_by_own(uuid, uuid, uuid, timestamptz)', null, 'app_writer');
-- end of sql/0525_function_blocked_by_own.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0530_function_book_appointment.sql
create or replace function app.book_appointment(
  p_service text,
  p_starts_at timestamptz,
  p_patient_name text,
  p_call_id uuid default null,
  p_tool_call_id text default null,
  p_resource text default null,
  p_contact_id uuid default null,
  p_date_of_birth date default null,
  p_email text default null,
  p_spoken_phone text default null,
  p_another_person boolean default false,
  p_notes text default null,
  p_override boolean default false,
  p_said_date text default null,
  p_said_time text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := btrim(coalesce(p_patient_name, ''));
  v_service_id uuid;
  v_resource_id uuid;
  v_verdict text;
  v_own_id uuid;
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is null then
    if not exists (select from public.contacts c where c.org_id = v_org_id and c.id = p_contact_id) then
      raise exception 'name the contact to book for' using errcode = 'VX404';
    end if;
  elsif p_override or p_contact_id is not null then
    raise exception 'a call books by the rules and for its own contact' using errcode = 'VX403';
  end if;

  if p_starts_at is null then
    raise exception 'name the time to book' using errcode = 'VX400';
  end if;
  if p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('book', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  select id into v_service_id from app.find_service(p_service);
  select id into v_resource_id from app.find_resource(p_resource);
  if v_service_id is not null and v_name <> '' then
    select o.verdict, o.appointment_id into v_verdict, v_own_id
    from app.own_booking(p_call_id, v_service_id, v_resource_id, p_starts_at, v_name, p_date_of_birth, p_another_person) o;
  end if;

  v_result := case
    when v_service_id is null then app.booking_refusal('refused', 'unknown_service')
    when v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
      app.booking_refusal('refused', 'unknown_resource', v_service_id)
    when app.normalise_name(v_name) = '' then
      app.booking_refusal('question', 'name_missing', v_service_id, v_resource_id, p_starts_at)
    when v_verdict = 'replay' then app.booking_answer('booked', v_own_id, null, true)
    when v_verdict = 'question' then app.booking_answer('question', v_own_id, 'same_person')
    when v_verdict = 'amend' then
      app.move_appointment('amended', v_own_id, v_service_id, v_resource_id, p_starts_at, p_call_id, false)
    else app.place_booking(v_service_id, v_resource_id, p_starts_at, p_call_id, p_contact_id, v_name,
      p_date_of_birth, p_email, p_spoken_phone, nullif(btrim(p_notes), ''), p_override)
  end;

  -- A gap too short for the buffers between two visits of one call: nobody is told that they took it from themselves.
  if v_result.outcome = 'refused' and v_result.reason = 'taken' and app.blocked_by_own(p_call_id, v_service_id, v_resource_id, p_starts_at) then
    v_result.outcome := 'question';
    v_result.reason := 'own_booking';
  end if;

  if p_override and v_result.outcome = 'booked' then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'booking_override', 'appointment', v_result.appointment_id, app.current_user_id());
  end if;
  perform app.note_attempt('book', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.book_appointment(text, timestamptz, text, uuid, text, text, uuid, date, text, text, boolean, text, boolean, text, text) is
  'Books a visit, or says why not. By a call (p_call_id) for its own contact and by all rules, or by staff (p_contact_id; p_override sets every rule aside but the no-overlap one, and is audited). The end follows from the service. outcome booked (replayed when the same tool call or the same wish came before), amended (the call''s own overlapping booking of the same name was moved), question (name_missing, same_person: appointment and patient_name are those of the booking meant, own_booking) or refused (unknown_service, unknown_resource or one of app.refusal_reason) with up to three alternatives.';

select app.seal('app.book_appointment(text, timestamptz, text, uuid, text, text, uuid, date, text, text, boolean, text, boolean, text, text)', 'app_writer', 'tenant_service', 'tenant_user');
-- end of sql/0530_function_book_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0540_function_visible_appointments.sql
-- The calling number is a hint: it can be forged, and families share it. Nothing from before the call is opened by it
-- alone, unless the organisation chose so.
create or replace function app.visible_appointments(p_call_id uuid)
returns setof public.appointments
language sql
stable
security definer
set search_path = ''
as $$
  select a.*
  from public.appointments a
  join public.call_logs c on c.org_id = a.org_id and c.id = p_call_id
  join public.organizations o on o.id = a.org_id
  where a.org_id = app.require_org_id()
    and a.status in ('pending', 'confirmed')
    and a.scheduled_at > app.now()
    and (
      a.call_id = p_call_id
      or exists (
        select from public.caller_verifications v
        where v.org_id = a.org_id and v.call_id = p_call_id and v.patient_id = a.patient_id and v.succeeded
      )
      or (o.identity_factor = 'calling_number' and c.from_number is not null and a.contact_id = (
        select k.id from public.contacts k where k.org_id = a.org_id and k.phone = c.from_number
      ))
    )
  order by a.scheduled_at, a.id
$$;

comment on function app.visible_appointments(uuid) is
  'The visits to come that a call may hear about and change: those it booked itself, those of patients it verified, and all of its contact''s where the organisation accepts the calling number as identity.';

select app.seal('app.visible_appointments(uuid)', 'app_writer', 'tenant_service');
-- end of sql/0540_function_visible_appointments.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0545_function_meant_appointments.sql
create or replace function app.meant_appointments(
  p_call_id uuid,
  p_appointment text default null,
  p_on date default null,
  p_at time default null,
  p_patient_name text default null
)
returns setof public.appointments
language plpgsql
stable
set search_path = ''
as $$
declare
  v_ref text := upper(regexp_replace(coalesce(p_appointment, ''), '[^A-Za-z0-9]', '', 'g'));
begin
  return query
  with open as (
    select a as visit, a.scheduled_at, a.id,
      case when v_ref <> '' then 0
        else app.name_distance(p_patient_name, array[p.name, coalesce(a.said_name, p.name)]) end as off
    from app.visible_appointments(p_call_id) a
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    where case
      when v_ref <> '' then a.booking_ref = v_ref or replace(a.id::text, '-', '') = lower(v_ref)
      else (p_on is null or (a.scheduled_at at time zone l.time_zone)::date = p_on)
        and (p_at is null or (a.scheduled_at at time zone l.time_zone)::time = p_at)
    end
  )
  -- Ann is not Anne where both have a visit: a name that fits as it was said leaves the near ones out.
  select (o.visit).*
  from open o
  where o.off = (select min(x.off) from open x)
  order by o.scheduled_at, o.id;
end
$$;

comment on function app.meant_appointments(uuid, text, date, time, text) is
  'Those of app.visible_appointments that a caller means: by booking_ref or id alone, else by the local day and time they stand on and the patient''s name (the first name will do; two edits are forgiven where no name fits better). What is not said does not narrow; what is said and fits none gives none.';

select app.seal('app.meant_appointments(uuid, text, date, time, text)', null, 'app_writer');
-- end of sql/0545_function_meant_appointments.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0550_function_find_my_appointments.sql
create or replace function app.find_my_appointments(
  p_call_id uuid,
  p_appointment text default null,
  p_on date default null,
  p_at time default null,
  p_patient_name text default null
)
returns setof app.booking_result
language sql
stable
security definer
set search_path = ''
as $$
  select b.*
  from app.meant_appointments(p_call_id, p_appointment, p_on, p_at, p_patient_name) a
  cross join lateral app.booking_answer('found', a.id) b
  order by a.scheduled_at, a.id
  limit 10
$$;

comment on function app.find_my_appointments(uuid, text, date, time, text) is
  'The next ten visits that a call may hear about, soonest first; see app.visible_appointments; narrowed to those that are meant, see app.meant_appointments. No rows for a caller who proved nothing, whether or not there are visits.';

select app.seal('app.find_my_appointments(uuid, text, date, time, text)', 'app_writer', 'tenant_service');
-- end of sql/0550_function_find_my_appointments.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0555_function_already_changed.sql
-- Models repeat a wish under a new tool call id. The visit has moved or is cancelled by then, and looking for it where it
-- stood finds nothing: the caller would hear that there is no such visit.
create or replace function app.already_changed(
  p_kind text,
  p_call_id uuid,
  p_appointment text,
  p_on date,
  p_at time,
  p_patient_name text,
  p_starts_at timestamptz
)
returns uuid
language plpgsql
stable
set search_path = ''
as $$
declare
  v_ref text := upper(regexp_replace(coalesce(p_appointment, ''), '[^A-Za-z0-9]', '', 'g'));
begin
  return (
    select a.id
    from public.appointment_changes h
    join public.appointments a on a.org_id = h.org_id and a.id = h.appointment_id
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    join public.locations l on l.org_id = a.org_id and l.id = a.location_id
    where h.org_id = app.current_org_id()
      and h.call_id = p_call_id
      and h.kind = p_kind
      and case p_kind
        when 'cancelled' then a.status = 'cancelled'
        else a.status in ('pending', 'confirmed') and a.scheduled_at = p_starts_at
      end
      and (v_ref = '' or a.booking_ref = v_ref or replace(a.id::text, '-', '') = lower(v_ref))
      and (v_ref <> '' or (
        (p_on is null or (lower(h.old_during) at time zone l.time_zone)::date = p_on)
        and (p_at is null or (lower(h.old_during) at time zone l.time_zone)::time = p_at)
        and app.name_distance(p_patient_name, array[p.name, coalesce(a.said_name, p.name)]) is not null))
    order by h.at desc
    limit 1
  );
end
$$;

comment on function app.already_changed(text, uuid, text, date, time, text, timestamptz) is
  'The visit for which the same call already had this very change made (kind rescheduled to p_starts_at, or cancelled), described as it stood before; NULL when there is none.';

select app.seal('app.already_changed(text, uuid, text, date, time, text, timestamptz)', null, 'app_writer');
-- end of sql/0555_function_already_changed.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0560_function_pick_appointment.sql
create or replace function app.pick_appointment(
  p_call_id uuid,
  p_appointment text,
  p_on date,
  p_at time,
  p_patient_name text,
  out appointment_id uuid,
  out reason text
)
language plpgsql
stable
set search_path = ''
as $$
declare
  v_ids uuid[];
begin
  if p_call_id is null then
    select a.id into appointment_id
    from public.appointments a
    where a.org_id = app.current_org_id()
      and a.id::text = lower(btrim(p_appointment))
      and a.status <> 'held';
    reason := case when appointment_id is null then 'not_found' end;
    return;
  end if;

  select array_agg(a.id) into v_ids
  from app.meant_appointments(p_call_id, p_appointment, p_on, p_at, p_patient_name) a;
  if cardinality(v_ids) = 1 then
    appointment_id := v_ids[1];
  elsif cardinality(v_ids) > 1 then
    reason := 'which_appointment';
  else
    -- The same answer whether there is such a visit or not, as long as the caller proved nothing.
    reason := case when (select i.known from app.identify_caller(p_call_id) i) then 'not_found' else 'not_verified' end;
  end if;
end
$$;

comment on function app.pick_appointment(uuid, text, date, time, text) is
  'The one visit that is meant, see app.meant_appointments; nothing need be said when only one visit is open to the call. reason else: not_verified, not_found, which_appointment. Staff (p_call_id NULL) name it by id.';

select app.seal('app.pick_appointment(uuid, text, date, time, text)', null, 'app_writer');
-- end of sql/0560_function_pick_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0570_function_reschedule_appointment.sql
create or replace function app.reschedule_appointment(
  p_starts_at timestamptz,
  p_appointment text default null,
  p_on date default null,
  p_call_id uuid default null,
  p_tool_call_id text default null,
  p_resource text default null,
  p_override boolean default false,
  p_said_date text default null,
  p_said_time text default null,
  p_at time default null,
  p_patient_name text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_pick record;
  v_done_id uuid;
  v_old public.appointments;
  v_resource_id uuid := (select id from app.find_resource(p_resource));
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is not null and p_override then
    raise exception 'a call moves visits by the rules' using errcode = 'VX403';
  elsif p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('reschedule', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  if p_starts_at is null then
    raise exception 'name the time to move to' using errcode = 'VX400';
  end if;
  select * into v_pick from app.pick_appointment(p_call_id, p_appointment, p_on, p_at, p_patient_name);
  if v_pick.appointment_id is null and v_pick.reason <> 'which_appointment' then
    v_done_id := app.already_changed(
      'rescheduled', p_call_id, p_appointment, p_on, p_at, p_patient_name, p_starts_at);
  end if;
  select * into v_old from public.appointments a where a.org_id = v_org_id and a.id = v_pick.appointment_id;
  v_result := case
    when v_done_id is not null then app.booking_answer('rescheduled', v_done_id, null, true)
    when v_pick.reason = 'which_appointment' then app.booking_refusal('question', v_pick.reason)
    when v_pick.reason is not null then app.booking_refusal('refused', v_pick.reason)
    when v_resource_id is null and coalesce(btrim(p_resource), '') <> '' then
      app.booking_refusal('refused', 'unknown_resource', v_old.service_id)
    -- Asked for the time it already has: the wish is fulfilled, there is nothing to move.
    when v_old.status in ('pending', 'confirmed') and v_old.scheduled_at = p_starts_at
      and coalesce(v_resource_id, v_old.resource_id) = v_old.resource_id then
      app.booking_answer('rescheduled', v_old.id, null, true)
    -- A visit from before the call stays with its practitioner unless another one was asked for.
    else app.move_appointment('rescheduled', v_old.id, v_old.service_id,
      case when v_old.call_id = p_call_id then v_resource_id else coalesce(v_resource_id, v_old.resource_id) end,
      p_starts_at, p_call_id, p_override)
  end;

  if p_override and v_result.outcome = 'rescheduled' then
    insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
    values (v_org_id, 'reschedule_override', 'appointment', v_old.id, app.current_user_id());
  end if;
  perform app.note_attempt('reschedule', v_result, p_call_id, p_tool_call_id, p_starts_at, p_said_date, p_said_time);
  return next v_result;
end
$$;

comment on function app.reschedule_appointment(timestamptz, text, date, uuid, text, text, boolean, text, text, time, text) is
  'Moves a visit to p_starts_at, in one row and one transaction, history kept, with the same practitioner unless another one is named (what this very call booked may go to any). Named by booking_ref or id, else by its day, time and patient (see app.meant_appointments); a call may move only what it may hear about. outcome rescheduled, question (which_appointment) or refused: not_verified, not_found, not_active, unknown_resource or one of app.refusal_reason with alternatives.';

select app.seal('app.reschedule_appointment(timestamptz, text, date, uuid, text, text, boolean, text, text, time, text)', 'app_writer', 'tenant_service', 'tenant_user');
-- end of sql/0570_function_reschedule_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0580_function_cancel_appointment.sql
create or replace function app.cancel_appointment(
  p_appointment text default null,
  p_on date default null,
  p_call_id uuid default null,
  p_tool_call_id text default null,
  p_reason text default null,
  p_at time default null,
  p_patient_name text default null
)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_pick record;
  v_old public.appointments;
  v_result app.booking_result;
begin
  -- A signed-in person is judged by their role, also when they name a call.
  if p_call_id is null or app.current_user_id() is not null then
    perform app.require_staff();
  end if;
  if p_call_id is not null then
    perform app.lock_call(p_call_id);
    v_result := app.replayed_attempt('cancel', p_call_id, p_tool_call_id);
    if v_result.outcome is not null then
      return next v_result;
      return;
    end if;
  end if;

  select * into v_pick from app.pick_appointment(p_call_id, p_appointment, p_on, p_at, p_patient_name);
  if v_pick.appointment_id is null and v_pick.reason <> 'which_appointment' then
    v_pick.appointment_id := app.already_changed(
      'cancelled', p_call_id, p_appointment, p_on, p_at, p_patient_name, null);
  end if;

  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = v_pick.appointment_id
  for update;
  if v_old.id is null then
    v_result := app.booking_refusal(case v_pick.reason when 'which_appointment' then 'question' else 'refused' end, v_pick.reason);
  elsif v_old.status = 'cancelled' then
    v_result := app.booking_answer('cancelled', v_old.id, null, true);
  elsif v_old.status not in ('pending', 'confirmed') then
    v_result := app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = 'cancelled', cancelled_at = app.now(), cancel_reason = left(nullif(btrim(p_reason), ''), 200),
      updated_at = app.now()
    where a.org_id = v_org_id and a.id = v_old.id;
    perform app.note_change('cancelled', v_old.id, v_old, p_call_id);
    v_result := app.booking_answer('cancelled', v_old.id);
  end if;

  perform app.note_attempt('cancel', v_result, p_call_id, p_tool_call_id, null, null, null);
  return next v_result;
end
$$;

comment on function app.cancel_appointment(text, date, uuid, text, text, time, text) is
  'Cancels a visit; its time is free at once and can be booked again, also in the same call. Named as in app.reschedule_appointment. outcome cancelled (replayed when it was already), question (which_appointment) or refused: not_verified, not_found, not_active.';

select app.seal('app.cancel_appointment(text, date, uuid, text, text, time, text)', 'app_writer', 'tenant_service', 'tenant_user');
-- end of sql/0580_function_cancel_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0590_function_approve_appointment.sql
create or replace function app.approve_appointment(p_appointment_id uuid)
returns setof app.booking_result
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_old public.appointments;
  v_result app.booking_result;
begin
  perform app.require_staff();
  select * into v_old
  from public.appointments a
  where a.org_id = v_org_id and a.id = p_appointment_id and a.status <> 'held'
  for update;
  if v_old.id is null then
    v_result := app.booking_refusal('refused', 'not_found');
  elsif v_old.status = 'confirmed' then
    v_result := app.booking_answer('approved', v_old.id, null, true);
  elsif v_old.status <> 'pending' then
    v_result := app.booking_refusal('refused', 'not_active', v_old.service_id, v_old.resource_id, v_old.scheduled_at);
  else
    update public.appointments a
    set status = 'confirmed', updated_at = app.now()
    where a.org_id = v_org_id and a.id = p_appointment_id;
    perform app.note_change('approved', p_appointment_id, v_old, null);
    v_result := app.booking_answer('approved', p_appointment_id);
  end if;
  perform app.note_attempt('approve', v_result, null, null, null, null, null);
  return next v_result;
end
$$;

comment on function app.approve_appointment(uuid) is
  'Confirms a pending booking; staff only (VX403). outcome approved (replayed when it was confirmed already), or refused: not_found, not_active. To decline, cancel it.';

select app.seal('app.approve_appointment(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0590_function_approve_appointment.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0600_function_verify_caller.sql
create or replace function app.verify_caller(
  p_call_id uuid,
  p_date_of_birth date,
  p_patient_name text default null
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_name text := app.normalise_name(coalesce(p_patient_name, ''));
  v_contact_id uuid;
  v_wrong_in_call integer;
  v_wrong_today integer;
  v_patient_ids uuid[];
begin
  perform app.lock_call(p_call_id);
  -- Made where it is missing, so that guesses at an unknown number count, and lock, like those at a known one.
  v_contact_id := app.contact_of_call(p_call_id);
  -- Parallel calls guess at one contact one after the other.
  perform pg_advisory_xact_lock(3, hashtext(v_contact_id::text));

  select count(*) filter (where v.call_id = p_call_id), count(*) filter (where v.contact_id = v_contact_id
    and v.at >= date_trunc('day', app.now() at time zone o.time_zone) at time zone o.time_zone)
  into v_wrong_in_call, v_wrong_today
  from public.caller_verifications v
  join public.organizations o on o.id = v.org_id
  where v.org_id = v_org_id and not v.succeeded and (v.call_id = p_call_id or v.contact_id = v_contact_id);
  if v_wrong_in_call >= 3 or v_wrong_today >= 5 then
    return 'locked';
  end if;

  -- Families share birthdays more rarely than numbers; where they do, the name decides, and of twins the one named exactly.
  select array_agg(c.id) into v_patient_ids
  from (
    select p.id, rank() over (order by (p.normalised_name = v_name) desc) as place
    from public.patients p
    where p.org_id = v_org_id
      and p.contact_id = v_contact_id
      and p.date_of_birth = p_date_of_birth
      -- A date that this very call gave proves nothing, and must not tell a new patient from a known one.
      and p.origin_call_id is distinct from p_call_id
      and (v_name = '' or extensions.levenshtein_less_equal(left(p.normalised_name, 100), left(v_name, 100), 2) <= 2
        or p.normalised_name like v_name || ' %')
  ) c
  where c.place = 1;

  insert into public.caller_verifications (org_id, call_id, contact_id, patient_id, factor, succeeded)
  values (v_org_id, p_call_id, v_contact_id,
    case when cardinality(v_patient_ids) = 1 then v_patient_ids[1] end,
    'date_of_birth', coalesce(cardinality(v_patient_ids) = 1, false));
  return case when cardinality(v_patient_ids) = 1 then 'verified' else 'not_verified' end;
end
$$;

comment on function app.verify_caller(uuid, date, text) is
  'Checks a date of birth against the patients of the calling number; a match opens that one patient to this one call. Returns verified, not_verified (the same whether the patient exists, the number is unknown or the date is wrong) or locked: after three wrong tries in a call or five in a day for the contact only staff can help. VX404 when the call is not the tenant''s.';

select app.seal('app.verify_caller(uuid, date, text)', 'app_writer', 'tenant_service');
-- end of sql/0600_function_verify_caller.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0620_function_identify_caller.sql
create or replace function app.identify_caller(p_call_id uuid)
returns setof app.caller_view
language sql
stable
security definer
set search_path = ''
as $$
  select count(p.id) > 0,
    coalesce(array_agg(p.name order by p.name) filter (where p.id is not null), '{}'),
    (select count(*) from app.visible_appointments(p_call_id))
  from (
    select v.patient_id
    from public.caller_verifications v
    where v.org_id = app.require_org_id() and v.call_id = p_call_id and v.succeeded
    union
    select q.id
    from public.call_logs c
    join public.organizations o on o.id = c.org_id and o.identity_factor = 'calling_number'
    join public.contacts k on k.org_id = c.org_id and k.phone = c.from_number
    join public.patients q on q.org_id = c.org_id and q.contact_id = k.id
    where c.org_id = app.require_org_id() and c.id = p_call_id
  ) opened
  join public.patients p on p.org_id = app.require_org_id() and p.id = opened.patient_id
$$;

comment on function app.identify_caller(uuid) is
  'What may be said about the caller of a call. Not known until a check succeeded (or the organisation accepts the calling number): then the answer is the same for a stranger and for a patient of twenty years.';

select app.seal('app.identify_caller(uuid)', 'app_writer', 'tenant_service');
-- end of sql/0620_function_identify_caller.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0630_function_take_message.sql
create or replace function app.take_message(
  p_call_id uuid,
  p_tool_call_id text,
  p_body text,
  p_caller_name text default null,
  p_callback_number text default null,
  p_urgent boolean default false
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
begin
  if coalesce(btrim(p_body), '') = '' then
    raise exception 'a message needs a text' using errcode = 'VX400';
  end if;
  perform app.lock_call(p_call_id);
  insert into public.caller_messages (
    org_id, call_id, tool_call_id, contact_id, caller_name, callback_number, body, urgent)
  values (
    v_org_id, p_call_id, p_tool_call_id, app.contact_of_call(p_call_id), left(nullif(btrim(p_caller_name), ''), 100),
    p_callback_number, left(app.redact_phi(btrim(p_body), array_remove(array[p_caller_name], null) || app.names_of_call(p_call_id)), 2000), p_urgent)
  on conflict (org_id, call_id, tool_call_id) do nothing
  returning id into v_id;
  if v_id is null then
    return (
      select m.id from public.caller_messages m
      where m.org_id = v_org_id and m.call_id = p_call_id and m.tool_call_id = p_tool_call_id
    );
  end if;
  perform app.notify_staff('caller_message',
    case when p_urgent then 'A caller left an urgent message' else 'A caller left a message' end, 'caller_message', v_id);
  return v_id;
end
$$;

comment on function app.take_message(uuid, text, text, text, text, boolean) is
  'Keeps what a caller asked to pass on and tells the staff. The same tool call again returns the same message''s id. Numbers, addresses and identifiers in the text are redacted; the call-back number (E.164) has its own column. An empty text is VX400.';

select app.seal('app.take_message(uuid, text, text, text, text, boolean)', 'app_writer', 'tenant_service');
-- end of sql/0630_function_take_message.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0650_function_resolve_tenant.sql
create or replace function app.resolve_tenant(p_assistant_id text, p_phone_number_id text, p_number text)
returns setof app.tenant_route
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_orgs uuid[];
  v_route app.tenant_route;
begin
  select array_agg(distinct f.org_id)
  into v_orgs
  from (
    select r.org_id from public.assistant_routes r where r.vapi_assistant_id = p_assistant_id
    union all
    select n.org_id from public.phone_numbers n where n.vapi_phone_number_id = p_phone_number_id
    union all
    select n.org_id from public.phone_numbers n where n.number = p_number
  ) f
  join public.organizations o on o.id = f.org_id and o.deleted_at is null;

  v_route.outcome := case coalesce(cardinality(v_orgs), 0) when 0 then 'unknown' when 1 then 'found' else 'conflict' end;
  if v_route.outcome = 'found' then
    v_route.org_id := v_orgs[1];
    -- Each may be missing: an assistant called from the web has no number, a number may have no assistant.
    select coalesce(r.agent_id, n.agent_id), n.location_id into v_route.agent_id, v_route.location_id
    from (values (v_route.org_id)) o (id)
    left join public.assistant_routes r on r.org_id = o.id and r.vapi_assistant_id = p_assistant_id
    left join public.phone_numbers n
      on n.org_id = o.id and (n.vapi_phone_number_id = p_phone_number_id or n.number = p_number)
    order by n.number = p_number desc nulls last
    limit 1;
  end if;
  return next v_route;
end
$$;

comment on function app.resolve_tenant(text, text, text) is
  'Whose call an envelope belongs to, by assistant id, phone number id and number; any may be NULL, those we do not know are no help and no harm. Two tenants named in one envelope are a conflict, and nobody''s call.';

select app.seal('app.resolve_tenant(text, text, text)', 'app_definer', 'tenant_service');
-- end of sql/0650_function_resolve_tenant.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0660_function_ensure_call.sql
create or replace function app.ensure_call(
  p_vapi_call_id text,
  p_direction text,
  p_agent_id uuid,
  p_location_id uuid,
  p_caller text,
  p_number text
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_id uuid;
  v_from text := case when p_direction = 'outbound' then p_number else p_caller end;
  v_to text := case when p_direction = 'outbound' then p_caller else p_number end;
begin
  -- The first message may lack what a later one carries. Numbers are taken as long as nobody was booked under the call.
  update public.call_logs c
  set agent_id = coalesce(c.agent_id, p_agent_id),
    from_number = case when c.contact_id is null then coalesce(c.from_number, v_from) else c.from_number end,
    to_number = case when c.contact_id is null then coalesce(c.to_number, v_to) else c.to_number end
  where c.org_id = v_org_id
    and c.vapi_call_id = p_vapi_call_id
    and ((c.agent_id is null and p_agent_id is not null)
      or (c.contact_id is null and c.from_number is null and v_from is not null)
      or (c.contact_id is null and c.to_number is null and v_to is not null));
  select c.id into v_id
  from public.call_logs c
  where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;
  if v_id is not null then
    return v_id;
  end if;

  insert into public.call_logs (org_id, vapi_call_id, agent_id, location_id, direction, from_number, to_number)
  values (
    v_org_id, p_vapi_call_id, p_agent_id,
    coalesce(p_location_id, (
      select l.id from public.locations l where l.org_id = v_org_id order by l.created_at, l.id limit 1)),
    p_direction,
    v_from, v_to)
  on conflict (org_id, vapi_call_id) do nothing
  returning id into v_id;
  if v_id is null then
    select c.id into v_id
    from public.call_logs c
    where c.org_id = v_org_id and c.vapi_call_id = p_vapi_call_id;
  else
    perform app.announce('call_update', 'call', v_id);
  end if;
  return v_id;
end
$$;

comment on function app.ensure_call(text, text, uuid, uuid, text, text) is
  'The row of a call, made by whichever webhook comes first and completed by later ones. p_caller is the other party''s number (E.164, NULL when withheld), p_number the clinic''s.';

select app.seal('app.ensure_call(text, text, uuid, uuid, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0660_function_ensure_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0665_function_limit_waits.sql
-- A caller hears every second of waiting. A lock that is not had in five seconds becomes a spoken "one moment, try again".
create or replace function app.limit_waits()
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  perform set_config('lock_timeout', '5s', true);
  perform set_config('statement_timeout', '10s', true);
  perform set_config('idle_in_transaction_session_timeout', '30s', true);
end
$$;

comment on function app.limit_waits() is
  'Bounds the running transaction: 5 s for a lock, 10 s for a statement, 30 s of idling. First thing in every request.';

select app.seal('app.limit_waits()', null, 'voxanne_login', 'tenant_service');
-- end of sql/0665_function_limit_waits.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0670_function_open_call.sql
-- SECURITY INVOKER on purpose: the role cannot be changed inside a definer function. The login role calls it as the
-- first statement of a webhook's transaction.
create or replace function app.open_call(
  p_vapi_call_id text,
  p_direction text,
  p_assistant_id text,
  p_phone_number_id text,
  p_number text,
  p_caller text
)
returns setof app.call_context
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_route app.tenant_route;
  v_context app.call_context;
begin
  perform app.limit_waits();
  perform set_config('request.jwt.claims', '', true);
  perform set_config('role', 'tenant_service', true);
  select * into v_route from app.resolve_tenant(p_assistant_id, p_phone_number_id, p_number);
  v_context.outcome := v_route.outcome;
  if v_route.outcome <> 'found' then
    return next v_context;
    return;
  end if;

  perform set_config('request.jwt.claims',
    jsonb_build_object('app_metadata', jsonb_build_object('org_id', v_route.org_id))::text, true);
  v_context.org_id := v_route.org_id;
  v_context.call_id := app.ensure_call(
    p_vapi_call_id, p_direction, v_route.agent_id, v_route.location_id, p_caller, p_number);
  v_context.now := app.now();

  select c.agent_id, l.id, o.name, o.country, coalesce(a.language, 'en-US'), l.time_zone, o.emergency_sentence
  into v_context.agent_id, v_context.location_id, v_context.clinic_name, v_context.country, v_context.language,
    v_context.time_zone, v_context.emergency_sentence
  from public.call_logs c
  join public.organizations o on o.id = c.org_id
  join public.locations l on l.org_id = c.org_id and l.id = c.location_id
  left join public.agents a on a.org_id = c.org_id and a.id = c.agent_id
  where c.org_id = v_route.org_id and c.id = v_context.call_id;

  select coalesce(array_agg(h.weekday::integer), '{}'),
    coalesce(array_agg((extract(epoch from h.opens) / 60)::integer), '{}'),
    coalesce(array_agg((extract(epoch from h.closes) / 60)::integer), '{}')
  into v_context.weekdays, v_context.opens_minutes, v_context.closes_minutes
  from (
    select distinct b.weekday, b.opens, b.closes
    from public.business_hours b
    where b.org_id = v_route.org_id and b.location_id = v_context.location_id
  ) h;
  return next v_context;
end
$$;

comment on function app.open_call(text, text, text, text, text, text) is
  'First statement of a webhook''s transaction: finds the tenant of the envelope, acts as tenant_service of it from then on, and makes sure the call has its row. p_direction: inbound, outbound or web; p_caller E.164 or NULL. Where the outcome is not found, nothing is written and no tenant is set.';

select app.seal('app.open_call(text, text, text, text, text, text)', null, 'voxanne_login', 'tenant_service');
-- end of sql/0670_function_open_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0680_function_begin_request.sql
-- SECURITY INVOKER on purpose, as app.open_call. Claims first, then the role, then the look at profiles with that
-- role's eyes: a member who was removed a second ago is refused although the token is still good.
create or replace function app.begin_request(p_role text, p_claims jsonb)
returns text
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_member_role text;
begin
  if p_role is null or p_role not in ('tenant_user', 'tenant_service') then
    raise exception 'requests run as tenant_user or tenant_service' using errcode = 'VX400';
  end if;
  perform app.limit_waits();
  perform set_config('request.jwt.claims', p_claims::text, true);
  perform set_config('role', p_role, true);
  perform app.require_org_id();
  if p_role = 'tenant_service' then
    return 'service';
  end if;

  v_member_role := app.current_member_role();
  if v_member_role is null then
    raise exception 'not a member of this organisation' using errcode = 'VX401';
  end if;
  return v_member_role;
end
$$;

comment on function app.begin_request(text, jsonb) is
  'First statement of a request''s transaction: sets the verified claims and the role (tenant_user or tenant_service), and returns the member''s role as it is now (service for tenant_service). VX401 without an organisation or membership.';

select app.seal('app.begin_request(text, jsonb)', null, 'voxanne_login');
-- end of sql/0680_function_begin_request.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0690_function_accept_delivery.sql
-- Vapi has no delivery id. A second delivery waits here for the first one's transaction, then finds its answer.
create or replace function app.accept_delivery(
  p_vapi_call_id text,
  p_kind text,
  p_key text,
  p_body_hash bytea
)
returns setof public.webhook_deliveries
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_row public.webhook_deliveries;
begin
  insert into public.webhook_deliveries (org_id, vapi_call_id, kind, key, body_hash)
  values (v_org_id, p_vapi_call_id, p_kind, p_key, p_body_hash)
  on conflict (org_id, vapi_call_id, kind, key) do nothing
  returning * into v_row;
  if v_row.id is not null then
    return;
  end if;
  return query
  select d.*
  from public.webhook_deliveries d
  where d.org_id = v_org_id and d.vapi_call_id = p_vapi_call_id and d.kind = p_kind and d.key = p_key;
end
$$;

comment on function app.accept_delivery(text, text, text, bytea) is
  'Marks a webhook as being acted on. No row: it is new, act on it in this transaction. A row: it was acted on before, and this is what was answered.';

select app.seal('app.accept_delivery(text, text, text, bytea)', 'app_writer', 'tenant_service');
-- end of sql/0690_function_accept_delivery.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0700_function_answer_delivery.sql
create or replace function app.answer_delivery(p_vapi_call_id text, p_kind text, p_key text, p_answer text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
begin
  update public.webhook_deliveries d
  set answer = p_answer
  where d.org_id = app.require_org_id() and d.vapi_call_id = p_vapi_call_id and d.kind = p_kind and d.key = p_key;
end
$$;

comment on function app.answer_delivery(text, text, text, text) is
  'Keeps what a tool call was answered, in the transaction that acted, for the same call delivered again.';

select app.seal('app.answer_delivery(text, text, text, text)', 'app_writer', 'tenant_service');
-- end of sql/0700_function_answer_delivery.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0710_function_record_call_event.sql
create or replace function app.record_call_event(
  p_call_id uuid,
  p_status text,
  p_at timestamptz,
  p_ended_reason text default null
)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_order constant text[] := array['scheduled', 'queued', 'ringing', 'in-progress', 'forwarding', 'ended'];
  v_changed boolean;
begin
  -- Before the call's row: a caller who hangs up while the booking still waits must not meet it the other way round.
  perform app.lock_call(p_call_id);
  update public.call_logs c
  set status = p_status,
    started_at = case when p_status = 'in-progress' then coalesce(c.started_at, p_at) else c.started_at end,
    ended_at = case when p_status = 'ended' then coalesce(c.ended_at, p_at) else c.ended_at end,
    ended_reason = coalesce(c.ended_reason, left(p_ended_reason, 200)),
    updated_at = app.now()
  where c.org_id = v_org_id
    and c.id = p_call_id
    and array_position(v_order, c.status) < array_position(v_order, p_status);
  v_changed := found;
  if p_status = 'ended' then
    perform app.release_hold(p_call_id);
  end if;
  if v_changed then
    perform app.announce(case when p_status = 'ended' then 'call_ended' else 'call_update' end, 'call', p_call_id);
  end if;
  return v_changed;
end
$$;

comment on function app.record_call_event(uuid, text, timestamptz, text) is
  'Takes in a status of a call. Statuses only go forward, so late and repeated ones change nothing; ended gives back what the call held. Returns whether anything changed. A status outside the known ones changes nothing.';

select app.seal('app.record_call_event(uuid, text, timestamptz, text)', 'app_writer', 'tenant_service');
-- end of sql/0710_function_record_call_event.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0720_function_call_outcome.sql
create or replace function app.call_outcome(p_call_id uuid, p_ended_reason text, p_duration_seconds integer)
returns text
language sql
stable
set search_path = ''
as $$
  select case
    when exists (
      select from public.appointments a
      where a.org_id = app.current_org_id() and a.call_id = p_call_id
        and a.status not in ('held', 'cancelled')) then 'booked'
    when exists (
      select from public.appointment_changes h
      where h.org_id = app.current_org_id() and h.call_id = p_call_id and h.kind in ('rescheduled', 'amended')) then 'rescheduled'
    when exists (
      select from public.appointment_changes h
      where h.org_id = app.current_org_id() and h.call_id = p_call_id and h.kind = 'cancelled') then 'cancelled'
    when exists (
      select from public.caller_messages m
      where m.org_id = app.current_org_id() and m.call_id = p_call_id) then 'message'
    when p_ended_reason = 'assistant-forwarded-call' then 'transferred'
    when p_ended_reason in ('customer-did-not-answer', 'customer-busy', 'voicemail')
      or p_ended_reason like '%error%' or coalesce(p_duration_seconds, 0) < 5 then 'missed'
    else 'answered'
  end
$$;

comment on function app.call_outcome(uuid, text, integer) is
  'The most telling thing that came of a call, from what it left in our tables: booked, rescheduled, cancelled, message, transferred, missed or answered.';

select app.seal('app.call_outcome(uuid, text, integer)', null, 'app_writer');
-- end of sql/0720_function_call_outcome.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0730_function_names_of_call.sql
create or replace function app.names_of_call(p_call_id uuid)
returns text[]
language sql
stable
set search_path = ''
as $$
  select coalesce(array_agg(distinct n.name), '{}')
  from (
    select p.name
    from public.appointments a
    join public.patients p on p.org_id = a.org_id and p.id = a.patient_id
    where a.org_id = app.current_org_id() and a.call_id = p_call_id
    union
    select a.said_name
    from public.appointments a
    where a.org_id = app.current_org_id() and a.call_id = p_call_id
    union
    select p.name
    from public.call_logs c
    join public.patients p on p.org_id = c.org_id and p.contact_id = c.contact_id
    where c.org_id = app.current_org_id() and c.id = p_call_id
    union
    select k.name
    from public.call_logs c
    join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.org_id = app.current_org_id() and c.id = p_call_id
    union
    select m.caller_name
    from public.caller_messages m
    where m.org_id = app.current_org_id() and m.call_id = p_call_id
  ) n
  where n.name is not null
$$;

comment on function app.names_of_call(uuid) is
  'The names that a call''s words are redacted of: its contact''s, that contact''s patients'', and everybody it booked or left a message for.';

select app.seal('app.names_of_call(uuid)', null, 'app_writer');
-- end of sql/0730_function_names_of_call.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0740_function_record_call_report.sql
create or replace function app.record_call_report(
  p_call_id uuid,
  p_started_at timestamptz,
  p_ended_at timestamptz,
  p_duration_seconds integer,
  p_ended_reason text,
  p_summary text,
  p_turns jsonb,
  p_cost_micros bigint,
  p_has_recording boolean,
  p_tools_used text[],
  p_said_names text[] default '{}'
)
returns text
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_call public.call_logs;
  v_names text[];
  v_summary text;
  v_turns jsonb;
  v_state text;
  v_outcome text;
  v_seconds integer;
begin
  perform app.lock_call(p_call_id);
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  if v_call.id is null then
    raise exception 'there is no such call' using errcode = 'VX404';
  elsif v_call.reported_at is not null and v_call.transcript_state <> 'pending_redaction' then
    return v_call.transcript_state;
  end if;

  perform app.contact_of_call(p_call_id);
  v_names := app.names_of_call(p_call_id) || coalesce(p_said_names, '{}');
  begin
    v_summary := app.redact_phi(p_summary, v_names);
    select coalesce(jsonb_agg(jsonb_build_object(
        'speaker', t.turn ->> 'speaker', 'text', app.redact_phi(t.turn ->> 'text', v_names), 'at', t.turn -> 'at')
      order by t.position), '[]')
    into v_turns
    from jsonb_array_elements(coalesce(p_turns, '[]')) with ordinality t(turn, position);
    v_state := case when v_turns = '[]' then 'none' else 'stored' end;
  exception when query_canceled or others then
    -- Never raw text, never a lost call: everything else is kept, and the report is fetched again. One job does that,
    -- with its own growing pauses; each failure putting in another would fetch every minute for ever.
    v_summary := null;
    v_turns := '[]';
    v_state := 'pending_redaction';
    if v_call.reported_at is null then
      perform app.enqueue_job('fetch_call_report', jsonb_build_object('call_id', p_call_id), app.now() + interval '1 minute');
    end if;
  end;

  v_seconds := coalesce(p_duration_seconds, extract(epoch from
    coalesce(p_ended_at, v_call.ended_at) - coalesce(p_started_at, v_call.started_at))::integer);
  v_seconds := case when v_seconds < 0 then 0 else v_seconds end;
  -- A caller who spoke was connected, also where nobody says for how long.
  v_outcome := app.call_outcome(p_call_id, coalesce(p_ended_reason, v_call.ended_reason),
    coalesce(v_seconds, case when p_turns @> '[{"speaker": "caller"}]' then 5 end));
  update public.call_logs c
  set status = 'ended', started_at = coalesce(p_started_at, c.started_at), ended_at = coalesce(p_ended_at, c.ended_at),
    duration_seconds = coalesce(v_seconds, c.duration_seconds),
    ended_reason = coalesce(left(p_ended_reason, 200), c.ended_reason), summary = v_summary, transcript = v_turns,
    transcript_state = v_state, cost_micros = p_cost_micros, outcome = v_outcome,
    recording_state = case when p_has_recording then 'at_provider' else 'none' end,
    tools_used = coalesce(p_tools_used, '{}'), reported_at = app.now(), updated_at = app.now()
  where c.org_id = v_org_id and c.id = p_call_id;

  perform app.release_hold(p_call_id);
  if v_outcome = 'missed' and v_call.reported_at is null then
    perform app.notify_staff('missed_call', 'A call was missed', 'call', p_call_id);
  end if;
  perform app.announce('call_ended', 'call', p_call_id);
  return v_state;
end
$$;

comment on function app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[]) is
  'Takes in an end-of-call report, before or after the status updates, once: a second report changes nothing unless redaction failed the first time. p_turns: [{"speaker","text","at"}]; p_said_names: names given to tools during the call, also of people who were not booked in the end; turns and summary are redacted of them and of everything else before they are stored; a missing duration follows from start and end. Returns the transcript''s state; the first pending_redaction puts a job in the queue that fetches the report again. VX404 when the call is not the tenant''s.';

select app.seal('app.record_call_report(uuid, timestamptz, timestamptz, integer, text, text, jsonb, bigint, boolean, text[], text[])', 'app_writer', 'tenant_service');
-- end of sql/0740_function_record_call_report.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0760_function_service_cards.sql
create or replace function app.service_cards()
returns setof app.service_card
language sql
stable
set search_path = ''
as $$
  select s.name, (extract(epoch from s.duration) / 60)::integer, s.price_minor, s.currency,
    coalesce(array_agg(r.name order by r.name) filter (where r.id is not null), '{}')
  from public.services s
  left join public.resource_services rs on rs.org_id = s.org_id and rs.service_id = s.id
  left join public.resources r on r.org_id = rs.org_id and r.id = rs.resource_id and r.active
  where s.org_id = app.current_org_id() and s.active
  group by s.org_id, s.id
  order by s.name
$$;

comment on function app.service_cards() is
  'The clinic''s active services with length, price and who gives them: public facts, open to every caller.';

select app.seal('app.service_cards()', null, 'tenant_user', 'tenant_service');
-- end of sql/0760_function_service_cards.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0770_function_assistant_facts.sql
create or replace function app.assistant_facts(p_call_id uuid)
returns setof app.assistant_facts
language sql
stable
set search_path = ''
as $$
  select route.vapi_assistant_id, o.name, coalesce(route.first_message, ''), l.address, o.recording_consent, o.ai_disclosure,
    (
      select string_agg(d.day || ' ' || d.spans, '; ' order by d.weekday)
      from (
        select h.weekday, (array['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'])[h.weekday + 1] as day,
          string_agg(to_char(h.opens, 'FMHH12:MI AM') || ' to ' ||
            case when h.closes = '24:00' then 'midnight' else to_char(h.closes, 'FMHH12:MI AM') end, ' and ' order by h.opens) as spans
        from public.business_hours h
        where h.org_id = o.id and h.location_id = l.id and h.resource_id is null
        group by h.weekday
      ) d
    ),
    (
      select string_agg(c.name || ' (' || c.minutes || ' minutes' ||
        case when c.price_minor is null then '' else ', ' || trim(to_char(c.price_minor / 100.0, 'FM999999990.00')) || ' ' || c.currency end
        || ')', '; ' order by c.name)
      from app.service_cards() c
    ),
    (
      select string_agg(r.name, ', ' order by r.name)
      from public.resources r
      where r.org_id = o.id and r.location_id = l.id and r.active and r.kind = 'practitioner'
    )
  from public.call_logs k
  join public.organizations o on o.id = k.org_id
  join public.locations l on l.org_id = k.org_id and l.id = k.location_id
  left join lateral (
    select x.vapi_assistant_id, a.first_message
    from public.assistant_routes x
    join public.agents a on a.org_id = x.org_id and a.id = x.agent_id
    where x.org_id = k.org_id
      and a.role = 'inbound'
      and (a.id = k.agent_id or (k.agent_id is null and a.is_default))
    limit 1
  ) route on true
  where k.org_id = app.current_org_id() and k.id = p_call_id
$$;

comment on function app.assistant_facts(uuid) is
  'Which assistant answers a call, and the public facts it is given: hours, services, practitioners. Nothing about the caller. vapi_assistant_id is NULL while the clinic''s inbound agent has no assistant yet.';

select app.seal('app.assistant_facts(uuid)', null, 'tenant_service');
-- end of sql/0770_function_assistant_facts.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0780_function_is_our_number.sql
create or replace function app.is_our_number(p_number text)
returns boolean
language sql
stable
security definer
set search_path = ''
as $$
  select exists (select from public.phone_numbers n where n.number = p_number)
$$;

comment on function app.is_our_number(text) is
  'Whether a number is answered by this platform, for whichever clinic: putting a caller through to one would ring us again.';

select app.seal('app.is_our_number(text)', 'app_definer', 'app_writer');
-- end of sql/0780_function_is_our_number.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0785_function_is_open.sql
create or replace function app.is_open(p_location_id uuid, p_at timestamptz)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from public.locations l
    join public.business_hours h on h.org_id = l.org_id and h.location_id = l.id and h.resource_id is null
    where l.org_id = app.current_org_id()
      and l.id = p_location_id
      and h.weekday = extract(dow from p_at at time zone l.time_zone)
      and (p_at at time zone l.time_zone)::time >= h.opens
      and (p_at at time zone l.time_zone)::time < h.closes
  ) and not exists (
    select
    from public.closures c
    where c.org_id = app.current_org_id()
      and c.location_id = p_location_id
      and c.resource_id is null
      and c.during @> p_at
  )
$$;

comment on function app.is_open(uuid, timestamptz) is
  'Whether a location''s doors are open at an instant: within its hours and no closure.';

select app.seal('app.is_open(uuid, timestamptz)', null, 'tenant_user', 'tenant_service', 'app_writer');
-- end of sql/0785_function_is_open.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0790_function_transfer_destination.sql
create or replace function app.transfer_destination(p_call_id uuid, p_department text)
returns setof app.transfer_answer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_now timestamptz;
  v_call public.call_logs;
  v_location public.locations;
  v_other text;
  v_answer app.transfer_answer;
begin
  perform app.lock_call(p_call_id);
  v_now := app.now();
  select * into v_call from public.call_logs c where c.org_id = v_org_id and c.id = p_call_id;
  select * into v_location from public.locations l where l.org_id = v_org_id and l.id = v_call.location_id;

  v_other := case when v_call.direction = 'outbound' then v_call.to_number else v_call.from_number end;
  v_answer.phone := coalesce(
    (select d.phone from public.departments d
      where d.org_id = v_org_id and d.location_id = v_location.id and d.name = lower(btrim(coalesce(p_department, '')))),
    v_location.phone);
  v_answer.caller_id := case when v_call.direction = 'outbound' then v_call.from_number else v_call.to_number end;
  v_answer.reason := case
    when v_answer.phone is null then 'no_number'
    when app.is_our_number(v_answer.phone) or v_answer.phone = v_other then 'loop'
    when exists (
      select from public.audit_log g
      join public.call_logs c on c.org_id = g.org_id and c.id = g.entity_id
      where g.org_id = v_org_id
        and g.action = 'caller_transferred'
        and g.at > v_now - interval '10 minutes'
        and (c.id = p_call_id
          or case when c.direction = 'outbound' then c.to_number else c.from_number end = v_other)) then 'already_transferred'
    when not app.is_open(v_location.id, v_now) then 'closed'
  end;
  if v_answer.reason is not null then
    v_answer.outcome := 'refused';
    v_answer.phone := null;
  else
    v_answer.outcome := 'transfer';
    insert into public.audit_log (org_id, action, entity, entity_id)
    values (v_org_id, 'caller_transferred', 'call', p_call_id);
  end if;
  return next v_answer;
end
$$;

comment on function app.transfer_destination(uuid, text) is
  'Where to put a caller through: the department''s number, else the location''s own line, during opening hours. Refused with closed, no_number, loop (the number is ours or the caller''s own, so it would ring us again) or already_transferred (once per caller in ten minutes). Each transfer is audited.';

select app.seal('app.transfer_destination(uuid, text)', 'app_writer', 'tenant_service');
-- end of sql/0790_function_transfer_destination.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0800_function_set_business_hours.sql
create or replace function app.set_business_hours(
  p_location_id uuid,
  p_resource_id uuid,
  p_weekdays integer[],
  p_opens time[],
  p_closes time[]
)
returns integer
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_spans integer;
begin
  perform app.require_staff();
  if not exists (select from public.locations l where l.org_id = v_org_id and l.id = p_location_id)
    or (p_resource_id is not null and not exists (
      select from public.resources r where r.org_id = v_org_id and r.id = p_resource_id and r.location_id = p_location_id))
  then
    raise exception 'there is no such location, or no such resource in it' using errcode = 'VX404';
  end if;
  if cardinality(p_weekdays) is null or cardinality(p_weekdays) is distinct from cardinality(p_opens)
    or cardinality(p_opens) is distinct from cardinality(p_closes) then
    raise exception 'weekdays, opening and closing times must be as many' using errcode = 'VX400';
  end if;
  -- A booking that is being decided must see either the old week or the new one.
  perform app.lock_resources(array(
    select r.id from public.resources r
    where r.org_id = v_org_id and r.location_id = p_location_id and (p_resource_id is null or r.id = p_resource_id)));

  delete from public.business_hours h
  where h.org_id = v_org_id and h.location_id = p_location_id and h.resource_id is not distinct from p_resource_id;
  insert into public.business_hours (org_id, location_id, resource_id, weekday, opens, closes)
  select v_org_id, p_location_id, p_resource_id, s.weekday, s.opens, s.closes
  from unnest(p_weekdays, p_opens, p_closes) s(weekday, opens, closes);
  get diagnostics v_spans = row_count;
  insert into public.audit_log (org_id, action, entity, entity_id, actor_user_id)
  values (v_org_id, 'hours_changed', 'location', p_location_id, app.current_user_id());
  perform app.announce('hours_updated', 'location', p_location_id);
  return v_spans;
end
$$;

comment on function app.set_business_hours(uuid, uuid, integer[], time[], time[]) is
  'Replaces the week of a location, or of one resource (empty arrays: it keeps its location''s week again). Weekday 0 is Sunday. Visits already booked stay. Staff only (VX403); an unknown location or resource is VX404, arrays of unlike length are VX400. Returns the number of spans.';

select app.seal('app.set_business_hours(uuid, uuid, integer[], time[], time[])', 'app_writer', 'tenant_user');
-- end of sql/0800_function_set_business_hours.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0810_function_add_closure.sql
create or replace function app.add_closure(
  p_location_id uuid,
  p_resource_id uuid,
  p_starts_at timestamptz,
  p_ends_at timestamptz,
  p_reason text default null
)
returns setof public.closures
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
begin
  perform app.require_staff();
  if p_ends_at <= p_starts_at then
    raise exception 'a closure must end after it starts' using errcode = 'VX400';
  end if;
  perform app.lock_resources(array(
    select r.id from public.resources r
    where r.org_id = v_org_id and r.location_id = p_location_id and (p_resource_id is null or r.id = p_resource_id)));
  return query
  insert into public.closures (org_id, location_id, resource_id, during, reason)
  values (v_org_id, p_location_id, p_resource_id, tstzrange(p_starts_at, p_ends_at), p_reason)
  returning *;
  perform app.announce('hours_updated', 'location', p_location_id);
end
$$;

comment on function app.add_closure(uuid, uuid, timestamptz, timestamptz, text) is
  'Closes a location, or one of its resources, for a time. Visits already booked in it stay and are for the staff to move. Staff only (VX403); an end before the start is VX400.';

select app.seal('app.add_closure(uuid, uuid, timestamptz, timestamptz, text)', 'app_writer', 'tenant_user');
-- end of sql/0810_function_add_closure.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0820_function_remove_closure.sql
create or replace function app.remove_closure(p_closure_id uuid)
returns boolean
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_location_id uuid;
begin
  perform app.require_staff();
  perform app.lock_resources(array(
    select r.id
    from public.closures c
    join public.resources r on r.org_id = c.org_id and r.location_id = c.location_id
      and (c.resource_id is null or c.resource_id = r.id)
    where c.org_id = v_org_id and c.id = p_closure_id));
  delete from public.closures c
  where c.org_id = v_org_id and c.id = p_closure_id
  returning c.location_id into v_location_id;
  if v_location_id is null then
    return false;
  end if;
  perform app.announce('hours_updated', 'location', v_location_id);
  return true;
end
$$;

comment on function app.remove_closure(uuid) is
  'Takes a closure back; its time can be booked again at once. Staff only (VX403). Returns whether there was one.';

select app.seal('app.remove_closure(uuid)', 'app_writer', 'tenant_user');
-- end of sql/0820_function_remove_closure.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0830_function_mirror_busy_blocks.sql
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
-- end of sql/0830_function_mirror_busy_blocks.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0840_function_furnish_org.sql
create or replace function app.furnish_org(p_name text, p_time_zone text)
returns void
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.require_org_id();
  v_location_id uuid;
  v_resource_id uuid;
  v_service_id uuid;
begin
  insert into public.locations (org_id, name, time_zone) values (v_org_id, p_name, p_time_zone)
  returning id into v_location_id;
  insert into public.resources (org_id, location_id, name) values (v_org_id, v_location_id, 'First practitioner')
  returning id into v_resource_id;
  insert into public.services (org_id, name, aliases, duration)
  values (v_org_id, 'Consultation', '{appointment,visit,checkup}', '30 minutes')
  returning id into v_service_id;
  insert into public.resource_services (org_id, resource_id, service_id) values (v_org_id, v_resource_id, v_service_id);
  insert into public.business_hours (org_id, location_id, weekday, opens, closes)
  select v_org_id, v_location_id, d, '09:00', '17:00' from generate_series(1, 5) d;
  insert into public.agents (org_id, name, role, is_default) values (v_org_id, 'Receptionist', 'inbound', true);
end
$$;

comment on function app.furnish_org(text, text) is
  'Gives a new organisation what a first booking needs: a location, a practitioner, a half-hour consultation, weekday hours from nine to five and an inbound agent.';

select app.seal('app.furnish_org(text, text)', 'app_writer', 'app_definer');
-- end of sql/0840_function_furnish_org.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0845_function_org_for_user.sql
create or replace function app.org_for_user(
  p_user_id uuid,
  p_email text,
  p_invitation_token text,
  p_email_confirmed boolean,
  p_anonymous boolean,
  p_signing_up boolean
)
returns uuid
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid;
  v_invited boolean;
begin
  select p.org_id into v_org_id from public.profiles p where p.user_id = p_user_id;
  if v_org_id is not null or p_anonymous then
    return v_org_id;
  end if;

  select i.org_id into v_org_id
  from public.invitations i
  join public.organizations o on o.id = i.org_id and o.deleted_at is null
  where i.accepted_at is null
    and i.expires_at > app.now()
    and i.email = lower(p_email)
    and (p_email_confirmed or i.token_hash = sha256(convert_to(coalesce(p_invitation_token, ''), 'utf8')))
  order by i.created_at desc
  limit 1;
  if v_org_id is not null then
    return v_org_id;
  end if;

  -- An invited address waits until it is confirmed; a person who was removed does not found a clinic by signing in again.
  v_invited := exists (
    select from public.invitations i
    join public.organizations o on o.id = i.org_id and o.deleted_at is null
    where i.accepted_at is null and i.expires_at > app.now() and i.email = lower(p_email));
  return case when p_signing_up and not v_invited then app.uuid_v7() end;
end
$$;

comment on function app.org_for_user(uuid, text, text, boolean, boolean, boolean) is
  'The organisation a person in auth.users belongs to: that of their profile, else of an open invitation that they prove by token or confirmed address, else at sign-up a new id (the organisation is founded after the insert). NULL for anonymous people, unproven invitations and removed members.';

select app.seal('app.org_for_user(uuid, text, text, boolean, boolean, boolean)', 'app_definer');
-- end of sql/0845_function_org_for_user.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0850_function_stamp_user.sql
-- BEFORE trigger on auth.users. It changes only the new row: auth.users has row security that no role of ours passes.
create or replace function app.stamp_user()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := app.org_for_user(
    new.id, new.email, new.raw_user_meta_data ->> 'invitation_token',
    new.email_confirmed_at is not null, coalesce(new.is_anonymous, false),
    -- Somebody who looked round without an account signs up when they give an address.
    case when tg_op = 'INSERT' then true else coalesce(old.is_anonymous, false) end);
begin
  if v_org_id is null then
    new.raw_app_meta_data := coalesce(new.raw_app_meta_data, '{}') - 'org_id';
  else
    new.raw_app_meta_data := coalesce(new.raw_app_meta_data, '{}') || jsonb_build_object('org_id', v_org_id);
  end if;
  return new;
end
$$;

comment on function app.stamp_user() is
  'Trigger: keeps raw_app_meta_data.org_id of a person in auth.users true, whoever writes the row and whatever they put there. An update that drops the stamp gets it back.';

select app.seal('app.stamp_user()', 'app_definer');
-- end of sql/0850_function_stamp_user.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0860_function_provision_user.sql
-- AFTER trigger: in a BEFORE trigger the profile's foreign key would not find its user yet.
create or replace function app.provision_user()
returns trigger
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_org_id uuid := (new.raw_app_meta_data ->> 'org_id')::uuid;
  v_claims text := coalesce(current_setting('request.jwt.claims', true), '');
  v_invitation public.invitations;
  v_name text;
begin
  if v_org_id is null or exists (select from public.profiles p where p.user_id = new.id) then
    return new;
  end if;

  if exists (select from public.organizations o where o.id = v_org_id) then
    update public.invitations i
    set accepted_at = app.now()
    where i.id = (
      select c.id from public.invitations c
      where c.org_id = v_org_id and c.email = lower(new.email) and c.accepted_at is null and c.expires_at > app.now()
      order by c.token_hash = sha256(convert_to(coalesce(new.raw_user_meta_data ->> 'invitation_token', ''), 'utf8')) desc, c.created_at desc
      limit 1)
      and i.org_id = v_org_id
    returning i.* into v_invitation;
    if v_invitation.id is null then
      raise exception 'no open invitation for this address' using errcode = 'VX403';
    end if;
    insert into public.profiles (org_id, user_id, role, name, email)
    values (v_org_id, new.id, v_invitation.role, left(new.raw_user_meta_data ->> 'name', 100), new.email);
    return new;
  end if;

  v_name := coalesce(nullif(left(btrim(new.raw_user_meta_data ->> 'business_name'), 100), ''), 'My clinic');
  insert into public.organizations (id, name, slug, time_zone)
  values (
    v_org_id, v_name,
    left(coalesce(nullif(btrim(regexp_replace(app.normalise_name(v_name), '[^a-z0-9]+', '-', 'g'), '-'), ''), 'clinic'), 40)
      || '-' || right(replace(v_org_id::text, '-', ''), 12),
    case when app.is_time_zone(new.raw_user_meta_data ->> 'time_zone') then new.raw_user_meta_data ->> 'time_zone'
      else 'America/New_York' end);
  insert into public.profiles (org_id, user_id, role, name, email)
  values (v_org_id, new.id, 'owner', left(new.raw_user_meta_data ->> 'name', 100), new.email);

  perform set_config('request.jwt.claims',
    jsonb_build_object('app_metadata', jsonb_build_object('org_id', v_org_id))::text, true);
  perform app.furnish_org(v_name, o.time_zone) from public.organizations o where o.id = v_org_id;
  perform set_config('request.jwt.claims', v_claims, true);
  return new;
end
$$;

comment on function app.provision_user() is
  'Trigger on auth.users: founds the organisation of a person who signs up (location, practitioner, service, hours, agent, profile as owner), or makes an invited person a member. An error fails the sign-up as a whole: nobody is left half-made.';

select app.seal('app.provision_user()', 'app_definer');
-- end of sql/0860_function_provision_user.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0870_trigger_users.sql
-- "create or replace trigger" works with the TRIGGER right alone; on Supabase auth.users belongs to another role.
create or replace trigger voxanne_stamp
before insert or update on auth.users
for each row execute function app.stamp_user();

create or replace trigger voxanne_provision
after insert or update on auth.users
for each row execute function app.provision_user();
-- end of sql/0870_trigger_users.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0880_function_access_token_hook.sql
create or replace function app.access_token_hook(p_event jsonb)
returns jsonb
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
  v_profile public.profiles;
  v_claims jsonb := coalesce(p_event -> 'claims', '{}');
  v_app_metadata jsonb := coalesce(v_claims -> 'app_metadata', '{}') - 'org_id' - 'member_role';
begin
  select * into v_profile from public.profiles p where p.user_id = (p_event ->> 'user_id')::uuid;
  if v_profile.org_id is not null then
    v_app_metadata := v_app_metadata || jsonb_build_object('org_id', v_profile.org_id, 'member_role', v_profile.role);
  end if;
  return jsonb_set(p_event, '{claims}', v_claims || jsonb_build_object('app_metadata', v_app_metadata));
end
$$;

comment on function app.access_token_hook(jsonb) is
  'Supabase Auth''s custom access token hook: puts the truth of profiles into claims.app_metadata (org_id, member_role) at every issue of a token, and takes it out for people who are no members.';

select app.seal('app.access_token_hook(jsonb)', 'app_definer');

do $$
begin
  if exists (select from pg_catalog.pg_roles where rolname = 'supabase_auth_admin') then
    grant usage on schema app to supabase_auth_admin;
    grant execute on function app.access_token_hook(jsonb) to supabase_auth_admin;
  end if;
end
$$;
-- end of sql/0880_function_access_token_hook.sql
-- +goose StatementEnd

-- +goose StatementBegin
-- snapshot of sql/0890_function_sweep_platform.sql
create or replace function app.sweep_platform(p_events_before timestamptz, p_deliveries_before timestamptz)
returns bigint
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_events bigint;
  v_deliveries bigint;
begin
  if p_events_before > app.now() - interval '1 hour' or p_deliveries_before > app.now() - interval '1 hour' then
    raise exception 'live clients and repeated webhooks need the last hour' using errcode = 'VX400';
  end if;
  delete from public.events e where e.at < p_events_before;
  get diagnostics v_events = row_count;
  delete from public.webhook_deliveries d where d.received_at < p_deliveries_before;
  get diagnostics v_deliveries = row_count;
  return v_events + v_deliveries;
end
$$;

comment on function app.sweep_platform(timestamptz, timestamptz) is
  'Deletes live events and webhook deliveries, of all tenants, that are older than the given instants: both are memory for a short time, the truth stands elsewhere. The last hour cannot be deleted (VX400). Returns how many rows went.';

select app.seal('app.sweep_platform(timestamptz, timestamptz)', 'app_definer', 'voxanne_login');
-- end of sql/0890_function_sweep_platform.sql
-- +goose StatementEnd

-- +goose StatementBegin
revoke create on schema app from app_writer, app_definer;
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
do $$ begin
  if not pg_has_role(current_user, 'app_writer', 'usage') then execute format('grant app_writer to %I', current_user); end if;
  if not pg_has_role(current_user, 'app_definer', 'usage') then execute format('grant app_definer to %I', current_user); end if;
end $$;
grant create on schema app to app_writer, app_definer;
-- +goose StatementEnd

-- +goose StatementBegin
drop function app.sweep_platform;
drop function app.access_token_hook;
drop function app.provision_user cascade;
drop function app.stamp_user cascade;
drop function app.org_for_user;
drop function app.furnish_org;
drop function app.mirror_busy_blocks;
drop function app.remove_closure;
drop function app.add_closure;
drop function app.set_business_hours;
drop function app.transfer_destination;
drop function app.is_open;
drop function app.is_our_number;
drop function app.assistant_facts;
drop function app.service_cards;
drop function app.record_call_report;
drop function app.names_of_call;
drop function app.call_outcome;
drop function app.record_call_event;
drop function app.answer_delivery;
drop function app.accept_delivery;
drop function app.begin_request;
drop function app.open_call;
drop function app.limit_waits;
drop function app.ensure_call;
drop function app.resolve_tenant;
drop function app.take_message;
drop function app.identify_caller;
drop function app.verify_caller;
drop function app.approve_appointment;
drop function app.cancel_appointment;
drop function app.reschedule_appointment;
drop function app.pick_appointment;
drop function app.already_changed;
drop function app.find_my_appointments;
drop function app.meant_appointments;
drop function app.visible_appointments;
drop function app.book_appointment;
drop function app.blocked_by_own;
drop function app.amend_appointment;
drop function app.rename_patient;
drop function app.move_appointment;
drop function app.place_booking;
drop function app.write_booking;
drop function app.notify_staff;
drop function app.note_change;
drop function app.own_booking;
drop function app.replayed_attempt;
drop function app.check_slot;
drop function app.hold_slot;
drop function app.holds_left;
drop function app.expire_hold;
drop function app.release_hold;
drop function app.drop_expired_holds;
drop function app.starting_status;
drop function app.choose_slot;
drop function app.patient_of_contact;
drop function app.contact_of_call;
drop function app.new_booking_ref;
drop function app.booking_answer;
drop function app.note_attempt;
drop function app.lock_resources;
drop function app.lock_call;
drop function app.enqueue_job;
drop function app.announce;
drop function app.redact_phi;
drop function app.redact_names;
drop function app.redact_numbers;
drop function app.redact_birth_dates;
drop function app.redact_emails;
drop function app.slot_refusal;
drop function app.booking_refusal;
drop function app.refusal_reason;
drop function app.next_alternatives;
drop function app.available_slots;
drop function app.free_slots;
drop function app.candidates;
drop function app.location_of_wish;
drop function app.find_resource;
drop function app.find_service;
drop function app.match_rank;
drop function app.open_spans;
drop function app.local_instant;
drop function app.name_distance;
drop function app.normalise_name;
drop function app.require_staff;
drop function app.current_member_role;
drop function app.require_org_id;
drop policy if exists service_role_sees_all on public.vapi_tools;
drop policy if exists registry_reads on public.vapi_tools;
drop policy if exists definer_crosses on public.webhook_deliveries;
drop policy if exists definer_crosses on public.events;
drop policy if exists definer_crosses on public.phone_numbers;
drop policy if exists definer_crosses on public.assistant_routes;
drop policy if exists definer_crosses on public.invitations;
drop policy if exists definer_crosses on public.profiles;
drop policy if exists definer_crosses on public.organizations;
drop function app.protect_table;
-- +goose StatementEnd

-- +goose StatementBegin
revoke create on schema app from app_writer, app_definer;
-- +goose StatementEnd
