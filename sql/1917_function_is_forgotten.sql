create or replace function app.is_forgotten(p_call_id uuid)
returns boolean
language sql
stable
set search_path = ''
as $$
  select exists (
    select
    from public.call_logs c
    left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.org_id = app.require_org_id() and c.id = p_call_id and (c.deleted_at is not null or k.erased_at is not null))
$$;

comment on function app.is_forgotten(uuid) is
  'Whether a call was deleted, or its contact erased. Whatever still comes of it, a webhook that was late or a caller who goes on talking, nothing that they say is stored.';

select app.seal('app.is_forgotten(uuid)', null, 'app_writer');
