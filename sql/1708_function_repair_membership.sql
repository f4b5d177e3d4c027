-- SECURITY INVOKER as app.membership_faults. Stamps are written here and not left to the trigger: that it is missing, as
-- after a restored dump, may be how the fault came about.
create or replace function app.repair_membership(p_user_id uuid)
returns setof app.membership_fault
language plpgsql
volatile
set search_path = ''
as $$
declare
  v_fault app.membership_fault;
  v_org_id uuid;
begin
  perform from auth.users u where u.id = p_user_id for update;
  select * into v_fault from app.membership_faults(p_user_id);
  if v_fault.user_id is null or v_fault.repair = 'none' then
    return;
  end if;
  v_org_id := v_fault.org_id;
  if v_fault.repair = 'found' then
    v_org_id := app.uuid_v7();
    perform app.found_org(v_org_id, u.id, u.email, u.raw_user_meta_data) from auth.users u where u.id = p_user_id;
  elsif v_fault.repair = 'remove' then
    delete from public.profiles p where p.user_id = p_user_id;
  end if;
  update auth.users u
  set raw_app_meta_data = case
      when v_fault.repair in ('found', 'stamp') then coalesce(u.raw_app_meta_data, '{}') || jsonb_build_object('org_id', v_org_id)
      when v_fault.repair = 'unstamp' then u.raw_app_meta_data - 'org_id'
      else u.raw_app_meta_data -- the triggers do it
    end
  where u.id = p_user_id;
  if exists (select from app.membership_faults(p_user_id)) then
    raise exception 'the repair % did not help: are the triggers on auth.users there? migrate, then try again', v_fault.repair
      using errcode = 'VX409';
  end if;
  select p.org_id into v_org_id from public.profiles p where p.user_id = p_user_id;
  v_org_id := coalesce(v_org_id, v_fault.org_id);
  if v_org_id is not null then
    insert into public.audit_log (org_id, action, entity, entity_id) values (v_org_id, 'membership_repaired', 'user', p_user_id);
  end if;
  return query
  select v_fault.user_id, v_fault.kind, v_fault.repair, o.id, o.slug, coalesce(p.role, v_fault.role), u.raw_app_meta_data ->> 'org_id'
  from (select v_org_id as id) w
  left join public.organizations o on o.id = w.id
  left join public.profiles p on p.user_id = p_user_id
  left join auth.users u on u.id = p_user_id;
end
$$;

comment on function app.repair_membership(uuid) is
  'Puts right what app.membership_faults says of a person, and returns it with the clinic, role and stamp as they are then. No row: there is nothing that could be put right without a decision. VX409: it did not help, and nothing was changed. For the owner of the database.';

select app.seal('app.repair_membership(uuid)', null);
