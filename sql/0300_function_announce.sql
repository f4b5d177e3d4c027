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
