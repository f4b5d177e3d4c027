-- SECURITY INVOKER and granted to nobody, as all of these: the owner of the database, who passes row security, exports.
create or replace function app.begin_export(p_org_id uuid)
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
  if not exists (select from public.organizations o where o.id = p_org_id) then
    raise exception 'there is no such organisation' using errcode = 'VX404';
  end if;
  insert into public.audit_log (org_id, action, entity, entity_id) values (p_org_id, 'org_exported', 'organization', p_org_id);
end
$$;

comment on function app.begin_export(uuid) is
  'Notes in the clinic''s audit log that everything about it is about to be taken out. Committed before the first row is read, so that an export that breaks off is noted too. VX404: no such clinic. For the owner of the database.';

select app.seal('app.begin_export(uuid)', null);
