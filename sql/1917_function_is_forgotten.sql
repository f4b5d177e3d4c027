create or replace function app.is_forgotten(p_call_id uuid)
returns boolean
language plpgsql
stable
set search_path = ''
as $$
declare
  -- Read once: where a table is small enough to be read whole, the claims would be parsed for every row.
  v_org_id uuid := app.require_org_id();
begin
  return exists (
    select
    from public.call_logs c
    left join public.contacts k on k.org_id = c.org_id and k.id = c.contact_id
    where c.org_id = v_org_id and c.id = p_call_id and (c.deleted_at is not null or k.erased_at is not null));
end
$$;

comment on function app.is_forgotten(uuid) is
  'Whether a call was deleted, or its contact erased. Whatever still comes of it, a webhook that was late or a caller who goes on talking, nothing that they say is stored.';

select app.seal('app.is_forgotten(uuid)', null, 'app_writer');
