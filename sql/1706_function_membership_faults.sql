-- SECURITY INVOKER on purpose, and granted to nobody: auth.users has row security that no role of ours passes. The owner
-- of the database asks.
create or replace function app.membership_faults(p_user_id uuid default null)
returns setof app.membership_fault
language sql
stable
set search_path = ''
as $$
  with person as (
    select u.id, u.raw_app_meta_data ->> 'org_id' as stamp, p.org_id, p.role,
      exists (select from public.audit_log a where a.action = 'member_removed' and a.entity_id = u.id) as removed,
      exists (
        select from public.invitations i
        join public.organizations o on o.id = i.org_id and o.deleted_at is null
        where i.email = lower(u.email) and i.accepted_at is null and i.expires_at > app.now()) as invited,
      u.email_confirmed_at is not null as confirmed
    from auth.users u
    left join public.profiles p on p.user_id = u.id
    where not coalesce(u.is_anonymous, false) and (p_user_id is null or u.id = p_user_id)
  ), found as (
    select x.id as user_id, x.org_id, x.role, x.stamp,
      case
        when x.org_id is not null and x.stamp is distinct from x.org_id::text then 'wrong_stamp'
        when x.org_id is not null then null
        when x.invited and x.confirmed then 'not_joined'
        when x.removed and x.stamp is not null then 'stale_stamp'
        when x.removed then null
        when exists (select from public.organizations o where o.id::text = x.stamp) then 'lost_profile'
        when x.invited then null
        else 'no_organization'
      end as kind
    from person x
    union all
    select p.user_id, p.org_id, p.role, null, 'orphan_profile'
    from public.profiles p
    where (p_user_id is null or p.user_id = p_user_id) and not exists (select from auth.users u where u.id = p.user_id)
  )
  select f.user_id, f.kind,
    case f.kind
      when 'wrong_stamp' then 'stamp'
      when 'not_joined' then 'join'
      when 'stale_stamp' then 'unstamp'
      when 'no_organization' then 'found'
      when 'orphan_profile' then 'remove'
      else 'none'
    end,
    o.id, o.slug, f.role, f.stamp
  from found f
  left join public.organizations o on o.id::text = coalesce(f.org_id::text, f.stamp)
  where f.kind is not null
  order by f.kind, f.user_id
$$;

comment on function app.membership_faults(uuid) is
  'Whose membership does not fit together, see app.membership_fault: one person or, NULL, everyone. Nobody''s fault are people without an account, those who were removed, and those whose invitation is not proven yet. For the owner of the database, who passes row security.';

select app.seal('app.membership_faults(uuid)', null);
