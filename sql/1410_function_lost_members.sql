create or replace function app.lost_members(p_org_ids uuid[], p_user_ids uuid[])
returns setof integer
language sql
stable
security definer
set search_path = ''
as $$
  select w.place::integer
  from unnest(p_org_ids, p_user_ids) with ordinality w (org_id, user_id, place)
  where not exists (
    select
    from public.profiles p
    join public.organizations o on o.id = p.org_id and o.deleted_at is null
    where p.org_id = w.org_id and p.user_id = w.user_id)
$$;

comment on function app.lost_members(uuid[], uuid[]) is
  'Which of these people, by place from 1, are no members of the organisations beside them, or whose organisation was deleted: asked every few seconds for everybody who watches live events.';

select app.seal('app.lost_members(uuid[], uuid[])', 'app_definer', 'voxanne_login');
