-- Whatever the diary: what is offered is what a plain reading of the rules allows, every offered start can be booked, and
-- every other start is refused. The diaries differ by a seed in buffers, steps, services, closures, busy times, holds and visits, and repeat by it.
begin;
\ir ../booking.psql
select plan(3);

create function pg_temp.furnish(p_seed integer) returns void language plpgsql security definer as $$
declare
  v_org constant uuid := 'a0000000-0000-7000-8000-000000000001';
  v_main constant uuid := 'a0000000-0000-7000-8000-000000000010';
  v_resources constant uuid[] := '{a0000000-0000-7000-8000-000000000031,a0000000-0000-7000-8000-000000000032}';
  v_at timestamptz;
begin
  perform setseed(p_seed / 100.0);
  update public.organizations set
    slot_step = (array['10 minutes', '15 minutes', '20 minutes', '30 minutes'])[1 + floor(random() * 4)]::interval,
    buffer_before = (array['0', '5 minutes', '10 minutes'])[1 + floor(random() * 3)]::interval,
    buffer_after = (array['0', '5 minutes', '15 minutes'])[1 + floor(random() * 3)]::interval,
    min_notice = (array['0', '90 minutes', '1 day'])[1 + floor(random() * 3)]::interval
  where id = v_org;
  update public.services set buffer_after = (array[null, '0', '25 minutes'])[1 + floor(random() * 3)]::interval where org_id = v_org;
  delete from public.business_hours where org_id = v_org and weekday = 2;
  insert into public.business_hours (org_id, location_id, weekday, opens, closes) values
    (v_org, v_main, 2, '08:20', '12:00'), (v_org, v_main, 2, '12:45', '16:30');
  if random() < 0.5 then
    insert into public.business_hours (org_id, location_id, resource_id, weekday, opens, closes) values (v_org, v_main, v_resources[2], 1, '10:00', '19:00');
  end if;
  for i in 1..3 loop
    v_at := pg_temp.t('04 08:00') + floor(random() * 180) * interval '10 minutes';
    insert into public.busy_blocks (org_id, resource_id, starts_at, ends_at) values
      (v_org, v_resources[1 + floor(random() * 2)], v_at, v_at + (1 + floor(random() * 9)) * interval '10 minutes');
  end loop;
  v_at := pg_temp.t('04 08:00') + floor(random() * 180) * interval '10 minutes';
  insert into public.closures (org_id, location_id, resource_id, during) values
    (v_org, v_main, (v_resources || null::uuid)[1 + floor(random() * 3)], tstzrange(v_at, v_at + interval '100 minutes'));
end
$$;

-- allowed(start, …): the rules read one by one for one start, without ranges or sets: another way to the same answer.
create function pg_temp.allowed(p_start timestamptz, p_service text, p_resource text) returns boolean language sql stable security definer as $$
  select exists (
    select
    from public.organizations o
    join public.services s on s.org_id = o.id and s.name = p_service
    join public.resource_services x on x.org_id = o.id and x.service_id = s.id
    join public.resources r on r.org_id = o.id and r.id = x.resource_id and (p_resource is null or r.name ~ p_resource)
    cross join lateral (select p_start + s.duration as ends, p_start - coalesce(s.buffer_before, o.buffer_before) as blocked_from,
      p_start + s.duration + coalesce(s.buffer_after, o.buffer_after) as blocked_to) v
    where o.slug = 'lakeside'
      and p_start >= app.now() + o.min_notice
      and exists (
        select from public.business_hours h
        cross join lateral (select (p_start at time zone 'America/Chicago')::date as day) d
        where h.org_id = o.id and h.weekday = extract(dow from d.day)
          and (h.resource_id = r.id or (h.resource_id is null and not exists (select from public.business_hours w where w.resource_id = r.id)))
          and (p_start at time zone 'America/Chicago')::time >= h.opens
          and (v.ends at time zone 'America/Chicago')::time <= h.closes
          and extract(epoch from (p_start at time zone 'America/Chicago')::time - h.opens)::integer % extract(epoch from o.slot_step)::integer = 0)
      and not exists (
        select from public.closures c where c.location_id = r.location_id and coalesce(c.resource_id, r.id) = r.id
          and lower(c.during) < v.ends and upper(c.during) > p_start)
      and not exists (
        select from public.busy_blocks b where b.resource_id = r.id and b.starts_at < v.blocked_to and b.ends_at > v.blocked_from)
      and not exists (
        select from public.appointments a where a.resource_id = r.id and a.status <> 'cancelled'
          and lower(a.blocked) < v.blocked_to and upper(a.blocked) > v.blocked_from))
$$;

-- wrong(seed): the starts of two days at which offer, rules and booking disagree. Each booking is undone again.
create function pg_temp.wrong(p_seed integer) returns setof text language plpgsql as $$
declare
  v_offered timestamptz[];
  v_try record;
  v_said text;
begin
  perform pg_temp.furnish(p_seed);
  perform app.hold_slot('a0000000-0000-7000-8000-0000000000c2', 'Checkup', s.starts_at)
  from app.available_slots('Checkup', pg_temp.t('04 00:00'), pg_temp.t('06 00:00')) s order by random() limit 1;
  perform app.book_appointment('Checkup', s.starts_at, 'Ann Quillby ' || s.starts_at, 'a0000000-0000-7000-8000-0000000000c1')
  from (select * from app.available_slots('Checkup', pg_temp.t('04 00:00'), pg_temp.t('06 00:00')) order by random() limit 8) s;

  for v_try in
    select * from (values ('Checkup', null), ('Checkup', 'Blake'), ('Whitening', null)) v(service, resource)
  loop
    v_offered := array(select starts_at from app.available_slots(v_try.service, pg_temp.t('04 00:00'), pg_temp.t('06 00:00'), v_try.resource, 1000));
    for v_said in
      select format('%s %s with %s: %s, offered: %s, allowed: %s', s, v_try.service, coalesce(v_try.resource, 'any'), said, s = any (v_offered), allowed)
      from (
        -- Every ten minutes of both working days, and whatever was offered beside those.
        select day + interval '7 hours 50 minutes' + n * interval '10 minutes' as s
        from unnest(array[pg_temp.t('04 00:00'), pg_temp.t('05 00:00')]) day, generate_series(0, 68) n
        union select unnest(v_offered)
      ) g
      cross join lateral pg_temp.tried(s, v_try.service, v_try.resource) said
      cross join lateral pg_temp.allowed(s, v_try.service, v_try.resource) allowed
      where (said = 'booked') <> (s = any (v_offered))
        or allowed <> (s = any (v_offered))
        or said !~ '^(booked|refused (no_resource|past|too_soon|outside_hours|closed|off_step|taken|calendar_busy))$'
    loop
      return next v_said;
    end loop;
  end loop;
end
$$;
create function pg_temp.undone(p_seed integer) returns text[] language plpgsql as $$
declare
  v_wrong text[];
begin
  v_wrong := array(select pg_temp.wrong(p_seed));
  raise exception 'undo' using errcode = 'ZZ002';
exception when sqlstate 'ZZ002' then
  return v_wrong;
end
$$;
select pg_temp.act_for('a');
select is(pg_temp.undone(seed), '{}', 'diary ' || seed) from generate_series(1, 3) seed;

select * from finish();
rollback;
