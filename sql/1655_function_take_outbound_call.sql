-- One lock for all clinics, held for as long as it takes to read a few index entries: the slots are counted by whoever takes
-- one, so that there are never more. It waits for no row: a call that is being taken back is passed over.
create or replace function app.take_outbound_call(p_limit integer, p_lease_id uuid, p_lease_seconds integer)
returns setof app.outbound_ref
language plpgsql
volatile
security definer
set search_path = ''
as $$
declare
  v_now timestamptz;
  v_org_id uuid;
  v_id uuid;
begin
  perform pg_advisory_xact_lock(9, 0);
  v_now := app.now();
  if p_limit <= (select count(*) from public.outbound_calls c where c.state in ('placing', 'under_way')) then
    return;
  end if;
  for v_org_id in
    select s.org_id
    from app.clinics_due(v_now) due (org_id)
    join public.outbound_shares s on s.org_id = due.org_id
    left join (
      select c.org_id, count(*) as slots
      from public.outbound_calls c
      where c.state in ('placing', 'under_way')
      group by c.org_id
    ) held on held.org_id = s.org_id
    where s.at_once is null or coalesce(held.slots, 0) < s.at_once
    order by coalesce(held.slots, 0), s.last_taken_at nulls first, s.org_id
  loop
    select c.id into v_id
    from public.outbound_calls c
    where c.org_id = v_org_id and c.state = 'waiting' and c.due_at <= v_now
    order by c.due_at, c.id
    limit 1
    for no key update skip locked;
    if found then
      update public.outbound_calls c
      set state = 'placing', lease_id = p_lease_id, look_at = v_now + make_interval(secs => p_lease_seconds), taken_at = v_now, updated_at = v_now
      where c.org_id = v_org_id and c.id = v_id;
      update public.outbound_shares s set last_taken_at = v_now where s.org_id = v_org_id;
      return next row(v_org_id, v_id, p_lease_id)::app.outbound_ref;
      return;
    end if;
  end loop;
end
$$;

comment on function app.take_outbound_call(integer, uuid, integer) is
  'Takes the next call that is due, of all tenants, and with it one of the account''s p_limit slots; no row when none is free or nothing is due. Next is the clinic that holds the fewest slots, among those the one that was served longest ago, and of its calls the earliest due. The call is p_lease_id''s for p_lease_seconds; it is judged by app.prepare_outbound_call before anybody dials.';

select app.seal('app.take_outbound_call(integer, uuid, integer)', 'app_definer', 'voxanne_login');
